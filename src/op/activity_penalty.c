/* activity_penalty(l1, l2) computes a penalty on the size of a value, one number per row:
 *
 *     y[n] = l1 sum |x[n]| + l2 sum x[n]^2, over all numbers of the row
 *
 * The mean of y over the rows is added to the loss. Dividing by the number of rows is what Keras
 * does, too. So the gradient is dx = (l1 sign(x) + 2 l2 x) / rows. */
#include <math.h>

#include "graph/op.h"
#include "kernel/per_isa.h"

typedef struct {
    double l1, l2; /* factors of sum |x| and of sum x^2 */
} activity_penalty;

static const plm_field fields[] = {
    PLM_FIELD(activity_penalty, l1, PLM_REAL, "0", 0, 1e9, "factor of sum |x|"),
    PLM_FIELD(activity_penalty, l2, PLM_REAL, "0", 0, 1e9, "factor of sum x^2"),
    {0}};

/* Sets the shape of the output: one number per row. */
static plm_status shape(plm_shaping *o)
{
    o->out = plm_shape_of(0, NULL);
    return PLM_OK;
}

/* Adds |x[j]| to absolute[j mod 16] and x[j]^2 to square[j mod 16], in double, for j < count. The
 * number of these sums is fixed, so that all instruction sets add the same numbers in the same
 * order. count is a multiple of 16. */
static PLM_BODY void add_body(const plm_real *restrict x, size_t count, double *restrict absolute,
                              double *restrict square)
{
    for (size_t i = 0; i < count / PLM_LANES; i++)
        for (size_t j = 0; j < PLM_LANES; j++) {
            const double value = (double)x[i * PLM_LANES + j];
            absolute[j] += value < 0 ? -value : value;
            square[j] += value * value;
        }
}
PLM_PER_ISA(add,
            (const char *isa, const plm_real *restrict x, size_t count, double *restrict absolute,
             double *restrict square),
            (x, count, absolute, square))

/* Adds one vector of `width` numbers: first whole blocks of 16, then the remaining numbers. Padding
 * is left out. */
static void add_line(const plm_step *s, const plm_real *x, size_t width, double absolute[PLM_LANES],
                     double square[PLM_LANES])
{
    const size_t whole = width / PLM_LANES * PLM_LANES;
    add(s->run->kernel->isa, x, whole, absolute, square);
    for (size_t i = whole; i < width; i++) {
        absolute[i - whole] += fabs((double)x[i]);
        square[i - whole] += (double)x[i] * (double)x[i];
    }
}

/* Returns the sum of 16 partial sums. It adds number i + 8 to number i, then i + 4, i + 2 and i +
 * 1, so that the order is fixed. */
static double folded(double lane[PLM_LANES])
{
    for (size_t half = PLM_LANES / 2; half > 0; half /= 2)
        for (size_t j = 0; j < half; j++)
            lane[j] += lane[j + half];
    return lane[0];
}

/* Computes y[n] for rows first <= n < last; x [rows][lines][stride]. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const activity_penalty *c = s->config;
    const plm_shape *x = &s->in[0].shape;
    (void)thread;
    for (int64_t row = first; row < last; row++) {
        double absolute[PLM_LANES] = {0}, square[PLM_LANES] = {0};
        for (int64_t line = row * x->lines; line < (row + 1) * x->lines; line++)
            add_line(s, s->in[0].x + line * x->stride, (size_t)x->width, absolute, square);
        s->out.x[row * s->out.shape.stride] =
            (plm_real)(c->l1 * folded(absolute) + c->l2 * folded(square));
    }
}

/* Computes g[count] = first sign(x) + second x, the gradient of the penalty. */
static PLM_BODY void slope_body(plm_real *restrict g, const plm_real *restrict x, size_t count,
                                plm_real first, plm_real second)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++) {
        const plm_real sign = x[i] > 0 ? first : x[i] < 0 ? -first : 0;
        g[i] = plm_flushed(sign + second * x[i]);
    }
}
PLM_PER_ISA(slope,
            (const char *isa, plm_real *restrict g, const plm_real *restrict x, size_t count,
             plm_real first, plm_real second),
            (g, x, count, first, second))

/* Computes dx for rows first <= n < last. dx does not depend on dy: y is part of the loss, so the
 * gradient of y is 1 / rows, from the mean. */
static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const activity_penalty *c = s->config;
    const double rows = (double)s->run->rows;
    const int64_t row = s->in[0].shape.lines * s->in[0].shape.stride;
    (void)thread;
    if (s->in[0].g != NULL)
        slope(s->run->kernel->isa, s->in[0].g + first * row, s->in[0].x + first * row,
              (size_t)((last - first) * row), (plm_real)(c->l1 / rows),
              (plm_real)(2 * c->l2 / rows));
}

const plm_op_kind plm_op_activity_penalty = {
    .kind = {.name = "activity_penalty",
             .help = "computes a penalty on the size of a value, one number per row",
             .config_size = sizeof(activity_penalty),
             .fields = fields},
    .shape = shape,
    .reads = PLM_READS_IN(0),
    .cpu = {.forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = backward, .split = PLM_SPLIT_ROWS}}},
};
