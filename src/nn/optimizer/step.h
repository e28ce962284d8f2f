/* The last part of an update that needs a whole parameter: changes the weights by steps that were
 * computed before. */
#ifndef PLM_NN_OPTIMIZER_STEP_H
#define PLM_NN_OPTIMIZER_STEP_H

#include "kernel/per_isa.h"
#include "nn/nn.h"

/* Computes x -= part u, for x and u [count]. */
static PLM_BODY void step_body(plm_real *restrict x, const plm_real *restrict u, size_t count,
                               plm_real part)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++)
        x[i] -= part * u[i];
}
/* Changes the weights of a span by -part times the steps u. */
PLM_PER_ISA(step,
            (const char *isa, plm_real *restrict x, const plm_real *restrict u, size_t count,
             plm_real part),
            (x, u, count, part))

#endif
