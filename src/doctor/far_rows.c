/* Counts rows that are far from all others in most of their columns at once, such as totals among
 * the rows of a report, or rows in another unit. A single column may have a long tail; that most
 * columns are far out in the same row is no chance. */
#include <math.h>

#include "doctor/rows_seen.h"

/* Returns how far a value is from the median, in median distances from it. If all values of the
 * column are above 0, their logarithms are compared, since large rows may be large in all columns,
 * as cities are. */
static double distance_of(const plm_data_column *c, double value)
{
    if (!(c->min > 0))
        return fabs(value - c->median) / c->spread;
    return fabs(log(value / c->median)) / (0.5 * log(c->quarter[1] / c->quarter[0]));
}

/* True if the values of a column vary in more than half of the rows. If most columns do not, as
 * counts of words, the others may well measure the same, such as the length of a text, and a row
 * that is far in all of them is only a long one. */
static bool is_used(const plm_data_column *c)
{
    return !c->id && c->spread > 0 && c->quarter[1] > c->quarter[0];
}

int64_t plm_far_rows(const plm_row_sample *s, const plm_data_column *column)
{
    enum { COLUMNS = 3, TABLE = 256 };
    static const double far = 8;
    int64_t used = 0, rows = 0;
    for (int64_t j = 0; j < s->columns; j++)
        used += is_used(&column[j]);
    if (used < COLUMNS || 2 * used <= s->columns || s->columns > TABLE)
        return 0;
    for (int64_t i = 0; i < s->count; i++) {
        int64_t count = 0;
        for (int64_t j = 0; j < s->columns; j++)
            count += is_used(&column[j]) &&
                     distance_of(&column[j], (double)s->value[i * s->columns + j]) > far;
        rows += 2 * count > used;
    }
    return rows;
}
