/* Inside of the initializers: what initializer.c and initializer_orthogonal.c share. */
#ifndef PLM_NN_INITIALIZER_H
#define PLM_NN_INITIALIZER_H

#include "nn/nn.h"

/* The stream of a parameter's draws; own_seed < 0 = the run's seed and the parameter's stream. */
plm_random plm_initializer_random(const plm_initialize *about, int64_t own_seed);
/* An orthogonal matrix times gain; all leading axes count as rows. E_SHAPE below rank 2,
 * E_MEMORY. */
PLM_CHECKED plm_status plm_initialize_orthogonal(plm *w, const plm_initialize *about, plm_random r,
                                                 double gain, plm_real *values);

#endif
