/* Determines which nodes and values take part in the forward and backward half of a plan. Backward
 * visits the nodes in reverse order, so no order must be found.
 *
 * A node runs forward if an output or a loss depends on it. It runs backward if a loss depends on
 * it and its output depends on a trained parameter, so no gradient is computed in vain. */
#include "graph/reverse.h"

/* Marks the node that computes v as needed; v is an output or a loss. */
static void mark_root(const plm_graph *g, plm_reverse *r, plm_value v)
{
    const plm_graph_value *value = &g->value[v.id];
    if (value->origin == PLM_FROM_OP && value->index >= 0)
        r->needed[value->index] = true;
}

/* Marks the nodes that compute the inputs of needed nodes. Inputs come from earlier nodes, so one
 * loop from the last node to the first finds all. */
static void mark_needed(const plm_graph *g, plm_reverse *r)
{
    for (size_t n = g->nodes; n-- > 0;) {
        const plm_node *node = &g->node[n];
        if (!r->needed[n])
            continue;
        for (int i = 0; i < node->inputs; i++) {
            const plm_graph_value *in = &g->value[node->input[i]];
            if (in->origin == PLM_FROM_OP)
                r->needed[in->index] = true;
        }
    }
}

/* Marks the values that depend on a trained parameter: the parameters themselves, and the output of
 * every node that has a marked input. Nodes come after the nodes whose outputs they read, so one
 * loop is enough. */
static void mark_carries(const plm_graph *g, plm_reverse *r)
{
    for (size_t v = 1; v < g->values; v++) {
        const plm_graph_value *value = &g->value[v];
        if (value->origin == PLM_FROM_PARAMETER)
            r->carries[v] = g->weight[value->index].trainable;
    }
    for (size_t n = 0; n < g->nodes; n++) {
        const plm_node *node = &g->node[n];
        for (int i = 0; i < node->inputs; i++)
            if (r->carries[node->input[i]])
                r->carries[node->output] = true;
    }
}

/* Follows the gradients from the losses back to all values that depend on a trained parameter.
 * Marks these values and the nodes on the way. A node is visited after all nodes that read its
 * output, so its mark is final by then. */
static void mark_gradients(const plm_graph *g, plm_reverse *r)
{
    for (size_t k = g->nodes; k-- > 0;) {
        const plm_node *node = &g->node[k];
        if (!r->needed[k] || !r->gradient[node->output])
            continue;
        r->backward[k] = true;
        for (int i = 0; i < node->inputs; i++) {
            const uint32_t in = node->input[i];
            if (r->carries[in])
                r->gradient[in] = true;
        }
    }
}

/* Marks the nodes that outputs and losses need and, in training, the values that need gradients. */
plm_status plm_reverse_find(const plm_graph *g, const plm_plan_options *o, plm_arena *a,
                            plm_reverse *out)
{
    plm_reverse r = {.needed = plm_arena_array(a, g->nodes + 1, sizeof *r.needed),
                     .carries = plm_arena_array(a, g->values, sizeof *r.carries),
                     .gradient = plm_arena_array(a, g->values, sizeof *r.gradient),
                     .backward = plm_arena_array(a, g->nodes + 1, sizeof *r.backward)};
    if (r.needed == NULL || r.carries == NULL || r.gradient == NULL || r.backward == NULL)
        return PLM_E_MEMORY;
    for (int i = 0; i < o->outputs; i++)
        mark_root(g, &r, o->output[i]);
    for (int i = 0; i < o->losses; i++)
        mark_root(g, &r, o->loss[i]);
    mark_needed(g, &r);
    if (o->training) {
        mark_carries(g, &r);
        for (int i = 0; i < o->losses; i++)
            r.gradient[o->loss[i].id] = r.carries[o->loss[i].id];
        mark_gradients(g, &r);
    }
    *out = r;
    return PLM_OK;
}
