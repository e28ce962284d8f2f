/* The losses of one row by their formulas in double. */
#ifndef PLM_TESTS_UNIT_LOSS_FORMULAS_H
#define PLM_TESTS_UNIT_LOSS_FORMULAS_H

#include <math.h>
#include <stddef.h>

static const double epsilon = 1e-7;

static inline double clip(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

/* ---- formulas of one row in double; k = how many, s = label smoothing or delta ---- */

typedef double row_loss(const double *p, const double *t, size_t k, double s);

static inline double log_sum(const double *x, size_t k)
{
    double most = x[0], sum = 0;
    for (size_t j = 1; j < k; j++)
        most = fmax(most, x[j]);
    for (size_t j = 0; j < k; j++)
        sum += exp(x[j] - most);
    return most + log(sum);
}

static inline double l_sparse(const double *p, const double *t, size_t k, double s)
{
    double sum = 0;
    (void)s;
    for (size_t j = 0; j < k; j++)
        sum += p[j];
    return -log(clip(p[(size_t)t[0]] / sum, epsilon, 1 - epsilon));
}

static inline double l_sparse_logits(const double *p, const double *t, size_t k, double s)
{
    (void)s;
    return log_sum(p, k) - p[(size_t)t[0]];
}

static inline double l_categorical(const double *p, const double *t, size_t k, double s)
{
    double sum = 0, loss = 0;
    for (size_t j = 0; j < k; j++)
        sum += p[j];
    for (size_t j = 0; j < k; j++)
        loss -= (t[j] * (1 - s) + s / (double)k) * log(clip(p[j] / sum, epsilon, 1 - epsilon));
    return loss;
}

static inline double l_categorical_logits(const double *p, const double *t, size_t k, double s)
{
    double loss = 0;
    for (size_t j = 0; j < k; j++)
        loss += (t[j] * (1 - s) + s / (double)k) * (log_sum(p, k) - p[j]);
    return loss;
}

static inline double l_binary(const double *p, const double *t, size_t k, double s)
{
    double loss = 0;
    for (size_t j = 0; j < k; j++) {
        const double y = t[j] * (1 - s) + s / 2, q = clip(p[j], epsilon, 1 - epsilon);
        loss -= y * log(q) + (1 - y) * log(1 - q);
    }
    return loss / (double)k;
}

static inline double l_binary_logits(const double *p, const double *t, size_t k, double s)
{
    double loss = 0;
    for (size_t j = 0; j < k; j++)
        loss += fmax(p[j], 0) - p[j] * (t[j] * (1 - s) + s / 2) + log1p(exp(-fabs(p[j])));
    return loss / (double)k;
}

#define MEAN_LOSS(name, term)                                                                      \
    static inline double name(const double *p, const double *t, size_t k, double s)                \
    {                                                                                              \
        double loss = 0;                                                                           \
        (void)s;                                                                                   \
        for (size_t j = 0; j < k; j++)                                                             \
            loss += (term);                                                                        \
        return loss / (double)k;                                                                   \
    }
MEAN_LOSS(l_squared, (p[j] - t[j]) * (p[j] - t[j]))
MEAN_LOSS(l_absolute, fabs(p[j] - t[j]))
MEAN_LOSS(l_percentage, 100 * fabs(p[j] - t[j]) / fmax(fabs(t[j]), epsilon))
MEAN_LOSS(l_logarithmic, pow(log(fmax(p[j], epsilon) + 1) - log(fmax(t[j], epsilon) + 1), 2))
MEAN_LOSS(l_huber,
          fabs(p[j] - t[j]) <= s ? pow(p[j] - t[j], 2) / 2 : s * fabs(p[j] - t[j]) - s * s / 2)
MEAN_LOSS(l_log_cosh, log(cosh(p[j] - t[j])))
MEAN_LOSS(l_poisson, p[j] - t[j] * log(p[j] + epsilon))
MEAN_LOSS(l_hinge, fmax(1 - (t[j] > 0 ? 1 : -1) * p[j], 0))
MEAN_LOSS(l_squared_hinge, pow(fmax(1 - (t[j] > 0 ? 1 : -1) * p[j], 0), 2))
MEAN_LOSS(l_divergence,
          (double)k *clip(t[j], epsilon, 1) * log(clip(t[j], epsilon, 1) / clip(p[j], epsilon, 1)))

static inline double l_categorical_hinge(const double *p, const double *t, size_t k, double s)
{
    double right = 0, wrong = -INFINITY;
    (void)s;
    for (size_t j = 0; j < k; j++) {
        right += t[j] * p[j];
        wrong = fmax(wrong, (1 - t[j]) * p[j]);
    }
    return fmax(wrong - right + 1, 0);
}

static inline double l_cosine(const double *p, const double *t, size_t k, double s)
{
    double both = 0, pp = 0, tt = 0;
    (void)s;
    for (size_t j = 0; j < k; j++) {
        both += p[j] * t[j];
        pp += p[j] * p[j];
        tt += t[j] * t[j];
    }
    return -both / sqrt(pp * tt);
}

/* s: the exponent q. */
static inline double l_generalized(const double *p, const double *t, size_t k, double s)
{
    (void)k;
    return (1 - pow(p[(size_t)t[0]], s)) / s;
}

static inline double l_generalized_logits(const double *p, const double *t, size_t k, double s)
{
    return (1 - exp(s * (p[(size_t)t[0]] - log_sum(p, k)))) / s;
}

/* s: the exponent gamma. */
static inline double l_binary_focal(const double *p, const double *t, size_t k, double s)
{
    double loss = 0;
    for (size_t j = 0; j < k; j++)
        loss -= t[j] * pow(1 - p[j], s) * log(p[j]) + (1 - t[j]) * pow(p[j], s) * log(1 - p[j]);
    return loss / (double)k;
}

static inline double l_binary_focal_logits(const double *p, const double *t, size_t k, double s)
{
    double loss = 0;
    for (size_t j = 0; j < k; j++) {
        const double q = 1 / (1 + exp(-p[j]));
        loss += l_binary_focal(&q, &t[j], 1, s);
    }
    return loss / (double)k;
}

static inline double l_focal(const double *p, const double *t, size_t k, double s)
{
    double sum = 0, loss = 0;
    for (size_t j = 0; j < k; j++)
        sum += p[j];
    for (size_t j = 0; j < k; j++)
        loss -= 0.25 * t[j] * pow(1 - p[j] / sum, s) * log(p[j] / sum);
    return loss;
}

static inline double l_focal_logits(const double *p, const double *t, size_t k, double s)
{
    double loss = 0;
    for (size_t j = 0; j < k; j++) {
        const double logarithm = p[j] - log_sum(p, k);
        loss -= 0.25 * t[j] * pow(1 - exp(logarithm), s) * logarithm;
    }
    return loss;
}

/* s: the weight alpha; beta is 1 - s. */
static inline double l_tversky(const double *p, const double *t, size_t k, double s)
{
    double both = 0, missed = 0, wrong = 0;
    for (size_t j = 0; j < k; j++) {
        both += t[j] * p[j];
        missed += t[j] * (1 - p[j]);
        wrong += p[j] * (1 - t[j]);
    }
    return 1 - both / (both + s * missed + (1 - s) * wrong + epsilon);
}

static inline double l_dice(const double *p, const double *t, size_t k, double s)
{
    double both = 0, sum = 0;
    (void)s;
    for (size_t j = 0; j < k; j++) {
        both += t[j] * p[j];
        sum += t[j] + p[j];
    }
    return 1 - 2 * both / (sum + epsilon);
}

#endif
