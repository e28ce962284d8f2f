/* Turns class weights into sample weights: in training, a row has the weight of its class, as in
 * Keras. The class is the label of a sparse target, the index of the largest number of a one-hot
 * target, or the number itself of a binary target. Targets whose rows have several classes, or
 * none, are errors: no class would be the right one. */
#include "train/ignored.h"
#include "train/train.h"

#include <math.h>

/* Returns the number of elements in a row of the target of an output. */
static int64_t target_size(const plm_view *v)
{
    int64_t size = 1;
    for (int i = 1; i < v->rank; i++)
        size *= v->dims[i];
    return size;
}

/* Returns the class of a target [size]: a label, 0 or 1 for a sigmoid, or the largest number of a
 * one-hot row. Such a row has one positive number, or shares of classes that add up to 1, as after
 * mixup; NaN = it has several classes or none. */
static float class_of(const float *target, int64_t size)
{
    int64_t best = 0, positive = 0, negative = 0;
    double sum = 0;
    if (size == 1)
        return target[0];
    for (int64_t j = 0; j < size; j++) {
        best = target[j] > target[best] ? j : best;
        positive += target[j] > 0;
        negative += target[j] < 0;
        sum += (double)target[j];
    }
    const bool shares = negative == 0 && fabs(sum - 1) < 1e-3;
    return positive == 1 || shares ? (float)best : NAN;
}

/* Checks that the batch has no sample weights, and a target whose rows have one class each. */
static plm_status check(const plm_training *t, const plm_batch *b)
{
    const plm_shape *output = plm_graph_shape(&t->m->graph, t->m->head[0].prediction);
    if (b->weight != NULL)
        return plm_fail_key(t->m->w, PLM_E_SPEC, "class_weight",
                            "use either class weights or sample weights",
                            "class weights and sample weights exclude each other");
    if (b->targets < 1)
        return plm_fail_key(t->m->w, PLM_E_SHAPE, "class_weight", "give data with a target",
                            "the data has no target");
    if (target_size(&b->target[0]) > 1 && output->rank > 1)
        return plm_fail_key(t->m->w, PLM_E_SHAPE, "class_weight",
                            "remove class_weight, or use sample weights",
                            "class weights need one class a row, but the rows of the target have "
                            "%lld numbers, for an output with %d axes",
                            (long long)target_size(&b->target[0]), output->rank);
    return PLM_OK;
}

/* True for a number that a class can have. */
static bool is_whole(float label)
{
    return label == floorf(label);
}

/* Fails on a row of several numbers that has several classes, or none. */
static plm_status fail_row(const plm_training *t, const char *place)
{
    return plm_fail_key(t->m->w, PLM_E_DATA, "class_weight",
                        "remove class_weight, or use sample weights",
                        "class weights need one class a row, but the target in %s has several "
                        "classes or none",
                        place);
}

/* Fails on a label without a class weight, with its place in the data. size: number of elements in
 * the row. */
static plm_status fail_label(const plm_training *t, float label, int64_t row, int64_t size)
{
    plm_text place = {.w = t->m->w};
    plm_training_place(t, row, 0, &place);
    const plm_status status =
        size > 1 && isnan(label) ? fail_row(t, plm_text_get(&place))
        : is_whole(label)
            ? plm_fail_key(t->m->w, PLM_E_DATA, "class_weight",
                           label < 0 ? "number the classes from 0, or let the loss leave out this "
                                       "label by its ignore_class"
                                     : "give a weight for every class",
                           "the label %g in %s has no weight: there are only %d weights",
                           (double)label, plm_text_get(&place), t->classes)
            : plm_fail_key(t->m->w, PLM_E_DATA, "class_weight",
                           "remove class_weight, or use sample weights for a target of numbers",
                           "the label %g in %s is not the number of a class", (double)label,
                           plm_text_get(&place));
    plm_text_free(&place);
    return status;
}

/* Sets the sample weights of a batch to the weights of its classes, if this fit has class weights.
 * A label that the loss leaves out needs no class: its weight is 0.
 * A batch may not have sample weights of its own then, see check(). */
plm_status plm_training_weigh(plm_training *t, plm_batch *b)
{
    if (t->class_weight == NULL)
        return PLM_OK;
    PLM_TRY(check(t, b));
    PLM_TRY(plm_training_reserve(t, b->rows));
    const int64_t size = target_size(&b->target[0]);
    for (int64_t i = 0; i < b->rows; i++) {
        const float label = class_of((const float *)b->target[0].data + i * size, size);
        t->row_weight[i] = 0;
        if (size == 1 && plm_training_ignores(t->m, 0, label))
            continue;
        if (!is_whole(label) || !(label >= 0) || !(label < (float)t->classes))
            return fail_label(t, label, i, size);
        t->row_weight[i] = t->class_weight[(int)label];
    }
    b->weight = t->row_weight;
    return PLM_OK;
}
