/* Gives each value and gradient of a plan an offset in one block of memory. Internal to graph/. */
#ifndef PLM_GRAPH_MEMORY_H
#define PLM_GRAPH_MEMORY_H

#include "graph/plan.h"
#include "graph/reverse.h"

/* The offset of a value or gradient that is not in the block. */
#define PLM_NOWHERE SIZE_MAX

/* The offsets of all values and gradients, in numbers from the beginning of the block. PLM_NOWHERE
 * = the value or gradient is not in the block. */
typedef struct {
    size_t *value;    /* [values] offset of each value */
    size_t *gradient; /* [values] offset of each value's gradient */
    /* [nodes * PLM_OPERANDS] at k * PLM_OPERANDS + i: offset of a temporary gradient for input i of
     * node k, needed if another node has already written the gradient of this value. add_gradient.c
     * then adds the temporary gradient to it. */
    size_t *grad_tmp;
    size_t total; /* size of all buffers of values and gradients together, in numbers */
} plm_memory;

/* Fills *out with an offset for every value and gradient that the plan needs. The arrays are taken
 * from the arena `a`. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_memory_place(const plm_graph *g, const plm_plan_options *o,
                                        const plm_reverse *r, plm_arena *a, plm_memory *out);

#endif
