/* Describes names that stand for several metrics, and compares names of metrics. Which metric a
 * short name means depends on the shapes; plm_metric_resolve chooses it. */
#include "nn/nn.h"

static const plm_kind accuracy = {
    .name = "accuracy",
    .alias = "acc",
    .help = "share of correct predictions, by the kind of accuracy that fits the output and the "
            "targets",
    .notes = "binary_accuracy if the output has one unit, or several with a loss such as "
             "binary_crossentropy and no softmax, as for several labels (there Keras 3 takes "
             "categorical_accuracy, which compares only the most probable label); "
             "sparse_categorical_accuracy if the targets are class numbers, "
             "categorical_accuracy if they are one-hot. In the logs it is called accuracy."};

static const plm_kind crossentropy = {
    .name = "crossentropy",
    .alias = "ce",
    .help = "cross-entropy, of the kind that fits the output and the targets",
    .notes = "binary_crossentropy if the output has one unit, or several with a loss such as "
             "binary_crossentropy and no softmax; sparse_categorical_crossentropy if the targets "
             "are class numbers, categorical_crossentropy if they are "
             "one-hot. In the logs it is called crossentropy."};

const plm_kind *const plm_metric_words[] = {&accuracy, &crossentropy, NULL};

/* Returns the metric of row i of the table; NULL = there are no more. */
static const plm_metric_kind *metric_at(size_t i)
{
    return (const plm_metric_kind *)(const void *)plm_metric_table[i];
}

/* A short name has the direction of the metrics that it stands for, which is the same for all. */
plm_direction plm_metric_direction(const char *name)
{
    for (size_t i = 0; metric_at(i) != NULL; i++)
        if (plm_metric_is(metric_at(i), name))
            return metric_at(i)->kind.direction;
    return PLM_DIRECTION_UNKNOWN;
}

bool plm_metric_same(const char *a, const char *b)
{
    for (size_t i = 0; metric_at(i) != NULL; i++)
        if (plm_metric_is(metric_at(i), a) && plm_metric_is(metric_at(i), b))
            return true;
    return false;
}
