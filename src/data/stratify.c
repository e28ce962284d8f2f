/* Spreads the classes of the first target evenly over an order of rows, for stratified splits. Each
 * row gets its rank within its class, as a share of the class from 0 to 1. Sorted by this share,
 * every section of the order has all classes, even rare ones, in their proportions. */
#include <math.h>
#include <stdlib.h>

#include "data/data.h"

/* A position of the order of rows. rank: how many rows of its class come before it, as a share of
 * the class, from 0 to 1. */
typedef struct {
    double rank;
    int64_t position, class;
} spread;

/* Compares by rank; rows of equal rank by class, then by position. */
static int by_rank(const void *a, const void *b)
{
    const spread *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    if (x->class != y->class)
        return x->class < y->class ? -1 : 1;
    return x->position < y->position ? -1 : x->position > y->position;
}

/* Returns the class at a position of the stream; -1 = the target is not a whole number from 0 on.
 * */
static int64_t class_at(const plm_data *d, int64_t position)
{
    const plm_source *s = d->source;
    const plm_table *t = &s->table[s->inputs];
    const int64_t row = plm_data_row_at(d, position);
    float label = -1;
    plm_element_gather(NULL, t->element, &label, t->rows, 1, &row, 1);
    return label >= 0 && label < 1e6F && label <= floorf(label) ? (int64_t)label : -1;
}

/* Fills item[n] with positions and classes. *classes = 1 + the largest class. */
static plm_status read_classes(const plm_data *d, int64_t n, const int64_t *order, spread *item,
                               int64_t *classes)
{
    *classes = 0;
    for (int64_t i = 0; i < n; i++) {
        item[i] = (spread){.position = order[i], .class = class_at(d, order[i])};
        if (item[i].class < 0)
            return plm_fail(d->w, PLM_E_DATA, plm_source_title(d->source),
                            "remove stratify, or use a target of classes",
                            "only rows with a class can be stratified, but the target has values "
                            "that are no class numbers");
        *classes = item[i].class >= *classes ? item[i].class + 1 : *classes;
    }
    return PLM_OK;
}

/* Sets the ranks. count, seen: [classes] scratch memory, zero. */
static void rank(spread *item, int64_t n, int64_t *count, int64_t *seen)
{
    for (int64_t i = 0; i < n; i++)
        count[item[i].class]++;
    for (int64_t i = 0; i < n; i++)
        item[i].rank = ((double)seen[item[i].class]++ + 0.5) / (double)count[item[i].class];
}

/* Sorts the rows by their rank within their class. Any section of the new order then has the
 * classes in their proportions, up to one row. */
plm_status plm_data_spread(const plm_data *d, int64_t n, int64_t *order)
{
    const plm_source *s = d->source;
    if (s->targets < 1 || s->table[s->inputs].width != 1 || !s->table[s->inputs].rows)
        return plm_fail(d->w, PLM_E_DATA, plm_source_title(s),
                        "remove stratify, or use a target of classes",
                        "rows without a class cannot be stratified");
    spread *item = plm_allocate_array(d->w, (size_t)n, sizeof *item);
    int64_t classes = 0, *count = NULL;
    plm_status status = item ? read_classes(d, n, order, item, &classes) : PLM_E_MEMORY;
    if (status >= 0)
        count = plm_allocate_array(d->w, 2 * (size_t)classes, sizeof *count);
    if (status >= 0 && !count)
        status = PLM_E_MEMORY;
    if (status >= 0) {
        rank(item, n, count, count + classes);
        qsort(item, (size_t)n, sizeof *item, by_rank);
        for (int64_t i = 0; i < n; i++)
            order[i] = item[i].position;
    }
    plm_release(d->w, count);
    plm_release(d->w, item);
    return status;
}
