/* How a column of numbers is scaled: standardized, or as the user has set it (columns=). Numbers
 * over several powers of ten, such as incomes, are standardized better by their logarithm; numbers
 * with values far from all others, by their quantiles. The nets of tables standardize their inputs
 * once more, so MIN_MAX matters only to nets of the user's own.
 *
 * Nothing here calls libm but for functions that are exact (sqrt), so a model gives the same bits
 * on every machine. */
#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "table/schema.h"

/* The mean and the standard deviation of numbers that are spread evenly over 0 .. 1. */
static const double even_mean = 0.5, even_deviation = 0.28867513459481287;

void plm_scaling_standard(plm_column *c, const double *x, int64_t n)
{
    double sum = 0, square = 0;
    c->center = c->deviation = 0;
    if (n == 0)
        return;
    for (int64_t i = 0; i < n; i++)
        sum += x[i];
    c->center = sum / (double)n;
    for (int64_t i = 0; i < n; i++)
        square += (x[i] - c->center) * (x[i] - c->center);
    c->deviation = sqrt(square / (double)n);
}

/* Returns log(1 + |x|) with the sign of x. Below 2^-30 that is x itself, up to a relative 2^-31. */
static double signed_log(double x)
{
    const double size = fabs(x);
    const double y = size < 0x1p-30 ? size : plm_logarithm(1 + size);
    return x < 0 ? -y : y;
}

/* Compares two numbers for qsort, smaller ones first. */
static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Keeps the quantiles of x [n], which is sorted. */
static plm_status fit_quantiles(plm_arena *a, plm_column *c, double *x, int64_t n)
{
    const int64_t knots = n < PLM_QUANTILES ? n : PLM_QUANTILES;
    c->knot = plm_arena_array(a, (size_t)knots + 1, sizeof *c->knot);
    if (c->knot == NULL)
        return PLM_E_MEMORY;
    qsort(x, (size_t)n, sizeof *x, by_size);
    c->knots = (size_t)knots;
    for (int64_t i = 0; i < knots; i++)
        c->knot[i] = x[knots > 1 ? i * (n - 1) / (knots - 1) : 0];
    c->center = even_mean;
    c->deviation = n > 0 && x[0] < x[n - 1] ? even_deviation : 0;
    return PLM_OK;
}

/* Sets the least number as center and the range as deviation. */
static void fit_range(plm_column *c, const double *x, int64_t n)
{
    double low = n > 0 ? x[0] : 0, high = low;
    for (int64_t i = 1; i < n; i++) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
    }
    c->center = low;
    c->deviation = isfinite(high - low) ? high - low : 0;
}

plm_status plm_scaling_fit(plm_arena *a, plm_column *c, double *x, int64_t n)
{
    if (c->scaling == PLM_SCALE_QUANTILE)
        return fit_quantiles(a, c, x, n);
    if (c->scaling == PLM_SCALE_MIN_MAX)
        fit_range(c, x, n);
    for (int64_t i = 0; i < n && c->scaling == PLM_SCALE_LOG; i++)
        x[i] = signed_log(x[i]);
    if (c->scaling == PLM_SCALE_LOG)
        plm_scaling_standard(c, x, n);
    return PLM_OK;
}

/* Returns the share of the training rows below x, in 0 .. 1. Between two quantiles the share is
 * interpolated; of a number that is several quantiles at once it is the middle of their shares. */
static double share_below(const plm_column *c, double x)
{
    size_t from = 0,
           to = 0; /* knots before `from` are smaller than x; those from `to` on, larger */
    for (size_t high = c->knots; from < high;) {
        const size_t middle = from + (high - from) / 2;
        if (c->knot[middle] < x)
            from = middle + 1;
        else
            high = middle;
    }
    to = from;
    while (to < c->knots && c->knot[to] <= x)
        to++;
    const double last = (double)c->knots - 1;
    if (to > from)
        return (double)(from + to - 1) / (2 * last);
    if (from == 0 || from == c->knots)
        return from == 0 ? 0 : 1;
    const double low = c->knot[from - 1] / 2, high = c->knot[from] / 2; /* halves do not overflow */
    return ((double)(from - 1) + (x / 2 - low) / (high - low)) / last;
}

float plm_scaled(const plm_column *c, double x)
{
    if (!(c->deviation > 0))
        return 0;
    if (c->scaling == PLM_SCALE_LOG)
        x = signed_log(x);
    if (c->scaling == PLM_SCALE_QUANTILE)
        x = share_below(c, x);
    return (float)((x - c->center) / c->deviation);
}
