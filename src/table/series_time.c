/* Finds the column with the times of a series: dates, or numbers such as years and steps. "Three
 * rows before" requires an order of the rows. Columns of dates are always times. A column of
 * numbers is used by default only if it has a name of times and no series has a number twice, since
 * a wrong order would make all inputs wrong. Any other column is used only if the user names it. */
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

/* True if all cells of a column are numbers in one notation, or dates in one notation. */
static bool has_times(const plm_store *t, const plm_raw_column *r)
{
    const int64_t n = t->rows - r->missing;
    return n > 0 && r->disagree == NULL && (r->numbers == n || r->dates == n);
}

/* True if a column can be used as the times by default: it is an input, or it was dropped because
 * it numbers the rows, has only two values or is an identifier. */
static bool is_free(const plm_column *c)
{
    return c->role == PLM_ROLE_INPUT || (c->role == PLM_ROLE_DROPPED && !c->given);
}

/* True if the name is one that columns of times often have. */
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

/* Sets *is to whether column i has a number in each row, and no number twice in a series. */
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

/* Finds the column of times if the user does not name it. *out = SIZE_MAX: there is none. */
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

/* Makes a column the times of the series. Numbers such as 202401 are dates then. It is also an
 * input, unless the user dropped it or its dates cannot be read. */
static void take(plm_schema *s, plm_store *t, size_t i)
{
    plm_column *c = &s->column[i];
    const plm_raw_column *r = &t->column[i];
    if (!(c->given && c->type == PLM_COLUMN_NUMBER) && plm_store_take_compact(t, i)) {
        c->format = PLM_FORMAT_YMD;
        c->why = "dates without marks";
    }
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
                        "column '%.80s' is the %s, so it cannot also be the order", c->name,
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

/* Warns that the rows of a series have no times, and names the column that may have the times: the
 * first one that is neither a target nor the group nor the weight. Without such a column, the order
 * of the file is the only one, so there is no warning. */
static void warn_untimed(const plm_schema *s, const plm_store *t, const char *where)
{
    size_t at = 0;
    while (at < s->columns && s->column[at].role != PLM_ROLE_INPUT &&
           s->column[at].role != PLM_ROLE_DROPPED)
        at++;
    if (at == s->columns || s->column[at].type == PLM_COLUMN_MIXED)
        return; /* such a column is an error */
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
