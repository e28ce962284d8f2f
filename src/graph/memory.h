/* The places of a plan's values and gradients: offsets in one block. Internal to graph/. */
#ifndef PLM_GRAPH_MEMORY_H
#define PLM_GRAPH_MEMORY_H

#include "graph/plan.h"
#include "graph/reverse.h"

#define PLM_NOWHERE SIZE_MAX

typedef struct {
    size_t *value;    /* [values] offset of x, or NOWHERE */
    size_t *gradient; /* [values] offset of g, or NOWHERE */
    /* [nodes * PLM_OPERANDS] for a further reader of a value: the temporary buffer of its gradient,
     * which is then added to that of the first reader; or NOWHERE */
    size_t *grad_tmp;
    size_t total; /* numbers of the whole block */
} plm_memory;

/* Places all buffers that the plan needs; the lists lie in the arena. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_memory_place(const plm_graph *g, const plm_plan_options *o,
                                        const plm_reverse *r, plm_arena *a, plm_memory *out);

#endif
