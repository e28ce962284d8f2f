/* Looks for targets (numbers) that are in another unit in a part of the rows. Around each row, its
 * neighbours and theirs, the targets then have two values with little between them, and wherever
 * the lower one is large, the higher one is larger by the same factor. */
#include <math.h>
#include <stdlib.h>

#include "doctor/near_rows.h"

enum { MOST = PLM_NEAREST * (PLM_NEAREST + 1) + 1, LEAST = 12 };

/* The targets around a row in two groups, parted where their means differ most. */
typedef struct {
    double low, high; /* the means */
    double share;     /* of the rows of the higher group */
    double parted;    /* share of the variance that lies between the groups */
} groups;

/* Compares two numbers, for qsort. */
static int rising(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Parts sorted numbers [count] in two groups. False = they are too few, or all equal. */
static bool part(const float *y, int count, groups *out)
{
    double all = 0, square = 0, low = 0, best = 0;
    for (int k = 0; k < count; k++) {
        all += (double)y[k] / count;
        square += (double)y[k] * (double)y[k] / count;
    }
    const double variance = square - all * all;
    for (int k = 1; k < count; k++) {
        low += (double)y[k - 1];
        const double a = low / k, b = (all * count - low) / (count - k), share = (double)k / count,
                     between = share * (1 - share) * (b - a) * (b - a);
        if (!(between > best))
            continue;
        best = between;
        *out = (groups){a, b, 1 - share, between / variance};
    }
    return count >= LEAST && best > 0;
}

/* Sums over the rows. */
typedef struct {
    double rows, share, share_square, size, low, high, low_square, high_square, both;
} sums;

/* Adds the groups around one row. */
static void add(sums *s, const groups *g, int count)
{
    s->rows++;
    s->share += g->share;
    s->share_square += g->share * g->share;
    s->size += 1.0 / count;
    s->low += g->low;
    s->high += g->high;
    s->low_square += g->low * g->low;
    s->high_square += g->high * g->high;
    s->both += g->low * g->high;
}

/* True if the share of the higher group is nearly the same everywhere, as it is by chance, and the
 * higher mean follows the lower one. Sets *factor. */
static bool follows(const sums *s, double *factor)
{
    static const double alike = 2.5, related = 0.6, least = 0.08;
    const double n = s->rows, share = s->share / n, vary = s->share_square / n - share * share,
                 chance = share * (1 - share) * s->size / n,
                 low = s->low_square / n - s->low / n * (s->low / n),
                 high = s->high_square / n - s->high / n * (s->high / n),
                 both = s->both / n - s->low / n * (s->high / n);
    *factor = both / low;
    return share > least && share < 1 - least && vary < alike * chance && low > 0 && high > 0 &&
           both > related * sqrt(low * high);
}

/* Parts the targets around row i, and adds what is found to the sums. Returns which share of the
 * variance is parted; 0 = nothing. positive: all targets are above 0; then their logarithms must be
 * parted, too, as large numbers alone may be far from each other. */
static double part_around(const plm_near_rows *r, int64_t i, bool positive, sums *s)
{
    int64_t list[MOST];
    float y[MOST];
    groups g = {0}, by_size = {0};
    int count = plm_near_around(r, i, list);
    list[count++] = i;
    for (int k = 0; k < count; k++)
        y[k] = r->y[list[k]];
    qsort(y, (size_t)count, sizeof *y, rising);
    if (!part(y, count, &g))
        return 0;
    add(s, &g, count);
    for (int k = 0; positive && k < count; k++)
        y[k] = logf(y[k]);
    return positive && part(y, count, &by_size) ? fmin(g.parted, by_size.parted) : g.parted;
}

/* The median of what is parted must be high: of normal numbers it is about 0.65, of numbers that
 * are spread evenly 0.75. */
void plm_near_units(const plm_near_rows *r, plm_neighbours *out)
{
    static const double clear = 0.85, other = 1.5;
    float *parted = r->distance; /* [rows * PLM_NEAREST] no longer needed */
    sums s = {0};
    bool positive = true;
    for (int64_t i = 0; i < r->rows; i++)
        positive = positive && r->y[i] > 0;
    for (int64_t i = 0; i < r->rows; i++)
        parted[i] = (float)part_around(r, i, positive, &s);
    double factor = 1;
    if (2 * s.rows < (double)r->rows || !follows(&s, &factor) ||
        (factor < other && factor > 1 / other))
        return;
    qsort(parted, (size_t)r->rows, sizeof *parted, rising);
    if (!((double)parted[r->rows / 2] > clear))
        return;
    out->unit_factor = factor;
    out->unit_share = s.share / s.rows;
}
