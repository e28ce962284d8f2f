/* Measures whether the order of a single column's values gives the target, whatever their relation
 * is: the number of a row in a sorted table, a code of the class, or any function of the target. A
 * correlation sees only straight lines. */
#include <math.h>

#include "base/number_keys.h"
#include "doctor/codes.h"
#include "doctor/rows_seen.h"

/* Returns how seldom the class changes from one row to the next, in the order of the keys: 1 = as
 * seldom as possible, 0 = as often as in random order. With few rows beside the most frequent class
 * nothing is known. */
static double order_of_classes(const plm_row_sample *s, const uint64_t *key, int classes)
{
    enum { LEAST = 20 };
    double count[PLM_DOCTOR_CLASSES] = {0}, equal = 0, changes = 0, present = 0;
    const double n = (double)s->count;
    for (int64_t i = 0; i < s->count; i++) {
        const float y = s->target[key[i] & UINT32_MAX];
        if (!(y >= 0) || !(y < (float)classes))
            return 0;
        count[(int)y]++;
        if (i > 0)
            changes += fabs((double)(y - s->target[key[i - 1] & UINT32_MAX])) > 0;
    }
    for (int k = 0; k < classes; k++) {
        equal += count[k] / n * ((count[k] - 1) / (n - 1));
        present += count[k] > 0;
    }
    const double chance = (n - 1) * (1 - equal) - (present - 1);
    return chance > LEAST ? fmax(1 - (changes - (present - 1)) / chance, 0) : 0;
}

/* Returns how close the targets of neighbouring rows are, in the order of the keys, on the scale of
 * a correlation: the root of 1 - half the mean squared difference / the variance (the ratio of von
 * Neumann, 1941). */
static double order_of_numbers(const plm_row_sample *s, const uint64_t *key)
{
    double mean = 0, variance = 0, steps = 0;
    const double n = (double)s->count;
    for (int64_t i = 0; i < s->count; i++)
        mean += (double)s->target[i] / n;
    for (int64_t i = 0; i < s->count; i++) {
        const double y = (double)s->target[key[i] & UINT32_MAX],
                     before = (double)s->target[key[i > 0 ? i - 1 : 0] & UINT32_MAX];
        variance += (y - mean) * (y - mean) / n;
        steps += (y - before) * (y - before) / (n - 1);
    }
    return variance > 0 ? sqrt(fmax(1 - steps / 2 / variance, 0)) : 0;
}

/* True if the values are distinct multiples of one step that numbers the rows: the range has as
 * many steps as there are rows, or up to twice as many, as other rows were split off. Random values
 * are as near to multiples of any step with a probability of 1 / 10 each. */
static bool numbers_rows(const plm_row_sample *s, const uint64_t *key, const plm_data_column *c)
{
    static const double near = 0.05;
    for (int64_t steps = s->seen - 1; c->distinct && steps <= 2 * s->seen; steps++) {
        const double step = (c->max - c->min) / (double)steps;
        int64_t i = 0;
        for (; i < s->count; i++) {
            const double at = ((double)plm_number_of_key((uint32_t)(key[i] >> 32)) - c->min) / step;
            if (!(fabs(at - round(at)) < near))
                break;
        }
        if (i == s->count)
            return true;
    }
    return false;
}

/* Returns the variance of the mean targets of six equal parts of the sorted rows, divided by that
 * which chance gives to them (F of an analysis of variance). */
static double variance_of_parts(const plm_row_sample *s, const uint64_t *key)
{
    enum { PARTS = 6 };
    double sum[PARTS] = {0}, count[PARTS] = {0}, all = 0, square = 0, between = 0;
    for (int64_t i = 0; i < s->count; i++) {
        const double y = (double)s->target[key[i] & UINT32_MAX];
        sum[i * PARTS / s->count] += y;
        count[i * PARTS / s->count]++;
        all += y;
        square += y * y;
    }
    const double n = (double)s->count;
    for (int k = 0; k < PARTS; k++)
        between += sum[k] * sum[k] / count[k];
    between -= all * all / n;
    const double within = square - all * all / n - between;
    return within > 0 ? between / (PARTS - 1) / (within / (n - PARTS)) : INFINITY;
}

/* Measures one column. work: [2 s->count]. */
static void measure(const plm_row_sample *s, int64_t column, const plm_data_facts *f,
                    uint64_t *work, plm_data_column *out)
{
    const int classes = f->classes;
    static const double some = 0.9; /* less is not asked for */
    for (int64_t i = 0; i < s->count; i++)
        work[i] =
            (uint64_t)plm_key_of_number(s->value[i * s->columns + column]) << 32 | (uint64_t)i;
    plm_sort_wide_keys(work, work + s->count, (size_t)s->count, 32);
    out->alone = classes > 1 ? order_of_classes(s, work, classes) : order_of_numbers(s, work);
    out->numbered = out->alone > some && numbers_rows(s, work, out);
    out->coded = plm_column_is_code(s, work, out, classes);
    out->parted = classes > 1 ? 0 : variance_of_parts(s, work);
    out->gives = plm_given_away(f, s, work, out);
    out->marks = plm_marked_class(f, s, work);
}

/* Many columns, as of images, mean little one by one, and few rows are in order by chance. */
plm_status plm_one_column_find(const plm_row_sample *s, plm_arena *a, plm_data_facts *f)
{
    enum { ROWS = 50, TABLE = 256 };
    if (s->count < ROWS || s->columns > TABLE)
        return PLM_OK;
    uint64_t *work = plm_arena_array(a, 2 * (size_t)s->count, sizeof *work);
    for (int64_t j = 0; work != NULL && j < s->columns; j++)
        if (!f->column[j].constant)
            measure(s, j, f, work, &f->column[j]);
    return work != NULL ? PLM_OK : PLM_E_MEMORY;
}
