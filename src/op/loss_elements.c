/* Losses that are a mean (or sum) of one term per element: l = mean over j of term(p[j], t[j]),
 * with p the prediction and t the target. Each loss is a function that computes a block of terms
 * and their slopes. one_row calls that function block by block, adds up the terms, and makes the
 * gradient from the slopes. The definitions are those of Keras.
 *
 * Gradients are those of the loss of one row with respect to p, times r->factor (the part of the
 * row in the mean over the batch, and the weight of this output) and the sample weight of the row.
 * Padding behind the row's numbers gets a gradient of 0. */
#include "op/losses.h"

enum { BLOCK = PLM_LOSS_BLOCK };

/* Adds lanes 8 apart, then 4, 2 and 1. The order is part of the result: the kernels fold their 16
 * lanes in the same way. */
plm_real plm_loss_fold(plm_real lane[PLM_LANES])
{
    for (size_t half = PLM_LANES / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half; i++)
            lane[i] += lane[i + half];
    return lane[0];
}

/* Adds number j of x[n] to lane j mod 16. The lanes are 16 sums that do not depend on one another,
 * so the compiler can use vectors of any width, and the bits stay the same. */
static void add_to_lanes(plm_real lane[PLM_LANES], const plm_real *x, size_t n)
{
    size_t j = 0;
    for (; j + PLM_LANES <= n; j += PLM_LANES)
        for (size_t i = 0; i < PLM_LANES; i++)
            lane[i] += x[j + i];
    for (size_t i = 0; j + i < n; i++)
        lane[i] += x[j + i];
}

/* Computes the loss of one row, which is the sum of its terms divided by `divisor`, and its
 * gradient. terms: computes n terms and their slopes, n <= BLOCK, so that both stay in the first
 * cache. g [stride]: NULL if only the loss is wanted. */
static void one_row(const plm_loss_rows *r, plm_loss_terms *terms, size_t row, plm_real divisor)
{
    plm_real lane[PLM_LANES] = {0}, value[BLOCK], slope[BLOCK];
    const plm_real *p = r->prediction + row * r->stride, *t = r->target + row * r->target_stride;
    plm_real *g = r->gradient ? r->gradient + row * r->stride : NULL;
    const plm_real weight = r->weight ? r->weight[row] : 1;
    const plm_real factor = r->factor * weight / divisor;
    for (size_t j = 0; j < r->width; j += BLOCK) {
        const size_t n = r->width - j < BLOCK ? r->width - j : BLOCK;
        terms(r, n, p + j, t + j, value, slope);
        add_to_lanes(lane, value, n);
        for (size_t i = 0; g && i < n; i++)
            g[j + i] = factor * slope[i];
    }
    for (size_t j = r->width; g && j < r->stride; j++)
        g[j] = 0;
    if (r->value)
        r->value[row * r->value_stride] = weight * (plm_loss_fold(lane) / divisor);
}

/* Divides by the numbers of the prediction in a row, as Keras's losses take the mean over the last
 * axis. */
void plm_loss_mean_of(const plm_loss_rows *r, plm_loss_terms *terms)
{
    for (size_t row = 0; row < r->rows; row++)
        one_row(r, terms, row, (plm_real)r->width);
}

/* Computes a loss that is the sum of its terms, for all rows. */
static void sum_of(const plm_loss_rows *r, plm_loss_terms *terms)
{
    for (size_t row = 0; row < r->rows; row++)
        one_row(r, terms, row, 1);
}

/* Returns the sign of x: -1, 0 or 1. */
static plm_real sign_of(plm_real x)
{
    return (plm_real)((x > 0) - (x < 0));
}
/* Returns the larger of a and b. NaN if a is NaN. */
static plm_real larger(plm_real a, plm_real b)
{
    return a < b ? b : a;
}
/* x limited to [low, high]. NaN stays NaN. */
static plm_real clipped(plm_real x, plm_real low, plm_real high)
{
    return x < low ? low : x > high ? high : x;
}

/* ---- regression ---- */

/* (p - t)^2 Slope: 2 (p - t). */
static void squared(const plm_loss_rows *r, size_t n, const plm_real *p, const plm_real *t,
                    plm_real *value, plm_real *slope)
{
    (void)r;
    for (size_t j = 0; j < n; j++) {
        const plm_real d = p[j] - t[j];
        value[j] = d * d;
        slope[j] = 2 * d;
    }
}
/* Computes the mean squared error of each row. */
void plm_loss_rows_squared(const plm_loss_rows *r)
{
    plm_loss_mean_of(r, squared);
}

/* |p - t| Slope: the sign of p - t, and 0 where both are equal. */
static void absolute(const plm_loss_rows *r, size_t n, const plm_real *p, const plm_real *t,
                     plm_real *value, plm_real *slope)
{
    (void)r;
    for (size_t j = 0; j < n; j++) {
        const plm_real d = p[j] - t[j];
        value[j] = d < 0 ? -d : d;
        slope[j] = sign_of(d);
    }
}
/* Computes the mean absolute error of each row. */
void plm_loss_rows_absolute(const plm_loss_rows *r)
{
    plm_loss_mean_of(r, absolute);
}

/* 100 |p - t| / max(|t|, epsilon) Slope: 100 / max(|t|, epsilon), with the sign of p - t. epsilon
 * keeps a target of 0 from giving infinity. */
static void percentage(const plm_loss_rows *r, size_t n, const plm_real *p, const plm_real *t,
                       plm_real *value, plm_real *slope)
{
    (void)r;
    for (size_t j = 0; j < n; j++) {
        const plm_real d = p[j] - t[j];
        const plm_real scale = 100 / larger(t[j] < 0 ? -t[j] : t[j], (plm_real)PLM_LOSS_EPSILON);
        value[j] = scale * (d < 0 ? -d : d);
        slope[j] = scale * sign_of(d);
    }
}
/* Computes the mean absolute percentage error of each row. */
void plm_loss_rows_percentage(const plm_loss_rows *r)
{
    plm_loss_mean_of(r, percentage);
}

/* (log(max(p, epsilon) + 1) - log(max(t, epsilon) + 1))^2. slope[j] holds max(p, epsilon) + 1 until
 * the logarithms are there. Slope: 2 (log(p + 1) - log(t + 1)) / (p + 1), and 0 where p was raised
 * to epsilon. */
static void squared_logarithmic(const plm_loss_rows *r, size_t n, const plm_real *p,
                                const plm_real *t, plm_real *value, plm_real *slope)
{
    const plm_real epsilon = (plm_real)PLM_LOSS_EPSILON;
    plm_real a[BLOCK], b[BLOCK];
    for (size_t j = 0; j < n; j++) {
        slope[j] = larger(p[j], epsilon) + 1;
        b[j] = larger(t[j], epsilon) + 1;
    }
    r->kernel->log(a, slope, n);
    r->kernel->log(b, b, n);
    for (size_t j = 0; j < n; j++) {
        const plm_real d = a[j] - b[j];
        value[j] = d * d;
        slope[j] = p[j] < epsilon ? 0 : 2 * d / slope[j];
    }
}
/* Computes the mean squared logarithmic error of each row. */
void plm_loss_rows_squared_logarithmic(const plm_loss_rows *r)
{
    plm_loss_mean_of(r, squared_logarithmic);
}

/* With d = p - t: d^2 / 2 for |d| <= delta, delta |d| - delta^2 / 2 beyond. Slope: d within delta,
 * delta beyond with the sign of d. So one row that is far off pulls no harder than one at delta
 * (Huber, Robust estimation of a location parameter, 1964). */
static void huber(const plm_loss_rows *r, size_t n, const plm_real *p, const plm_real *t,
                  plm_real *value, plm_real *slope)
{
    const plm_real delta = (plm_real)((const plm_huber_config *)r->config)->delta;
    for (size_t j = 0; j < n; j++) {
        const plm_real d = p[j] - t[j], size = d < 0 ? -d : d;
        const bool far = size > delta;
        value[j] = far ? delta * (size - delta / 2) : d * d / 2;
        slope[j] = far ? delta * sign_of(d) : d;
    }
}
/* Computes the mean Huber loss of each row. */
void plm_loss_rows_huber(const plm_loss_rows *r)
{
    plm_loss_mean_of(r, huber);
}

/* log(cosh(d)) = |d| + log(1 + e^(-2 |d|)) - log 2, with d = p - t; the slope is tanh(d). This form
 * does not overflow for large |d|. Like d^2 / 2 for small d and |d| - log 2 for large d. */
static void log_cosh(const plm_loss_rows *r, size_t n, const plm_real *p, const plm_real *t,
                     plm_real *value, plm_real *slope)
{
    for (size_t j = 0; j < n; j++) {
        slope[j] = p[j] - t[j];
        value[j] = slope[j] < 0 ? 2 * slope[j] : -2 * slope[j];
    }
    r->kernel->softplus(value, value, n);
    r->kernel->tanh(slope, slope, n);
    for (size_t j = 0; j < n; j++) {
        const plm_real d = p[j] - t[j];
        value[j] = (value[j] - (plm_real)0.69314718055994531) + (d < 0 ? -d : d);
    }
}
/* Computes the mean of the logarithms of cosh of each row. */
void plm_loss_rows_log_cosh(const plm_loss_rows *r)
{
    plm_loss_mean_of(r, log_cosh);
}

/* p - t log(p + epsilon) The negative logarithm of the Poisson probability of t with mean p,
 * without the terms that do not depend on p. Slope: 1 - t / (p + epsilon). */
static void poisson(const plm_loss_rows *r, size_t n, const plm_real *p, const plm_real *t,
                    plm_real *value, plm_real *slope)
{
    for (size_t j = 0; j < n; j++)
        slope[j] = p[j] + (plm_real)PLM_LOSS_EPSILON;
    r->kernel->log(value, slope, n);
    for (size_t j = 0; j < n; j++) {
        value[j] = p[j] - t[j] * value[j];
        slope[j] = 1 - t[j] / slope[j];
    }
}
/* Computes the mean Poisson loss of each row. */
void plm_loss_rows_poisson(const plm_loss_rows *r)
{
    plm_loss_mean_of(r, poisson);
}

/* ---- two classes ---- */

/* Returns the class of a target as -1 or 1: a target of 0 counts as -1, any other is used as it
 * is. */
static plm_real side_of(plm_real t)
{
    return t > 0 || t < 0 ? t : -1;
}

/* max(1 - t p, 0) t is -1 or 1, and p should have the sign of t and a size of at least 1. Slope: -t
 * where it has not, else 0. */
static void hinge(const plm_loss_rows *r, size_t n, const plm_real *p, const plm_real *t,
                  plm_real *value, plm_real *slope)
{
    (void)r;
    for (size_t j = 0; j < n; j++) {
        const plm_real side = side_of(t[j]), margin = 1 - side * p[j];
        value[j] = larger(margin, 0);
        slope[j] = margin > 0 ? -side : 0;
    }
}
/* Computes the mean hinge loss of each row. */
void plm_loss_rows_hinge(const plm_loss_rows *r)
{
    plm_loss_mean_of(r, hinge);
}

/* max(1 - t p, 0)^2, with t from side_of Slope: -2 t max(1 - t p, 0). */
static void squared_hinge(const plm_loss_rows *r, size_t n, const plm_real *p, const plm_real *t,
                          plm_real *value, plm_real *slope)
{
    (void)r;
    for (size_t j = 0; j < n; j++) {
        const plm_real side = side_of(t[j]), margin = larger(1 - side * p[j], 0);
        value[j] = margin * margin;
        slope[j] = -2 * side * margin;
    }
}
/* Computes the mean squared hinge loss of each row. */
void plm_loss_rows_squared_hinge(const plm_loss_rows *r)
{
    plm_loss_mean_of(r, squared_hinge);
}

/* For probabilities, with q = p limited to [epsilon, 1 - epsilon]: -(t log q + (1 - t) log(1 - q)).
 * The slope is 0 where p was outside these limits. 1 - p is limited separately, since float32 has
 * no number that is 1e-7 below 1. With label smoothing s, the target becomes t (1 - s) + s / 2.
 * Slope: (1 - t) / (1 - p) - t / p. */
static void binary(const plm_loss_rows *r, size_t n, const plm_real *p, const plm_real *t,
                   plm_real *value, plm_real *slope)
{
    const plm_real smoothing =
        (plm_real)((const plm_crossentropy_config *)r->config)->label_smoothing;
    const plm_real low = (plm_real)PLM_LOSS_EPSILON, high = (plm_real)(1.0 - PLM_LOSS_EPSILON);
    for (size_t j = 0; j < n; j++) {
        value[j] = clipped(p[j], low, high);
        slope[j] = clipped(1 - p[j], low, high);
    }
    r->kernel->log(value, value, n);
    r->kernel->log(slope, slope, n);
    for (size_t j = 0; j < n; j++) {
        const plm_real y = t[j] * (1 - smoothing) + smoothing / 2;
        value[j] = -(y * value[j] + (1 - y) * slope[j]);
        slope[j] = p[j] < low || p[j] > high ? 0 : (1 - y) / (1 - p[j]) - y / p[j];
    }
}

/* Computes the loss and the gradient of a row of logits. The kernel computes the term and the slope
 * of a logit from a single exponential. In exact arithmetic the loss of a logit x is softplus(x) -
 * t x, and its slope sigmoid(x) - t. p: what the kernel needs to smooth a label, t p[0] + p[1], and
 * the factor p[2] of the gradient. */
static void binary_logits(const plm_loss_rows *r, size_t row, plm_real smoothing)
{
    const plm_real weight = r->weight ? r->weight[row] : 1;
    const plm_real p[3] = {1 - smoothing, smoothing / 2, r->factor * weight / (plm_real)r->width};
    plm_real *g = r->gradient ? r->gradient + row * r->stride : NULL;
    const plm_real sum = r->kernel->binary_logits(g, r->prediction + row * r->stride,
                                                  r->target + row * r->target_stride, r->width, p);
    for (size_t j = r->width; g && j < r->stride; j++)
        g[j] = 0;
    if (r->value)
        r->value[row * r->value_stride] = weight * (sum / (plm_real)r->width);
}

/* Probabilities and logits take different ways: from a probability near 0 or 1 the logarithm cannot
 * be computed exactly any more, from the logit it can. */
void plm_loss_rows_binary(const plm_loss_rows *r)
{
    const plm_crossentropy_config *c = r->config;
    if (!c->from_logits)
        plm_loss_mean_of(r, binary);
    for (size_t row = 0; c->from_logits && row < r->rows; row++)
        binary_logits(r, row, (plm_real)c->label_smoothing);
}

/* ---- distributions ---- */

/* t log(t / p), with t and p both limited to [epsilon, 1]. slope[j] holds t / p until the logarithm
 * is there. Slope: -t / p, and 0 where p was outside its limits. The sum over a row, not the mean,
 * is the Kullback-Leibler divergence. */
static void divergence(const plm_loss_rows *r, size_t n, const plm_real *p, const plm_real *t,
                       plm_real *value, plm_real *slope)
{
    const plm_real low = (plm_real)PLM_LOSS_EPSILON;
    for (size_t j = 0; j < n; j++)
        slope[j] = clipped(t[j], low, 1) / clipped(p[j], low, 1);
    r->kernel->log(value, slope, n);
    for (size_t j = 0; j < n; j++) {
        value[j] *= clipped(t[j], low, 1);
        slope[j] = p[j] < low || p[j] > 1 ? 0 : -slope[j];
    }
}
/* Computes the divergence of each row: the sum over its last axis, not the mean, as the terms of
 * one distribution belong together. */
void plm_loss_rows_divergence(const plm_loss_rows *r)
{
    sum_of(r, divergence);
}
