/* Sorts the rows of a series by their time, and finds the usual step and the gaps of the times.
 * Earlier rows become inputs of a row, so the rows must be in the order of time and at equal
 * distances. Violations are an error or a warning with the line. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/notation.h"
#include "table/series.h"

/* A row with its group and its time, for sorting. */
typedef struct {
    double group, time;
    int64_t row;
} moment;

/* Compares two rows for qsort; rows of the same group and time keep their order. */
static int by_time(const void *a, const void *b)
{
    const moment *x = a, *y = b;
    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* Fails for a row without a time. */
static plm_status check_times(const plm_store *t, const plm_series_by *by)
{
    for (int64_t i = 0; i < t->rows && by->time != SIZE_MAX; i++)
        if (!isfinite(t->column[by->time].number[i]))
            return plm_fail(t->arena.w, PLM_E_DATA, by->where,
                            by->dates ? "write dates as 2024-12-31" : "write a number there",
                            "line %lld, column '%.60s': the row of a series has no time",
                            (long long)t->line[i], by->time_name);
    return PLM_OK;
}

/* Sets group[t->rows] to a number for each row, which is equal for rows of one group. */
static plm_status number_groups(plm_store *t, const plm_series_by *by, double *group)
{
    plm_raw_column *c = &t->column[by->group];
    for (int64_t i = 0; i < t->rows; i++)
        if (isnan(c->number[i]))
            return plm_fail(t->arena.w, PLM_E_DATA, by->where, "fill the cell, or remove the row",
                            "line %lld, column '%.60s': the row has no group",
                            (long long)t->line[i], by->group_name);
    if (c->texts == 0) {
        memcpy(group, c->number, (size_t)t->rows * sizeof *group);
        return PLM_OK;
    }
    PLM_TRY(plm_store_code(t, by->group));
    if (!c->coded)
        return plm_fail(t->arena.w, PLM_E_DATA, by->where, "number the groups",
                        "column '%.60s' has more than %d different groups", by->group_name,
                        (int)PLM_STORE_WORDS);
    for (int64_t i = 0; i < t->rows; i++)
        group[i] = c->code[i];
    return PLM_OK;
}

/* Lists in out [t->rows] the rows with their groups and times. */
static plm_status list_rows(plm_store *t, const plm_series_by *by, moment *out)
{
    double *group = plm_allocate_array(t->arena.w, (size_t)t->rows + 1, sizeof *group);
    plm_status status = group != NULL ? PLM_OK : PLM_E_MEMORY;
    if (status >= 0 && by->group != SIZE_MAX)
        status = number_groups(t, by, group);
    for (int64_t i = 0; i < t->rows && status >= 0; i++)
        out[i] = (moment){by->group != SIZE_MAX ? group[i] : 0,
                          by->time != SIZE_MAX ? t->column[by->time].number[i] : 0, i};
    plm_release(t->arena.w, group);
    return status;
}

/* Sets t->before, the number of rows of the same series before each row. The rows are sorted. */
static plm_status set_before(plm_store *t, const moment *order)
{
    plm_release(t->arena.w, t->before);
    t->before = plm_allocate_array(t->arena.w, (size_t)t->capacity + 1, sizeof *t->before);
    if (t->before == NULL)
        return PLM_E_MEMORY;
    for (int64_t i = 0; i < t->rows; i++)
        t->before[i] = i > 0 && order[i].group == order[i - 1].group ? t->before[i - 1] + 1 : 0;
    return PLM_OK;
}

/* Sorts the rows of the table. order [t->rows]: the rows, which are sorted, too. *timed: set to
 * false if rows of a series were not in the order of their times. */
static plm_status sort_by(plm_store *t, moment *order, bool *timed)
{
    int64_t *row = plm_allocate_array(t->arena.w, (size_t)t->rows + 1, sizeof *row);
    bool sorted = true;
    if (row == NULL)
        return PLM_E_MEMORY;
    *timed = true;
    qsort(order, (size_t)t->rows, sizeof *order, by_time);
    for (int64_t i = 0; i < t->rows; i++) {
        row[i] = order[i].row;
        sorted = sorted && row[i] == i;
        if (i > 0 && order[i].group == order[i - 1].group && row[i] < row[i - 1])
            *timed = false;
    }
    const plm_status status = sorted ? PLM_OK : plm_store_sort(t, row);
    plm_release(t->arena.w, row);
    return status;
}

/* Finds the end of a series. t->before is the number of rows of the same series that precede a row,
 * so it decreases where the next series begins. */
int64_t plm_series_end(const plm_store *t, int64_t first)
{
    int64_t end = first + 1;
    while (end < t->rows && (t->before == NULL || t->before[end] > t->before[end - 1]))
        end++;
    return end;
}

/* For sorting numbers in rising order. */
static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Computes the usual step between times as the median, so that some gaps do not change it. */
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

/* True if a time is on a Saturday or Sunday. The share of the week is 0 at the beginning of Monday,
 * and a day is a seventh of it. */
bool plm_series_is_weekend(double time)
{
    enum { SATURDAY = 5 }; /* counted from Monday = 0 */
    return plm_table_date_parts(time).week * 7 > SATURDAY - 0.5;
}

/* True if the times are working days. In a series of less than a week, a weekend may be missing by
 * chance. */
bool plm_series_are_working_days(const double *time, int64_t n, double usual)
{
    const double day = PLM_SECONDS_OF_DAY;
    bool found = usual == day && time[n - 1] - time[0] >= 7 * day;
    for (int64_t i = 0; i < n && found; i++)
        found = !plm_series_is_weekend(time[i]);
    return found;
}

/* Returns the longest step that is not a gap: one and a half times the usual step, since months and
 * years differ by less. In a series of working days, weekends and holidays of up to five days are
 * not gaps. */
static double longest_step(const plm_series_by *by, const double *time, int64_t rows, double usual)
{
    return by->dates && plm_series_are_working_days(time, rows, usual) ? 5.0 * PLM_SECONDS_OF_DAY
                                                                       : 1.5 * usual;
}

/* Writes a time for a message: a date or a number. */
static void write_time(const plm_series_by *by, double time, char out[PLM_DATE_TEXT])
{
    if (by->dates)
        plm_table_date_text(time, out);
    else
        plm_text_from_number(time, out, PLM_DATE_TEXT);
}

/* Warns about gaps in the times of a series, rows `from` to `end`: steps that are longer than the
 * usual one, the median. If there are more gaps than a tenth of the rows, the series has no usual
 * step. *warned: set to true. */
static plm_status warn_gaps(const plm_store *t, const plm_series_by *by, int64_t from, int64_t end,
                            bool *warned)
{
    enum { SHARE = 10 };
    const double *time = t->column[by->time].number + from;
    const int64_t rows = end - from;
    char before[PLM_DATE_TEXT], after[PLM_DATE_TEXT];
    int64_t gaps = 0, first = 0;
    double usual = 0;
    if (rows < 2)
        return PLM_OK;
    PLM_TRY(plm_series_usual(t->arena.w, time, rows, &usual));
    const double longest = longest_step(by, time, rows, usual);
    for (int64_t i = 1; i < rows && usual > 0; i++)
        if (time[i] - time[i - 1] > longest && gaps++ == 0)
            first = i;
    if (gaps == 0 || gaps * SHARE > rows)
        return PLM_OK;
    *warned = true;
    write_time(by, time[first - 1], before);
    write_time(by, time[first], after);
    plm_warn(
        t->arena.w,
        "%.100s: line %lld: times are missing in '%.60s' between %s and %s%s; lags are numbers of "
        "rows, not times, so add lines with these times and an empty cell for the value",
        by->where, (long long)t->line[from + first], by->time_name, before, after,
        gaps > 1 ? ", and later ones" : "");
    return PLM_OK;
}

/* Warns if times of the sorted rows repeat or have gaps, and if the file was not in the order of
 * time (timed = false). */
static plm_status warn_times(const plm_store *t, const plm_series_by *by, bool timed)
{
    const double *time = t->column[by->time].number;
    bool warned = false;
    int64_t same = 0;
    for (int64_t i = 1; i < t->rows; i++)
        same += time[i] == time[i - 1] && (t->before == NULL || t->before[i] > 0);
    if (!timed)
        plm_warn(t->arena.w, "%.100s: the rows are sorted by '%.60s'", by->where, by->time_name);
    if (same > 0)
        plm_warn(t->arena.w,
                 t->before == NULL
                     ? "%.100s: %lld rows have the same time as the row before; if the table has "
                       "several series, name the column that distinguishes them: group=COLUMN"
                     : "%.100s: %lld rows have the same time as the previous row of their group",
                 by->where, (long long)same);
    for (int64_t i = 0, end = 0; i < t->rows && !warned; i = end) {
        end = plm_series_end(t, i);
        PLM_TRY(warn_gaps(t, by, i, end, &warned));
    }
    return PLM_OK;
}

/* Finds times that occur more than once in a series. Only a list of the rows is sorted, not the
 * table. */
plm_status plm_series_repeats(plm_store *t, const plm_series_by *by, bool *repeats)
{
    moment *list = plm_allocate_array(t->arena.w, (size_t)t->rows + 1, sizeof *list);
    plm_status status = list != NULL ? list_rows(t, by, list) : PLM_E_MEMORY;
    *repeats = false;
    if (status >= 0)
        qsort(list, (size_t)t->rows, sizeof *list, by_time);
    for (int64_t i = 1; i < t->rows && status >= 0; i++)
        *repeats =
            *repeats || (list[i].group == list[i - 1].group && list[i].time == list[i - 1].time);
    plm_release(t->arena.w, list);
    return status;
}

/* Sorts the rows. Times are checked before any row is moved, so that messages name lines in the
 * order of the file. */
plm_status plm_series_sort(plm_store *t, const plm_series_by *by)
{
    bool timed = true;
    if (by->time == SIZE_MAX && by->group == SIZE_MAX)
        return PLM_OK;
    PLM_TRY(check_times(t, by));
    moment *order = plm_allocate_array(t->arena.w, (size_t)t->rows + 1, sizeof *order);
    if (order == NULL)
        return PLM_E_MEMORY;
    plm_status status = list_rows(t, by, order);
    status = status < 0 ? status : sort_by(t, order, &timed);
    if (status >= 0 && by->group != SIZE_MAX)
        status = set_before(t, order);
    plm_release(t->arena.w, order);
    return status < 0 || by->time == SIZE_MAX ? status : warn_times(t, by, timed);
}
