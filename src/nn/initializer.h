/* What initializer.c and initializer_orthogonal.c share. Internal to nn/. */
#ifndef PLM_NN_INITIALIZER_H
#define PLM_NN_INITIALIZER_H

#include "nn/nn.h"

/* Returns the generator of random numbers for a parameter. own_seed below 0 = use the seed of the
 * run and the stream of the parameter. */
plm_random plm_initializer_random(const plm_initialize *about, int64_t own_seed);
/* Fills values [about->count] with an orthogonal matrix times gain. All axes but the last count as
 * rows.
 * Errors: E_SHAPE if the rank is below 2, E_MEMORY. */
PLM_CHECKED plm_status plm_initialize_orthogonal(plm *w, const plm_initialize *about, plm_random r,
                                                 double gain, plm_real *values);

#endif
