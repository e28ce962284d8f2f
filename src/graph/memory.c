/* Lifetimes: node k runs forward at time k and backward at 2N - k; all weight passes run at 2N +
 * 1, after the one barrier. A buffer lives from the time it is written to the last time it is
 * read; two buffers may share a place when their lives do not meet. Greedy by size, largest
 * first, lowest place that is free.
 *
 * Threads walk their rows without waiting for one another, so one may be a few nodes ahead.
 * Where buffers share a place the plan therefore puts a barrier (plan.c). A training plan would
 * pay for it in every step, and most of its values live to the end anyway: there every buffer
 * has a place of its own. */
#include "graph/memory.h"

#include "graph/places.h"

typedef struct {
    const plm_graph *g;
    const plm_plan_options *o;
    const plm_reverse *r;
    plm_buffer *list;
    size_t count;
    int64_t *last; /* [values] when each is read for the last time */
    int64_t nodes;
    bool overflow;
} placing;

static int64_t forward_time(size_t node)
{
    return (int64_t)node;
}
static int64_t backward_time(const placing *p, size_t node)
{
    return 2 * p->nodes - (int64_t)node;
}
static int64_t end_time(const placing *p)
{
    return 2 * p->nodes + 1;
}

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

static uint32_t node_reads(const plm_node *node)
{
    return node->op->reads_of != NULL ? node->op->reads_of(node) : node->op->reads;
}

/* The last time node k reads something of which `mask` tells whether its backward passes want
 * it. */
static int64_t last_read(const placing *p, size_t k, uint32_t mask)
{
    const plm_node *node = &p->g->node[k];
    if (!p->o->training || !p->r->backward[k] || (node_reads(node) & mask) == 0)
        return forward_time(k);
    return has_wanted_weight(p->g, node) ? end_time(p) : backward_time(p, k);
}

/* Outputs and losses are read when all is done; so are targets and sample weights, by metrics. */
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

/* The last time each value is read. */
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

/* Gradients: written by the readers of a value in backward order, read by its maker. */
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
                buffer_add(p, &v->shape, now, now, &m->detour[k * PLM_OPERANDS + (size_t)i]);
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

static size_t *nowhere(plm_arena *a, size_t count)
{
    size_t *list = plm_arena_array(a, count, sizeof *list);
    for (size_t i = 0; list != NULL && i < count; i++)
        list[i] = PLM_NOWHERE;
    return list;
}

plm_status plm_memory_place(const plm_graph *g, const plm_plan_options *o, const plm_reverse *r,
                            plm_arena *a, plm_memory *out)
{
    plm_memory m = {.value = nowhere(a, g->values),
                    .gradient = nowhere(a, g->values),
                    .detour = nowhere(a, (g->nodes + 1) * PLM_OPERANDS)};
    bool *written = plm_arena_array(a, g->values, sizeof *written);
    placing p = {.g = g,
                 .o = o,
                 .r = r,
                 .nodes = (int64_t)g->nodes,
                 .list =
                     plm_arena_array(a, 2 * g->values + g->nodes * PLM_OPERANDS, sizeof *p.list)};
    p.last = plm_arena_array(a, g->values, sizeof *p.last);
    if (m.value == NULL || m.gradient == NULL || m.detour == NULL || written == NULL ||
        p.list == NULL || p.last == NULL)
        return PLM_E_MEMORY;
    find_last(&p);
    add_values(&p, &m);
    if (o->training)
        add_gradients(&p, &m, written);
    if (p.overflow)
        return plm_fail_memory(g->w, "plan: a value is larger than memory can be");
    PLM_TRY(plm_places_find(a, p.list, p.count, o->training, &m.total));
    *out = m;
    return PLM_OK;
}
