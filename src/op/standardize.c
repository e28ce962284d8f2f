/* y[n, i] = (x[n, i] - mean[i]) / max(sqrt(variance[i]), 1e-7): what the layer normalization does with statistics that
 * were measured before (Keras's rule). mean and variance never learn; dx = dy / max(sqrt(variance), 1e-7). */
#include <math.h>

#include "graph/graph.h"

enum { MEAN = 1, VARIANCE = 2 };
static const double SMALLEST = 1e-7;

static plm_status shape(plm_shaping *o)
{
    const plm_shape *x = o->in[0];
    for (int i = MEAN; i <= VARIANCE; i++)
        if (o->inputs != 3 || o->weight[i] == NULL || (int64_t)o->weight[i]->count != x->width)
            return plm_fail(o->graph->w, PLM_E_SHAPE, o->where, NULL,
                            "standardize wants %lld means and variances", (long long)x->width);
    o->out = *x;
    return PLM_OK;
}

/* Factors of the columns, worked out once a pass in the thread's scratch; padding gets 0. */
static void factors(const plm_step *s, plm_real *scale, plm_real *shift)
{
    for (int64_t j = 0; j < s->out.shape.stride; j++) {
        const bool true_column = j < s->out.shape.width;
        const double deviation = true_column ? sqrt((double)s->in[VARIANCE].x[j]) : 1.0;
        const double factor = true_column ? 1.0 / (deviation > SMALLEST ? deviation : SMALLEST) : 0.0;
        scale[j] = (plm_real)factor;
        shift[j] = true_column ? (plm_real)(-(double)s->in[MEAN].x[j] * factor) : 0;
    }
}

static void run(const plm_step *s, plm_real *y, const plm_real *x, int64_t rows, int thread, bool shifted)
{
    const size_t stride = (size_t)s->out.shape.stride;
    plm_real *scale = s->run->scratch + (size_t)thread * s->run->scratch_size, *shift = scale + stride;
    factors(s, scale, shift);
    s->run->kernel->scale_columns(y, x, scale, shifted ? shift : NULL, (size_t)(rows * s->out.shape.lines),
                                  stride, stride, stride);
}

static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const int64_t at = first * s->out.shape.lines * s->out.shape.stride;
    run(s, s->out.x + at, s->in[0].x + at, last - first, thread, true);
}

static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const int64_t at = first * s->out.shape.lines * s->out.shape.stride;
    if (s->in[0].g != NULL)
        run(s, s->in[0].g + at, s->out.g + at, last - first, thread, false);
}

static size_t scratch(const plm_step *s)
{
    return 2 * (size_t)s->out.shape.stride;
}

const plm_op_kind plm_op_standardize = {
    .kind = {.name = "standardize", .help = "(x - mean) / deviation, column by column"},
    .shape = shape,
    .forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
    .backward = {{.run = backward, .split = PLM_SPLIT_ROWS}},
    .scratch = scratch,
};
