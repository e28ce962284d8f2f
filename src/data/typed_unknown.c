/* Warns about cells that a model cannot use: words that do not occur in its training, and gaps in
 * columns that had none. Such a cell is encoded as an average or as no word at all, so without the
 * warning a table in another language or encoding would be predicted as if it was correct. */
#include <math.h>

#include "data/typed.h"
#include "table/series.h"

enum { MOST_WARNINGS = 5 };

/* Counts of unusable cells of a column. */
typedef struct {
    int64_t unknown, gaps; /* unknown: number of cells with unknown words. gaps: number of empty
                            * cells */
    const char *word;      /* the first that is unknown */
} unusable;

/* Counts the cells of a column that the schema cannot use. */
static unusable count_cells(const plm_column *c, const plm_raw_column *r, int64_t rows)
{
    unusable u = {0};
    const bool words = plm_column_has_words(c);
    for (int64_t i = 0; i < rows; i++) {
        const bool gap = words ? r->code[i] < 0 : isnan(r->number[i]);
        if (gap)
            u.gaps += !c->indicator && c->encoding != PLM_ENCODE_LABELS;
        else if (words && !plm_column_knows(c, r->word[r->code[i]])) {
            u.word = u.unknown == 0 ? r->word[r->code[i]] : u.word;
            u.unknown++;
        }
    }
    /* the vocabulary is limited, so unknown words may have occurred in training */
    if (c->rare > 0 && u.unknown < rows)
        u.unknown = 0;
    return u;
}

/* Warns about one column. Returns the number of warnings, 0 or 1. */
static int warn_of(const plm_source *s, const plm_column *c, const unusable *u, int64_t rows)
{
    if (u->unknown > 0)
        plm_warn(&s->w,
                 "%.100s: %lld of %lld words of column '%.60s' are unknown to the model, such as "
                 "'%.40s': they are read as no word",
                 s->file, (long long)u->unknown, (long long)rows, c->name, u->word);
    if (u->gaps > 0)
        plm_warn(&s->w,
                 "%.100s: %lld of %lld cells of column '%.60s' are empty, although no cell was "
                 "empty in training: they are read as %s",
                 s->file, (long long)u->gaps, (long long)rows, c->name,
                 plm_column_has_words(c) ? "no word"
                 : c->carried            ? "the last known number before"
                                         : "the median");
    return (u->unknown > 0) + (u->gaps > 0);
}

/* Counts the empty cells of a column that has the target values of an earlier row (a lag). At the
 * end of a series, rows without a target are the forecast; cells that are empty because they would
 * have the target of such a row are not counted, since the forecast fills them. */
static unusable count_lagged(const plm_column *c, const plm_raw_column *r, const plm_store *t)
{
    const double *target = t->column[r->from].number;
    unusable u = {0};
    for (int64_t from = 0, end = 0; from < t->rows && !c->indicator; from = end) {
        end = plm_series_end(t, from);
        int64_t open = end; /* the first row of the forecast */
        while (open > from && isnan(target[open - 1]))
            open--;
        for (int64_t i = from; i < end && i - c->lag < open; i++)
            u.gaps += isnan(r->number[i]);
    }
    return u;
}

/* If the table has no names of columns, but the model has, columns are used by their position:
 * warns that this is right only if their order is the same. */
static void warn_positions(const plm_source *s, const plm_typed *t)
{
    if (s->schema->header && !t->store.header)
        plm_warn(&s->w,
                 "%.100s: the table has no names of columns, so they are taken by their position, "
                 "as in the training",
                 s->file);
}

/* Warns about input columns with cells that a known schema cannot use: words that are not in its
 * vocabulary, or gaps in a column that had no gaps in training. Inputs that are earlier values of
 * the same target have the same gaps, so only the first of them is named. The number of warnings is
 * limited, since a wrong table would fill the screen. */
void plm_typed_warn(const plm_source *s, const plm_typed *t)
{
    int warnings = 0;
    size_t told = SIZE_MAX; /* the last target with gaps */
    const plm_schema *m = s->schema;
    warn_positions(s, t);
    for (size_t i = 0; i < m->columns && warnings < MOST_WARNINGS; i++) {
        const plm_column *c = &m->column[i];
        const bool lagged = c->lag > 0 && m->column[c->from].role == PLM_ROLE_TARGET;
        if (c->role != PLM_ROLE_INPUT || c->encoding == PLM_ENCODE_NONE ||
            t->place[i] == SIZE_MAX || (lagged && told == c->from))
            continue;
        const plm_raw_column *r = &t->store.column[t->place[i]];
        const unusable u =
            lagged ? count_lagged(c, r, &t->store) : count_cells(c, r, t->store.rows);
        told = lagged && u.gaps > 0 ? c->from : told;
        warnings += warn_of(s, c, &u, t->store.rows);
    }
}
