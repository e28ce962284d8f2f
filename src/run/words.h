/* What a command line needs as run files do: names that were meant, parts of a list, numbers,
 * paths that exist. */
#ifndef PLM_RUN_WORDS_H
#define PLM_RUN_WORDS_H

#include "base/names.h"
#include "base/split.h"
#include "base/system.h"

#endif
