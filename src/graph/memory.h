/* Where the values of a plan live: lifetimes to offsets in one block. Internal to graph/. */
#ifndef PLM_GRAPH_MEMORY_H
#define PLM_GRAPH_MEMORY_H

#include "graph/plan.h"
#include "graph/reverse.h"

#define PLM_NOWHERE SIZE_MAX

typedef struct {
    size_t *value;    /* [values] offset of x, or NOWHERE */
    size_t *gradient; /* [values] offset of g, or NOWHERE */
    /* [nodes * PLM_OPERANDS] where a second reader writes its gradient before it is added */
    size_t *detour;
    size_t total; /* numbers of the whole block */
} plm_memory;

PLM_CHECKED plm_status plm_memory_place(const plm_graph *g, const plm_plan_options *o,
                                        const plm_reverse *r, plm_arena *a, plm_memory *out);

#endif
