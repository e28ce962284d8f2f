/* y[n, i] = (x[n, i] - mean[i]) / max(sqrt(variance[i]), 1e-7), with n counting lines. The layer
 * normalization emits it; its statistics were measured before training. The bound 1e-7 is Keras's.
 * mean and variance are not trained. dx = dy / max(sqrt(variance), 1e-7). */
#include <math.h>

#include "graph/op.h"

enum { MEAN = 1, VARIANCE = 2 };
static const double SMALLEST = 1e-7;

/* The output has the shape of x. Checks the lengths of mean and variance. */
static plm_status shape(plm_shaping *o)
{
    const plm_shape *x = o->in[0];
    for (int i = MEAN; i <= VARIANCE; i++)
        if (o->inputs != 3 || o->weight[i] == NULL || (int64_t)o->weight[i]->count != x->width)
            return plm_fail(o->graph->w, PLM_E_SHAPE, o->where, NULL,
                            "standardize needs %lld means and variances", (long long)x->width);
    o->out = *x;
    return PLM_OK;
}

/* Three vectors [stride] in the thread's scratch memory. one: 1. away: the means with a minus.
 * factor: 1 / deviation. All three are 0 in the padding. */
typedef struct {
    plm_real *one, *away, *factor;
} columns;

/* Computes the three vectors, in the scratch memory of a thread. */
static columns columns_of(const plm_step *s, int thread)
{
    const size_t stride = (size_t)s->out.shape.stride;
    plm_real *one = s->run->scratch + (size_t)thread * s->run->scratch_size;
    const columns c = {.one = one, .away = one + stride, .factor = one + 2 * stride};
    for (size_t j = 0; j < stride; j++) {
        const bool true_column = (int64_t)j < s->out.shape.width;
        const double deviation = true_column ? sqrt((double)s->in[VARIANCE].x[j]) : 1.0;
        c.one[j] = true_column ? 1 : 0;
        c.away[j] = true_column ? -s->in[MEAN].x[j] : 0;
        c.factor[j] =
            true_column ? (plm_real)(1.0 / (deviation > SMALLEST ? deviation : SMALLEST)) : 0;
    }
    return c;
}

/* Computes y = (x - mean) factor of some rows. shifted false: y = x factor, for gradients. The mean
 * is subtracted first, in a step of its own: x factor - mean factor would lose digits by
 * cancellation if the mean is large. */
static void run(const plm_step *s, plm_real *y, const plm_real *x, int64_t rows, int thread,
                bool shifted)
{
    const plm_kernels *kernel = s->run->kernel;
    const size_t stride = (size_t)s->out.shape.stride, lines = (size_t)(rows * s->out.shape.lines);
    const columns c = columns_of(s, thread);
    if (shifted)
        kernel->scale_columns(y, x, c.one, c.away, lines, stride, stride, stride);
    kernel->scale_columns(y, shifted ? y : x, c.factor, NULL, lines, stride, stride, stride);
}

/* y for rows first <= n < last. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const int64_t at = first * s->out.shape.lines * s->out.shape.stride;
    run(s, s->out.x + at, s->in[0].x + at, last - first, thread, true);
}

/* dx for rows first <= n < last. */
static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const int64_t at = first * s->out.shape.lines * s->out.shape.stride;
    if (s->in[0].g != NULL)
        run(s, s->in[0].g + at, s->out.g + at, last - first, thread, false);
    plm_step_flush(s, 0, first, last);
}

/* How many numbers of scratch memory a thread needs: the three vectors. */
static size_t scratch(const plm_step *s)
{
    return 3 * (size_t)s->out.shape.stride;
}

const plm_op_kind plm_op_standardize = {
    .kind = {.name = "standardize", .help = "(x - mean) / deviation, column by column"},
    .shape = shape,
    .cpu = {.forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = backward, .split = PLM_SPLIT_ROWS}},
            .scratch = scratch},
};
