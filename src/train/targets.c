/* Checks the targets of a batch before they are used. A class number beyond the classes would make
 * the loss read beyond its row; a target that a metric cannot interpret would give a number without
 * meaning. Each error names the place of the target in the data. */
#include <math.h>

#include "kernel/per_isa.h"
#include "op/losses.h"
#include "train/ignored.h"
#include "train/train.h"

/* True if a label is a class number, or one that the loss ignores. An ignored label is often -1,
 * outside of the classes. */
static bool label_fits(const plm_model *m, int k, float label, int64_t classes)
{
    if (label >= 0 && label < (float)classes && label == floorf(label))
        return true;
    return plm_training_ignores(m, k, label);
}

/* Appends where a row of the batch comes from, for errors about a target: its file and line, or its
 * number in an array. A batch of the caller has no source, so the text has the number of the row in
 * the batch. */
void plm_training_place(const plm_training *t, int64_t row, int target, plm_text *out)
{
    if (t->data != NULL)
        plm_data_place(t->data, t->rows + row, plm_data_target(t->data, target), out);
    if (out->length == 0)
        plm_text_format(out, "row %lld of the batch that begins at row %lld", (long long)row,
                        (long long)t->rows);
}

/* Fails on a label that is not a class; the message gives its place in the data. */
static plm_status fail_label(const plm_training *t, float label, int64_t row, int k,
                             int64_t classes)
{
    plm_text place = {.w = t->m->w};
    plm_training_place(t, row, k, &place);
    const plm_status status =
        plm_fail_key(t->m->w, PLM_E_DATA, "data",
                     "make labels whole numbers from 0, or give the last layer more units",
                     "label %g in %s is not one of the %lld classes", (double)label,
                     plm_text_get(&place), (long long)classes);
    plm_text_free(&place);
    return plm_fail_code(t->m->w, "S301", status);
}

/* Checks the labels of target k. An index beyond the classes would make the loss read beyond its
 * row, so all labels are checked before each step. */
static plm_status check_labels(const plm_training *t, const plm_batch *b, int k)
{
    const plm_model *m = t->m;
    const plm_shape *s = plm_graph_shape(&m->graph, m->head[k].target);
    const plm_shape *prediction = plm_graph_shape(&m->graph, m->head[k].prediction);
    const int64_t classes = prediction->dims[prediction->rank - 1], each = s->lines * s->width;
    const float *label = b->target[k].data;
    for (int64_t i = 0; i < b->rows * each; i++)
        if (!label_fits(m, k, label[i], classes))
            return fail_label(t, label[i], i / each, k, classes);
    return PLM_OK;
}

/* Returns the hint for a target that a loss or metric does not take. */
static const char *share_hint(bool loss, float target)
{
    if (loss)
        return "for class numbers use sparse_categorical_crossentropy and one unit for each class; "
               "for a regression use mean_squared_error";
    if (target >= -1 && target <= -1)
        return "write labels as 0 and 1, which hinge losses take, too, and measure "
               "binary_accuracy(threshold=0); or choose a metric of such numbers, such as mae";
    return "choose a metric of such numbers, such as mae, or none";
}

/* Fails on a target that is not between 0 and 1; the message gives its place in the data, and the
 * number that is there. by: the kind of loss or metric that takes no other targets. */
static plm_status fail_share(const plm_training *t, float target, int64_t row, const plm_kind *by,
                             int k)
{
    const plm_loss_kind *loss = t->m->head[k].loss;
    const bool by_loss = loss != NULL && by == &loss->kind;
    plm_text place = {.w = t->m->w}, number = {.w = t->m->w};
    plm_training_place(t, row, k, &place);
    plm_text_format(&number, "%.6g", plm_own_number(plm_model_scale(t->m, k), (double)target));
    if (by_loss && plm_is_standardized(t->m, k))
        plm_text_format(&number, ", which is learned as %.4g (the column is standardized)",
                        (double)target);
    const plm_status status = plm_fail_key(t->m->w, PLM_E_DATA, "data", share_hint(by_loss, target),
                                           "%s takes targets between 0 and 1, but %s has %s",
                                           by->name, plm_text_get(&place), plm_text_get(&number));
    plm_text_free(&number);
    plm_text_free(&place);
    return plm_fail_code(t->m->w, "S301", status);
}

/* Sets *found to true if an element of x [count] is below 0, above 1, or NaN. The loop has no early
 * exit, so that the compiler can use vectors. A NaN fails both comparisons. */
static PLM_BODY void find_outside_body(const float *restrict x, size_t count, bool *restrict found)
{
    unsigned outside = 0;
    for (size_t i = 0; i < count; i++)
        outside |= x[i] >= 0 && x[i] <= 1 ? 0 : 1;
    *found = outside != 0;
}
PLM_PER_ISA(find_outside,
            (const char *isa, const float *restrict x, size_t count, bool *restrict found),
            (x, count, found))

/* True if a target is a probability or, if `signs`, -1. */
static bool is_share(double x, bool signs)
{
    return (x >= 0 && x <= 1) || (signs && x >= -1 && x <= -1);
}

/* Checks that the targets of output k are probabilities or, if `signs`, -1. A fit does this only in
 * its first epoch, in which every row is read once. A quick test finds out whether there is an
 * error; only then a slow one finds its row. A metric of a standardized target gets numbers in its
 * own unit, so these count; a loss gets the standardized ones. */
static plm_status check_shares(const plm_training *t, const plm_batch *b, const plm_kind *by,
                               bool signs, int k)
{
    const plm_model *m = t->m;
    const plm_shape *s = plm_graph_shape(&m->graph, m->head[k].target);
    const int64_t each = s->lines * s->width;
    const float *target = b->target[k].data;
    const plm_loss_kind *loss = m->head[k].loss;
    const bool own = plm_is_standardized(m, k) && !(loss != NULL && by == &loss->kind);
    const plm_scale scale = own ? plm_model_scale(m, k) : (plm_scale){.deviation = 1};
    bool found = own;
    if (t->clock.epoch > 0)
        return PLM_OK;
    if (!own)
        find_outside(m->w->kernel->isa, target, (size_t)(b->rows * each), &found);
    for (int64_t i = 0; found && i < b->rows * each; i++) {
        const double x = own ? plm_own_number(scale, (double)target[i]) : (double)target[i];
        if (!is_share(x, signs))
            return fail_share(t, target[i], i / each, by, k);
    }
    return PLM_OK;
}

/* Checks the targets that a metric gets, unless the loss of its output checks the same. A metric
 * that takes class numbers and one-hot rows gets one-hot rows if the target has the shape of the
 * prediction. */
static plm_status check_metric(const plm_training *t, const plm_batch *b, const plm_metric *metric)
{
    const int k = metric->target;
    const plm_graph *g = &t->m->graph;
    const plm_shape *prediction = plm_graph_shape(g, t->m->head[k].prediction);
    const plm_shape *target = plm_graph_shape(g, t->m->head[k].target);
    const plm_loss_kind *loss = t->m->head[k].loss;
    const char *why = NULL;
    plm_metric_targets takes = metric->kind->takes;
    if (takes == PLM_TARGETS_EITHER)
        takes = plm_loss_fits_same(NULL, prediction, target, &why) ? PLM_TARGETS_SHARES
                                                                   : PLM_TARGETS_LABELS;
    if (takes == PLM_TARGETS_LABELS)
        return loss != NULL && loss->sparse ? PLM_OK : check_labels(t, b, k);
    if (takes == PLM_TARGETS_ANY || (loss != NULL && (loss->shares || loss->sparse)))
        return PLM_OK;
    return check_shares(t, b, &metric->kind->kind, takes == PLM_TARGETS_SIGNS, k);
}

/* Checks the targets of a batch: labels must be classes, probabilities must be between 0 and 1.
 * Other losses and metrics take any number. */
plm_status plm_training_check_targets(const plm_training *t, const plm_batch *b)
{
    const plm_model *m = t->m;
    for (int k = 0; k < m->heads; k++) {
        if (m->head[k].loss != NULL && m->head[k].loss->sparse)
            PLM_TRY(check_labels(t, b, k));
        if (m->head[k].loss != NULL && m->head[k].loss->shares)
            PLM_TRY(check_shares(t, b, &m->head[k].loss->kind, false, k));
    }
    for (int i = 0; i < t->metrics; i++)
        PLM_TRY(check_metric(t, b, &t->metric[i]));
    return PLM_OK;
}
