/* Finds out whether Adam is faster on this machine if half of its square roots are computed by
 * multiply-adds (plm_kernels.adam_by_fma). */
#ifndef PLM_TRAIN_ROOTS_H
#define PLM_TRAIN_ROOTS_H

#include "base/runtime.h"

/* Sets w->tuning.roots, unless it was given or measured before; this takes some 50 microseconds.
 * Kernels without the function need no measurement, and it stays 0; on machines where the function
 * is not exact it becomes -1, even if the user gave another choice. So the results of a training
 * have the same bits either way. */
void plm_roots_choose(plm *w);

#endif
