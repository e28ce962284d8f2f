/* The table of losses. Each loss has a row with its field table and the texts that `plummet
 * describe` prints. The functions are in loss_elements.c and loss_classes.c.
 *
 * A loss is also a metric of the same name. So the checks of prediction and target in this file
 * serve both; users read their texts when the shapes do not fit. */
#include <math.h>

#include "op/losses.h"

/* ---- checks that prediction and target fit ---- */

/* Returns the number of axes of a shape without the trailing axes of length 1. A table with one
 * target gives targets [n], a net with one unit gives predictions [n, 1]. Both shapes mean one
 * number for each row. */
static int rank_without_ones(const plm_shape *s)
{
    int rank = s->rank;
    while (rank > 0 && s->dims[rank - 1] == 1)
        rank--;
    return rank;
}

/* True if both shapes have the same axes. Compares the axes of both shapes up to the last one that
 * is longer than 1. config is not used, since the settings of a loss do not matter here. */
bool plm_loss_fits_same(const void *config, const plm_shape *prediction, const plm_shape *target,
                        const char **why)
{
    (void)config;
    const int rank = rank_without_ones(prediction);
    bool same = rank == rank_without_ones(target);
    for (int i = 0; same && i < rank; i++)
        same = prediction->dims[i] == target->dims[i];
    if (!same)
        *why =
            "the target must have the shape of the prediction (for whole-number labels of classes "
            "use sparse_categorical_crossentropy)";
    return same;
}

/* Sets *why to the hint for a prediction of a single class, whose probability would always be 1.
 * Returns false. */
static bool few_classes(const char **why)
{
    *why =
        "this loss compares classes, but the output has one unit: give the last layer a unit for "
        "each class, or for two classes use dense(1, activation=sigmoid) with binary_crossentropy";
    return false;
}

/* Does the same as plm_loss_fits_same for losses that compare probabilities of classes. The last
 * axis is the axis of the classes, so it must be longer than 1. */
bool plm_loss_fits_classes(const void *config, const plm_shape *prediction, const plm_shape *target,
                           const char **why)
{
    if (!plm_loss_fits_same(config, prediction, target, why))
        return false;
    return prediction->rank > 0 && prediction->dims[prediction->rank - 1] > 1 ? true
                                                                              : few_classes(why);
}

/* True if the target can be labels for the prediction. prediction [n, ..., classes]; target [n,
 * ...] or [n, ..., 1]. Another check, for each batch, is that labels are whole numbers from 0
 * on. */
bool plm_loss_fits_labels(const void *config, const plm_shape *prediction, const plm_shape *target,
                          const char **why)
{
    (void)config;
    const int rank = prediction->rank - 1; /* rank of the labels */
    bool fits = rank >= 0 &&
                (target->rank == rank || (target->rank == rank + 1 && target->dims[rank] == 1));
    for (int i = 0; fits && i < rank; i++)
        fits = prediction->dims[i] == target->dims[i];
    if (fits && prediction->dims[rank] < 2)
        return few_classes(why);
    if (!fits)
        *why = "the target must be one whole-number label for each vector of the prediction's last "
               "axis (for one-hot targets use categorical_crossentropy)";
    return fits;
}

/* ---- fields ---- */

const plm_field plm_loss_common_fields[] = {
    PLM_FIELD_OF(plm_loss_common, reduction, PLM_CHOICE, "sum_over_batch_size",
                 "sum_over_batch_size|mean|sum|mean_with_sample_weight",
                 "how the losses of a batch become one number: by their mean, their sum, or their "
                 "mean weighted by sample weights (Keras's none is not possible, since training "
                 "needs one number)"),
    {0}};

const plm_field plm_crossentropy_fields[] = {
    PLM_FIELD(plm_crossentropy_config, from_logits, PLM_BOOL, "false", 0, 0,
              "true = the prediction has not gone through sigmoid or softmax"),
    PLM_FIELD(plm_crossentropy_config, label_smoothing, PLM_REAL, "0", 0, 1,
              "moves targets by this fraction towards a uniform distribution"),
    {0}};
const plm_field plm_sparse_fields[] = {
    PLM_FIELD(plm_sparse_config, from_logits, PLM_BOOL, "false", 0, 0,
              "true = the prediction has not gone through softmax"),
    PLM_FIELD(plm_sparse_config, ignore_class, PLM_REAL, "inf", -1e6, INFINITY,
              "rows with this label are ignored; none = all rows take part"),
    PLM_FIELD(plm_sparse_config, label_smoothing, PLM_REAL, "0", 0, 1,
              "moves targets by this fraction towards a uniform distribution (not in Keras)"),
    {0}};
static const plm_field huber_fields[] = {
    PLM_FIELD(plm_huber_config, delta, PLM_REAL, "1", 0, 1e30,
              "error above which the loss is linear instead of quadratic"),
    {0}};

/* ---- classes ---- */

const plm_loss_kind plm_loss_sparse_categorical_crossentropy = {
    .kind = {.name = "sparse_categorical_crossentropy",
             .help = "cross-entropy of classes, for targets that are class numbers",
             .formula = "-log p[y], where p is divided by its sum and limited to [1e-7, 1 - 1e-7]; "
                        "with label smoothing s, the cross-entropy with a target of s / K for each "
                        "class, plus 1 - s for y",
             .notes = "Use it for an output of softmax with one unit per class; targets are 0, 1, "
                      "... Directly after a softmax the loss is computed from the input of the "
                      "softmax, which is exact where probabilities underflow.",
             .config_size = sizeof(plm_sparse_config),
             .fields = plm_sparse_fields},
    .fits = plm_loss_fits_labels,
    .rows = plm_loss_rows_sparse,
    .sparse = true,
    .logits_of = "softmax",
    .from_logits_offset = offsetof(plm_sparse_config, from_logits),
    .along_axis = true,
    .counted = plm_loss_counted};

const plm_loss_kind plm_loss_categorical_crossentropy = {
    .kind =
        {.name = "categorical_crossentropy",
         .help = "cross-entropy of classes, for targets that are distributions (one-hot)",
         .formula = "-sum of t log p; t = t (1 - s) + s / K with label smoothing s",
         .notes = "Use it for an output of softmax with one unit per class and one-hot or soft "
                  "targets. Label smoothing keeps the net from becoming too confident.",
         .source =
             "label smoothing: Szegedy et al., Rethinking the inception architecture, CVPR 2016",
         .config_size = sizeof(plm_crossentropy_config),
         .fields = plm_crossentropy_fields},
    .fits = plm_loss_fits_classes,
    .rows = plm_loss_rows_categorical,
    .logits_of = "softmax",
    .shares = true,
    .from_logits_offset = offsetof(plm_crossentropy_config, from_logits),
    .along_axis = true};

const plm_loss_kind plm_loss_binary_crossentropy = {
    .kind =
        {.name = "binary_crossentropy",
         .alias = "bce",
         .help = "cross-entropy of yes-or-no targets, for each output by itself",
         .formula = "mean of -(t log p + (1 - t) log(1 - p)); p limited to [1e-7, 1 - 1e-7]",
         .notes =
             "Use it for outputs of sigmoid; several outputs are several independent questions.",
         .config_size = sizeof(plm_crossentropy_config),
         .fields = plm_crossentropy_fields},
    .fits = plm_loss_fits_same,
    .rows = plm_loss_rows_binary,
    .logits_of = "sigmoid",
    .shares = true,
    .from_logits_offset = offsetof(plm_crossentropy_config, from_logits)};

const plm_loss_kind plm_loss_categorical_hinge = {
    .kind =
        {.name = "categorical_hinge",
         .help = "hinge loss of classes: by how much the right class misses its margin over "
                 "the best wrong one",
         .formula = "max(max of (1 - t) p - sum of t p + 1, 0)",
         .notes =
             "Use it for linear outputs with one-hot targets. The outputs are not probabilities.",
         .source = "Crammer and Singer, On the algorithmic implementation of multiclass "
                   "kernel-based vector "
                   "machines, 2001"},
    .fits = plm_loss_fits_same,
    .rows = plm_loss_rows_categorical_hinge,
    .along_axis = true};

const plm_loss_kind plm_loss_hinge = {
    .kind = {.name = "hinge",
             .help = "hinge loss of two classes: by how much the margin is missed",
             .formula = "mean of max(1 - t p, 0)",
             .notes = "For linear or tanh outputs; targets -1 and 1, or 0 and 1.",
             .source = "Cortes and Vapnik, Support-vector networks, 1995"},
    .fits = plm_loss_fits_same,
    .rows = plm_loss_rows_hinge};

const plm_loss_kind plm_loss_squared_hinge = {
    .kind = {.name = "squared_hinge",
             .help = "squared hinge loss of two classes: the square of the amount by which the "
                     "margin is missed",
             .formula = "mean of max(1 - t p, 0)^2",
             .notes = "It is like hinge, but smooth, and larger for points far on the wrong side."},
    .fits = plm_loss_fits_same,
    .rows = plm_loss_rows_squared_hinge};

const plm_loss_kind plm_loss_kl_divergence = {
    .kind = {.name = "kl_divergence",
             .alias = "kld|kullback_leibler_divergence",
             .help = "Kullback-Leibler divergence of the predicted distribution from the true one",
             .formula = "sum of t log(t / p), both limited to [1e-7, 1]",
             .notes = "It differs from categorical_crossentropy by a constant, so that 0 means "
                      "that both distributions are equal.",
             .source = "Kullback and Leibler, On information and sufficiency, 1951"},
    .fits = plm_loss_fits_same,
    .rows = plm_loss_rows_divergence,
    .along_axis = true};

/* ---- numbers ---- */

const plm_loss_kind plm_loss_mean_squared_error = {
    .kind = {.name = "mean_squared_error",
             .alias = "mse",
             .help = "mean of the squared differences",
             .formula = "mean of (p - t)^2",
             .notes = "The usual loss for regression; a few rows with large errors dominate it. "
                      "Scale targets to around 1, or the first gradients are huge."},
    .fits = plm_loss_fits_same,
    .rows = plm_loss_rows_squared,
    .of_difference = true};

const plm_loss_kind plm_loss_mean_absolute_error = {
    .kind = {.name = "mean_absolute_error",
             .alias = "mae",
             .help = "mean of the absolute differences",
             .formula = "mean of |p - t|",
             .notes = "Outliers have the same weight as other rows. The gradient does not shrink "
                      "near the minimum, so lower the learning rate towards the end."},
    .fits = plm_loss_fits_same,
    .rows = plm_loss_rows_absolute,
    .of_difference = true};

const plm_loss_kind plm_loss_huber = {
    .kind =
        {.name = "huber",
         .alias = "huber_loss", /* of PyTorch, and what Keras's Huber calls itself */
         .help = "quadratic for errors up to delta, linear beyond",
         .formula = "mean of d^2 / 2 for |d| <= delta, delta |d| - delta^2 / 2 beyond; d = p - t",
         .notes =
             "Between mean_squared_error and mean_absolute_error: smooth at 0, mild on outliers.",
         .source = "Huber, Robust estimation of a location parameter, 1964",
         .config_size = sizeof(plm_huber_config),
         .fields = huber_fields},
    .fits = plm_loss_fits_same,
    .rows = plm_loss_rows_huber,
    .of_difference = true};

const plm_loss_kind plm_loss_log_cosh = {
    .kind = {.name = "log_cosh",
             .alias = "logcosh",
             .help = "mean of the logarithm of the hyperbolic cosine of the difference",
             .formula = "mean of log(cosh(p - t))",
             .notes = "Much like huber with delta 1, and smooth everywhere."},
    .fits = plm_loss_fits_same,
    .rows = plm_loss_rows_log_cosh,
    .of_difference = true};

const plm_loss_kind plm_loss_mean_absolute_percentage_error = {
    .kind = {.name = "mean_absolute_percentage_error",
             .alias = "mape",
             .help = "mean of the relative differences, in percent",
             .formula = "mean of 100 |p - t| / max(|t|, 1e-7)",
             .notes = "For targets well away from 0: a row with a target near 0 outweighs all "
                      "others."},
    .fits = plm_loss_fits_same,
    .rows = plm_loss_rows_percentage};

const plm_loss_kind plm_loss_mean_squared_logarithmic_error = {
    .kind = {.name = "mean_squared_logarithmic_error",
             .alias = "msle",
             .help = "mean of the squared differences of logarithms",
             .formula = "mean of (log(1 + max(p, 1e-7)) - log(1 + max(t, 1e-7)))^2",
             .notes = "For targets above 0 that span several powers of ten. No gradient where p is "
                      "below 0."},
    .fits = plm_loss_fits_same,
    .rows = plm_loss_rows_squared_logarithmic};

const plm_loss_kind plm_loss_poisson = {
    .kind = {.name = "poisson",
             .help = "counts",
             .formula = "mean of p - t log(p + 1e-7)",
             .notes = "For targets that count events; the output must be above 0 (exponential or "
                      "softplus)."},
    .fits = plm_loss_fits_same,
    .rows = plm_loss_rows_poisson};

const plm_loss_kind plm_loss_cosine_similarity = {
    .kind = {.name = "cosine_similarity",
             .help = "compares directions only: -1 = the same direction, 1 = the opposite one",
             .formula = "-(p . t) / (|p| |t|)",
             .notes = "For embeddings whose length does not matter."},
    .fits = plm_loss_fits_same,
    .rows = plm_loss_rows_cosine,
    .along_axis = true};
