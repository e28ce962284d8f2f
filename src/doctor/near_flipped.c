/* Measures whether the labels of two classes look as if a share of them had been changed at random:
 * then the mean label (1 or -1) around a row has two values only, one for each class. Where classes
 * overlap, it changes from place to place. If one of the two values is pure and the other is not,
 * labels of one class alone were changed, as if two people had labelled. */
#include <math.h>

#include "doctor/near_rows.h"

/* SIDES: the labels of a pair, the lower class first. LEAST: labels around a row. MOST: classes
 * whose pairs are examined. ROWS: rows of a pair. EACH: rows of each label of it; the surroundings
 * of a few rows of a rare class are those of the class around them. */
enum {
    SIDES = 2,
    LEAST = 6,
    MOST = 24,
    ROWS = 90,
    EACH = 16,
    AROUND = PLM_NEAREST * (PLM_NEAREST + 1)
};

/* Sums of the means of the products of 1, 2, 3 and 4 different labels around each row. Such
 * products have no chance in common, so the moments of the mean label follow from them. */
typedef struct {
    double e[4], rows, own[SIDES]; /* own: rows of each label */
    /* of the rows with both labels around them, by their own label: how many there are, and sums of
     * the logarithm of their distance from their nearest rows, and of its square */
    double mixed[SIDES], far[SIDES], square[SIDES];
} moments;

/* The two values of the mean label. spread: its variance; excess: its kurtosis above the least
 * possible one, 1 + skewness^2, which a number with two values has; flipped: the share of the
 * labels that were changed where the class of -1 belongs, and where that of 1 does. */
typedef struct {
    double spread, excess, flipped[2];
} values;

/* Adds a row: the sum of `count` labels, which are 1 or -1. */
static void add_products(double sum, double count, moments *m)
{
    const double n = count, s = sum, pairs = n * (n - 1), triples = pairs * (n - 2);
    m->e[0] += s / n;
    m->e[1] += (s * s - n) / pairs;
    m->e[2] += (s * s * s - (3 * n - 2) * s) / triples;
    m->e[3] += (s * s * s * s - (6 * n - 8) * s * s + 3 * n * n - 6 * n) / (triples * (n - 3));
    m->rows++;
}

/* Computes the two values. False = the mean label is the same everywhere. */
static bool find_values(const moments *sums, values *out)
{
    double e[4];
    for (int k = 0; k < 4; k++)
        e[k] = sums->e[k] / sums->rows;
    const double m = e[0], u2 = e[1] - m * m, u3 = e[2] - 3 * m * e[1] + 2 * m * m * m,
                 u4 = e[3] - 4 * m * e[2] + 6 * m * m * e[1] - 3 * m * m * m * m;
    if (!(u2 > 0))
        return false;
    const double skew = u3 / pow(u2, 1.5), root = sqrt(skew * skew + 4),
                 low = m + sqrt(u2) * (skew - root) / 2, high = m + sqrt(u2) * (skew + root) / 2;
    *out = (values){u2, u4 / (u2 * u2) - skew * skew - 1, {(1 + low) / 2, (1 - high) / 2}};
    return true;
}

/* Returns the logarithm of the mean squared distance of a row from its nearest rows. */
static double log_distance(const plm_near_rows *r, int64_t i)
{
    static const double least = 1e-9; /* of copies */
    double sum = 0;
    for (int k = 0; k < PLM_NEAREST; k++)
        sum += (double)r->best[i * PLM_NEAREST + k];
    return log(sum / PLM_NEAREST + least);
}

/* Adds the distance of row i if both labels are around it. sum: of the labels around, which are 1
 * or -1; side: 1 = the row has the higher class. */
static void add_distance(const plm_near_rows *r, int64_t i, double sum, double count, int side,
                         moments *m)
{
    static const double both = 0.6;
    const double far = log_distance(r, i);
    if (!(fabs(sum) < both * count))
        return;
    m->mixed[side]++;
    m->far[side] += far;
    m->square[side] += far * far;
}

/* True if among the rows with both labels around them, those with one label are farther from their
 * nearest rows than those with the other. Labels that were changed at random lie where the others
 * do; rows of a scattered class have rows of a dense one around them, though no label is wrong. */
static bool is_scattered(const moments *m)
{
    static const double certain = 4;
    double mean[SIDES], error = 0;
    for (int k = 0; k < SIDES; k++) {
        const double n = m->mixed[k];
        if (n < 2)
            return false;
        mean[k] = m->far[k] / n;
        error += (m->square[k] / n - mean[k] * mean[k]) / (n - 1);
    }
    return fabs(mean[0] - mean[1]) > certain * sqrt(error);
}

/* Adds row i to the pairs of its class with each other class of which, with its own, nearly all
 * rows around it are. all: [MOST][MOST], the lower class first. */
static void add_row(const plm_near_rows *r, int64_t i, int classes, moments all[MOST][MOST])
{
    static const double nearly = 0.8;
    int64_t list[AROUND];
    int rows[MOST] = {0};
    const int own = (int)r->y[i], count = plm_near_around(r, i, list);
    for (int k = 0; k < count; k++)
        rows[(int)r->y[list[k]]]++;
    for (int k = 0; k < classes; k++) {
        const int both = rows[own] + rows[k], low = k < own ? k : own, high = k < own ? own : k;
        if (k == own || both < LEAST || both < nearly * count)
            continue;
        moments *m = &all[low][high];
        add_products(rows[high] - rows[low] + (own == high ? 1 : -1), both + 1, m);
        m->own[own == high]++;
        add_distance(r, i, rows[high] - rows[low], both, own == high, m);
    }
}

/* True if a pair has enough rows, of each label too, and none of the earlier pairs has more. */
static bool counts(const moments *m, const plm_neighbours *out)
{
    return m->own[0] >= EACH && m->own[1] >= EACH && m->rows >= ROWS &&
           m->rows >= (double)out->sided_rows;
}

/* Keeps a pair of classes of which one has many labels of the other, everywhere the same share, but
 * not the reverse; of several pairs the one with most rows. */
static void judge(const moments *m, int low, int high, plm_neighbours *out)
{
    static const double spread = 0.05, excess = 0.12, pure = 0.05, changed = 0.35;
    values v;
    if (!counts(m, out) || !find_values(m, &v) || !(v.spread > spread) || !(v.excess < excess) ||
        is_scattered(m))
        return;
    const int from = v.flipped[0] > v.flipped[1] ? 0 : 1;
    if (!(v.flipped[from] > changed) || !(fabs(v.flipped[1 - from]) < pure))
        return;
    out->sided_rows = (int64_t)m->rows;
    out->sided = v.flipped[from];
    out->sided_from = from == 0 ? low : high;
    out->sided_to = from == 0 ? high : low;
}

/* Labels of two classes are a pair like others; their values are kept whatever they are. */
void plm_near_flipped(const plm_near_rows *r, int classes, plm_neighbours *out)
{
    moments all[MOST][MOST] = {{{.rows = 0}}};
    values v;
    if (classes > MOST)
        return;
    for (int64_t i = 0; i < r->rows; i++)
        add_row(r, i, classes, all);
    for (int low = 0; low < classes; low++)
        for (int high = low + 1; high < classes; high++)
            judge(&all[low][high], low, high, out);
    if (classes != 2 || !find_values(&all[0][1], &v))
        return;
    out->two_spread = v.spread;
    out->two_excess = v.excess;
    out->two_flipped[0] = v.flipped[0];
    out->two_flipped[1] = v.flipped[1];
}
