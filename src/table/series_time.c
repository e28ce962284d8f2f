/* Finds the column of the time of a series: dates, or numbers such as years and steps.
 *
 * "Three rows before" means nothing without an order. Dates say what they are. A column of numbers
 * is taken by itself only if its name is that of a time and no series has a number twice: a wrong
 * order would spoil all inputs. All other columns are taken if the user names them. */
#include <math.h>
#include <stdio.h>
#include <strings.h>

#include "table/series.h"
#include "table/vocabulary.h"

size_t plm_series_group(const plm_schema *s)
{
    for (size_t i = 0; i < s->columns; i++)
        if (s->column[i].role == PLM_ROLE_GROUP)
            return i;
    return SIZE_MAX;
}

/* True if all cells of a column are numbers of one notation, or dates in one. */
static bool has_times(const plm_store *t, const plm_raw_column *r)
{
    const int64_t n = t->rows - r->missing;
    return n > 0 && r->disagree == NULL && (r->numbers == n || r->dates == n);
}

/* True if a column may be the time by itself: it is an input, or was dropped since it counts the
 * rows, has two values or names them. */
static bool is_free(const plm_column *c)
{
    return c->role == PLM_ROLE_INPUT || (c->role == PLM_ROLE_DROPPED && !c->given);
}

/* True for names that a column of times has. */
static bool is_time_name(const char *name)
{
    static const char *const names[] = {
        "year", "years", "yr",   "jahr",    "time",  "times",     "t",         "step",  "steps",
        "tick", "epoch", "date", "period",  "month", "timestamp", "time_step", "index", "timestep",
        "day",  "days",  "week", "quarter", "hour",  "minute",    "second"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(name, names[i]) == 0)
            return true;
    return false;
}

/* Sets *is to true if column i has a number for each row, and none twice in a series. */
static plm_status tells_order(const plm_schema *s, plm_store *t, size_t i, const char *where,
                              bool *is)
{
    const size_t group = plm_series_group(s);
    const plm_raw_column *r = &t->column[i];
    const plm_series_by by = {.time = i,
                              .group = group,
                              .group_name = group != SIZE_MAX ? s->column[group].name : "",
                              .where = where};
    bool repeats = false;
    *is = has_times(t, r) && r->missing == 0;
    if (*is)
        PLM_TRY(plm_series_repeats(t, &by, &repeats));
    *is = *is && !repeats;
    return PLM_OK;
}

/* Finds the time if the user does not name it. SIZE_MAX = there is none. */
static plm_status find(const plm_schema *s, plm_store *t, const char *where, size_t *out)
{
    bool is = false;
    *out = SIZE_MAX;
    for (size_t i = 0; i < s->columns && *out == SIZE_MAX; i++)
        if (s->column[i].role == PLM_ROLE_INPUT && s->column[i].encoding == PLM_ENCODE_DATE)
            *out = i;
    for (size_t i = 0; i < s->columns && *out == SIZE_MAX; i++) {
        if (!is_free(&s->column[i]) || !is_time_name(s->column[i].name))
            continue;
        PLM_TRY(tells_order(s, t, i, where, &is));
        *out = is ? i : SIZE_MAX;
    }
    return PLM_OK;
}

/* Makes a column the time: an input, unless the user dropped it, or whose dates cannot be read. */
static void take(plm_schema *s, const plm_store *t, size_t i)
{
    plm_column *c = &s->column[i];
    const plm_raw_column *r = &t->column[i];
    const bool dates = plm_format_is_date(r->format);
    s->order = i;
    if (!is_free(c) || r->ambiguous)
        return;
    if (c->type == PLM_COLUMN_IDENTIFIER || c->type == PLM_COLUMN_CONSTANT)
        c->why = dates ? "dates" : r->whole == r->numbers ? "whole numbers" : "numbers";
    c->role = PLM_ROLE_INPUT;
    c->type = dates ? PLM_COLUMN_DATE : PLM_COLUMN_NUMBER;
    c->encoding = dates ? PLM_ENCODE_DATE : PLM_ENCODE_STANDARDIZE;
}

/* Finds the column that the user names. */
static plm_status find_wish(const plm_schema *s, const plm_store *t, const char *wish,
                            const char *where, size_t *out)
{
    plm *w = s->arena->w;
    *out = plm_schema_column(s, wish);
    if (*out == SIZE_MAX)
        return plm_schema_fail_column(s, where, wish);
    const plm_column *c = &s->column[*out];
    const plm_raw_column *r = &t->column[*out];
    if (c->role == PLM_ROLE_TARGET || c->role == PLM_ROLE_WEIGHT || c->role == PLM_ROLE_GROUP)
        return plm_fail(w, PLM_E_SPEC, where, "name each column once",
                        "column '%.80s' is the %s, so it cannot be the order, too", c->name,
                        plm_column_roles[c->role]);
    if (!has_times(t, r) || (r->ambiguous && c->role != PLM_ROLE_INPUT))
        return plm_fail(w, PLM_E_DATA, where,
                        "write times as 2024-12-31, 2024-12, 2024-Q4, 2024-W52 or as numbers",
                        "the cells of '%.60s', the order of the series, are neither all dates of "
                        "one notation nor all numbers, such as '%.40s'",
                        c->name,
                        r->odd != NULL ? r->odd
                        : r->words > 0 ? r->word[0]
                                       : "");
    return PLM_OK;
}

/* Warns that the rows of a series have no times, and names the column that may hold them: the first
 * one that is neither a target nor the group nor a weight. Without such a column, only the order of
 * the file is left, and there is nothing to warn of. */
static void warn_untimed(const plm_schema *s, const plm_store *t, const char *where)
{
    size_t at = 0;
    while (at < s->columns && s->column[at].role != PLM_ROLE_INPUT &&
           s->column[at].role != PLM_ROLE_DROPPED)
        at++;
    if (at == s->columns || s->column[at].type == PLM_COLUMN_MIXED)
        return; /* such a column is refused */
    const bool sortable = has_times(t, &t->column[at]);
    plm_warn(s->arena->w,
             "%.100s: no column of dates: the rows are taken in the order of the file; if '%.60s' "
             "is the time, %s%.60s",
             where, s->column[at].name,
             sortable ? "sort by it: order=" : "write it as 2024-12-31, 2024-Q4 or a number",
             sortable ? s->column[at].name : "");
}

plm_status plm_series_find_time(plm_schema *s, plm_store *t, const char *wish, const char *where)
{
    size_t at = SIZE_MAX;
    PLM_TRY(wish != NULL ? find_wish(s, t, wish, where, &at) : find(s, t, where, &at));
    s->order = SIZE_MAX;
    if (at != SIZE_MAX)
        take(s, t, at);
    else
        warn_untimed(s, t, where);
    if (at != SIZE_MAX)
        s->column[at].time = true;
    return PLM_OK;
}
