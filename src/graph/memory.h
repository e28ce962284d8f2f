/* Decides where a plan's values and gradients lie: gives each an offset in one block of memory.
 * Internal to graph/. */
#ifndef PLM_GRAPH_MEMORY_H
#define PLM_GRAPH_MEMORY_H

#include "graph/plan.h"
#include "graph/reverse.h"

/* The offset of a value that has no place. */
#define PLM_NOWHERE SIZE_MAX

/* The offsets, in numbers from the beginning of the block. PLM_NOWHERE = the value or gradient has
 * no place in the block. */
typedef struct {
    size_t *value;    /* [values] offset of each value */
    size_t *gradient; /* [values] offset of each value's gradient */
    /* [nodes * PLM_OPERANDS] for input i of node k, at k * PLM_OPERANDS + i: offset of a temporary
     * gradient, if another node has already written the gradient of the value. add_gradient.c then
     * adds the temporary one to it. */
    size_t *grad_tmp;
    size_t total; /* size of all these buffers together, in numbers */
} plm_memory;

/* Fills *out: places all values and gradients that the plan needs. Its lists lie in the arena `a`.
 * Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_memory_place(const plm_graph *g, const plm_plan_options *o,
                                        const plm_reverse *r, plm_arena *a, plm_memory *out);

#endif
