/* Defines losses that are a mean (or sum) of one term per element: l = mean over j of term(p[j],
 * t[j]), where p is the prediction and t the target. Each loss is a function that computes a block
 * of terms and their slopes. loss_mean.c calls this function block by block, adds up the terms, and
 * computes the gradient from the slopes. The definitions are those of Keras. */
#include "op/losses.h"

enum { BLOCK = PLM_LOSS_BLOCK };

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
/* Returns x limited to [low, high]. NaN stays NaN. */
static plm_real clipped(plm_real x, plm_real low, plm_real high)
{
    return x < low ? low : x > high ? high : x;
}

/* ---- regression ---- */

/* Squared error: the term is (p - t)^2. Its slope is 2 (p - t). */
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

/* Absolute error: the term is |p - t|. Its slope is the sign of p - t, and 0 where both are
 * equal. */
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

/* Absolute percentage error: the term is 100 |p - t| / max(|t|, epsilon). Its slope is 100 /
 * max(|t|, epsilon), with the sign of p - t. epsilon keeps a target of 0 from giving infinity. */
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

/* Squared logarithmic error: the term is (log(max(p, epsilon) + 1) - log(max(t, epsilon) + 1))^2.
 * Its slope is 2 (log(p + 1) - log(t + 1)) / (p + 1), and 0 where p was raised to epsilon. Until
 * the logarithms are computed, slope[j] is max(p, epsilon) + 1. */
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

/* Huber loss: with d = p - t, the term is d^2 / 2 for |d| <= delta, else delta |d| - delta^2 / 2.
 * Its slope is d for |d| <= delta, else delta with the sign of d. So the gradient of a row with a
 * large error is no larger than that of a row with error delta (Huber, Robust estimation of a
 * location parameter, 1964). */
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

/* Log-cosh loss: with d = p - t, the term is log(cosh(d)) = |d| + log(1 + e^(-2 |d|)) - log 2,
 * which does not overflow for large |d|. Its slope is tanh(d). The term is close to d^2 / 2 for
 * small d and to |d| - log 2 for large d. */
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
/* Computes the mean log-cosh loss of each row. */
void plm_loss_rows_log_cosh(const plm_loss_rows *r)
{
    plm_loss_mean_of(r, log_cosh);
}

/* Poisson loss: the term is p - t log(p + epsilon), the negative logarithm of the Poisson
 * probability of t with mean p, without the parts that do not depend on p. Its slope is 1 - t / (p
 * + epsilon). */
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

/* Returns the class of a target as -1 or 1: a target of 0 becomes -1, others are returned
 * unchanged. */
static plm_real side_of(plm_real t)
{
    return t > 0 || t < 0 ? t : -1;
}

/* Hinge loss: the term is max(1 - t p, 0). t is -1 or 1; the term is 0 if p has the sign of t and a
 * magnitude of at least 1. The slope is -t where the term is above 0, else 0. */
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

/* Squared hinge loss: the term is max(1 - t p, 0)^2, where side_of has turned t into -1 or 1. Its
 * slope is -2 t max(1 - t p, 0). */
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

/* Binary cross-entropy of probabilities: the term is -(t log q + (1 - t) log(1 - q)), where q is p
 * limited to [epsilon, 1 - epsilon]. Its slope is (1 - t) / (1 - p) - t / p, and 0 where p is
 * outside these limits. 1 - p is limited separately, since float32 has no number that is 1e-7 below
 * 1. With label smoothing s, the target becomes t (1 - s) + s / 2. */
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
 * t x, and its slope is sigmoid(x) - t. p holds the parameters of the kernel function: the smoothed
 * label is t p[0] + p[1], and p[2] is the factor of the gradient. */
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

/* Computes the binary cross-entropy of each row. Logits have their own function, since near 0 and 1
 * the logarithm can be computed exactly from the logit but not from the probability. */
void plm_loss_rows_binary(const plm_loss_rows *r)
{
    const plm_crossentropy_config *c = r->config;
    if (!c->from_logits)
        plm_loss_mean_of(r, binary);
    for (size_t row = 0; c->from_logits && row < r->rows; row++)
        binary_logits(r, row, (plm_real)c->label_smoothing);
}

/* ---- distributions ---- */

/* Kullback-Leibler divergence: the term is t log(t / p), with t and p both limited to [epsilon, 1].
 * Its slope is -t / p, and 0 where p is outside the limits. Until the logarithm is computed,
 * slope[j] is t / p. The divergence is the sum of the terms of a row, not their mean. */
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
/* Computes the divergence of each row, as the sum over its last axis and not the mean: the terms of
 * one distribution belong together. */
void plm_loss_rows_divergence(const plm_loss_rows *r)
{
    plm_loss_sum_of(r, divergence);
}
