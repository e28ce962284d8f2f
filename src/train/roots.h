/* Finds out whether Adam is faster on this machine if half of its square roots are computed by
 * multiply-adds (plm_kernels.adam_by_fma). */
#ifndef PLM_TRAIN_ROOTS_H
#define PLM_TRAIN_ROOTS_H

#include "base/runtime.h"

/* Sets w->tuning.roots to 1 if multiply-adds are faster, otherwise to -1, unless it was given or
 * measured before; this takes some 50 microseconds. It stays 0 if the instruction set has no such
 * function. It is always -1 on machines where the function is not exact. So the results of a
 * training have the same bits either way. */
void plm_roots_choose(plm *w);

#endif
