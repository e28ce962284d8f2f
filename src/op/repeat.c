/* repeat(count) copies a row of w numbers `count` times: [w] -> [count, w]. dx is the sum of dy
 * over the copies. */
#include <string.h>

#include "graph/op.h"

typedef struct {
    int64_t count; /* number of copies */
} repeat;

static const plm_field fields[] = {
    PLM_FIELD(repeat, count, PLM_INT, NULL, 1, 1e9, "number of copies"), {0}};

/* Sets the shape of the output. The output is [count, w], stored by vectors of w numbers. */
static plm_status shape(plm_shaping *o)
{
    const repeat *c = o->config;
    char text[160];
    const plm_shape *x = o->in[0];
    plm_shape_print(x, text, sizeof text);
    if (x->rank != 1)
        return plm_fail(o->graph->w, PLM_E_SHAPE, NULL, "put the layer flatten before it",
                        "repeat takes rows with one axis, not %s", text);
    o->out = plm_shape_lines(2, (const int64_t[]){c->count, x->dims[0]});
    return PLM_OK;
}

/* Computes y: each vector of a row of y is a copy of the row of x. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_shape *x = &s->in[0].shape, *y = &s->out.shape;
    (void)thread;
    for (int64_t line = first * y->lines; line < last * y->lines; line++) {
        plm_real *to = s->out.x + line * y->stride;
        memcpy(to, s->in[0].x + line / y->lines * x->stride, (size_t)y->width * sizeof *to);
        memset(to + y->width, 0, (size_t)(y->stride - y->width) * sizeof *to);
    }
}

/* Computes dx for rows first <= n < last, as the sum of dy over the vectors of a row. */
static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_shape *x = &s->in[0].shape, *y = &s->out.shape;
    (void)thread;
    for (int64_t row = first; row < last && s->in[0].g != NULL; row++) {
        plm_real *dx = s->in[0].g + row * x->stride;
        const plm_real *dy = s->out.g + row * y->lines * y->stride;
        memset(dx, 0, (size_t)x->stride * sizeof *dx);
        for (int64_t line = 0; line < y->lines; line++)
            for (int64_t j = 0; j < x->width; j++)
                dx[j] += dy[line * y->stride + j];
    }
}

const plm_op_kind plm_op_repeat = {
    .kind = {.name = "repeat",
             .help = "repeats a row of numbers",
             .config_size = sizeof(repeat),
             .fields = fields},
    .shape = shape,
    .moves = true,
    .cpu = {.forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = backward, .split = PLM_SPLIT_ROWS}}},
};
