/* Turns class weights into sample weights: in training, a row has the weight of its class, as in
 * Keras. The class is the label of a sparse target, the index of the largest number of a one-hot
 * target, or the number itself of a binary target. */
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

/* Returns the class of a target [size]. */
static float class_of(const float *target, int64_t size)
{
    int64_t best = 0;
    /* the target is a label, or 0 or 1 for a sigmoid */
    if (size == 1)
        return target[0];
    for (int64_t j = 1; j < size; j++)
        best = target[j] > target[best] ? j : best;
    return (float)best;
}

/* Checks that the batch has a target and no sample weights. */
static plm_status check(const plm_training *t, const plm_batch *b)
{
    if (b->weight != NULL)
        return plm_fail_key(t->m->w, PLM_E_SPEC, "class_weight",
                            "use either class weights or sample weights",
                            "class weights and sample weights exclude each other");
    if (b->targets < 1)
        return plm_fail_key(t->m->w, PLM_E_SHAPE, "class_weight", "give data with a target",
                            "the data has no target");
    return PLM_OK;
}

/* True for a number that a class can have. */
static bool is_whole(float label)
{
    return label == floorf(label);
}

/* Fails on a label without a class weight, with its place in the data. */
static plm_status fail_label(const plm_training *t, float label, int64_t row)
{
    plm_text place = {.w = t->m->w};
    plm_training_place(t, row, 0, &place);
    const plm_status status =
        is_whole(label)
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
            return fail_label(t, label, i);
        t->row_weight[i] = t->class_weight[(int)label];
    }
    b->weight = t->row_weight;
    return PLM_OK;
}
