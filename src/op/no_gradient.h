/* The backward pass of ops whose input has no gradient, such as ids. */
#ifndef PLM_OP_NO_GRADIENT_H
#define PLM_OP_NO_GRADIENT_H

#include "graph/op.h"

/* Sets the gradient of the first input, padding included, to 0 for rows first <= n < last. It can
 * be the backward pass of an op. */
void plm_no_gradient(const plm_step *s, int64_t first, int64_t last, int thread);

#endif
