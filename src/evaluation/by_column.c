/* Assesses the rows of each value of a column, see by_column.h. The column is read from the table
 * in memory, which has all columns of the file, also those that the model does not use. Cells are
 * compared as texts. If there are too many different texts and they are numbers or dates, the
 * groups are four ranges with about as many rows each. */
#include "evaluation/by_column.h"

#include <math.h>
#include <stdlib.h>

#include "base/notation.h"
#include "data/data.h"
#include "data/typed.h"

/* RANGES: number of groups of a column of numbers. MISSING: the group of a missing cell. */
enum { RANGES = 4, MISSING = -1 };

/* A row of the predictions and the number in its cell. */
typedef struct {
    double number;
    int64_t at;
} numbered;

/* A value and its rows. */
typedef struct {
    const char *text;
    int64_t rows;
    double number; /* NaN = the value is a word */
    size_t at;     /* in the order of first appearance */
} value;

/* The grouping of the rows. */
typedef struct {
    plm_arena *a;     /* gets the result */
    plm_source *file; /* the file of csv(...), opened as a table; NULL = not needed */
    const plm_typed *typed;
    const plm_raw_column *column;
    size_t index; /* of the column */
    const plm_predicted *p;
    int *of;      /* [p->rows] the value or the group of a row; MISSING = its cell is missing */
    value *value; /* [values] */
    size_t values, room;
    bool ranged; /* the groups are ranges */
} grouping;

/* ---- the column ---- */

/* Fails with a message about the column. */
static plm_status fail(const plm_job *j, const char *name, const char *hint, const char *what)
{
    return plm_fail(j->home, PLM_E_SPEC, "by", hint, "by=%.80s: %s", name, what);
}

/* Finds the column in the table in memory. */
static plm_status find_column(grouping *g, const plm_job *j, const plm_data *d, const char *name)
{
    const plm_source *s = d->source;
    if (!s->schema || !s->state) {
        PLM_TRY(plm_by_file_open(j, s, g->a, &g->file));
        if (!g->file)
            return fail(j, name, "train and evaluate on a table: table(...) or csv(...)",
                        "only rows of a table have columns to compare");
        if (s->rows != ((const plm_typed *)g->file->state)->store.rows)
            return fail(j, name, "train and evaluate on table(...)",
                        s->rows < 0 ? "the rows of this data are streamed"
                                    : "table(...) reads other rows from the file than csv(...)");
        s = g->file;
    }
    g->typed = s->state;
    g->index = plm_store_column(&g->typed->store, name);
    if (g->index != SIZE_MAX) {
        g->column = &g->typed->store.column[g->index];
        return PLM_OK;
    }
    plm_text hint = {.w = j->home};
    plm_store_advise(&hint, &g->typed->store, name);
    const plm_status status =
        hint.failed ? PLM_E_MEMORY
                    : fail(j, name, plm_text_get(&hint), "the table has no such column");
    plm_text_free(&hint);
    return status;
}

/* ---- values ---- */

/* Adds the text of a cell as a value, or counts it. */
static plm_status add_value(grouping *g, plm_index *find, const char *text, double number, int *at)
{
    size_t place = plm_index_find(find, text);
    if (place == SIZE_MAX) {
        value *list = plm_arena_grow(g->a, g->value, g->values, &g->room, sizeof *list);
        const char *copy = plm_arena_text(g->a, text, SIZE_MAX);
        if (!list || !copy)
            return PLM_E_MEMORY;
        g->value = list;
        place = g->values++;
        list[place] = (value){.text = copy, .number = number, .at = place};
        PLM_TRY(plm_index_put(find, copy, place));
    }
    g->value[place].rows++;
    *at = (int)place;
    return PLM_OK;
}

/* Finds the value of row i; text: memory for its cell. */
static plm_status find_value(grouping *g, const plm_job *j, const char *name, plm_index *find,
                             plm_text *text, int64_t i)
{
    const int64_t row = g->p->row[i];
    if (row < 0 || row >= g->typed->store.rows)
        return fail(j, name, "evaluate the rows as they are in the file",
                    "the rows of this data have no lines in the table");
    const double number = g->column->number[row];
    g->of[i] = MISSING;
    if (isnan(number))
        return PLM_OK;
    text->length = 0;
    plm_typed_text(g->typed, g->index, row, text);
    if (text->failed)
        return PLM_E_MEMORY;
    if (text->length == 0) /* there are so many words that they were not kept */
        return fail(j, name, "name a column with few different values",
                    "nearly each row has its own value");
    return add_value(g, find, plm_text_get(text), isfinite(number) ? number : (double)NAN,
                     &g->of[i]);
}

/* Finds the value of each row. */
static plm_status find_values(grouping *g, const plm_job *j, const char *name)
{
    plm_index find = {.arena = g->a};
    plm_text text = {.w = j->home};
    plm_status status = PLM_OK;
    for (int64_t i = 0; i < g->p->rows && status >= 0; i++)
        status = find_value(g, j, name, &find, &text, i);
    plm_text_free(&text);
    return status;
}

/* True if all values are numbers or dates. */
static bool are_numbers(const grouping *g)
{
    for (size_t i = 0; i < g->values; i++)
        if (isnan(g->value[i].number))
            return false;
    return true;
}

/* Compares two values for qsort: numbers by size; words by their number of rows, then by their
 * first rows. */
static int by_value(const void *a, const void *b)
{
    const value *x = a, *y = b;
    if (!isnan(x->number) && !isnan(y->number) && x->number != y->number)
        return x->number < y->number ? -1 : 1;
    if (x->rows != y->rows)
        return x->rows > y->rows ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

/* Makes each value a group, or the last one a group of all values with the fewest rows. */
static plm_status group_values(grouping *g, plm_by_column *out)
{
    const bool numbers = are_numbers(g);
    for (size_t i = 0; i < g->values && !numbers; i++)
        g->value[i].number = (double)NAN;
    qsort(g->value, g->values, sizeof *g->value, by_value);
    const size_t most = g->values > PLM_BY_GROUPS ? PLM_BY_GROUPS - 1 : g->values;
    int *group = plm_arena_array(g->a, g->values + 1, sizeof *group);
    if (!group)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < g->values; i++) {
        const size_t at = i < most ? i : most;
        plm_by_group *to = &out->group[at];
        group[g->value[i].at] = (int)at;
        to->value = g->value[i].text;
        to->others = i < most ? 0 : to->others + 1;
        to->rows += g->value[i].rows;
        out->groups = (int)at + 1;
    }
    for (int64_t i = 0; i < g->p->rows; i++)
        g->of[i] = g->of[i] == MISSING ? MISSING : group[g->of[i]];
    return PLM_OK;
}

/* ---- ranges ---- */

/* Compares two rows by the numbers in their cells, for qsort. */
static int by_number(const void *a, const void *b)
{
    const double x = ((const numbered *)a)->number, y = ((const numbered *)b)->number;
    return (x > y) - (x < y);
}

/* Writes a number or a date of the column. */
static void write_number(const grouping *g, double x, char out[PLM_DATE_TEXT])
{
    if (plm_format_is_date(g->column->format))
        plm_table_date_text(x, out);
    else if (floor(x) < x)
        plm_print(out, PLM_DATE_TEXT, "%.6g", x);
    else
        plm_text_from_number(x, out, PLM_DATE_TEXT);
}

/* Makes the rows list[first] to list[last - 1] the next group. */
static plm_status add_range(grouping *g, const numbered *list, int64_t first, int64_t last,
                            plm_by_column *out)
{
    char low[PLM_DATE_TEXT], high[PLM_DATE_TEXT];
    plm_by_group *to = &out->group[out->groups];
    write_number(g, list[first].number, low);
    write_number(g, list[last - 1].number, high);
    to->rows = last - first;
    to->value = list[first].number < list[last - 1].number
                    ? plm_arena_format(g->a, "%s to %s", low, high)
                    : plm_arena_text(g->a, low, SIZE_MAX);
    for (int64_t i = first; i < last; i++)
        g->of[list[i].at] = out->groups;
    out->groups++;
    return to->value ? PLM_OK : PLM_E_MEMORY;
}

/* Divides the rows into ranges of numbers, so that equal numbers are in the same range. */
static plm_status group_ranges(grouping *g, plm_by_column *out)
{
    int64_t n = 0, first = 0;
    numbered *list = plm_arena_array(g->a, (size_t)g->p->rows + 1, sizeof *list);
    if (!list)
        return PLM_E_MEMORY;
    for (int64_t i = 0; i < g->p->rows; i++)
        if (g->of[i] != MISSING)
            list[n++] = (numbered){g->column->number[g->p->row[i]], i};
    qsort(list, (size_t)n, sizeof *list, by_number);
    for (int k = 1; k <= RANGES && first < n; k++) {
        int64_t last = k == RANGES ? n : n * k / RANGES;
        while (last > first && last < n && list[last].number == list[last - 1].number)
            last++;
        if (last > first)
            PLM_TRY(add_range(g, list, first, last, out));
        first = last > first ? last : first;
    }
    return PLM_OK;
}

/* ---- all together ---- */

/* Divides the rows into groups. */
static plm_status divide(grouping *g, const plm_job *j, const char *name, plm_by_column *out)
{
    int64_t missing = 0;
    PLM_TRY(find_values(g, j, name));
    const bool many = g->values > PLM_BY_GROUPS, numbers = are_numbers(g);
    if (many && !numbers && (int64_t)g->values == g->p->rows)
        return fail(j, name, "name a column with few different values",
                    "each row has its own value");
    PLM_TRY(many && numbers ? group_ranges(g, out) : group_values(g, out));
    for (int64_t i = 0; i < g->p->rows; i++)
        missing += g->of[i] == MISSING;
    for (int64_t i = 0; i < g->p->rows; i++)
        g->of[i] = g->of[i] == MISSING ? out->groups : g->of[i];
    if (missing > 0)
        out->group[out->groups++] = (plm_by_group){.rows = missing};
    return PLM_OK;
}

/* Assesses the rows of group k. */
static plm_status assess(const grouping *g, int k, uint64_t seed, plm_by_group *out)
{
    int64_t *at = plm_arena_array(g->a, (size_t)out->rows + 1, sizeof *at), n = 0;
    plm_predicted *part = plm_arena_take(g->a, sizeof *part);
    out->of = plm_arena_array(g->a, (size_t)g->p->targets + 1, sizeof *out->of);
    if (!at || !part || !out->of)
        return PLM_E_MEMORY;
    for (int64_t i = 0; i < g->p->rows; i++)
        if (g->of[i] == k)
            at[n++] = i;
    PLM_TRY(plm_predicted_part(g->p, at, n, g->a, part));
    for (int i = 0; i < g->p->targets; i++)
        PLM_TRY(plm_assess(part, i, seed, 0, g->a, &out->of[i]));
    return PLM_OK;
}

/* Finds the groups, then assesses each. */
static plm_status measure(grouping *g, const plm_job *j, const plm_data *d, const char *name,
                          uint64_t seed, plm_by_column *out)
{
    PLM_TRY(find_column(g, j, d, name));
    g->of = plm_arena_array(g->a, (size_t)g->p->rows + 1, sizeof *g->of);
    out->group = plm_arena_array(g->a, PLM_BY_GROUPS + 1, sizeof *out->group);
    out->column = plm_arena_text(g->a, g->column->name ? g->column->name : name, SIZE_MAX);
    if (!g->of || !out->group || !out->column)
        return PLM_E_MEMORY;
    PLM_TRY(divide(g, j, name, out));
    for (int k = 0; k < out->groups; k++)
        PLM_TRY(assess(g, k, seed, &out->group[k]));
    return PLM_OK;
}

/* Errors of the column are on j->home already; a lack of memory is on the runtime of the job. */
plm_status plm_by_column_measure(plm_assessments *s, plm_job *j, const plm_data *d,
                                 const char *name, uint64_t seed, plm_by_column *out)
{
    grouping g = {.a = &s->arena, .p = &s->predicted};
    const plm_status status = measure(&g, j, d, name, seed, out);
    if (g.file)
        plm_source_release(g.file);
    return status == PLM_E_MEMORY ? plm_job_fail_at(j, status, NULL) : status;
}
