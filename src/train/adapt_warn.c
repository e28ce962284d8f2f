/* Warns about columns for which normalization does little good: columns that are constant, columns
 * that hardly vary, and columns that vary too much for float32.
 *
 * Such columns are no error, as they may come from a table that has them; but the net learns
 * nothing from them, or only from their rounding errors. */
#include <float.h>
#include <math.h>

#include "train/adapt.h"

/* A measured column. */
typedef struct {
    int64_t column;         /* number of the column, from 0 */
    double mean, deviation; /* over the rows that were measured */
} measured;

/* True if the column has the same value in all rows. Only columns with names are checked: columns
 * without names are mostly pixels, which are often constant at the edges of images. */
static bool is_constant(const measured *c, bool named)
{
    return named && c->deviation == 0;
}

/* True if the column varies only by the rounding noise of float32, or so little that the layer
 * would divide by its smallest allowed standard deviation. */
static bool is_nearly_constant(const measured *c, bool named)
{
    (void)named;
    return c->deviation > 0 && (c->deviation < 1e-6 * fabs(c->mean) || c->deviation < 1e-7);
}

/* True if the variance does not fit in float32. */
static bool is_too_wide(const measured *c, bool named)
{
    (void)named;
    return c->deviation * c->deviation > (double)FLT_MAX;
}

/* A warning about columns: the test that decides whether a column gets it, and the text that
 * follows the name of one column, or the names of several. */
typedef struct {
    bool (*holds)(const measured *c, bool named); /* named: the column has a name of its own */
    const char *one, *several;                    /* the texts, which begin after the names */
} finding;

static const finding findings[] = {
    {is_constant, "has the same value in every row, so it is not scaled",
     "have the same value in every row, so they are not scaled"},
    {is_nearly_constant,
     "hardly varies (standard deviation %.2g, mean %.6g), so normalization makes its noise as "
     "large as other columns: leave out the column, or scale it in the data",
     "hardly vary (the first: standard deviation %.2g, mean %.6g), so normalization makes their "
     "noise as large as other columns: leave out these columns, or scale them in the data"},
    {is_too_wide,
     "varies too much for float32 (standard deviation %.2g, mean %.6g), so normalization makes it "
     "0: divide the column by a power of ten in the data",
     "vary too much for float32 (the first: standard deviation %.2g, mean %.6g), so normalization "
     "makes them 0: divide these columns by a power of ten in the data"}};

/* Returns the names of the columns of a value, or NULL. */
static const char *const *names_of(const plm_model *m, const plm_data *d, plm_value value,
                                   int64_t width)
{
    const plm_graph_value *v = &m->graph.value[value.id];
    const bool input = v->origin == PLM_FROM_INPUT;
    if (!input && v->origin != PLM_FROM_TARGET)
        return NULL;
    const plm_table *t = &d->source->table[input ? v->index : d->source->inputs + v->index];
    return (int64_t)t->width == width ? t->column : NULL;
}

/* Adds the name of a column, or its number if it has none. */
static void list_column(plm_text *list, const char *const *name, int64_t j)
{
    plm_text_add(list, list->length > 0 ? ", " : "");
    if (name != NULL)
        plm_text_format(list, "'%.60s'", name[j]);
    else
        plm_text_format(list, "%lld", (long long)j);
}

/* Finds the columns to which a warning applies, and returns how many there are. list: filled with
 * their names, as "'a', 'b', 'c' and 4 more". text: filled with the text of the warning. */
static int64_t find_columns(const plm_statistics *s, const char *const *name, const finding *f,
                            plm_text *list, plm_text *text)
{
    enum { LISTED = 3 };
    measured first = {0};
    int64_t found = 0;
    for (int64_t j = 0; j < s->width; j++) {
        const measured c = {j, s->mean[j], sqrt(s->variance[j])};
        if (!f->holds(&c, name != NULL))
            continue;
        first = found == 0 ? c : first;
        if (found++ < LISTED)
            list_column(list, name, j);
    }
    if (found > LISTED)
        plm_text_format(list, " and %lld more", (long long)(found - LISTED));
    if (found > 0)
        plm_text_format(text, found > 1 ? f->several : f->one, first.deviation, first.mean);
    return found;
}

/* Gives a warning about all columns to which it applies: "column 'a' ..." or "columns 'a', 'b', 'c'
 * and 4 more ...". */
static plm_status warn_columns(const plm_model *m, const plm_statistics *s, const char *const *name,
                               const finding *f)
{
    plm_text list = {.w = m->w}, text = {.w = m->w};
    const int64_t found = find_columns(s, name, f, &list, &text);
    const bool whole = !list.failed && !text.failed;
    if (found > 0 && whole)
        plm_warn(m->w, "column%s %s %s", found > 1 ? "s" : "", plm_text_get(&list),
                 plm_text_get(&text));
    plm_text_free(&list);
    plm_text_free(&text);
    return whole ? PLM_OK : PLM_E_MEMORY;
}

/* Warns about columns that cannot be normalized well. s: the statistics of the columns of `value`,
 * [s->width]. */
plm_status plm_adapt_warn(const plm_model *m, const plm_data *d, plm_value value,
                          const plm_statistics *s)
{
    for (size_t i = 0; i < sizeof findings / sizeof findings[0]; i++)
        PLM_TRY(warn_columns(m, s, names_of(m, d, value, s->width), &findings[i]));
    return PLM_OK;
}
