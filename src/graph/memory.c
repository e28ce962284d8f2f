/* Lifetimes: node k runs forward at time k and backward at 2N - k; all weight passes run at 2N +
 * 1, after the one barrier. A buffer lives from the time it is written to the last time it is
 * read; two buffers may share a place when their lives do not meet. Greedy by size, largest
 * first, lowest place that is free.
 *
 * Threads walk their rows without waiting for one another, so one may be a few nodes ahead.
 * Where buffers share a place the plan therefore puts a barrier (plan.c). A training plan would
 * pay for it in every step, and most of its values live to the end anyway: there every buffer
 * has a place of its own. */
#include <stdlib.h>
#include <string.h>

#include "graph/memory.h"

typedef struct {
    size_t size, at;
    int64_t from, to;
    size_t *where; /* gets the offset */
} buffer;

typedef struct {
    const plm_graph *g;
    const plm_plan_options *o;
    const plm_reverse *r;
    buffer *list;
    size_t count;
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
    p->list[p->count++] = (buffer){.size = size, .from = from, .to = to, .where = where};
}

static bool has_wanted_weight(const plm_graph *g, const plm_node *node)
{
    if (node->op->weights[0].run == NULL)
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
static bool is_read_at_end(const placing *p, uint32_t id)
{
    const plm_origin origin = p->g->value[id].origin;
    for (int i = 0; i < p->o->outputs; i++)
        if (p->o->output[i].id == id)
            return true;
    for (int i = 0; i < p->o->losses; i++)
        if (p->o->loss[i].id == id)
            return true;
    return origin == PLM_FROM_TARGET || origin == PLM_FROM_SAMPLE_WEIGHT;
}

static int64_t value_last(const placing *p, uint32_t id)
{
    const plm_graph_value *v = &p->g->value[id];
    int64_t last = v->origin == PLM_FROM_OP ? last_read(p, (size_t)v->index, PLM_READS_OUT) : 0;
    for (size_t k = 0; k < p->g->nodes; k++) {
        const plm_node *node = &p->g->node[k];
        if (!p->r->needed[k])
            continue;
        for (int i = 0; i < node->inputs; i++) {
            if (node->input[i] != id)
                continue;
            const int64_t t = last_read(p, k, PLM_READS_IN(i));
            last = t > last ? t : last;
        }
    }
    return is_read_at_end(p, id) ? end_time(p) + 1 : last;
}

static void add_values(placing *p, plm_memory *m)
{
    for (uint32_t id = 1; id < p->g->values; id++) {
        const plm_graph_value *v = &p->g->value[id];
        const bool made = v->origin == PLM_FROM_OP && p->r->needed[v->index];
        if (v->origin == PLM_FROM_PARAMETER || (v->origin == PLM_FROM_OP && !made))
            continue;
        const int64_t from = made ? forward_time((size_t)v->index) : -1;
        buffer_add(p, &v->shape, from, value_last(p, id), &m->value[id]);
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

static int larger_first(const void *a, const void *b)
{
    const buffer *x = a, *y = b;
    if (x->size != y->size)
        return x->size < y->size ? 1 : -1;
    return x->where < y->where ? -1 : x->where > y->where; /* a fixed order: plans repeat */
}

static bool lives_meet(const buffer *x, const buffer *y)
{
    return x->from <= y->to && y->from <= x->to;
}

/* The lowest place where b meets no placed buffer that lives at the same time. */
static size_t lowest_place(const buffer *placed, size_t count, const buffer *b)
{
    size_t at = 0;
    for (size_t i = 0; i < count;) {
        const buffer *other = &placed[i];
        if (lives_meet(other, b) && at < other->at + other->size && other->at < at + b->size) {
            at = other->at + other->size;
            i = 0; /* higher up others may be in the way */
        } else {
            i++;
        }
    }
    return at;
}

static void place_all(placing *p, plm_memory *m)
{
    qsort(p->list, p->count, sizeof *p->list, larger_first);
    for (size_t i = 0; i < p->count; i++) {
        buffer *b = &p->list[i];
        b->at = lowest_place(p->list, i, b);
        *b->where = b->at;
        if (b->at + b->size > m->total)
            m->total = b->at + b->size;
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
    if (m.value == NULL || m.gradient == NULL || m.detour == NULL || written == NULL ||
        p.list == NULL)
        return PLM_E_MEMORY;
    add_values(&p, &m);
    if (o->training)
        add_gradients(&p, &m, written);
    if (p.overflow)
        return plm_fail_memory(g->w, "plan: a value is larger than memory can be");
    place_all(&p, &m);
    *out = m;
    return PLM_OK;
}
