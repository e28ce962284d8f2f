/* unit_normalize divides each vector by its Euclidean length, y = x / |x|. The gradient is dx = (dy
 * - y (y . dy)) / |x|, where y . dy is the dot product of the two vectors. A vector of zeros stays
 * zero, and its gradient is 0. */
#include <math.h>
#include <string.h>

#include "graph/op.h"
#include "kernel/tiny.h"

/* Sets the shape of the output to that of x. */
static plm_status shape(plm_shaping *o)
{
    o->out = *o->in[0];
    return PLM_OK;
}

/* Returns 1 / |x| of a vector, at most 1e12 (the bound of Keras); 0 for a vector of zeros. */
static double inverse_length(const plm_step *s, const plm_real *x)
{
    const double square = s->run->kernel->sum_squares(x, (size_t)s->out.shape.width);
    return square > 1e-24 ? 1 / sqrt(square) : square > 0 ? 1e12 : 0;
}

/* Computes y for rows first <= n < last, vector by vector. The padding becomes 0. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_shape *y = &s->out.shape;
    (void)thread;
    for (int64_t line = first * y->lines; line < last * y->lines; line++) {
        const plm_real *from = s->in[0].x + line * y->stride;
        plm_real *to = s->out.x + line * y->stride;
        const plm_real inverse = (plm_real)inverse_length(s, from);
        for (int64_t j = 0; j < y->width; j++)
            to[j] = from[j] * inverse;
        memset(to + y->width, 0, (size_t)(y->stride - y->width) * sizeof *to);
    }
}

/* Computes dx for rows first <= n < last, vector by vector; sums are in double. */
static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_shape *y = &s->out.shape;
    (void)thread;
    for (int64_t line = first * y->lines; line < last * y->lines && s->in[0].g != NULL; line++) {
        const plm_real *x = s->in[0].x + line * y->stride, *dy = s->out.g + line * y->stride;
        plm_real *dx = s->in[0].g + line * y->stride;
        const double inverse = inverse_length(s, x);
        double along = 0;
        for (int64_t j = 0; j < y->width; j++)
            along += (double)x[j] * (double)dy[j];
        along *= inverse * inverse;
        for (int64_t j = 0; j < y->width; j++)
            dx[j] = plm_flushed((plm_real)(((double)dy[j] - (double)x[j] * along) * inverse));
        memset(dx + y->width, 0, (size_t)(y->stride - y->width) * sizeof *dx);
    }
}

const plm_op_kind plm_op_unit_normalize = {
    .kind = {.name = "unit_normalize", .help = "divides each vector by its length"},
    .shape = shape,
    .reads = PLM_READS_IN(0),
    .cpu = {.forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = backward, .split = PLM_SPLIT_ROWS}}},
};
