/* Warns about cells that a model cannot use: words that it has never seen, and gaps in columns that
 * had none in training. Such a cell counts as an average or as no word at all, so without the
 * warning a table in another language or encoding would be predicted as if it was in order. */
#include <math.h>

#include "data/typed.h"

enum { MOST_WARNINGS = 5 };

/* What is wrong with the cells of a column. */
typedef struct {
    int64_t unknown, gaps; /* cells with unknown words; cells without a value */
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
            u.gaps += !c->indicator;
        else if (words && plm_index_find(&c->number, r->word[r->code[i]]) >= c->words) {
            u.word = u.unknown == 0 ? r->word[r->code[i]] : u.word;
            u.unknown++;
        }
    }
    /* the vocabulary is limited, so such words may have occurred in training */
    if (c->rare > 0 && u.unknown < rows)
        u.unknown = 0;
    return u;
}

/* Warns about one column. Returns the number of warnings. */
static int warn_of(const plm_source *s, const plm_column *c, const unusable *u, int64_t rows)
{
    if (u->unknown > 0)
        plm_warn(&s->w,
                 "%.100s: %lld of %lld words of column '%.60s' are unknown to the model, such as "
                 "'%.40s': they count as no word",
                 s->file, (long long)u->unknown, (long long)rows, c->name, u->word);
    if (u->gaps > 0)
        plm_warn(&s->w,
                 "%.100s: %lld of %lld cells of column '%.60s' are empty, but no cell was in "
                 "training: they count as %s",
                 s->file, (long long)u->gaps, (long long)rows, c->name,
                 plm_column_has_words(c) ? "no word" : "the median");
    return (u->unknown > 0) + (u->gaps > 0);
}

/* Warns about input columns with cells that a known schema cannot use: words that are not in its
 * vocabulary, or gaps in a column that had no gaps in training; but not about inputs that are
 * earlier targets, which a forecast fills. The number of warnings is limited, since a table that
 * does not fit at all would fill the screen. */
void plm_typed_warn(const plm_source *s, const plm_typed *t)
{
    int warnings = 0;
    const plm_schema *m = s->schema;
    for (size_t i = 0; i < m->columns && warnings < MOST_WARNINGS; i++) {
        const plm_column *c = &m->column[i];
        const bool predicted = c->lag > 0 && m->column[c->from].role == PLM_ROLE_TARGET;
        if (c->role != PLM_ROLE_INPUT || c->encoding == PLM_ENCODE_NONE || predicted ||
            t->place[i] == SIZE_MAX)
            continue;
        const unusable u = count_cells(c, &t->store.column[t->place[i]], t->store.rows);
        warnings += warn_of(s, c, &u, t->store.rows);
    }
}
