/* Computes y[i, j] = x[i, j] factor[j] for all vectors i, with a learned factor for each column j.
 * The layer scale emits it. dx = dy factor; the gradient of factor[j] is the sum of dy x down the
 * column, over the vectors in ascending order. */
#include <string.h>

#include "graph/op.h"
#include "kernel/per_isa.h"

/* Sets the shape of the output to that of x. Checks that there is one factor for each column. */
static plm_status shape(plm_shaping *o)
{
    if (o->inputs != 2 || o->weight[1] == NULL || (int64_t)o->weight[1]->count != o->in[0]->width)
        return plm_fail(o->graph->w, PLM_E_SHAPE, NULL, NULL,
                        "scale_columns takes a value and a parameter of %lld factors",
                        (long long)o->in[0]->width);
    o->weight[1]->layout = PLM_LAYOUT_FLAT;
    o->out = *o->in[0];
    return PLM_OK;
}

/* Returns the number of units of the weight pass: blocks of 16 columns. */
static int64_t blocks(const plm_step *s)
{
    return (s->out.shape.width + PLM_LANES - 1) / PLM_LANES;
}

/* Computes to = from factor, column by column, for rows first <= n < last. */
static void multiply(const plm_step *s, plm_real *to, const plm_real *from, int64_t first,
                     int64_t last)
{
    const size_t stride = (size_t)s->out.shape.stride, lines = (size_t)s->out.shape.lines;
    const size_t at = (size_t)first * lines * stride;
    s->run->kernel->scale_columns(to + at, from + at, s->in[1].x, NULL,
                                  (size_t)(last - first) * lines, (size_t)blocks(s) * PLM_LANES,
                                  stride, stride);
}

/* Computes y for rows first <= n < last. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    (void)thread;
    multiply(s, s->out.x, s->in[0].x, first, last);
}

/* Computes dx for rows first <= n < last, if it is wanted. */
static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    (void)thread;
    if (s->in[0].g != NULL)
        multiply(s, s->in[0].g, s->out.g, first, last);
    plm_step_flush(s, 0, first, last);
}

/* Computes sum[16], the sums of dy x of 16 neighbouring columns over `lines` vectors. */
static PLM_BODY void sum_body(plm_real *restrict sum, const plm_real *restrict x,
                              const plm_real *restrict dy, size_t lines, size_t stride)
{
    plm_real total[PLM_LANES] = {0};
    for (size_t n = 0; n < lines; n++)
        for (size_t j = 0; j < PLM_LANES; j++)
            total[j] += dy[n * stride + j] * x[n * stride + j];
    for (size_t j = 0; j < PLM_LANES; j++)
        sum[j] = plm_flushed(total[j]);
}
PLM_PER_ISA(sum,
            (const char *isa, plm_real *restrict sum, const plm_real *restrict x,
             const plm_real *restrict dy, size_t lines, size_t stride),
            (sum, x, dy, lines, stride))

/* Computes the gradients of blocks first <= b < last; a block is 16 factors. Passes them to the
 * optimizer or stores them. The padding of x and dy may hold anything; the padding of the gradient
 * becomes 0. */
static void weights(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_weight *factor = s->in[1].weight;
    const size_t width = (size_t)s->out.shape.width, stride = (size_t)s->out.shape.stride;
    const size_t lines = (size_t)(s->run->rows * s->out.shape.lines);
    for (int64_t block = first; block < last && plm_weight_wanted(&s->in[1]); block++) {
        _Alignas(64) plm_real gradient[PLM_LANES];
        const size_t at = (size_t)block * PLM_LANES;
        sum(s->run->kernel->isa, gradient, s->in[0].x + at, s->out.g + at, lines, stride);
        for (size_t j = width - at; j < PLM_LANES; j++)
            gradient[j] = 0;
        if (s->run->apply != NULL)
            s->run->apply(s->run->apply_self, factor, factor->offset + at, gradient, PLM_LANES,
                          thread);
        else
            memcpy(s->run->g + factor->offset + at, gradient, sizeof gradient);
    }
}

const plm_op_kind plm_op_scale_columns = {
    .kind = {.name = "scale_columns",
             .help = "multiplies each column by a learned factor",
             .formula = "y = x factor"},
    .shape = shape,
    .reads = PLM_READS_IN(0) | PLM_READS_IN(1),
    .cpu = {.forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = backward, .split = PLM_SPLIT_ROWS}},
            .weights = {{.run = weights, .split = PLM_SPLIT_UNITS, .units = blocks}}},
};
