/* Words that stand for a metric whose kind goes by the shapes; plm_metric_resolve knows which. */
#include "nn/nn.h"

static const plm_kind accuracy = {
    .name = "accuracy",
    .alias = "acc",
    .help = "share of right answers: the kind of accuracy that fits the output and the targets",
    .notes = "binary_accuracy where the output has one unit, sparse_categorical_accuracy where the "
             "targets are class numbers, categorical_accuracy where they are one-hot. In the "
             "figures it is called accuracy."};

static const plm_kind crossentropy = {
    .name = "crossentropy",
    .alias = "ce",
    .help = "the kind of cross-entropy that fits the output and the targets",
    .notes = "binary_crossentropy where the output has one unit, sparse_categorical_crossentropy "
             "where the targets are class numbers, categorical_crossentropy where they are "
             "one-hot. In the figures it is called crossentropy."};

const plm_kind *const plm_metric_words[] = {&accuracy, &crossentropy, NULL};
