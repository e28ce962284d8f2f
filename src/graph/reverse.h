/* Which values get a gradient, who reads a value, in which order nodes run backward. Internal to
 * graph/. */
#ifndef PLM_GRAPH_REVERSE_H
#define PLM_GRAPH_REVERSE_H

#include "graph/plan.h"

/* Per value and per node facts of one plan; arrays live in the arena of the plan. */
typedef struct {
    bool *needed;   /* [nodes] forward must run for an output or a loss */
    bool *carries;  /* [values] a parameter below it learns: a gradient is worth having */
    bool *gradient; /* [values] a gradient arrives from a loss and is worth having */
    bool *backward; /* [nodes] has backward or weight passes to run */
} plm_reverse;

/* The number of outputs and losses in o decide what is needed. */
PLM_CHECKED plm_status plm_reverse_find(const plm_graph *g, const plm_plan_options *o, plm_arena *a,
                                        plm_reverse *out);

#endif
