/* Describes names that stand for several metrics. Which metric is used depends on the shapes;
 * plm_metric_resolve chooses it. */
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
