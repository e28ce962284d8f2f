/* Looks for two columns that give the target only together, by one operation: as a sum or a
 * difference, each with any weight, as a product, or as a quotient. A total that was split into
 * parts, or a unit price and a quantity, are such columns. Nothing natural is exact, so the rule is
 * strict: every row of the sample must agree, and one pair alone. */
#include <math.h>

#include "doctor/rows_seen.h"

/* How far a row may be off, in standard deviations of the target: numbers in files are rounded. */
static const double exact = 1e-3;

/* What is compared: the rows, and two of them that have the lowest and the highest target. */
typedef struct {
    const plm_data_facts *f;
    const plm_row_sample *s;
    int64_t low, high;
} pairs;

/* Returns a value of a column in the units of the file. */
static double value_of(const pairs *p, int64_t row, int64_t column)
{
    return plm_column_own(&p->f->column[column], (double)p->s->value[row * p->s->columns + column]);
}

/* Returns column a times column b, or divided by it, in a row. */
static double together(const pairs *p, int64_t row, int64_t a, int64_t b, char operation)
{
    const double x = value_of(p, row, a), y = value_of(p, row, b);
    return operation == '*' ? x * y : x / y;
}

/* True if the target is a multiple of a product or quotient, plus a constant, in every row. Most
 * pairs are dropped at the first row. */
static bool is_product(const pairs *p, int64_t a, int64_t b, char operation)
{
    const float *y = p->s->target;
    const double low = together(p, p->low, a, b, operation),
                 slope = (double)(y[p->high] - y[p->low]) /
                         (together(p, p->high, a, b, operation) - low);
    for (int64_t i = 0; i < p->s->count; i++) {
        const double now = (double)y[p->low] + slope * (together(p, i, a, b, operation) - low);
        if (!(fabs(now - (double)y[i]) < exact * p->f->target_deviation))
            return false;
    }
    return isfinite(slope);
}

/* Returns the mean product of the deviations of two columns; column -1 is the target. */
static double covariance(const pairs *p, int64_t a, int64_t b)
{
    double xy = 0, x = 0, y = 0;
    const double n = (double)p->s->count;
    for (int64_t i = 0; i < p->s->count; i++) {
        const double u = a < 0 ? (double)p->s->target[i] : value_of(p, i, a),
                     v = b < 0 ? (double)p->s->target[i] : value_of(p, i, b);
        xy += u * v / n;
        x += u / n;
        y += v / n;
    }
    return xy - x * y;
}

/* True if the target is the weighted sum of two columns that are not nearly the same. own [2 *
 * columns]: the variances, then the covariances with the target. */
static bool is_sum(const pairs *p, int64_t a, int64_t b, const double *own, double target)
{
    static const double apart = 1e-4;
    const int64_t n = p->s->columns;
    const double ab = covariance(p, a, b), det = own[a] * own[b] - ab * ab;
    if (!(det > apart * own[a] * own[b]))
        return false;
    const double wa = (own[n + a] * own[b] - own[n + b] * ab) / det,
                 wb = (own[n + b] * own[a] - own[n + a] * ab) / det,
                 left = target - wa * own[n + a] - wb * own[n + b];
    return left < exact * exact * target && wa * wa * own[a] > apart * target &&
           wb * wb * own[b] > apart * target;
}

/* Keeps a pair that gives the target, and counts it. */
static void keep(plm_column_pair *out, int64_t a, int64_t b, char operation)
{
    if (out->count++ == 0)
        *out = (plm_column_pair){1, a, b, operation};
}

/* Compares the columns a and b with the target. */
static void compare(const pairs *p, int64_t a, int64_t b, const double *own, double target,
                    plm_column_pair *out)
{
    if (is_sum(p, a, b, own, target))
        keep(out, a, b, '+');
    else if (is_product(p, a, b, '*'))
        keep(out, a, b, '*');
    else if (is_product(p, a, b, '/'))
        keep(out, a, b, '/');
    else if (is_product(p, b, a, '/'))
        keep(out, b, a, '/');
}

/* Returns the number of different targets in the sample, at most `most`. */
static int64_t count_targets(const plm_row_sample *s, int64_t most)
{
    int64_t count = 0;
    for (int64_t i = 0; i < s->count && count < most; i++) {
        int64_t k = 0;
        while (k < i && fabs((double)(s->target[i] - s->target[k])) > 0)
            k++;
        count += k == i;
    }
    return count;
}

/* True if pairs are looked for. A table of only two columns is often made to show what a net can
 * add or multiply, and of few targets many are equal by chance. */
static bool is_examined(const plm_row_sample *s, const plm_data_facts *f)
{
    enum { ROWS = 50, TABLE = 128, TARGETS = 20 };
    return s->count >= ROWS && s->columns > 2 && s->columns <= TABLE && !f->one_hot &&
           f->target_deviation > 0 && count_targets(s, TARGETS) >= TARGETS;
}

/* Sets own [2 * columns]: the variances, then the covariances with the target. Codes have none. */
static void measure_own(const pairs *p, double *own)
{
    const int64_t n = p->s->columns;
    for (int64_t j = 0; j < n; j++) {
        own[j] = p->f->column[j].id ? 0 : covariance(p, j, j);
        own[n + j] = covariance(p, j, -1);
    }
}

/* The work is columns^2 * rows. */
plm_status plm_column_pairs_find(const plm_row_sample *s, plm_arena *a, plm_data_facts *f)
{
    pairs p = {.f = f, .s = s};
    if (!is_examined(s, f))
        return PLM_OK;
    double *own = plm_arena_array(a, 2 * (size_t)s->columns, sizeof *own);
    if (own == NULL)
        return PLM_E_MEMORY;
    for (int64_t i = 0; i < s->count; i++) {
        p.low = s->target[i] < s->target[p.low] ? i : p.low;
        p.high = s->target[i] > s->target[p.high] ? i : p.high;
    }
    measure_own(&p, own);
    const double target = covariance(&p, -1, -1);
    for (int64_t i = 0; i < s->columns; i++)
        for (int64_t j = 0; j < i; j++)
            if (own[i] > 0 && own[j] > 0)
                compare(&p, j, i, own, target, &f->pair);
    return PLM_OK;
}
