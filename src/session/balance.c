/* Computes class weights that balance the numbers of rows of the classes (class_weight:
 * balanced). */
#include <string.h>

#include "data/data.h"
#include "session/training.h"
#include "train/ignored.h"

/* Counts the rows of each class in the stream: out[c] = number of rows of class c. *rows: number of
 * all rows. Rows whose label the loss leaves out are not counted. *classes: the largest of these
 * classes, plus 1; it stays as it is if no row is left out. */
static plm_status count_classes(const plm_model *m, const plm_data *d, float *out, int64_t *rows,
                                int64_t *classes)
{
    const int64_t all = d->last - d->first;
    int64_t least = 0;
    const plm_source *s = d->source;
    const plm_table *t = &s->table[s->inputs];
    for (int64_t i = 0; i < all; i++) {
        const int64_t row = plm_data_row_at(d, i);
        float label = 0;
        plm_element_gather(NULL, t->element, &label, t->rows, 1, &row, 1);
        if (plm_training_ignores(m, 0, label))
            continue;
        if (!(label >= 0 && label < PLM_RUN_MAX_CLASSES))
            return PLM_E_DATA;
        out[(int)label]++;
        ++*rows;
        least = (int64_t)label >= least ? (int64_t)label + 1 : least;
    }
    if (*rows < all)
        *classes = least;
    return PLM_OK;
}

/* True if the first target of a stream has classes that can be counted. */
static bool has_classes(const plm_data *d, int64_t classes)
{
    const plm_source *s = d->source;
    return s->targets > 0 && s->table[s->inputs].width == 1 && s->table[s->inputs].rows &&
           classes > 1 && classes <= PLM_RUN_MAX_CLASSES;
}

/* Replaces the number of rows of each class by the weight of the class: the mean number of rows of
 * a class, divided by its own. rows: number of all rows. */
static void weigh(float *weight, int64_t classes, int64_t rows)
{
    int64_t present = 0;
    for (int64_t c = 0; c < classes; c++)
        present += weight[c] > 0;
    for (int64_t c = 0; c < classes; c++)
        if (weight[c] > 0)
            weight[c] = (float)((double)rows / ((double)present * (double)weight[c]));
}

/* Sets the class weights for class_weight: balanced. Averaged over the rows they are 1. Classes
 * without a row keep the weight 0, which has no effect. */
plm_status plm_run_balance(plm_run_training *t)
{
    const plm_setting *given = plm_setting_of(&t->settings, "class_weight");
    const plm_data *d = t->job.data;
    int64_t rows = 0;
    if (!given || given->count != 1 || strcmp(given->item[0].text, "balanced") != 0)
        return PLM_OK;
    int64_t classes = plm_data_count_classes(d);
    if (!has_classes(d, classes) ||
        count_classes(t->job.model, d, t->class_weight, &rows, &classes) < 0)
        return plm_setting_fail(
            &t->settings, "class_weight", 0, "list a weight for each class, or remove class_weight",
            "class_weight: balanced needs the number of rows of each class, but the target has no "
            "class numbers or its rows are not in memory");
    weigh(t->class_weight, classes, rows);
    t->classes = (int)classes;
    return PLM_OK;
}
