/* Determines which nodes of a plan run, and which values get a gradient. Internal to graph/. */
#ifndef PLM_GRAPH_REVERSE_H
#define PLM_GRAPH_REVERSE_H

#include "graph/plan.h"

/* Facts about the nodes and values of one plan; the arrays lie in the plan's arena. */
typedef struct {
    bool *
        /* [nodes] true = an output or a loss depends on the node, so its forward pass must run */
        needed;
    /* [values] true = the value depends on a trained parameter, so its gradient may be needed */
    bool *carries;
    /* [values] true = the value gets a gradient, since `carries` is true and a loss depends on
     * it */
    bool *gradient;
    bool *backward; /* [nodes] true = the backward or weight passes of the node must run */
} plm_reverse;

/* Fills all four arrays. The plan must compute the outputs and losses in o. */
PLM_CHECKED plm_status plm_reverse_find(const plm_graph *g, const plm_plan_options *o, plm_arena *a,
                                        plm_reverse *out);

#endif
