/* Values side by side: the lines of all inputs one after the other, [.., a] and [.., b] -> [.., a + b]. */
#include <string.h>

#include "graph/graph.h"

static plm_status shape(plm_shaping *o)
{
    const plm_shape *x = o->in[0];
    int64_t dims[PLM_RANK], width = 0;
    char first[160], other[160];
    for (int i = 0; i < o->inputs; i++) {
        const plm_shape *v = o->in[i];
        const size_t leading = (size_t)(x->rank > 0 ? x->rank - 1 : 0) * sizeof(int64_t);
        if (v->rank != x->rank || v->rank < 1 || v->lines != x->lines ||
            memcmp(v->dims, x->dims, leading) != 0) {
            plm_shape_print(x, first, sizeof first);
            plm_shape_print(v, other, sizeof other);
            return plm_fail(o->graph->w, PLM_E_SHAPE, o->where, "only the last axes may differ",
                            "%s and %s cannot stand side by side", first, other);
        }
        width += v->dims[v->rank - 1];
    }
    memcpy(dims, x->dims, sizeof dims);
    dims[x->rank - 1] = width;
    o->out = x->rank > 1 ? plm_shape_lines(x->rank, dims) : plm_shape_of(1, dims);
    return PLM_OK;
}

static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_shape *y = &s->out.shape;
    (void)thread;
    for (int64_t line = first * y->lines; line < last * y->lines; line++) {
        plm_real *to = s->out.x + line * y->stride;
        for (int i = 0; i < s->inputs; i++) {
            const plm_shape *x = &s->in[i].shape;
            memcpy(to, s->in[i].x + line * x->stride, (size_t)x->width * sizeof *to);
            to += x->width;
        }
        memset(to, 0, (size_t)(y->stride - y->width) * sizeof *to);
    }
}

static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_shape *y = &s->out.shape;
    (void)thread;
    for (int64_t line = first * y->lines; line < last * y->lines; line++) {
        const plm_real *from = s->out.g + line * y->stride;
        for (int i = 0; i < s->inputs; i++) {
            const plm_shape *x = &s->in[i].shape;
            plm_real *to = s->in[i].g != NULL ? s->in[i].g + line * x->stride : NULL;
            if (to != NULL) {
                memcpy(to, from, (size_t)x->width * sizeof *to);
                memset(to + x->width, 0, (size_t)(x->stride - x->width) * sizeof *to);
            }
            from += x->width;
        }
    }
}

const plm_op_kind plm_op_join_columns = {
    .kind = {.name = "join_columns", .help = "values side by side along the last axis"},
    .shape = shape,
    .forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
    .backward = {{.run = backward, .split = PLM_SPLIT_ROWS}},
};
