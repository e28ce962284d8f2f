/* Finds the activations and gradients of each layer in a plan, for code that examines nets, such as
 * the doctor. Each node has the index of the layer that emitted it, so this code works whatever ops
 * a layer consists of. */
#include <math.h>
#include <string.h>

#include "model/model.h"

/* Returns the activation function that a node computes, as an op of its own or fused into a matrix
 * product; NULL = none. */
static const plm_activation *activation_in(const plm_node *node)
{
    const plm_activation *f = plm_activation_of(node);
    f = f == NULL ? plm_dense_function(node) : f;
    return f == NULL ? plm_dense_transpose_function(node) : f;
}

/* Stores the activation of a spot. */
static void describe(plm_spot *s, const plm_activation *f)
{
    s->function = f->kind->kind.name;
    /* with other arguments, a function such as relu(negative_slope=0.1) has another id */
    s->zeroes = f->kind->zeroes && f->id == f->kind->id;
    if (f->kind->flat[0] < f->kind->flat[1]) {
        s->low = f->kind->flat[0];
        s->high = f->kind->flat[1];
    }
}

/* Returns the values of a layer: its output, and the value before its last activation. */
static plm_spot spot_of(const plm_model *m, size_t layer)
{
    const char *where = m->layer[layer].where;
    plm_spot s = {.layer = layer, .a = m->value[layer], .low = -INFINITY, .high = INFINITY};
    s.z = s.a;
    for (size_t i = 0; i < m->graph.nodes; i++) {
        const plm_node *node = &m->graph.node[i];
        const plm_activation *f = node->where == where ? activation_in(node) : NULL;
        if (f == NULL || strcmp(f->kind->kind.name, "linear") == 0)
            continue;
        describe(&s, f);
        /* The gradient of z is that of the product's output if the product applies the activation,
         * and that of the op's input if the activation is an op of its own. */
        s.a = (plm_value){node->output};
        s.z = plm_activation_of(node) != NULL ? (plm_value){node->input[0]} : s.a;
    }
    return s;
}

/* Sets the depth of every layer in depth[layers]: 0 for outputs, 1 for the layers that they read,
 * and so on. */
static void find_depths(const plm_model *m, int64_t *depth)
{
    for (size_t i = 0; i < m->layers; i++)
        depth[i] = INT64_MAX;
    for (int i = 0; i < m->outputs; i++)
        depth[m->output[i]] = 0;
    if (m->outputs == 0)
        depth[m->layers - 1] = 0;
    for (size_t i = m->layers; i-- > 0;)
        for (int k = 0; k < m->layer[i].inputs && depth[i] < INT64_MAX; k++)
            if (depth[i] + 1 < depth[m->layer[i].input[k]])
                depth[m->layer[i].input[k]] = depth[i] + 1;
}

/* Sets *out to the values of all layers except inputs, in the order of the model, and *count to
 * their number. The model must be compiled. Layers that are only an input have no ops, so they are
 * left out. out: in the arena, in the order of the layers. */
plm_status plm_model_spots(const plm_model *m, plm_arena *a, plm_spot **out, size_t *count)
{
    int64_t *depth = plm_arena_array(a, m->layers, sizeof *depth);
    *out = plm_arena_array(a, m->layers, sizeof **out);
    *count = 0;
    if (depth == NULL || *out == NULL)
        return PLM_E_MEMORY;
    find_depths(m, depth);
    for (size_t i = 0; i < m->layers; i++) {
        if (m->layer[i].is_input)
            continue;
        (*out)[*count] = spot_of(m, i);
        (*out)[(*count)++].depth = depth[i];
    }
    return PLM_OK;
}
