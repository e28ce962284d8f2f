/* Gives every value and gradient of a plan a place in one block of memory.
 *
 * In inference, values share places. Time is counted in nodes: of N nodes, node k runs forward at
 * time k. In training its backward passes run at 2N - k, and all weight passes at 2N + 1. A buffer
 * lives from the time when it is written to the time when it is last read, and two buffers may
 * share a place if their lives do not overlap (places.c). Threads do not wait for one another, so a
 * thread may be several nodes ahead of another; where values share a place, barriers.c adds a
 * barrier.
 *
 * In training no buffers share a place (see buffer_add). Barriers would cost time in every step,
 * and most values live until the end of backward anyway. */
#include "graph/memory.h"

#include "graph/places.h"

/* The state while buffers are collected. */
typedef struct {
    const plm_graph *g;        /* the net: its nodes come in the order in which they run forward */
    const plm_plan_options *o; /* rows of a batch; whether the plan trains */
    const plm_reverse *r;      /* which nodes run, and which values have gradients */
    plm_buffer *list;          /* [count] the buffers to be placed */
    size_t count;              /* number of buffers so far */
    int64_t *last;             /* [values] the time at which each value is last read */
    int64_t nodes;             /* number of nodes */
    bool overflow;             /* a buffer's size does not fit in size_t */
} placing;

/* Returns the time at which a node runs forward. */
static int64_t forward_time(size_t node)
{
    return (int64_t)node;
}
/* Returns the time at which a node runs backward. The last node runs first. */
static int64_t backward_time(const placing *p, size_t node)
{
    return 2 * p->nodes - (int64_t)node;
}
/* Returns the time of the weight passes, after all other passes. The operands that they read must
 * live until then. */
static int64_t end_time(const placing *p)
{
    return 2 * p->nodes + 1;
}

/* Adds a buffer for `capacity` rows of shape s that lives from time `from` to time `to`; The offset
 * of the buffer will be stored in *where. In training every buffer lives from beginning to end, so
 * that no two share a place. */
static void buffer_add(placing *p, const plm_shape *s, int64_t from, int64_t to, size_t *where)
{
    size_t size = 0;
    const size_t line = (size_t)s->stride;
    if (!plm_checked_multiply((size_t)s->lines, line, &size) ||
        !plm_checked_multiply(size, (size_t)p->o->capacity, &size) || size > SIZE_MAX / 64) {
        p->overflow = true;
        return;
    }
    size = (size + PLM_LANES - 1) / PLM_LANES * PLM_LANES;
    if (p->o->training) {
        from = -1;
        to = end_time(p) + 1;
    }
    p->list[p->count++] = (plm_buffer){.size = size, .from = from, .to = to, .where = where};
}

/* True if the node has a weight pass that will run: one of its parameters is trained. */
static bool has_wanted_weight(const plm_graph *g, const plm_node *node)
{
    if (node->op->cpu.weights[0].run == NULL)
        return false;
    for (int i = 0; i < node->inputs; i++) {
        const plm_graph_value *v = &g->value[node->input[i]];
        if (v->origin == PLM_FROM_PARAMETER && g->weight[v->index].trainable)
            return true;
    }
    return false;
}

/* Returns the operands that the node's backward and weight passes read, as a set of PLM_READS_...
 * bits. */
static uint32_t node_reads(const plm_node *node)
{
    return node->op->reads_of != NULL ? node->op->reads_of(node) : node->op->reads;
}

/* Returns the last time at which node k reads an operand. mask: the operand's bit in the set that
 * node_reads returns. */
static int64_t last_read(const placing *p, size_t k, uint32_t mask)
{
    const plm_node *node = &p->g->node[k];
    if (!p->o->training || !p->r->backward[k] || (node_reads(node) & mask) == 0)
        return forward_time(k);
    return has_wanted_weight(p->g, node) ? end_time(p) : backward_time(p, k);
}

/* Lets outputs, losses, targets and sample weights live beyond the end of the run, since the caller
 * reads them afterwards: outputs and losses as results, targets and sample weights for metrics. */
static void mark_read_at_end(placing *p)
{
    const int64_t after = end_time(p) + 1;
    for (int i = 0; i < p->o->outputs; i++)
        p->last[p->o->output[i].id] = after;
    for (int i = 0; i < p->o->losses; i++)
        p->last[p->o->loss[i].id] = after;
    for (size_t id = 1; id < p->g->values; id++) {
        const plm_origin origin = p->g->value[id].origin;
        if (origin == PLM_FROM_TARGET || origin == PLM_FROM_SAMPLE_WEIGHT)
            p->last[id] = after;
    }
}

/* Fills `last`: for each value the latest time at which a node reads it, as an input or as its own
 * output. */
static void find_last(placing *p)
{
    for (size_t id = 1; id < p->g->values; id++) {
        const plm_graph_value *v = &p->g->value[id];
        if (v->origin == PLM_FROM_OP)
            p->last[id] = last_read(p, (size_t)v->index, PLM_READS_OUT);
    }
    for (size_t k = 0; k < p->g->nodes; k++) {
        const plm_node *node = &p->g->node[k];
        for (int i = 0; p->r->needed[k] && i < node->inputs; i++) {
            const int64_t t = last_read(p, k, PLM_READS_IN(i));
            int64_t *last = &p->last[node->input[i]];
            *last = t > *last ? t : *last;
        }
    }
    mark_read_at_end(p);
}

/* Adds a buffer for each value that a node computes or the caller gives. Parameters need none: they
 * lie in the parameter vector. */
static void add_values(placing *p, plm_memory *m)
{
    for (uint32_t id = 1; id < p->g->values; id++) {
        const plm_graph_value *v = &p->g->value[id];
        const bool made = v->origin == PLM_FROM_OP && p->r->needed[v->index];
        if (v->origin == PLM_FROM_PARAMETER || (v->origin == PLM_FROM_OP && !made))
            continue;
        const int64_t from = made ? forward_time((size_t)v->index) : -1;
        buffer_add(p, &v->shape, from, p->last[id], &m->value[id]);
    }
}

/* Adds a buffer for each gradient. The nodes that read a value write its gradient, in backward
 * order; the node that computes the value reads the gradient. The first node to write uses the
 * gradient's buffer. Each further node writes to a temporary buffer (grad_tmp), which
 * add_gradient.c adds to the gradient. A gradient lives until the node that computed its value has
 * read it. If that node has weights to train, it lives until the end, since the weight passes read
 * it, too. */
static void add_gradients(placing *p, plm_memory *m, bool *written)
{
    const plm_graph *g = p->g;
    for (size_t k = g->nodes; k-- > 0;) {
        const plm_node *node = &g->node[k];
        if (!p->r->backward[k])
            continue;
        for (int i = 0; i < node->inputs; i++) {
            const uint32_t id = node->input[i];
            const plm_graph_value *v = &g->value[id];
            if (!p->r->gradient[id] || v->origin == PLM_FROM_PARAMETER)
                continue;
            const int64_t now = backward_time(p, k);
            if (written[id]) {
                buffer_add(p, &v->shape, now, now, &m->grad_tmp[k * PLM_OPERANDS + (size_t)i]);
                continue;
            }
            written[id] = true;
            int64_t to = end_time(p);
            if (v->origin == PLM_FROM_OP && !has_wanted_weight(g, &g->node[v->index]))
                to = backward_time(p, (size_t)v->index);
            buffer_add(p, &v->shape, now, to, &m->gradient[id]);
        }
    }
}

/* Returns a list of `count` offsets, all PLM_NOWHERE; NULL = no memory. */
static size_t *nowhere(plm_arena *a, size_t count)
{
    size_t *list = plm_arena_array(a, count, sizeof *list);
    for (size_t i = 0; list != NULL && i < count; i++)
        list[i] = PLM_NOWHERE;
    return list;
}

/* Determines the lifetimes of all values, lists all buffers, and packs them into the block. The
 * list has at most one buffer for each value, one for each gradient, and a temporary one for each
 * operand of each node. */
plm_status plm_memory_place(const plm_graph *g, const plm_plan_options *o, const plm_reverse *r,
                            plm_arena *a, plm_memory *out)
{
    plm_memory m = {.value = nowhere(a, g->values),
                    .gradient = nowhere(a, g->values),
                    .grad_tmp = nowhere(a, (g->nodes + 1) * PLM_OPERANDS)};
    bool *written = plm_arena_array(a, g->values, sizeof *written);
    placing p = {.g = g,
                 .o = o,
                 .r = r,
                 .nodes = (int64_t)g->nodes,
                 .list =
                     plm_arena_array(a, 2 * g->values + g->nodes * PLM_OPERANDS, sizeof *p.list)};
    p.last = plm_arena_array(a, g->values, sizeof *p.last);
    if (m.value == NULL || m.gradient == NULL || m.grad_tmp == NULL || written == NULL ||
        p.list == NULL || p.last == NULL)
        return PLM_E_MEMORY;
    find_last(&p);
    add_values(&p, &m);
    if (o->training)
        add_gradients(&p, &m, written);
    if (p.overflow)
        return plm_fail_memory(
            g->w,
            "memory of the net: the output of a layer for a whole batch is too large to address");
    PLM_TRY(plm_places_find(a, p.list, p.count, o->training, &m.total));
    *out = m;
    return PLM_OK;
}
