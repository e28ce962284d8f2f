/* Checks the ids in the inputs of a model. An embedding has a vector for each of n ids, so its
 * input must have whole numbers 0 .. n - 1. An op cannot fail while it runs, so the numbers are
 * checked before, when a plan gets the rows. */
#include <math.h>

#include "model/model.h"

/* If a value has the elements of an input of the model, perhaps in another order, returns the
 * number of this input; -1 = the elements are computed. */
static int input_of(const plm_graph *g, uint32_t id)
{
    const plm_graph_value *v = &g->value[id];
    while (v->origin == PLM_FROM_OP && g->node[v->index].op->moves)
        v = &g->value[g->node[v->index].input[0]];
    return v->origin == PLM_FROM_INPUT ? v->index : -1;
}

/* Finds the inputs whose numbers must be ids, and how many ids each has. */
void plm_model_find_ids(plm_model *m)
{
    for (int i = 0; i < PLM_INPUTS; i++)
        m->ids[i] = 0;
    for (size_t k = 0; k < m->graph.nodes; k++) {
        const plm_node *node = &m->graph.node[k];
        const int input = node->op->ids != NULL ? input_of(&m->graph, node->input[0]) : -1;
        if (input < 0)
            continue;
        const int64_t ids = node->op->ids(node);
        m->ids[input] = m->ids[input] == 0 || ids < m->ids[input] ? ids : m->ids[input];
    }
}

/* Checks x[count], elements of input i. Reports the first element that is not an id. */
plm_status plm_model_check_ids(const plm_model *m, int i, const float *x, int64_t count)
{
    const double ids = (double)m->ids[i];
    for (int64_t k = 0; k < count && m->ids[i] > 0; k++)
        if (!((double)x[k] >= 0 && (double)x[k] < ids && floor((double)x[k]) >= (double)x[k]))
            return plm_fail_key(m->w, PLM_E_DATA, "data",
                                "number the values from 0, use a larger table, or put "
                                "integer_lookup or discretization before the layer",
                                "input %d must have whole numbers from 0 to %lld for the layer "
                                "that reads it, but has %g",
                                i, (long long)m->ids[i] - 1, (double)x[k]);
    return PLM_OK;
}
