/* Sorts the rows of a series by their time, and finds the usual step and the gaps of the times.
 *
 * Rows before a row become its inputs, so the rows must be in the order of time and at equal
 * distances. What breaks this is an error or a warning with the line. */
#include <math.h>
#include <stdlib.h>

#include "table/series.h"

/* A row and its time, for sorting. */
typedef struct {
    double time; /* value of the column that orders the rows */
    int64_t row;
} moment;

/* Rows of the same time keep their order. */
static int by_time(const void *a, const void *b)
{
    const moment *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* Fails for a row without a time. */
static plm_status check_times(const plm_store *t, size_t at, const char *name, const char *where)
{
    for (int64_t i = 0; i < t->rows; i++)
        if (!isfinite(t->column[at].number[i]))
            return plm_fail(t->arena.w, PLM_E_DATA, where, "write dates as 2024-12-31",
                            "line %lld, column '%.60s': the row of a series has no time",
                            (long long)t->line[i], name);
    return PLM_OK;
}

/* Sorts the rows by order[rows]. */
static plm_status sort_by(plm_store *t, moment *order)
{
    int64_t *row = plm_allocate_array(t->arena.w, (size_t)t->rows + 1, sizeof *row);
    if (row == NULL)
        return PLM_E_MEMORY;
    qsort(order, (size_t)t->rows, sizeof *order, by_time);
    for (int64_t i = 0; i < t->rows; i++)
        row[i] = order[i].row;
    const plm_status status = plm_store_sort(t, row);
    plm_release(t->arena.w, row);
    return status;
}

/* For sorting numbers in rising order. */
static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

plm_status plm_series_usual(plm *w, const double *time, int64_t n, double *usual)
{
    double *step = plm_allocate_array(w, (size_t)n, sizeof *step);
    if (step == NULL)
        return PLM_E_MEMORY;
    for (int64_t i = 1; i < n; i++)
        step[i - 1] = time[i] - time[i - 1];
    qsort(step, (size_t)n - 1, sizeof *step, by_size);
    *usual = step[(n - 1) / 2];
    plm_release(w, step);
    return PLM_OK;
}

bool plm_series_is_weekend(double time)
{
    enum { SATURDAY = 5 }; /* counted from Monday = 0 */
    return plm_table_date_parts(time).week * 7 > SATURDAY - 0.5;
}

bool plm_series_are_working_days(const double *time, int64_t n, double usual)
{
    const double day = PLM_SECONDS_OF_DAY;
    bool found = usual == day && time[n - 1] - time[0] >= 7 * day;
    for (int64_t i = 0; i < n && found; i++)
        found = !plm_series_is_weekend(time[i]);
    return found;
}

/* Returns the longest step that is no gap: the usual one and a half, since months and years differ
 * by less. A series of working days steps over weekends and holidays, up to five days. */
static double longest_step(const double *time, int64_t rows, double usual)
{
    return plm_series_are_working_days(time, rows, usual) ? 5.0 * PLM_SECONDS_OF_DAY : 1.5 * usual;
}

/* Warns about gaps in the times of sorted rows: steps that are longer than the usual one, the
 * median. If they are more than a tenth of the rows, the series has no usual step. */
static plm_status warn_gaps(const plm_store *t, const double *time, const char *name,
                            const char *where)
{
    enum { SHARE = 10 };
    char from[PLM_DATE_TEXT], to[PLM_DATE_TEXT];
    int64_t gaps = 0, first = 0;
    double usual = 0;
    if (t->rows < 2)
        return PLM_OK;
    PLM_TRY(plm_series_usual(t->arena.w, time, t->rows, &usual));
    const double longest = longest_step(time, t->rows, usual);
    for (int64_t i = 1; i < t->rows && usual > 0; i++)
        if (time[i] - time[i - 1] > longest && gaps++ == 0)
            first = i;
    if (gaps == 0 || gaps * SHARE > t->rows)
        return PLM_OK;
    plm_table_date_text(time[first - 1], from);
    plm_table_date_text(time[first], to);
    plm_warn(t->arena.w,
             "%.100s: line %lld: times are missing in '%.60s' between %s and %s%s; rows before are "
             "counted in rows, so add lines with these times and an empty cell for the value",
             where, (long long)t->line[first], name, from, to, gaps > 1 ? ", and later ones" : "");
    return PLM_OK;
}

plm_status plm_series_sort(plm_store *t, size_t at, const char *name, const char *where)
{
    bool sorted = true;
    int64_t same = 0;
    PLM_TRY(check_times(t, at, name, where));
    moment *order = plm_allocate_array(t->arena.w, (size_t)t->rows + 1, sizeof *order);
    if (order == NULL)
        return PLM_E_MEMORY;
    for (int64_t i = 0; i < t->rows; i++) {
        order[i] = (moment){t->column[at].number[i], i};
        sorted = sorted && (i == 0 || order[i].time >= order[i - 1].time);
    }
    const plm_status status = sorted ? PLM_OK : sort_by(t, order);
    plm_release(t->arena.w, order);
    for (int64_t i = 1; i < t->rows && status >= 0; i++)
        same += t->column[at].number[i] == t->column[at].number[i - 1];
    if (!sorted)
        plm_warn(t->arena.w, "%.100s: the rows are sorted by '%.60s'", where, name);
    if (same > 0)
        plm_warn(t->arena.w,
                 "%.100s: %lld rows have the same time as the row before; if the table has several "
                 "series, write each into its own file",
                 where, (long long)same);
    return status < 0 ? status : warn_gaps(t, t->column[at].number, name, where);
}
