/* Includes the headers of base/ that the command needs, as it may include headers of run/ but not
 * of base/: similar names, parts of a list, numbers and existing paths, so that it reads its
 * arguments as run files are read; and metrics, which it prints. */
#ifndef PLM_RUN_WORDS_H
#define PLM_RUN_WORDS_H

#include "base/metric_text.h"
#include "base/names.h"
#include "base/split.h"
#include "base/system.h"

#endif
