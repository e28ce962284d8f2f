/* The common part of keep_classes and drop_classes: selects rows by their class, and numbers the
 * remaining classes from 0. For the selection, the labels are read once when the stream is made, so
 * the rows must be in memory. A list of the remaining rows replaces the list of the stream, and the
 * labels of a batch are renumbered when it is filled. */
#include <string.h>

#include "data/data.h"

enum { MOST = 1000000 }; /* labels must be below this; larger numbers are not class numbers */

/* Returns the number of classes of the first target; 0 = unknown. If the source does not know it,
 * finds the largest label in memory. */
int64_t plm_data_count_classes(const plm_data *d)
{
    const plm_source *s = d->source;
    const plm_table *t = &s->table[s->inputs];
    if (d->classes > 0)
        return d->classes;
    float greatest = -1;
    for (int64_t i = 0; t->rows && i < s->rows; i++) {
        float label = 0;
        plm_element_gather(NULL, t->element, &label, t->rows, 1, &i, 1);
        if (label > greatest)
            greatest = label;
    }
    return greatest >= 0 && greatest < MOST ? (int64_t)greatest + 1 : 0;
}

/* True if target k has the same value, *out, in every row. */
bool plm_data_single(const plm_data *d, int k, float *out)
{
    const plm_source *s = d->source;
    if (s->streamed || k >= s->targets || s->table[s->inputs + k].width != 1 ||
        d->last - d->first < 2)
        return false;
    const plm_table *t = &s->table[s->inputs + k];
    for (int64_t i = d->first; i < d->last; i++) {
        const int64_t row = d->chosen ? d->chosen[i] : i;
        float value = 0;
        plm_element_gather(NULL, t->element, &value, t->rows, 1, &row, 1);
        if (i > d->first && value != *out)
            return false;
        *out = value;
    }
    return true;
}

/* Checks that rows can be selected by class. Rows are selected once, for all epochs, so no earlier
 * transform may select different rows in each epoch. */
static plm_status check(const plm_transform *t)
{
    const plm_data *d = t->data;
    const plm_source *s = d->source;
    if (s->targets == 0)
        return plm_fail(d->w, PLM_E_SPEC, t->spec, "name the column or file with the target",
                        "the data has no target, so rows cannot be selected by class");
    if (d->part[s->inputs].width != 1)
        return plm_fail(
            d->w, PLM_E_SHAPE, t->spec,
            "move this transform before one_hot, so that the target is still a class number",
            "the target has %zu values per row, instead of one class number",
            d->part[s->inputs].width);
    if (s->streamed)
        return plm_fail(d->w, PLM_E_UNSUPPORTED, t->spec, "load the whole file: stream=false",
                        "rows of a streamed file cannot be selected by their class");
    if (d->new_class)
        return plm_fail(d->w, PLM_E_SPEC, t->spec, "list all classes in one transform",
                        "the pipeline has two transforms that select classes");
    for (int i = 0; i < d->transforms; i++)
        if (d->transform[i].kind->role == PLM_TRANSFORM_PICKS && !d->transform[i].folded)
            return plm_fail(d->w, PLM_E_SPEC, t->spec, "move this transform before the shuffle",
                            "%s comes after a shuffle and %s", t->kind->kind.name,
                            d->transform[i].spec);
    return PLM_OK;
}

/* Sets new_class[c] = 0 if class c is in the list, otherwise -1. Fails if the list has a number
 * that is not a class. */
static plm_status mark(const plm_transform *t, const plm_reals *list, int64_t classes,
                       int64_t *new_class)
{
    for (int64_t c = 0; c < classes; c++)
        new_class[c] = -1;
    for (int i = 0; i < list->count; i++) {
        const double c = list->at[i];
        if (!(c >= 0 && c < (double)classes && c == (double)(int64_t)c))
            return plm_fail(
                t->data->w, PLM_E_SPEC, t->spec, "list classes by their numbers, from 0",
                "class %g does not exist: the classes are 0 to %lld", c, (long long)classes - 1);
        if (new_class[(int64_t)c] == 0)
            return plm_fail(t->data->w, PLM_E_SPEC, t->spec, "name each class once",
                            "class %g is named twice", c);
        new_class[(int64_t)c] = 0;
    }
    return PLM_OK;
}

/* Keeps only those rows of the stream whose class is kept, that is, new_class[class] >= 0. */
static plm_status pick(plm_data *d, int64_t classes)
{
    const plm_table *t = &d->source->table[d->source->inputs];
    int64_t *stays = plm_arena_array(&d->arena, (size_t)(d->last - d->first) + 1, sizeof *stays),
            count = 0;
    if (!stays)
        return PLM_E_MEMORY;
    for (int64_t i = d->first; i < d->last; i++) {
        const int64_t row = d->chosen ? d->chosen[i] : i;
        float label = 0;
        plm_element_gather(NULL, t->element, &label, t->rows, 1, &row, 1);
        if (label >= 0 && label < (float)classes && label == (float)(int64_t)label &&
            d->new_class[(int64_t)label] >= 0)
            stays[count++] = row;
    }
    d->chosen = stays;
    d->first = 0;
    d->last = count;
    return PLM_OK;
}

/* Prepares keep_classes or drop_classes: marks the listed classes, assigns new numbers to the
 * remaining classes, and selects the rows. keep: the listed classes remain; otherwise all others
 * do. relabel: the remaining classes are numbered from 0. */
plm_status plm_classes_settle(plm_transform *t, const plm_reals *list, bool keep, bool relabel)
{
    plm_data *d = t->data;
    PLM_TRY(check(t));
    const int64_t classes = plm_data_count_classes(d);
    if (classes == 0)
        return plm_fail(d->w, PLM_E_DATA, t->spec, "use a target of whole numbers from 0",
                        "the target is not a class number");
    int64_t *new_class = plm_arena_array(&d->arena, (size_t)classes, sizeof *new_class), next = 0;
    if (!new_class)
        return PLM_E_MEMORY;
    PLM_TRY(mark(t, list, classes, new_class));
    for (int64_t c = 0; c < classes; c++) {
        const bool stays = (new_class[c] == 0) == keep;
        new_class[c] = !stays ? -1 : relabel ? next : c;
        next += stays;
    }
    d->new_class = new_class;
    d->classes = relabel ? next : classes;
    return pick(d, classes);
}

/* Replaces the classes of a batch by their new numbers. new_class [classes]: the new number of each
 * remaining class. */
plm_status plm_classes_change(const plm_transform *t, float *const value[PLM_PARTS], int64_t rows)
{
    float *label = value[t->data->source->inputs];
    for (int64_t i = 0; i < rows; i++)
        /* the label is valid: it was checked when the row was selected */
        label[i] = (float)t->data->new_class[(int64_t)label[i]];
    return PLM_OK;
}
