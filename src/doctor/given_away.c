/* Looks for two signs that a column was made from the target although it does not give it exactly:
 * a column that was filled in only for some targets, or only for one class, and one that has the
 * mean target of a few rows, the row itself among them. */
#include <math.h>

#include "base/number_keys.h"
#include "doctor/rows_seen.h"

/* LEAST: rows on each side. VALUES: different values of what was filled in. */
enum { LEAST = 20, VALUES = 10 };

/* Returns the value of the column in row i of the sorted rows. */
static double value_at(const uint64_t *key, int64_t i)
{
    return (double)plm_number_of_key((uint32_t)(key[i] >> 32));
}

/* Returns the target of row i of the sorted rows. */
static double target_at(const plm_row_sample *s, const uint64_t *key, int64_t i)
{
    return (double)s->target[key[i] & UINT32_MAX];
}

/* Returns the end of the rows that have the value of row i. */
static int64_t end_of(const plm_row_sample *s, const uint64_t *key, int64_t i)
{
    int64_t end = i + 1;
    while (end < s->count && key[end] >> 32 == key[i] >> 32)
        end++;
    return end;
}

/* Rows of the sorted rows: first <= i < last. */
typedef struct {
    int64_t first, last;
} part;

/* Returns the rows with the most frequent value of the column. *values: the number of values. */
static part find_most(const plm_row_sample *s, const uint64_t *key, int64_t *values)
{
    part most = {0, 0};
    *values = 0;
    for (int64_t i = 0, end; i < s->count; i = end, ++*values) {
        end = end_of(s, key, i);
        if (end - i > most.last - most.first)
            most = (part){i, end};
    }
    return most;
}

/* True if these rows are those of one class, up to one in a hundred each way. others: all rows but
 * these. */
static bool is_class(const plm_row_sample *s, const uint64_t *key, const part *p, bool others)
{
    static const double some = 0.01;
    const int64_t first = p->first > 0 ? 0 : p->last, middle = (p->first + p->last) / 2,
                  count = p->last - p->first;
    const double class = target_at(s, key, others ? first : middle),
                 limit = some * (double)(others ? s->count - count : count);
    int64_t outside = 0, other = 0;
    for (int64_t i = 0; i < s->count; i++) {
        const bool own = fabs(target_at(s, key, i) - class) < 0.5,
                   here = (i >= p->first && i < p->last) != others;
        outside += own && !here;
        other += !own && here;
    }
    return (double)outside <= limit && (double)other <= limit;
}

/* True if the targets of these rows are many, and all below those of the other rows, or all
 * above. */
static bool is_end(const plm_row_sample *s, const uint64_t *key, const part *p)
{
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    int64_t different = 0;
    for (int64_t i = 0; i < s->count; i++) {
        const double y = target_at(s, key, i);
        const int here = i >= p->first && i < p->last;
        different += here && fabs(y - target_at(s, key, p->first)) > 0;
        low[here] = fmin(low[here], y);
        high[here] = fmax(high[here], y);
    }
    return 2 * different > p->last - p->first && (high[1] < low[0] || high[0] < low[1]);
}

/* Returns GIVES_CLASS if the column has one value in all rows of one class, or of the lowest or
 * highest targets, and only there, and many values in the others; GIVES_ONE if it has many values
 * in all rows of one class, and only there, and one value in the others. */
static plm_gift filled(const plm_data_facts *f, const plm_row_sample *s, const uint64_t *key)
{
    int64_t values = 0;
    const part p = find_most(s, key, &values);
    const int64_t same = p.last - p.first;
    if (same < LEAST || s->count - same < LEAST || values <= VALUES)
        return PLM_GIVES_NOTHING;
    if (f->classes > 1 ? is_class(s, key, &p, false) : is_end(s, key, &p))
        return PLM_GIVES_CLASS;
    return f->classes > 2 && is_class(s, key, &p, true) ? PLM_GIVES_ONE : PLM_GIVES_NOTHING;
}

/* Returns a value of a column in the unit of the target. */
static double in_unit(const plm_data_facts *f, const plm_data_column *c, double value)
{
    const double own = plm_column_own(c, value);
    return f->target_unit > 0 ? (own - f->target_center) / f->target_unit : own;
}

static const double near = 1e-6; /* a difference by rounding */

/* Returns 1 if a value is 0, 2 if it is `top`, 0 if it is between; -1 = it is outside. */
static int at_end(double value, double top)
{
    if (value < -near || value > top + near)
        return -1;
    return value < near ? 1 : value > top - near ? 2 : 0;
}

/* True if the column is the mean of the class numbers of a few rows. The mean class of the rows
 * with a value is then that value: the slope is 1, and the means are equal. And where the mean is
 * the lowest or the highest class, all rows have it, the row itself included; if it were left out,
 * as it should be, some would not. */
static bool is_mean_of_classes(const plm_data_facts *f, const plm_row_sample *s,
                               const uint64_t *key, const plm_data_column *c)
{
    static const double certain = 2.5, share = 0.1, slope_error = 0.2;
    const double n = (double)s->count, top = f->classes - 1;
    double x = 0, y = 0, xx = 0, xy = 0, yy = 0, ends[2] = {0};
    for (int64_t i = 0; i < s->count; i++) {
        const double a = in_unit(f, c, value_at(key, i)), b = target_at(s, key, i);
        const int end = at_end(a, top);
        if (end < 0 || (end > 0 && fabs(a - b) > near))
            return false;
        ends[0] += end == 1;
        ends[1] += end == 2;
        x += a;
        y += b;
        xx += a * a;
        xy += a * b;
        yy += b * b;
    }
    const double sxx = xx - x * x / n, slope = (xy - x * y / n) / sxx,
                 rest = fmax(yy - y * y / n - slope * (xy - x * y / n), 0) / (n - 2),
                 error = sqrt(rest / sxx);
    return ends[0] >= LEAST / 4 && ends[1] >= LEAST / 4 && ends[0] + ends[1] > share * n &&
           ends[0] + ends[1] < n - LEAST && error < slope_error &&
           fabs(slope - 1) < certain * error && fabs(x - y) < certain * sqrt(n * rest);
}

/* True if the column is the mean of the targets of a few rows: those that have the same value have
 * exactly this mean target, wherever the sample has all of them. */
static bool is_mean_of_numbers(const plm_data_facts *f, const plm_row_sample *s,
                               const uint64_t *key, const plm_data_column *c)
{
    enum { GROUPS = 10 };
    static const double exact = 1e-5, share = 0.3;
    int64_t groups = 0, hits = 0, values = 0;
    for (int64_t i = 0, end; i < s->count; i = end, values++) {
        double sum = 0;
        end = end_of(s, key, i);
        for (int64_t k = i; k < end; k++)
            sum += target_at(s, key, k);
        const double mean = sum / (double)(end - i), own = in_unit(f, c, value_at(key, i));
        groups += end - i > 1;
        hits += end - i > 1 && fabs(mean - own) < exact * (fabs(own) + f->target_deviation);
    }
    return hits >= GROUPS && (double)hits > share * (double)groups && 4 * values > s->count;
}

/* The rows are sorted by the column. */
plm_gift plm_given_away(const plm_data_facts *f, const plm_row_sample *s, const uint64_t *key,
                        const plm_data_column *c)
{
    if (c->id)
        return PLM_GIVES_NOTHING;
    const plm_gift gift = filled(f, s, key);
    if (gift != PLM_GIVES_NOTHING)
        return gift;
    const bool mean = f->classes > 1 ? !c->whole && is_mean_of_classes(f, s, key, c)
                                     : is_mean_of_numbers(f, s, key, c);
    return mean ? PLM_GIVES_MEAN : PLM_GIVES_NOTHING;
}

/* Rows of a class that are few may be together by chance. */
int plm_marked_class(const plm_data_facts *f, const plm_row_sample *s, const uint64_t *key)
{
    enum { FEW = 5 };
    const int64_t end = s->count > 0 ? end_of(s, key, 0) : 0;
    if (f->classes < 3 || end >= s->count || end_of(s, key, end) < s->count)
        return 0;
    const part side[2] = {{0, end}, {end, s->count}};
    for (int i = 0; i < 2; i++)
        if (side[i].last - side[i].first >= FEW && is_class(s, key, &side[i], false))
            return 1 + (int)target_at(s, key, (side[i].first + side[i].last) / 2);
    return 0;
}
