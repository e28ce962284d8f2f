/* Makes series: rows that follow one another in time. The inputs of a row are numbers of earlier
 * rows, so the model predicts the next value of a series. Such an input is a separate column,
 * "sales (3 before)", after the columns of the file. Its cells are the cells of another column,
 * some rows earlier. So it is fitted, encoded and reported like any other column, and the model
 * file stores from where its cells come. */
#include <math.h>
#include <string.h>

#include "table/series.h"

/* Records that other tables must have the columns by which the rows are ordered. */
void plm_schema_need_order(plm_schema *s)
{
    const size_t group = plm_series_group(s);
    if (s->order != SIZE_MAX)
        s->column[s->order].lagged = s->column[s->order].time = true;
    if (group != SIZE_MAX)
        s->column[group].lagged = true;
}

/* Returns the columns by which the rows are ordered. place: indices of the schema's columns in the
 * table; NULL = the table is the one that the schema was made from. */
static plm_series_by order_of(const plm_schema *s, const size_t *place, const char *where)
{
    const size_t group = plm_series_group(s);
    plm_series_by by = {.time = s->order, .group = group, .where = where};
    if (by.time != SIZE_MAX) {
        by.time_name = s->column[s->order].name;
        by.time = place != NULL ? place[s->order] : s->order;
        by.dates = plm_format_is_date(s->column[s->order].format);
    }
    if (group != SIZE_MAX) {
        by.group_name = s->column[group].name;
        by.group = place != NULL ? place[group] : group;
    }
    return by;
}

/* ---- the columns of the rows before ---- */

/* Returns the number of earlier rows whose values of this column are inputs. */
static int64_t lags_of(const plm_column *c, const plm_schema_wishes *w)
{
    if (c->role == PLM_ROLE_TARGET && c->encoding == PLM_ENCODE_STANDARDIZE)
        return w->lags > w->windows ? w->lags : w->windows;
    if (c->time)
        return 0;
    return c->role == PLM_ROLE_INPUT && c->encoding == PLM_ENCODE_STANDARDIZE ? w->windows : 0;
}

/* Excludes the row's own value of a column from the inputs. If the inputs are windows of earlier
 * rows, only the time of the row itself is known in advance. */
static void take_away(plm_column *c)
{
    if (c->role != PLM_ROLE_INPUT || c->encoding == PLM_ENCODE_DATE || c->time)
        return;
    if (!c->lagged)
        c->why = "not usable: windows need numbers and dates";
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
                      .scaling = of->scaling,
                      .why = why,
                      .format = PLM_FORMAT_POINT,
                      .carried = true,
                      .from = from,
                      .lag = lag,
                      .number = {.arena = s->arena}};
    for (int64_t i = 0; i < t->rows; i++)
        c->missing += (t->before != NULL ? t->before[i] : i) >= s->before &&
                      isnan(t->column[s->columns].number[i]);
    of->lagged = true;
    s->columns++;
    return PLM_OK;
}

/* Counts the columns to be added, and sets s->before to the largest lag. */
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
                            "set columns='NAME=number' if it is a number, or use windows=N for the "
                            "other columns",
                            "lags need numbers, but the target '%.60s' is a class",
                            s->column[i].name);
    if (s->before == 0)
        return plm_fail(w, PLM_E_DATA, where, "remove lags or windows",
                        "no column has numbers for lags or windows");
    if (t->rows < s->before + 2)
        return plm_fail(w, PLM_E_DATA, where, "use fewer lags, or a longer table",
                        "%lld rows are too few for %s=%lld", (long long)t->rows,
                        wishes->lags >= s->before ? "lags" : "windows", (long long)s->before);
    return PLM_OK;
}

/* Warns if both lags and windows are set, and says what the inputs are then. */
static void warn_both(plm *w, const plm_schema_wishes *wishes, const char *where)
{
    const long long lags = wishes->lags, windows = wishes->windows;
    if (lags == 0 || windows == 0)
        return;
    if (lags <= windows)
        plm_warn(
            w,
            "%.100s: lags=%lld has no effect: windows=%lld already makes inputs of the numbers in "
            "all columns, including the target, in the %lld rows before",
            where, lags, windows, windows);
    else
        plm_warn(
            w,
            "%.100s: lags=%lld and windows=%lld: the inputs are the values of the target in the "
            "%lld rows before, the numbers of the other columns in the %lld rows before, and "
            "the dates of the predicted row itself",
            where, lags, windows, lags, windows);
}

/* Sets, in all columns of numbers, the number that replaces a missing cell: the last known one
 * before it. */
static plm_status carry(plm_schema *s, plm_store *t)
{
    for (size_t i = 0; i < s->columns; i++) {
        plm_column *c = &s->column[i];
        c->carried = c->role == PLM_ROLE_INPUT && c->encoding == PLM_ENCODE_STANDARDIZE;
        if (c->encoding == PLM_ENCODE_STANDARDIZE)
            PLM_TRY(plm_store_carry(t, i));
    }
    return PLM_OK;
}

/* Fails with E_SPEC if `order` is set, but the table is not a series. */
static plm_status check_order(const plm_schema *s, const plm_schema_wishes *wishes,
                              const char *where)
{
    return wishes->order == NULL
               ? PLM_OK
               : plm_fail(s->arena->w, PLM_E_SPEC, where,
                          "remove order, or add lags=N or windows=N",
                          "order can be used only for a time series, which has lags or windows");
}

/* Makes a series. The rows are sorted by time first, so that "three rows before" refers to time,
 * not to the order of the file. */
plm_status plm_series_make(plm_schema *s, plm_store *t, const plm_schema_wishes *wishes,
                           const char *where)
{
    const size_t columns = s->columns;
    if (wishes->lags == 0 && wishes->windows == 0)
        return check_order(s, wishes, where);
    PLM_TRY(plm_series_find_time(s, t, wishes->order, where));
    const size_t more = count_columns(s, wishes);
    PLM_TRY(check(s, t, wishes, where));
    warn_both(s->arena->w, wishes, where);
    plm_schema_need_order(s);
    const plm_series_by by = order_of(s, NULL, where);
    PLM_TRY(plm_series_sort(t, &by));
    PLM_TRY(carry(s, t));
    PLM_TRY(make_columns(s, more));
    for (size_t i = 0; i < columns; i++)
        for (int64_t lag = 1, lags = lags_of(&s->column[i], wishes); lag <= lags; lag++)
            PLM_TRY(add_column(s, t, i, lag));
    for (size_t i = 0; i < columns && wishes->windows > 0; i++)
        take_away(&s->column[i]);
    return t->before != NULL ? plm_series_blend(t, s->before) : PLM_OK;
}

/* ---- for a model ---- */

/* Fails if the future cannot be forecast: the model needs inputs of the future rows other than the
 * date, and these are not known. */
static plm_status check_horizon(const plm_schema *s, const plm_store *t, const char *where)
{
    plm *w = t->arena.w;
    if (s->before == 0)
        return plm_fail(w, PLM_E_SPEC, where, "remove horizon",
                        "horizon is only for a model of a series, which was trained with lags");
    for (size_t i = 0; i < s->columns; i++)
        if (s->column[i].role == PLM_ROLE_INPUT && s->column[i].lag == 0 && i != s->order)
            return plm_fail(w, PLM_E_DATA, where,
                            "add lines to the table with these values and an empty target",
                            "the model needs '%.60s' of the future rows, which is not known",
                            s->column[i].name);
    return PLM_OK;
}

/* Adds rows at the end of each series, with times that continue its times. */
static plm_status add_rows(const plm_schema *s, plm_store *t, int64_t rows, const plm_series_by *by)
{
    const int64_t first = t->rows;
    if (by->group == SIZE_MAX && first < s->before)
        return plm_fail(t->arena.w, PLM_E_DATA, by->where, "use more rows of the series",
                        "%lld row%s %s too few: the model needs the %lld rows before each row",
                        (long long)first, first == 1 ? "" : "s", first == 1 ? "is" : "are",
                        (long long)s->before);
    if (by->group != SIZE_MAX) {
        PLM_TRY(plm_series_extend(t, by, rows, s->before));
        return plm_series_sort(t, &(plm_series_by){.time = SIZE_MAX,
                                                   .group = by->group,
                                                   .group_name = by->group_name,
                                                   .where = by->where});
    }
    PLM_TRY(plm_store_add_empty(t, rows, by->where));
    if (by->time == SIZE_MAX || first < 2)
        return PLM_OK;
    return plm_series_continue(t->arena.w, by, t->column[by->time].number, first, rows, true);
}

/* Treats another table of the same series as the one of the training: it is sorted, extended by the
 * rows to predict, and shifted by the same lags. For predictions, the rows of a group stay
 * together, since each needs the one before; with targets, the rows are ordered for a training or
 * its test. */
plm_status plm_series_follow(const plm_schema *s, plm_store *t, int64_t horizon, bool targets,
                             size_t *place, const char *where)
{
    if (horizon > 0)
        PLM_TRY(check_horizon(s, t, where));
    if (s->before == 0)
        return PLM_OK;
    const plm_series_by by = order_of(s, place, where);
    PLM_TRY(plm_series_sort(t, &by));
    if (horizon > 0)
        PLM_TRY(add_rows(s, t, horizon, &by));
    for (size_t i = 0; i < s->columns; i++) {
        const plm_column *c = &s->column[i];
        if (c->lag == 0 && place[i] != SIZE_MAX && (c->carried || c->lagged))
            PLM_TRY(plm_store_carry(t, place[i]));
        if (c->lag == 0)
            continue;
        PLM_TRY(plm_store_shift(t, place[c->from], c->lag, c->name));
        place[i] = t->columns - 1;
    }
    return targets && t->before != NULL ? plm_series_blend(t, s->before) : PLM_OK;
}
