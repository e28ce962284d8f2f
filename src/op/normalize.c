/* Normalizes each row by itself, without looking at the rest of the batch. A group is the set of
 * numbers that share a mean and a variance:
 *
 *     layer normalization (Ba, Kiros and Hinton, 2016): each vector is a group
 *     group normalization (Wu and He, 2018): a group is a block of neighbouring columns, over all
 *                                            vectors of the row
 * rms normalization (Zhang and Sennrich, 2019): like layer normalization, without the mean
 *
 * With mean and inverse = 1 / sqrt(variance + epsilon) of the group, gamma [width], beta [width]:
 *
 *     xhat = (x - mean) inverse;   y = gamma xhat + beta
 *     h = gamma dy;   dx = inverse (h - mean(h) - xhat mean(h xhat)), means over the group
 *
 * Without centring, mean and mean(h) are 0. The inputs are x, gamma and beta; gamma and beta may be
 * missing. Forward keeps the mean and the inverse of each group for backward: memory [rows][groups
 * of a row][2]. */
#include <tgmath.h>
#include <string.h>

#include "kernel/per_isa.h"
#include "op/normalize.h"

static const plm_field fields[] = {
    PLM_FIELD(plm_normalize, groups, PLM_INT, "1", 1, 1e9, "number of groups of columns"),
    PLM_FIELD(plm_normalize, whole_row, PLM_BOOL, "false", 0, 0,
              "true = statistics over all vectors of a row"),
    PLM_FIELD(plm_normalize, centered, PLM_BOOL, "true", 0, 0, "true = subtract the mean"),
    PLM_FIELD(plm_normalize, center, PLM_BOOL, "true", 0, 0, "true = add a beta"),
    PLM_FIELD(plm_normalize, scale, PLM_BOOL, "true", 0, 0, "true = multiply by a gamma"),
    PLM_FIELD(plm_normalize, epsilon, PLM_REAL, "0.001", 0, 1,
              "small number added to the variance"),
    {0}};

/* Sets the shape of the output to that of x. Fails if the number of groups does not divide the
 * number of columns. */
static plm_status shape(plm_shaping *o)
{
    const plm_normalize *c = o->config;
    if (o->in[0]->width % c->groups != 0)
        return plm_fail(o->graph->w, PLM_E_SHAPE, NULL,
                        "choose a number of groups that divides the last axis",
                        "%lld columns cannot be cut into %lld groups", (long long)o->in[0]->width,
                        (long long)c->groups);
    o->out = *o->in[0];
    return PLM_OK;
}

/* Returns the offset of the first number of group `number` within a row. */
static size_t group_at(const plm_step *s, const plm_norm_group *g, size_t number)
{
    const size_t groups = (size_t)((const plm_normalize *)s->config)->groups;
    return number / groups * g->stride + number % groups * g->columns;
}

/* ---- the loops over a vector of a group ---- */

/* Computes y[count] = x[count] - (mean + rest). `rest` is the part of the mean that plm_real cannot
 * hold. */
static PLM_BODY void take_away_body(plm_real *restrict y, const plm_real *restrict x, size_t count,
                                    plm_real mean, plm_real rest)
{
    for (size_t j = 0; j < count; j++)
        y[j] = (x[j] - mean) - rest;
}
PLM_PER_ISA(take_away,
            (const char *isa, plm_real *restrict y, const plm_real *restrict x, size_t count,
             plm_real mean, plm_real rest),
            (y, x, count, mean, rest))

/* Computes y[count] = gamma (inverse y) + beta. A NULL gamma means 1, a NULL beta means 0. */
static PLM_BODY void stretch_body(plm_real *restrict y, const plm_real *restrict gamma,
                                  const plm_real *restrict beta, size_t count, plm_real inverse)
{
    for (size_t j = 0; j < count; j++)
        y[j] *= inverse;
    for (size_t j = 0; gamma != NULL && j < count; j++)
        y[j] *= gamma[j];
    for (size_t j = 0; beta != NULL && j < count; j++)
        y[j] += beta[j];
}
PLM_PER_ISA(stretch,
            (const char *isa, plm_real *restrict y, const plm_real *restrict gamma,
             const plm_real *restrict beta, size_t count, plm_real inverse),
            (y, gamma, beta, count, inverse))

/* Sums over a group, with h = gamma dy: `level` is the sum of h, `along` the sum of h xhat. */
typedef struct {
    double level, along;
} sums;

/* Computes h[count] = gamma dy, and adds the sums of h and of h xhat to `to`. A NULL gamma means 1.
 * kept: mean and inverse of the group. The sums run in 16 lanes, which are then added pairwise
 * until one is left. They are in double, since a group may have many numbers, and the sums are part
 * of every gradient. The two branches for gamma are separate loops, so that each is vectorized. */
static PLM_BODY void weigh_body(sums *restrict to, plm_real *restrict h,
                                const plm_real *restrict dy, const plm_real *restrict x,
                                const plm_real *restrict gamma, size_t count,
                                const plm_real kept[2])
{
    const plm_real mean = kept[0], inverse = kept[1];
    double a[PLM_LANES] = {0}, b[PLM_LANES] = {0};
    for (size_t j = 0; gamma != NULL && j < count; j++)
        h[j] = gamma[j] * dy[j];
    for (size_t j = 0; gamma == NULL && j < count; j++)
        h[j] = dy[j];
    for (size_t j = 0; j < PLM_WHOLE(count); j += PLM_LANES)
        for (size_t i = 0; i < PLM_LANES; i++) {
            a[i] += (double)h[j + i];
            b[i] += (double)(h[j + i] * ((x[j + i] - mean) * inverse));
        }
    for (size_t j = PLM_WHOLE(count); j < count; j++) {
        a[j % PLM_LANES] += (double)h[j];
        b[j % PLM_LANES] += (double)(h[j] * ((x[j] - mean) * inverse));
    }
    for (size_t half = PLM_LANES / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half; i++) {
            a[i] += a[i + half];
            b[i] += b[i + half];
        }
    to->level += a[0];
    to->along += b[0];
}
PLM_PER_ISA(weigh,
            (const char *isa, sums *restrict to, plm_real *restrict h, const plm_real *restrict dy,
             const plm_real *restrict x, const plm_real *restrict gamma, size_t count,
             const plm_real kept[2]),
            (to, h, dy, x, gamma, count, kept))

/* Computes dx[count] = inverse (h - level - xhat along). Before the call dx is h. kept: mean and
 * inverse of the group. */
static PLM_BODY void spread_body(plm_real *restrict dx, const plm_real *restrict x, size_t count,
                                 const plm_real kept[2], plm_real level, plm_real along)
{
    const plm_real mean = kept[0], inverse = kept[1];
    for (size_t j = 0; j < count; j++)
        dx[j] = plm_flushed(inverse * (dx[j] - level - (x[j] - mean) * inverse * along));
}
PLM_PER_ISA(spread,
            (const char *isa, plm_real *restrict dx, const plm_real *restrict x, size_t count,
             const plm_real kept[2], plm_real level, plm_real along),
            (dx, x, count, kept, level, along))

/* ---- forward ---- */

/* Returns the sum of the numbers of a group, in double. */
static double group_sum(const plm_step *s, const plm_norm_group *g, const plm_real *x)
{
    double sum = 0;
    for (size_t i = 0; i < g->lines; i++)
        sum += s->run->kernel->sum(x + i * g->stride, g->columns);
    return sum;
}

/* Computes kept[0] = mean and kept[1] = 1 / sqrt(variance + epsilon) of a group of x. y becomes x -
 * mean. The part of the mean that float32 cannot hold is subtracted separately. Otherwise y would
 * be inaccurate if the mean is large and the standard deviation small. */
static void measure(const plm_step *s, const plm_norm_group *g, plm_real *y, const plm_real *x,
                    plm_real kept[2])
{
    const plm_normalize *c = s->config;
    const double exact = c->centered ? group_sum(s, g, x) / g->count : 0;
    const plm_real mean = (plm_real)exact, rest = (plm_real)(exact - (double)mean);
    double square = 0;
    for (size_t i = 0; i < g->lines; i++) {
        take_away(s->run->kernel->isa, y + i * g->stride, x + i * g->stride, g->columns, mean,
                  rest);
        square += s->run->kernel->sum_squares(y + i * g->stride, g->columns);
    }
    kept[0] = mean;
    kept[1] = (plm_real)(1 / sqrt(square / g->count + c->epsilon));
}

/* Returns the numbers [width] of beta if `beta` is true, else those of gamma. NULL = the op has no
 * such parameter. */
static const plm_real *option(const plm_step *s, bool beta)
{
    const plm_normalize *c = s->config;
    if (beta)
        return c->center ? s->in[1 + c->scale].x : NULL;
    return c->scale ? s->in[1].x : NULL;
}

/* Computes y of rows first <= n < last, group by group. Stores mean and inverse of each group for
 * backward. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_norm_group g = plm_norm_group_of(s);
    const plm_real *gamma = option(s, false), *beta = option(s, true);
    const size_t row = (size_t)s->out.shape.lines * g.stride, groups = plm_norm_groups_in_row(s);
    const size_t width = (size_t)s->out.shape.width;
    (void)thread;
    for (size_t n = (size_t)first; n < (size_t)last; n++)
        for (size_t k = 0; k < groups; k++) {
            const size_t at = group_at(s, &g, k), column = at % g.stride % width;
            plm_real *y = s->out.x + n * row + at, *kept = s->memory + (n * groups + k) * 2;
            measure(s, &g, y, s->in[0].x + n * row + at, kept);
            for (size_t i = 0; i < g.lines; i++)
                stretch(s->run->kernel->isa, y + i * g.stride, gamma ? gamma + column : NULL,
                        beta ? beta + column : NULL, g.columns, kept[1]);
        }
}

/* ---- backward ---- */

/* Computes dx of the group whose first number is number `at` of the batch. gamma: points to the
 * gamma of the first column of the group; NULL = there is none. */
static void group_backward(const plm_step *s, const plm_norm_group *g, size_t at,
                           const plm_real kept[2], const plm_real *gamma)
{
    const char *isa = s->run->kernel->isa;
    const plm_real *x = s->in[0].x + at, *dy = s->out.g + at;
    plm_real *dx = s->in[0].g + at;
    sums sum = {0, 0};
    for (size_t i = 0; i < g->lines; i++)
        weigh(isa, &sum, dx + i * g->stride, dy + i * g->stride, x + i * g->stride, gamma,
              g->columns, kept);
    const bool centered = ((const plm_normalize *)s->config)->centered;
    const plm_real level = centered ? (plm_real)(sum.level / g->count) : 0,
                   along = (plm_real)(sum.along / g->count);
    for (size_t i = 0; i < g->lines; i++)
        spread(isa, dx + i * g->stride, x + i * g->stride, g->columns, kept, level, along);
}

/* Computes dx for rows first <= n < last, group by group. */
static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_norm_group g = plm_norm_group_of(s);
    const plm_real *gamma = option(s, false);
    const size_t row = (size_t)s->out.shape.lines * g.stride, groups = plm_norm_groups_in_row(s);
    (void)thread;
    if (s->in[0].g == NULL)
        return;
    memset(s->in[0].g + (size_t)first * row, 0,
           /* sets the padding to 0, too */
           (size_t)(last - first) * row * sizeof(plm_real));
    for (size_t n = (size_t)first; n < (size_t)last; n++)
        for (size_t k = 0; k < groups; k++) {
            const size_t at = group_at(s, &g, k);
            group_backward(s, &g, n * row + at, s->memory + (n * groups + k) * 2,
                           gamma != NULL ? gamma + at % g.stride : NULL);
        }
}

/* Returns how many numbers of scratch memory a thread needs: for the gradients of gamma and of
 * beta. */
static size_t scratch(const plm_step *s)
{
    return 2 * (size_t)plm_normalize_blocks(s) * PLM_LANES;
}

/* Returns the size of the memory that the op keeps, in numbers: the mean and 1 / sqrt(variance +
 * epsilon) of every group, [capacity][groups of a row][2]. */
static size_t memory(const plm_step *s)
{
    return (size_t)s->run->capacity * plm_norm_groups_in_row(s) * 2;
}

const plm_op_kind plm_op_normalize = {
    .kind = {.name = "normalize",
             .help = "normalizes each row by itself to mean 0 and standard deviation 1",
             .config_size = sizeof(plm_normalize),
             .fields = fields},
    .shape = shape,
    .reads = PLM_READS_IN(0),
    .cpu = {.forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = backward, .split = PLM_SPLIT_ROWS}},
            .weights = {{.run = plm_normalize_weights,
                         .split = PLM_SPLIT_UNITS,
                         .units = plm_normalize_blocks}},
            .memory = memory,
            .scratch = scratch},
};
