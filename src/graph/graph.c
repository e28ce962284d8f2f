/* Builds a graph: adds its values and nodes. Nodes stay in the order in which they are appended. A
 * node can only take values that exist already, so the nodes can be computed in this order.
 *
 * A value is the result of a node, or comes from outside: an input, a target, a sample weight or a
 * parameter. Its id is its index in g->value. Id 0 stands for a value that could not be made. A
 * call that gets id 0 returns id 0 without a second error, so layers need not check each call. */
#include <string.h>

#include "graph/op.h"

/* Appends a value and returns its id, 0 if there is no memory. */
static uint32_t value_new(plm_graph *g, plm_origin origin, int index, const plm_shape *shape)
{
    plm_graph_value *grown =
        plm_arena_grow(g->arena, g->value, g->values, &g->value_capacity, sizeof *g->value);
    if (grown == NULL)
        return 0;
    g->value = grown;
    g->value[g->values] = (plm_graph_value){.origin = origin, .index = index, .shape = *shape};
    return (uint32_t)g->values++;
}

/* Makes an empty graph whose memory is taken from `arena`. The value with id 0 is added first, so
 * that no other value gets this id. */
plm_status plm_graph_open(plm_graph *g, plm_arena *arena)
{
    const plm_shape none = {0};
    *g = (plm_graph){.w = arena->w, .arena = arena, .weight_of = {.arena = arena}};
    value_new(g, PLM_FROM_OP, -1, &none); /* id 0 = failed */
    return g->values == 1 ? PLM_OK : PLM_E_MEMORY;
}

/* Adds a value whose rows the caller gives before a run: an input, a target or the sample weights.
 * index: its number among the values of the same kind. */
plm_value plm_graph_input(plm_graph *g, plm_origin origin, int index, const plm_shape *shape)
{
    return (plm_value){value_new(g, origin, index, shape)};
}

/* Adds a parameter; *weight is copied. Seen as a matrix, a new parameter has its first axis as rows
 * and its other axes as columns; an op may change this later. */
plm_value plm_graph_parameter(plm_graph *g, const plm_weight *weight)
{
    plm_weight *grown =
        plm_arena_grow(g->arena, g->weight, g->weights, &g->weight_capacity, sizeof *g->weight);
    if (grown == NULL)
        return (plm_value){0};
    g->weight = grown;
    plm_weight *own = &g->weight[g->weights];
    *own = *weight;
    own->rows = own->rank > 0 ? (size_t)own->dims[0] : 1;
    own->columns = own->rows > 0 ? own->count / own->rows : 0;
    const plm_shape shape = plm_shape_of(weight->rank, weight->dims);
    const uint32_t id = value_new(g, PLM_FROM_PARAMETER, (int)g->weights, &shape);
    if (id == 0 || plm_index_put(&g->weight_of, weight->name, id) < 0)
        return (plm_value){0};
    g->weights++;
    return (plm_value){id};
}

/* Returns the parameter with this name; id 0 = there is none. The search takes constant time, since
 * a net of a thousand layers has thousands of parameters. */
plm_value plm_graph_find_parameter(const plm_graph *g, const char *name)
{
    const size_t id = plm_index_find(&g->weight_of, name);
    return (plm_value){id != SIZE_MAX ? (uint32_t)id : 0};
}

/* Returns the shape of a value; NULL = there is no such value. */
const plm_shape *plm_graph_shape(const plm_graph *g, plm_value x)
{
    return x.id > 0 && x.id < g->values ? &g->value[x.id].shape : NULL;
}

/* True if any trained parameter is shared, that is, read by more than one node. Its gradient is
 * complete only when the last of these nodes has run, so its update cannot be fused. */
bool plm_graph_shares(const plm_graph *g)
{
    for (size_t id = 1; id < g->values; id++)
        if (g->value[id].origin == PLM_FROM_PARAMETER && g->value[id].readers > 1 &&
            g->weight[g->value[id].index].trainable)
            return true;
    return false;
}

/* Lets the op check its inputs, set the layout of its parameters, and return the shape of its
 * output. */
static plm_status shape_output(plm_graph *g, const plm_node *node, plm_shaping *o)
{
    o->graph = g;
    o->config = node->config;
    o->arena = g->arena;
    o->inputs = node->inputs;
    for (int i = 0; i < node->inputs; i++) {
        const plm_graph_value *v = &g->value[node->input[i]];
        o->in[i] = &v->shape;
        o->weight[i] = v->origin == PLM_FROM_PARAMETER ? &g->weight[v->index] : NULL;
    }
    return node->op->shape(o);
}

/* Stores the parameter as a matrix [rows, columns] packed in panels (kernel.h). The parameter may
 * have more than two axes: in a kernel of four axes, the first three together are the rows. */
void plm_weight_as_matrix(plm_weight *weight, int64_t rows, int64_t columns)
{
    weight->layout = PLM_LAYOUT_PANELS;
    weight->rows = (size_t)rows;
    weight->columns = (size_t)columns;
}

/* Parses the op's spec `text` into its config, and sets the node's inputs. */
static plm_status node_fill(plm_graph *g, plm_node *node, int count, const plm_value *x,
                            const char *text)
{
    const plm_spec *spec = NULL;
    const plm_kind *kind = NULL;
    if (count > PLM_OPERANDS)
        return plm_fail(
            g->w, PLM_E_SHAPE, NULL, "combine the values in several steps, each with fewer inputs",
            "%d inputs are given, but an op takes at most %d", count, (int)PLM_OPERANDS);
    PLM_TRY(plm_spec_parse(g->arena, text, &spec));
    PLM_TRY(plm_kind_bind(g->arena, "op", spec, &kind, &node->config));
    node->op = (const plm_op_kind *)(const void *)kind;
    node->inputs = count;
    for (int i = 0; i < count; i++) {
        if (x[i].id == 0 || x[i].id >= g->values)
            return plm_fail(g->w, PLM_E_ORDER, NULL, NULL, "input %d of op %s does not exist", i,
                            text);
        node->input[i] = x[i].id;
    }
    return PLM_OK;
}

/* Appends the node to the graph. This comes after everything that can fail, so that a failed op
 * leaves no node. */
plm_value plm_graph_emit(plm_graph *g, const char *where, int count, const plm_value *x,
                         const char *op)
{
    plm_node node = {.where = where};
    plm_shaping shaping = {0};
    if (node_fill(g, &node, count, x, op) < 0 || shape_output(g, &node, &shaping) < 0)
        return (plm_value){0};
    node.state = shaping.state;
    if (!plm_shape_fits(&shaping.out)) {
        (void)plm_fail(g->w, PLM_E_SHAPE, NULL, "use shorter axes",
                       "a row of its output would be larger than any memory");
        return (plm_value){0};
    }
    plm_node *grown =
        plm_arena_grow(g->arena, g->node, g->nodes, &g->node_capacity, sizeof *g->node);
    if (grown == NULL)
        return (plm_value){0};
    g->node = grown;
    node.output = value_new(g, PLM_FROM_OP, (int)g->nodes, &shaping.out);
    if (node.output == 0)
        return (plm_value){0};
    g->node[g->nodes++] = node;
    for (int i = 0; i < node.inputs; i++)
        g->value[node.input[i]].readers++;
    return (plm_value){node.output};
}

/* Adds a number that may change from step to step, with its initial value. The caller evaluates its
 * schedule and sets the number before each step. Ops read it by the index that is returned. */
int64_t plm_graph_control_new(plm_graph *g, void *schedule, double value)
{
    plm_graph_control *grown =
        plm_arena_grow(g->arena, g->control, g->controls, &g->control_capacity, sizeof *g->control);
    if (grown == NULL)
        return -1;
    g->control = grown;
    g->control[g->controls] = (plm_graph_control){.schedule = schedule, .value = value};
    return (int64_t)g->controls++;
}

/* Adds a value to the list of the values that are part of the loss, besides the losses of the
 * outputs. */
plm_status plm_graph_penalize(plm_graph *g, plm_value x)
{
    plm_value *grown = plm_arena_grow(g->arena, g->penalty, g->penalties, &g->penalty_capacity,
                                      sizeof *g->penalty);
    if (grown == NULL)
        return PLM_E_MEMORY;
    g->penalty = grown;
    g->penalty[g->penalties++] = x;
    return PLM_OK;
}

/* Returns x stored as vectors along the last axis (lines = true) or with each row as one vector.
 * Both forms have the same numbers. The first form pads each vector, the second only the end of the
 * row, so a change of the form needs a copy (op repack). If x is stored in the wanted form already,
 * nothing is emitted. */
plm_value plm_graph_lines(plm_graph *g, const char *where, plm_value x, bool lines)
{
    const plm_shape *s = plm_graph_shape(g, x);
    if (s == NULL)
        return (plm_value){0};
    const plm_shape wanted =
        lines ? plm_shape_lines(s->rank, s->dims) : plm_shape_of(s->rank, s->dims);
    if (wanted.lines == s->lines && wanted.width == s->width)
        return x;
    return plm_graph_emit(g, where, 1, &x, lines ? "repack(lines=true)" : "repack(lines=false)");
}
