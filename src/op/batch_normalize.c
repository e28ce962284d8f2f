/* Batch normalization (Ioffe and Szegedy, 2015). It works on each column j of the last axis, over
 * all n vectors of the batch:
 *
 *     y[i, j] = gamma[j] (x[i, j] - mean[j]) / sqrt(variance[j] + epsilon) + beta[j]
 *
 * In training, mean and variance are those of the batch; the variance is the biased one, divided by
 * n. The moving statistics follow them: moving = momentum moving + (1 - momentum) batch. At
 * inference, and if the layer is frozen, the moving statistics are used instead of those of the
 * batch.
 *
 * Backward uses inverse = 1 / sqrt(variance + epsilon), xhat = (x - mean) inverse and factor =
 * gamma inverse:
 *
 *     dx = factor (dy - sum(dy) / n - xhat sum(dy xhat) / n) = factor dy + along x + level
 *
 * along and level are computed once per column. Sums run down the vectors in order, within one
 * thread. So the bits of a column do not depend on the number of threads. */
#include <tgmath.h>
#include <string.h>

#include "graph/op.h"
#include "kernel/per_isa.h"

enum { X, MOVING_MEAN, MOVING_VARIANCE, FIRST_OPTION };

typedef struct {
    double momentum, epsilon; /* momentum: decay of the moving statistics. epsilon: number added to
                               * the variance. */
    bool center, scale, frozen;
} batch_normalize;

static const plm_field fields[] = {
    PLM_FIELD(batch_normalize, momentum, PLM_REAL, "0.99", 0, 1, "decay of the moving statistics"),
    PLM_FIELD(batch_normalize, epsilon, PLM_REAL, "0.001", 0, 1,
              "small number added to the variance"),
    PLM_FIELD(batch_normalize, center, PLM_BOOL, "true", 0, 0, "true = add a beta"),
    PLM_FIELD(batch_normalize, scale, PLM_BOOL, "true", 0, 0, "true = multiply by a gamma"),
    PLM_FIELD(batch_normalize, frozen, PLM_BOOL, "false", 0, 0,
              "true = use the moving statistics in training, too"),
    {0}};

/* Sets the shape of the output to that of x. Checks that every parameter has one number per
 * column. */
static plm_status shape(plm_shaping *o)
{
    const batch_normalize *c = o->config;
    const int wanted = FIRST_OPTION + c->scale + c->center;
    for (int i = MOVING_MEAN; i < wanted; i++)
        if (o->inputs != wanted || o->weight[i] == NULL ||
            (int64_t)o->weight[i]->count != o->in[X]->width)
            return plm_fail(
                o->graph->w, PLM_E_SHAPE, NULL, NULL,
                "batch_normalize: each parameter needs %lld numbers, one for each column",
                (long long)o->in[X]->width);
    o->out = *o->in[X];
    return PLM_OK;
}

/* Returns the operand gamma; NULL = there is none. */
static const plm_operand *gamma_of(const plm_step *s)
{
    return ((const batch_normalize *)s->config)->scale ? &s->in[FIRST_OPTION] : NULL;
}

/* Returns the operand beta; NULL = there is none. */
static const plm_operand *beta_of(const plm_step *s)
{
    const batch_normalize *c = s->config;
    return c->center ? &s->in[FIRST_OPTION + c->scale] : NULL;
}

/* The vectors that the op keeps between passes; each has one number per column, [stride]. forward
 * computes y = factor x + offset, backward computes dx = factor dy + along x + level. sum is the
 * sum of dy over the rows, dot is the sum of dy xhat. */
typedef struct {
    plm_real *mean, *inverse, *factor, *offset, *sum, *dot, *along, *level;
} kept;

enum { KEPT = 8 };

/* Returns pointers to column `first` of the eight vectors that the op keeps. */
static kept kept_of(const plm_step *s, size_t first)
{
    const size_t stride = (size_t)s->out.shape.stride;
    plm_real *at = s->memory + first;
    return (kept){at,
                  at + stride,
                  at + 2 * stride,
                  at + 3 * stride,
                  at + 4 * stride,
                  at + 5 * stride,
                  at + 6 * stride,
                  at + 7 * stride};
}

/* Returns the size of the memory that the op keeps, in numbers: eight vectors. */
static size_t memory(const plm_step *s)
{
    return KEPT * (size_t)s->out.shape.stride;
}

/* Returns the number of units of the column passes: blocks of 16 columns. Blocks that hold only
 * padding are left out. */
static int64_t blocks(const plm_step *s)
{
    return (s->out.shape.width + PLM_LANES - 1) / PLM_LANES;
}

/* ---- forward ---- */

/* Divides each sum in mean[count] by n. */
static PLM_BODY void divide_body(plm_real *restrict mean, size_t count, double n)
{
    for (size_t j = 0; j < PLM_WHOLE(count); j++)
        mean[j] = (plm_real)((double)mean[j] / n);
}
PLM_PER_ISA(divide, (const char *isa, plm_real *restrict mean, size_t count, double n),
            (mean, count, n))

/* At the call inverse[count] holds the sums of squares about the mean; sets it to 1 / sqrt(variance
 * + epsilon). Also updates the moving statistics: moving = old moving + fresh (statistic of the
 * batch). */
static PLM_BODY void settle_body(plm_real *restrict inverse, const plm_real *restrict mean,
                                 plm_real *restrict moving_mean, plm_real *restrict moving_variance,
                                 size_t count, double n, const batch_normalize *c)
{
    const plm_real old = (plm_real)c->momentum, fresh = (plm_real)(1 - c->momentum);
    const double epsilon = c->epsilon;
    for (size_t j = 0; j < PLM_WHOLE(count); j++) {
        const double v = (double)inverse[j] / n;
        inverse[j] = (plm_real)(1 / sqrt(v + epsilon));
        moving_mean[j] = plm_flushed(old * moving_mean[j] + fresh * mean[j]);
        moving_variance[j] = plm_flushed(old * moving_variance[j] + fresh * (plm_real)v);
    }
}
PLM_PER_ISA(settle,
            (const char *isa, plm_real *restrict inverse, const plm_real *restrict mean,
             plm_real *restrict moving_mean, plm_real *restrict moving_variance, size_t count,
             double n, const batch_normalize *c),
            (inverse, mean, moving_mean, moving_variance, count, n, c))

/* Computes mean and inverse of the batch for `count` columns from `at` on. Also moves the moving
 * statistics towards those of the batch. */
static void statistics(const plm_step *s, const kept *k, size_t at, size_t count)
{
    const plm_kernels *kernel = s->run->kernel;
    const size_t rows = (size_t)(s->run->rows * s->out.shape.lines),
                 stride = (size_t)s->out.shape.stride;
    plm_real *mean = k->mean + at, *inverse = k->inverse + at;
    kernel->column_sum(mean, s->in[X].x + at, rows, count, stride);
    divide(kernel->isa, mean, count, (double)rows);
    kernel->column_deviation(inverse, s->in[X].x + at, mean, rows, count, stride);
    settle(kernel->isa, inverse, mean, s->in[MOVING_MEAN].x + at, s->in[MOVING_VARIANCE].x + at,
           count, (double)rows, s->config);
}

/* Takes mean and inverse from the moving statistics, for the `count` columns from `at` on. */
static void moving(const plm_step *s, plm_real *mean, plm_real *inverse, size_t at, size_t count)
{
    const batch_normalize *c = s->config;
    for (size_t j = at; j < at + count; j++) {
        mean[j] = s->in[MOVING_MEAN].x[j];
        inverse[j] = (plm_real)(1 / sqrt((double)s->in[MOVING_VARIANCE].x[j] + c->epsilon));
    }
}

/* Computes factor and offset of y = factor x + offset, for `count` columns. */
static void line_of(const plm_step *s, const plm_real *mean, const plm_real *inverse,
                    plm_real *factor, plm_real *offset, size_t count)
{
    const plm_operand *gamma = gamma_of(s), *beta = beta_of(s);
    for (size_t j = 0; j < count; j++) {
        factor[j] = gamma != NULL ? gamma->x[j] * inverse[j] : inverse[j];
        offset[j] = (beta != NULL ? beta->x[j] : 0) - mean[j] * factor[j];
    }
}

/* Computes mean and inverse of each column, by blocks of 16 columns: the first forward pass. */
static void measure(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const kept k = kept_of(s, 0);
    const size_t at = (size_t)first * PLM_LANES, count = (size_t)(last - first) * PLM_LANES;
    (void)thread;
    if (((const batch_normalize *)s->config)->frozen)
        moving(s, k.mean, k.inverse, at, count);
    else
        statistics(s, &k, at, count);
}

/* Computes y for rows first <= i < last. Every row needs factor and offset of all columns. Each
 * thread computes them for itself, since that costs less than a barrier. Its scratch memory
 * factor[2 * stride] holds factor, then offset. */
static void normalize(const plm_step *s, const plm_real *mean, const plm_real *inverse,
                      int64_t first, int64_t last, plm_real *factor)
{
    const size_t stride = (size_t)s->out.shape.stride, width = (size_t)blocks(s) * PLM_LANES;
    const size_t row = (size_t)s->out.shape.lines * stride, at = (size_t)first * row;
    line_of(s, mean, inverse, factor, factor + stride, width);
    s->run->kernel->scale_columns(s->out.x + at, s->in[X].x + at, factor, factor + stride,
                                  (size_t)((last - first) * s->out.shape.lines), width, stride,
                                  stride);
}

/* Returns the scratch memory of a thread: four vectors [stride]. */
static plm_real *scratch_of(const plm_step *s, int thread)
{
    return s->run->scratch + (size_t)thread * s->run->scratch_size;
}

/* Computes y from the statistics of the batch, by rows: the second forward pass. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const kept k = kept_of(s, 0);
    normalize(s, k.mean, k.inverse, first, last, scratch_of(s, thread));
}

/* Computes y from the moving statistics, at inference. */
static void infer(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const size_t stride = (size_t)s->out.shape.stride;
    plm_real *own = scratch_of(s, thread);
    moving(s, own + 2 * stride, own + 3 * stride, 0, (size_t)blocks(s) * PLM_LANES);
    normalize(s, own + 2 * stride, own + 3 * stride, first, last, own);
}

/* Returns how many numbers of scratch memory a thread needs: factor, offset, mean and inverse, each
 * [stride]. */
static size_t scratch(const plm_step *s)
{
    return 4 * (size_t)s->out.shape.stride;
}

/* ---- backward ---- */

/* The part of x that a loop works on: `columns` columns of `rows` vectors, which are `stride`
 * numbers apart. */
typedef struct {
    size_t rows, stride, columns;
} part;

/* For each column: sum[j] = sum of dy, dot[j] = sum of dy (x - mean), over the rows, in ascending
 * order. The inner loop is over the columns, with the sums in memory: compilers vectorize this
 * loop, but not one with the sums of 16 columns in local arrays. The rows are read one after the
 * other. */
static PLM_BODY void sums_body(plm_real *restrict sum, plm_real *restrict dot,
                               const plm_real *restrict dy, const plm_real *restrict x,
                               const plm_real *restrict mean, part p)
{
    for (size_t j = 0; j < PLM_WHOLE(p.columns); j++)
        sum[j] = dot[j] = 0;
    for (size_t i = 0; i < p.rows; i++)
        for (size_t j = 0; j < PLM_WHOLE(p.columns); j++) {
            sum[j] += dy[i * p.stride + j];
            dot[j] += dy[i * p.stride + j] * (x[i * p.stride + j] - mean[j]);
        }
}
PLM_PER_ISA(sums,
            (const char *isa, plm_real *restrict sum, plm_real *restrict dot,
             const plm_real *restrict dy, const plm_real *restrict x, const plm_real *restrict mean,
             part p),
            (sum, dot, dy, x, mean, p))

/* Computes along and level of dx = factor dy + along x + level. dot becomes the sum of dy xhat,
 * which is the gradient of gamma. k: the vectors of the op, which include along, level and dot. */
static PLM_BODY void slopes_body(plm_real *restrict dot, plm_real *restrict along,
                                 plm_real *restrict level, kept k, part p)
{
    const plm_real n = (plm_real)p.rows;
    for (size_t j = 0; j < PLM_WHOLE(p.columns); j++) {
        dot[j] *= k.inverse[j];
        along[j] = -k.factor[j] * k.inverse[j] * dot[j] / n;
        level[j] = -k.factor[j] * k.sum[j] / n - k.mean[j] * along[j];
    }
}
PLM_PER_ISA(slopes,
            (const char *isa, plm_real *restrict dot, plm_real *restrict along,
             plm_real *restrict level, kept k, part p),
            (dot, along, level, k, p))

/* The first backward pass, by blocks of 16 columns. It computes the sums of dy and of dy xhat, then
 * factor, along and level of dx. */
static void gather(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const size_t at = (size_t)first * PLM_LANES;
    const part p = {.rows = (size_t)(s->run->rows * s->out.shape.lines),
                    .stride = (size_t)s->out.shape.stride,
                    .columns = (size_t)(last - first) * PLM_LANES};
    const kept k = kept_of(s, at);
    const plm_operand *gamma = gamma_of(s);
    const char *isa = s->run->kernel->isa;
    (void)thread;
    sums(isa, k.sum, k.dot, s->out.g + at, s->in[X].x + at, k.mean, p);
    for (size_t j = 0; j < p.columns; j++)
        k.factor[j] = gamma != NULL ? gamma->x[at + j] * k.inverse[j] : k.inverse[j];
    slopes(isa, k.dot, k.along, k.level, k, p);
    if (((const batch_normalize *)s->config)->frozen) { /* mean and inverse do not depend on x */
        memset(k.along, 0, p.columns * sizeof *k.along);
        memset(k.level, 0, p.columns * sizeof *k.level);
    }
}

/* Computes dx = factor dy + along x + level for one vector of `width` numbers. */
static PLM_BODY void mix_body(plm_real *restrict dx, const plm_real *restrict dy,
                              const plm_real *restrict x, kept k, size_t width)
{
    for (size_t j = 0; j < PLM_WHOLE(width); j++)
        dx[j] = plm_flushed(k.factor[j] * dy[j] + k.along[j] * x[j] + k.level[j]);
}
PLM_PER_ISA(mix,
            (const char *isa, plm_real *restrict dx, const plm_real *restrict dy,
             const plm_real *restrict x, kept k, size_t width),
            (dx, dy, x, k, width))

/* The second backward pass, by rows. It computes dx for each vector. */
static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const kept k = kept_of(s, 0);
    const size_t stride = (size_t)s->out.shape.stride, width = (size_t)blocks(s) * PLM_LANES;
    const size_t lines = (size_t)s->out.shape.lines;
    (void)thread;
    for (size_t i = (size_t)first * lines; i < (size_t)last * lines && s->in[X].g != NULL; i++)
        mix(s->run->kernel->isa, s->in[X].g + i * stride, s->out.g + i * stride,
            s->in[X].x + i * stride, k, width);
}

/* Passes the gradient of gamma or beta to the optimizer, for `count` columns from `at` on, or
 * stores it. o == NULL: there is no such parameter. The optimizer gets a copy, since it may change
 * the gradient that it gets, for instance to clip it, while another pass still reads `sum` and
 * `dot`. */
static void give(const plm_step *s, const plm_operand *o, const plm_real *from, size_t at,
                 size_t count, int thread)
{
    if (o == NULL || !plm_weight_wanted(o))
        return;
    const size_t offset = o->weight->offset + at;
    plm_real *g = s->run->apply != NULL ? scratch_of(s, thread) : s->run->g + offset;
    memcpy(g, from + at, count * sizeof *g);
    if (s->run->apply != NULL)
        s->run->apply(s->run->apply_self, o->weight, offset, g, count, thread);
}

/* The weight pass, by blocks of 16 columns. The gradient of gamma is `dot`, the gradient of beta is
 * `sum`; the backward pass has computed both. */
static void weights(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const kept k = kept_of(s, 0);
    const size_t at = (size_t)first * PLM_LANES, count = (size_t)(last - first) * PLM_LANES;
    give(s, gamma_of(s), k.dot, at, count, thread);
    give(s, beta_of(s), k.sum, at, count, thread);
}

const plm_op_kind plm_op_batch_normalize = {
    .kind = {.name = "batch_normalize",
             .help = "normalizes each column by the statistics of the batch, then scales and "
                     "shifts it by learned numbers",
             .config_size = sizeof(batch_normalize),
             .fields = fields},
    .shape = shape,
    .reads = PLM_READS_IN(X),
    .cpu = {.forward = {{.run = measure, .split = PLM_SPLIT_UNITS, .units = blocks},
                        {.run = forward, .split = PLM_SPLIT_ROWS}},
            .infer = {{.run = infer, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = gather, .split = PLM_SPLIT_UNITS, .units = blocks},
                         {.run = backward, .split = PLM_SPLIT_ROWS}},
            .weights = {{.run = weights, .split = PLM_SPLIT_UNITS, .units = blocks}},
            .memory = memory,
            .scratch = scratch},
};
