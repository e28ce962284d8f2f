/* Includes the parts of base/ that the command needs to read its arguments in the same way as run
 * files are read (similar names, parts of a list, numbers, paths that exist) and to print metrics.
 * The command may include headers of run/, but not of base/. */
#ifndef PLM_RUN_WORDS_H
#define PLM_RUN_WORDS_H

#include "base/metric_text.h"
#include "base/names.h"
#include "base/split.h"
#include "base/system.h"

#endif
