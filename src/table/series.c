/* Makes series: rows that follow one another in time. The inputs of a row are numbers of earlier
 * rows, so the model predicts the next value of a series.
 *
 * Such an input is a separate column, "sales (3 before)", which comes after the columns of the
 * file. Its cells are the cells of another column, some rows earlier. So it is fitted, encoded and
 * reported like any other column, and the model file stores where its cells come from. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "table/schema.h"

/* ---- the order of the rows ---- */

/* A row and its time, for sorting. */
typedef struct {
    double time;
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

/* Returns the longest step that is no gap: the usual one and a half, since months and years differ
 * by less. A series of working days steps over weekends and holidays, up to five days. */
static double longest_step(const double *time, int64_t rows, double usual)
{
    const double day = 86400, friday = 4.0 / 7;
    for (int64_t i = 1; i < rows && usual == day; i++)
        if (time[i] - time[i - 1] == 3 * day &&
            fabs(plm_table_date_parts(time[i - 1]).week - friday) < 0.01)
            return 5 * day;
    return 1.5 * usual;
}

/* Warns about gaps in the times of sorted rows: steps that are longer than the usual one, the
 * median. If they are more than a tenth of the rows, the series has no usual step. */
static plm_status warn_gaps(const plm_store *t, const double *time, const char *name,
                            const char *where)
{
    enum { SHARE = 10 };
    char from[PLM_DATE_TEXT], to[PLM_DATE_TEXT];
    int64_t gaps = 0, first = 0;
    double *step = plm_allocate_array(t->arena.w, (size_t)t->rows + 1, sizeof *step);
    if (step == NULL)
        return PLM_E_MEMORY;
    for (int64_t i = 1; i < t->rows; i++)
        step[i - 1] = time[i] - time[i - 1];
    const size_t steps = t->rows > 0 ? (size_t)t->rows - 1 : 0;
    qsort(step, steps, sizeof *step, by_size);
    const double usual = step[steps / 2], longest = longest_step(time, t->rows, usual);
    plm_release(t->arena.w, step);
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

/* Sorts the rows by their time, with a warning if they were not sorted. Other warnings say if
 * several rows have the same time, and if times are missing. */
static plm_status sort_rows(plm_store *t, size_t at, const char *name, const char *where)
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

/* Returns the first column of dates among the inputs; SIZE_MAX = there is no such column, so the
 * rows keep their order. */
static size_t find_time(const plm_schema *s)
{
    for (size_t i = 0; i < s->columns; i++)
        if (s->column[i].role == PLM_ROLE_INPUT && s->column[i].encoding == PLM_ENCODE_DATE)
            return i;
    return SIZE_MAX;
}

/* ---- the columns of the rows before ---- */

/* Returns from how many earlier rows the values of this column are inputs. */
static int64_t lags_of(const plm_column *c, const plm_schema_wishes *w)
{
    if (c->role == PLM_ROLE_TARGET && c->encoding == PLM_ENCODE_STANDARDIZE)
        return w->lags > w->windows ? w->lags : w->windows;
    return c->role == PLM_ROLE_INPUT && c->encoding == PLM_ENCODE_STANDARDIZE ? w->windows : 0;
}

/* Removes the row's own value of an input: with windows, only dates are known in advance. */
static void take_away(plm_column *c)
{
    if (c->role != PLM_ROLE_INPUT || c->encoding == PLM_ENCODE_DATE)
        return;
    if (!c->lagged)
        c->why = "windows need numbers and dates";
    c->role = PLM_ROLE_DROPPED;
    c->encoding = PLM_ENCODE_NONE;
}

/* Appends the column with the values of column `from`, `lag` rows earlier, to the schema and to the
 * table. */
static plm_status add_column(plm_schema *s, plm_store *t, size_t from, int64_t lag)
{
    plm_column *c = &s->column[s->columns], *of = &s->column[from];
    const char *name = plm_arena_format(s->arena, "%s (%lld before)", of->name, (long long)lag);
    const char *why =
        plm_arena_format(s->arena, "%lld row%s before", (long long)lag, lag == 1 ? "" : "s");
    if (name == NULL || why == NULL)
        return PLM_E_MEMORY;
    PLM_TRY(plm_store_shift(t, from, lag, name));
    *c = (plm_column){.name = name,
                      .position = (int64_t)s->columns,
                      .role = PLM_ROLE_INPUT,
                      .type = PLM_COLUMN_NUMBER,
                      .encoding = PLM_ENCODE_STANDARDIZE,
                      .why = why,
                      .format = PLM_FORMAT_POINT,
                      .from = from,
                      .lag = lag,
                      .number = {.arena = s->arena}};
    for (int64_t i = s->before; i < t->rows; i++)
        c->missing += isnan(t->column[s->columns].number[i]);
    of->lagged = true;
    s->columns++;
    return PLM_OK;
}

/* Counts the columns to add, and sets s->before. */
static size_t count_columns(plm_schema *s, const plm_schema_wishes *wishes)
{
    size_t count = 0;
    for (size_t i = 0; i < s->columns; i++) {
        const int64_t lags = lags_of(&s->column[i], wishes);
        count += (size_t)lags;
        s->before = lags > s->before ? lags : s->before;
    }
    return count;
}

/* Makes capacity for `more` columns. */
static plm_status make_columns(plm_schema *s, size_t more)
{
    plm_column *column = plm_arena_array(s->arena, s->columns + more + 1, sizeof *column);
    if (column == NULL)
        return PLM_E_MEMORY;
    memcpy(column, s->column, s->columns * sizeof *column);
    s->column = column;
    return PLM_OK;
}

/* Fails if no column has earlier values that could be inputs, or if there are too few rows. */
static plm_status check(const plm_schema *s, const plm_store *t, const plm_schema_wishes *wishes,
                        const char *where)
{
    plm *w = s->arena->w;
    for (size_t i = 0; i < s->columns && wishes->lags > 0; i++)
        if (s->column[i].role == PLM_ROLE_TARGET && s->column[i].encoding == PLM_ENCODE_CLASSES)
            return plm_fail(w, PLM_E_DATA, where,
                            "give columns='NAME=number' if it is a number, or use windows=N for "
                            "the other columns",
                            "lags need numbers, but the target '%.60s' is a class",
                            s->column[i].name);
    if (s->before == 0)
        return plm_fail(w, PLM_E_DATA, where, "leave it out",
                        "no column has numbers for lags or windows");
    if (t->rows < s->before + 2)
        return plm_fail(w, PLM_E_DATA, where, "use fewer lags, or a longer table",
                        "%lld rows are too few for lags of %lld", (long long)t->rows,
                        (long long)s->before);
    return PLM_OK;
}

/* The rows are sorted by time first, because "three rows before" means the order of the file
 * otherwise. */
plm_status plm_series_make(plm_schema *s, plm_store *t, const plm_schema_wishes *wishes,
                           const char *where)
{
    const size_t columns = s->columns;
    if (wishes->lags == 0 && wishes->windows == 0)
        return PLM_OK;
    if (wishes->group != NULL)
        return plm_fail(s->arena->w, PLM_E_SPEC, where, "leave one of them out",
                        "the rows of a series are divided by time, not by group");
    const size_t more = count_columns(s, wishes);
    PLM_TRY(check(s, t, wishes, where));
    s->order = find_time(s);
    if (s->order != SIZE_MAX) {
        s->column[s->order].lagged = true;
        PLM_TRY(sort_rows(t, s->order, s->column[s->order].name, where));
    }
    PLM_TRY(make_columns(s, more));
    for (size_t i = 0; i < columns; i++)
        for (int64_t lag = 1, lags = lags_of(&s->column[i], wishes); lag <= lags; lag++)
            PLM_TRY(add_column(s, t, i, lag));
    for (size_t i = 0; i < columns && wishes->windows > 0; i++)
        take_away(&s->column[i]);
    return PLM_OK;
}

/* ---- for a model ---- */

/* Fails if rows cannot be added, since the model needs other values of them than the time. */
static plm_status check_horizon(const plm_schema *s, const plm_store *t, const char *where)
{
    plm *w = t->arena.w;
    if (s->before == 0)
        return plm_fail(w, PLM_E_SPEC, where, "leave it out",
                        "horizon is only for a model of a series, which was trained with lags");
    for (size_t i = 0; i < s->columns; i++)
        if (s->column[i].role == PLM_ROLE_INPUT && s->column[i].lag == 0 && i != s->order)
            return plm_fail(w, PLM_E_DATA, where,
                            "add lines with its values and without the target to the table",
                            "the model needs '%.60s' of the future rows, which is not known",
                            s->column[i].name);
    return PLM_OK;
}

enum { DAY = 86400 }; /* seconds */

/* Compares two numbers for qsort, smaller ones first. */
static int by_length(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sets *usual to the median of the steps between n rows. */
static plm_status find_usual(plm *w, const double *time, int64_t n, double *usual)
{
    double *step = plm_allocate_array(w, (size_t)n, sizeof *step);
    if (step == NULL)
        return PLM_E_MEMORY;
    for (int64_t i = 1; i < n; i++)
        step[i - 1] = time[i] - time[i - 1];
    qsort(step, (size_t)n - 1, sizeof *step, by_length);
    *usual = step[(n - 1) / 2];
    plm_release(w, step);
    return PLM_OK;
}

/* True for a Saturday or a Sunday. */
static bool is_weekend(double time)
{
    enum { SATURDAY = 5 }; /* counted from Monday = 0 */
    return plm_table_date_parts(time).week * 7 > SATURDAY - 0.5;
}

/* True if the rows are the working days of more than a week. */
static bool are_working_days(const double *time, int64_t n, double usual)
{
    bool found = usual == DAY && time[n - 1] - time[0] >= 7.0 * DAY;
    for (int64_t i = 0; i < n && found; i++)
        found = !is_weekend(time[i]);
    return found;
}

/* Fills the times of `rows` rows with the working days after `last`. */
static void add_working_days(double last, int64_t rows, double *time)
{
    for (int64_t i = 0; i < rows; i++) {
        do
            last += DAY;
        while (is_weekend(last));
        time[i] = last;
    }
}

/* Warns if the last step is not the usual one: of months, which differ in length, by their number;
 * otherwise by more than a tenth. */
static void warn_of_step(plm *w, double step, double usual, bool months, const char *where)
{
    const double month = 30.436875 * DAY;
    const bool same = months ? floor(step / month + 0.5) == floor(usual / month + 0.5)
                             : fabs(step - usual) <= 0.1 * usual;
    if (!same)
        plm_warn(w,
                 "%.100s: the last step between two rows is %.6g days, but usually it is %.6g; the "
                 "times of the new rows go on with the last step",
                 where, step / DAY, usual / DAY);
}

/* Fills the times of `rows` rows after the first n: time goes on by working days, by whole months
 * (from their first days or their last days), or by the last step. */
static plm_status add_times(plm *w, double *time, int64_t n, int64_t rows, const char *where)
{
    const double last = time[n - 1], before = time[n - 2];
    const bool starts = plm_table_first_of_month(last) && plm_table_first_of_month(before),
               ends =
                   plm_table_first_of_month(last + DAY) && plm_table_first_of_month(before + DAY),
               months = (starts || ends) && last > before;
    const double past = ends ? DAY : 0; /* from the last day to the first of the next month */
    double usual = 0;
    PLM_TRY(find_usual(w, time, n, &usual));
    if (are_working_days(time, n, usual)) {
        add_working_days(last, rows, time + n);
        return PLM_OK;
    }
    warn_of_step(w, last - before, usual, months, where);
    for (int64_t i = 0; i < rows; i++)
        time[n + i] = months ? plm_table_next_month(before + past, last + past, (int)i + 1) - past
                             : last + (double)(i + 1) * (last - before);
    return PLM_OK;
}

/* Adds rows at the end, whose times go on. */
static plm_status add_rows(const plm_schema *s, plm_store *t, int64_t rows, const size_t *place,
                           const char *where)
{
    const int64_t first = t->rows;
    PLM_TRY(plm_store_add_empty(t, rows, where));
    if (s->order == SIZE_MAX || first < 2)
        return PLM_OK;
    return add_times(t->arena.w, t->column[place[s->order]].number, first, rows, where);
}

/* Another table of the same series is treated as the one of the training: sorted, extended by the
 * rows to predict, and shifted by the same lags. */
plm_status plm_series_follow(const plm_schema *s, plm_store *t, int64_t horizon, size_t *place,
                             const char *where)
{
    if (horizon > 0)
        PLM_TRY(check_horizon(s, t, where));
    if (s->before == 0)
        return PLM_OK;
    if (s->order != SIZE_MAX)
        PLM_TRY(sort_rows(t, place[s->order], s->column[s->order].name, where));
    if (horizon > 0)
        PLM_TRY(add_rows(s, t, horizon, place, where));
    for (size_t i = 0; i < s->columns; i++) {
        const plm_column *c = &s->column[i];
        if (c->lag == 0)
            continue;
        PLM_TRY(plm_store_shift(t, place[c->from], c->lag, c->name));
        place[i] = t->columns - 1;
    }
    return PLM_OK;
}
