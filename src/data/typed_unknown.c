/* Warns of rows whose cells a model cannot use: words that it has never seen, and gaps where it
 * has seen none. Such a cell counts as an average or as no word at all, so a table in another
 * language or encoding would be predicted without a word. */
#include <math.h>

#include "data/typed.h"

enum { MOST_WARNINGS = 5 };

/* What is wrong with the cells of a column. */
typedef struct {
    int64_t unknown, gaps;
    const char *word; /* the first that is unknown */
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
    if (c->rare > 0 && u.unknown < rows) /* words that were too many for the vocabulary */
        u.unknown = 0;
    return u;
}

/* Warns of one column. Returns the number of warnings. */
static int warn_of(const plm_source *s, const plm_column *c, const unusable *u, int64_t rows)
{
    if (u->unknown > 0)
        plm_warn(&s->w,
                 "%.100s: %lld of %lld words of column '%.60s' are unknown to the model, such as "
                 "'%.40s': they count as no word",
                 s->file, (long long)u->unknown, (long long)rows, c->name, u->word);
    if (u->gaps > 0)
        plm_warn(&s->w,
                 "%.100s: %lld of %lld cells of column '%.60s' are empty, and none was in "
                 "training: they count as %s",
                 s->file, (long long)u->gaps, (long long)rows, c->name,
                 plm_column_has_words(c) ? "no word" : "the median");
    return (u->unknown > 0) + (u->gaps > 0);
}

/* Warns of the input columns whose cells a known schema cannot use, the first five of them: words
 * that are not in its vocabulary, gaps where it has seen none. At most MOST_WARNINGS columns are
 * named: a table that fits nowhere would fill the screen. */
void plm_typed_warn(const plm_source *s, const plm_typed *t)
{
    int warnings = 0;
    const plm_schema *m = s->schema;
    for (size_t i = 0; i < m->columns && warnings < MOST_WARNINGS; i++) {
        const plm_column *c = &m->column[i];
        if (c->role != PLM_ROLE_INPUT || c->encoding == PLM_ENCODE_NONE || t->place[i] == SIZE_MAX)
            continue;
        const unusable u = count_cells(c, &t->store.column[t->place[i]], t->store.rows);
        warnings += warn_of(s, c, &u, t->store.rows);
    }
}
