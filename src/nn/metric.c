/* Defines metrics that are a mean over rows, where each row gives one value. A metric with the name
 * of a loss computes that loss. Definitions are those of Keras. Other metrics are in
 * metric_gathered.c.
 *
 * Predictions and targets are matrices in the plan's memory, whose rows are `stride` numbers apart.
 * Accuracies compare classes. If the largest predictions are equal, the first of them is the
 * predicted class, as in numpy's argmax. A NaN is never a correct prediction, so a net that has
 * diverged does not look good. */
#include <string.h>

#include "base/names.h"
#include "nn/nn.h"
#include "op/losses.h"

typedef struct {
    double threshold; /* predictions above the threshold mean class 1 */
} threshold_config;

typedef struct {
    int64_t k; /* the right class must be among the k largest predictions */
} top_config;

static const plm_field threshold_fields[] = {
    PLM_FIELD(threshold_config, threshold, PLM_REAL, "0.5", 0, 0,
              "a prediction above the threshold counts as 1"),
    {0}};
static const plm_field top_fields[] = {
    PLM_FIELD(top_config, k, PLM_INT, "5", 1, 1e9,
              "a row is correct if the right class is among this many largest predictions"),
    {0}};

/* Returns the prediction [width] of a row. */
static const plm_real *prediction_row(const plm_metric_rows *m, size_t row)
{
    return m->prediction + row * m->stride;
}
/* Returns the target [target_width] of a row. */
static const plm_real *target_row(const plm_metric_rows *m, size_t row)
{
    return m->target + row * m->target_stride;
}

/* Returns the index of the largest number of x [n]; of equal ones, the first. Returns n if there is
 * a NaN. The second test finds a NaN, which is neither above, equal to nor below another number. */
static size_t place_of_largest(const plm_real *x, size_t n)
{
    size_t best = 0;
    for (size_t j = 0; j < n; j++) {
        if (x[j] > x[best])
            best = j;
        if (!(x[j] >= x[best]) && !(x[j] < x[best]))
            return n;
    }
    return best;
}

/* ---- accuracy ---- */

/* Computes the value of each row: the share of its predictions that are on the right side of the
 * threshold. Predictions above the threshold mean class 1. */
static void binary_accuracy_rows(const plm_metric_rows *m)
{
    const plm_real threshold = (plm_real)((const threshold_config *)m->config)->threshold;
    for (size_t row = 0; row < m->rows; row++) {
        const plm_real *p = prediction_row(m, row), *t = target_row(m, row);
        size_t right = 0;
        for (size_t j = 0; j < m->width; j++) {
            const plm_real predicted = p[j] > threshold ? 1 : 0;
            right += predicted <= t[j] && predicted >= t[j];
        }
        m->value[row] = (plm_real)right / (plm_real)m->width;
    }
}

/* Computes the value of each row: 1 if the largest prediction has the same index as the largest
 * number of the target, else 0. Both are [rows][classes]; targets are one-hot. */
static void categorical_accuracy_rows(const plm_metric_rows *m)
{
    for (size_t row = 0; row < m->rows; row++) {
        const size_t predicted = place_of_largest(prediction_row(m, row), m->width);
        m->value[row] =
            predicted < m->width && predicted == place_of_largest(target_row(m, row), m->width) ? 1
                                                                                                : 0;
    }
}

/* Computes the value of each row: 1 if the index of the largest prediction is the label, else 0.
 * prediction [rows][classes], target [rows][1] class numbers. */
static void sparse_categorical_accuracy_rows(const plm_metric_rows *m)
{
    for (size_t row = 0; row < m->rows; row++) {
        const plm_real predicted = (plm_real)place_of_largest(prediction_row(m, row), m->width);
        const plm_real label = target_row(m, row)[0];
        m->value[row] =
            predicted < (plm_real)m->width && predicted <= label && predicted >= label ? 1 : 0;
    }
}

/* Returns 1 if fewer than k predictions of the row are larger than that of the right class
 * (`label`), else 0. So ties count as correct. A label that is not a class gives 0. Nothing need be
 * sorted, since the larger predictions are only counted. */
static plm_real is_in_top(const plm_metric_rows *m, size_t row, plm_real label)
{
    const plm_real *p = prediction_row(m, row);
    const int64_t k = ((const top_config *)m->config)->k;
    if (!(label >= 0) || !(label < (plm_real)m->width))
        return 0;
    const plm_real right = p[(size_t)label];
    int64_t larger = 0;
    for (size_t j = 0; j < m->width; j++)
        larger += !(p[j] <= right); /* written so that a NaN counts as larger */
    return right >= right && larger < k ? 1 : 0;
}

/* Computes the value of each row: 1 if the right class is among its k largest predictions, else 0.
 * The right class is that of the largest number of the target [classes]. */
static void top_k_rows(const plm_metric_rows *m)
{
    for (size_t row = 0; row < m->rows; row++)
        m->value[row] = is_in_top(m, row, (plm_real)place_of_largest(target_row(m, row), m->width));
}

/* Computes the value of each row: 1 if its label is among its k largest predictions, else 0. */
static void sparse_top_k_rows(const plm_metric_rows *m)
{
    for (size_t row = 0; row < m->rows; row++)
        m->value[row] = is_in_top(m, row, target_row(m, row)[0]);
}

/* ---- losses as metrics ---- */

/* Computes the value of a loss for each row. The loss gets no weights and no gradient:
 * plm_loss_rows has NULL for both. */
static void measure(const plm_metric_rows *m, plm_loss_function *loss)
{
    const plm_loss_rows r = {.kernel = m->kernel,
                             .config = m->config,
                             .prediction = m->prediction,
                             .target = m->target,
                             .value = m->value,
                             .rows = m->rows,
                             .width = m->width,
                             .stride = m->stride,
                             .target_width = m->target_width,
                             .target_stride = m->target_stride,
                             .value_stride = 1};
    loss(&r);
}

/* Defines the function of a metric that computes a loss. */
#define BY_LOSS(name)                                                                              \
    static void name##_rows(const plm_metric_rows *m)                                              \
    {                                                                                              \
        measure(m, plm_loss_rows_##name);                                                          \
    }
BY_LOSS(squared)
BY_LOSS(absolute)
BY_LOSS(percentage)
BY_LOSS(squared_logarithmic)
BY_LOSS(log_cosh)
BY_LOSS(hinge)
BY_LOSS(squared_hinge)
BY_LOSS(categorical_hinge)
BY_LOSS(divergence)
BY_LOSS(poisson)
BY_LOSS(binary)
BY_LOSS(categorical)
BY_LOSS(sparse)

/* True if a row with this label takes part in the mean; false for labels that the loss ignores
 * (ignore_class). */
static bool sparse_counts(const void *config, plm_real label)
{
    return plm_loss_counted(config, &label, 1, 1) > 0;
}

/* Computes the value of each row: the cosine, where 1 is the same direction. The loss of this name
 * is the negative cosine, so that it can be minimized. */
static void cosine_rows(const plm_metric_rows *m)
{
    measure(m, plm_loss_rows_cosine);
    for (size_t row = 0; row < m->rows; row++)
        m->value[row] = -m->value[row];
}

/* ---- the table ---- */

const plm_metric_kind plm_metric_binary_accuracy = {
    .kind = {.name = "binary_accuracy",
             .direction = PLM_DIRECTION_UP,
             .help = "share of correct predictions of 0 or 1",
             .formula = "mean of (p > threshold) = t",
             .config_size = sizeof(threshold_config),
             .fields = threshold_fields},
    .takes = PLM_TARGETS_SHARES,
    .fits = plm_loss_fits_same,
    .rows = binary_accuracy_rows};

const plm_metric_kind plm_metric_categorical_accuracy = {
    .kind = {.name = "categorical_accuracy",
             .direction = PLM_DIRECTION_UP,
             .help = "share of rows whose largest output is the class of the one-hot target",
             .formula = "argmax p = argmax t"},
    .takes = PLM_TARGETS_SHARES,
    .fits = plm_loss_fits_classes,
    .rows = categorical_accuracy_rows};

const plm_metric_kind plm_metric_sparse_categorical_accuracy = {
    .kind = {.name = "sparse_categorical_accuracy",
             .direction = PLM_DIRECTION_UP,
             .help = "share of rows whose largest output is the class of the label",
             .formula = "argmax p = label"},
    .takes = PLM_TARGETS_LABELS,
    .fits = plm_loss_fits_labels,
    .rows = sparse_categorical_accuracy_rows};

const plm_metric_kind plm_metric_top_k = {
    .kind =
        {.name = "top_k_categorical_accuracy",
         .direction = PLM_DIRECTION_UP,
         .alias = "top_k",
         .help =
             "share of rows whose right class is among the k largest outputs, for one-hot targets",
         .config_size = sizeof(top_config),
         .fields = top_fields},
    .takes = PLM_TARGETS_SHARES,
    .fits = plm_loss_fits_classes,
    .rows = top_k_rows};

const plm_metric_kind plm_metric_sparse_top_k = {
    .kind = {.name = "sparse_top_k_categorical_accuracy",
             .direction = PLM_DIRECTION_UP,
             .alias = "sparse_top_k",
             .help = "share of rows whose right class is among the k largest outputs, for labels",
             .config_size = sizeof(top_config),
             .fields = top_fields},
    .takes = PLM_TARGETS_LABELS,
    .fits = plm_loss_fits_labels,
    .rows = sparse_top_k_rows};

const plm_metric_kind plm_metric_binary_crossentropy = {
    .kind = {.name = "binary_crossentropy",
             .direction = PLM_DIRECTION_DOWN,
             .alias = "bce",
             .help = "mean of the loss that has the same name",
             .config_size = sizeof(plm_crossentropy_config),
             .fields = plm_crossentropy_fields},
    .takes = PLM_TARGETS_SHARES,
    .fits = plm_loss_fits_same,
    .rows = binary_rows};

const plm_metric_kind plm_metric_categorical_crossentropy = {
    .kind = {.name = "categorical_crossentropy",
             .direction = PLM_DIRECTION_DOWN,
             .help = "mean of the loss that has the same name",
             .config_size = sizeof(plm_crossentropy_config),
             .fields = plm_crossentropy_fields},
    .takes = PLM_TARGETS_SHARES,
    .fits = plm_loss_fits_classes,
    .rows = categorical_rows};

const plm_metric_kind plm_metric_sparse_categorical_crossentropy = {
    .kind = {.name = "sparse_categorical_crossentropy",
             .direction = PLM_DIRECTION_DOWN,
             .help = "mean of the loss that has the same name",
             .config_size = sizeof(plm_sparse_config),
             .fields = plm_sparse_fields},
    .takes = PLM_TARGETS_LABELS,
    .fits = plm_loss_fits_labels,
    .rows = sparse_rows,
    .counts = sparse_counts};

/* Defines a metric that is the loss of the same name. */
#define LOSS_METRIC(name_, alias_, direction_, help_, function)                                    \
    METRIC_IN(PLM_UNIT_UNKNOWN, name_, alias_, direction_, help_, function)
#define METRIC_IN(unit_, name_, alias_, direction_, help_, function)                               \
    {.kind = {.name = name_, .alias = alias_, .help = help_, .direction = direction_},             \
     .unit = unit_,                                                                                \
     .fits = plm_loss_fits_same,                                                                   \
     .rows = function##_rows}
const plm_metric_kind plm_metric_mean_squared_error =
    METRIC_IN(PLM_UNIT_SQUARE, "mean_squared_error", "mse", PLM_DIRECTION_DOWN,
              "mean of the squared differences", squared);
const plm_metric_kind plm_metric_mean_absolute_error =
    METRIC_IN(PLM_UNIT_SAME, "mean_absolute_error", "mae", PLM_DIRECTION_DOWN,
              "mean of the absolute differences", absolute);
const plm_metric_kind plm_metric_mean_absolute_percentage_error =
    LOSS_METRIC("mean_absolute_percentage_error", "mape", PLM_DIRECTION_DOWN,
                "mean of the relative differences, in percent", percentage);
const plm_metric_kind plm_metric_mean_squared_logarithmic_error =
    LOSS_METRIC("mean_squared_logarithmic_error", "msle", PLM_DIRECTION_DOWN,
                "mean of the squared differences of logarithms", squared_logarithmic);
const plm_metric_kind plm_metric_log_cosh = LOSS_METRIC(
    "log_cosh", "logcosh|LogCoshError", PLM_DIRECTION_DOWN, "mean of log(cosh(p - t))", log_cosh);
const plm_metric_kind plm_metric_hinge =
    LOSS_METRIC("hinge", NULL, PLM_DIRECTION_DOWN,
                "hinge: mean of the amount by which the margin is missed", hinge);
const plm_metric_kind plm_metric_squared_hinge = LOSS_METRIC(
    "squared_hinge", NULL, PLM_DIRECTION_DOWN,
    "squared hinge: mean of the squared amount by which the margin is missed", squared_hinge);
const plm_metric_kind plm_metric_categorical_hinge = LOSS_METRIC(
    "categorical_hinge", NULL, PLM_DIRECTION_DOWN,
    "categorical hinge: mean of the amount by which the margin over the best wrong class is missed",
    categorical_hinge);
const plm_metric_kind plm_metric_kl_divergence = LOSS_METRIC(
    "kl_divergence", "kld", PLM_DIRECTION_DOWN,
    "Kullback-Leibler divergence of the predicted from the true distribution", divergence);
const plm_metric_kind plm_metric_poisson =
    LOSS_METRIC("poisson", NULL, PLM_DIRECTION_DOWN, "mean of p - t log(p + 1e-7)", poisson);
const plm_metric_kind plm_metric_cosine_similarity =
    LOSS_METRIC("cosine_similarity", NULL, PLM_DIRECTION_UP,
                "cosine of the angle between prediction and target", cosine);

const plm_field plm_metric_common_fields[] = {
    PLM_FIELD(plm_metric_common, name, PLM_TEXT, "", 0, 0, "name of the metric in logs"),
    PLM_FIELD(plm_metric_common, weighted, PLM_BOOL, "false", 0, 0,
              "true = use sample weights, as in weighted_metrics of Keras"),
    {0}};

/* ---- names whose kind depends on the shapes ---- */

/* Chooses between binary, sparse and categorical metrics by the shapes, with Keras's rules, which
 * do not look at the loss. Returns 0 = binary, 1 = sparse, 2 = categorical. A single output
 * distinguishes two classes. With several outputs, targets are class numbers (sparse) if they lack
 * the last axis or have length 1 along it. The shapes are those of rows, without the batch. */
static int kind_by_shape(const plm_shape *prediction, const plm_shape *target)
{
    const int64_t last = prediction->rank > 0 ? prediction->dims[prediction->rank - 1] : 1;
    if (last == 1)
        return 0;
    return target->rank < prediction->rank || target->dims[target->rank - 1] == 1 ? 1 : 2;
}

/* Returns a hint if an unknown name resembles "accuracy" or "crossentropy", which stand for several
 * metrics; else NULL. Without it, the nearest name to "acuracy" would be a longer one, which fits
 * only one shape. */
static const char *nearest_short(const char *name)
{
    static const char *const names[] = {"accuracy", "crossentropy"};
    const char *near = plm_name_nearest(name, names, 2);
    if (near == NULL)
        return NULL;
    return near == names[0] ? "did you mean accuracy?" : "did you mean crossentropy?";
}

/* What "accuracy" and "crossentropy" stand for, in the order of the results of kind_by_shape. */
static const char *const accuracies[] = {"binary_accuracy", "sparse_categorical_accuracy",
                                         "categorical_accuracy"};
static const char *const crossentropies[] = {
    "binary_crossentropy", "sparse_categorical_crossentropy", "categorical_crossentropy"};

/* True if the name of the kind is one of the three. */
static bool is_one_of(const plm_metric_kind *kind, const char *const names[3])
{
    bool is = false;
    for (int i = 0; i < 3; i++)
        is = is || strcmp(kind->kind.name, names[i]) == 0;
    return is;
}

/* True if the name may mean a metric of this kind. */
bool plm_metric_is(const plm_metric_kind *kind, const char *name)
{
    if (plm_name_equal(name, "accuracy") || plm_name_equal(name, "acc"))
        return is_one_of(kind, accuracies);
    if (plm_name_equal(name, "crossentropy") || plm_name_equal(name, "ce"))
        return is_one_of(kind, crossentropies);
    return plm_kind_named(&kind->kind, name);
}

/* Replaces "accuracy" (acc) and "crossentropy" (ce) by the metric that fits the shapes: binary_,
 * categorical_ or sparse_categorical_. Any other name is kept. It is called when a model is
 * compiled, since the shapes are not known before. */
plm_status plm_metric_resolve(plm *w, const char *name, const plm_shape *prediction,
                              const plm_shape *target, bool labels, const char **resolved)
{
    *resolved = name;
    if (!name || !prediction || !target)
        return plm_fail_key(w, PLM_E_ORDER, "metrics", NULL,
                            "a metric needs a name and the shapes of its output");
    const int kind = labels ? 0 : kind_by_shape(prediction, target);
    if (plm_name_equal(name, "accuracy") || plm_name_equal(name, "acc"))
        *resolved = accuracies[kind];
    else if (plm_name_equal(name, "crossentropy") || plm_name_equal(name, "ce"))
        *resolved = crossentropies[kind];
    else if (nearest_short(name) != NULL) /* which no metric's name is so near to */
        return plm_fail_key(w, PLM_E_SPEC, "metrics", nearest_short(name), "unknown metric '%s'",
                            name);
    return PLM_OK;
}
