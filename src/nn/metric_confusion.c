/* Defines metrics of a confusion matrix, which counts the rows of each class by the predicted
 * class: the intersection over union (IoU) and the balanced accuracy. Targets are class numbers or
 * one-hot, depending on their shape. The predicted class is the index of the largest output or,
 * with a single output, its value. Definitions are those of Keras; balanced accuracy is
 * scikit-learn's.
 *
 * The totals of an epoch are the matrix itself, total[class][predicted], in weights of rows. The
 * last column of the matrix counts predictions that are not a class: numbers beyond the classes, or
 * NaN. */
#include <math.h>

#include "nn/metric_gathered.h"
#include "op/losses.h"

typedef struct {
    int64_t num_classes;            /* number of classes; 0 = as many as the output has */
    plm_reals target_class_ids;     /* classes to average over; empty = all */
    double ignore_class, threshold; /* ignore_class inf = none */
} confusion;

/* The fields that several metrics of the confusion matrix share. */
#define CLASSES                                                                                    \
    PLM_FIELD(confusion, num_classes, PLM_INT, "0", 1, 1e4,                                        \
              "number of classes; 0 = the number of outputs; another number is allowed only if "   \
              "the output is a class number")
#define IGNORE                                                                                     \
    PLM_FIELD(confusion, ignore_class, PLM_REAL, "inf", -1e6, INFINITY,                            \
              "rows of this class are ignored; none = all rows take part")
static const plm_field iou_fields[] = {CLASSES,
                                       PLM_FIELD(confusion, target_class_ids, PLM_REALS, "", 0, 1e4,
                                                 "the classes to average over; none = all"),
                                       IGNORE,
                                       {0}};
static const plm_field mean_fields[] = {CLASSES, IGNORE, {0}};
static const plm_field binary_fields[] = {
    PLM_FIELD(confusion, target_class_ids, PLM_REALS, "[0, 1]", 0, 1,
              "the classes to average over: 0, 1 or both"),
    PLM_FIELD(confusion, threshold, PLM_REAL, "0.5", 0, 0,
              "a prediction of at least this threshold counts as 1"),
    {0}};
static const plm_field balanced_fields[] = {
    PLM_FIELD(confusion, threshold, PLM_REAL, "0.5", 0, 0,
              "for a single output: a prediction above the threshold counts as 1"),
    {0}};

/* Returns the length of the last axis of a shape: the number of classes, or 1 for a single
 * number. */
static int64_t last_of(const plm_shape *s)
{
    return s->rank > 0 ? s->dims[s->rank - 1] : 1;
}

/* Returns the number of classes, for an output of `width` numbers. A single output of class numbers
 * needs num_classes; without it there are two. */
static size_t classes_of(const confusion *c, int64_t width)
{
    return (size_t)(width > 1 ? width : c->num_classes > 0 ? c->num_classes : 2);
}

/* True if all target_class_ids are classes. The field table does not know the number of classes, so
 * this is checked when the shapes are known. */
static bool ids_fit(const confusion *c, size_t classes, const char **why)
{
    for (int i = 0; i < c->target_class_ids.count; i++) {
        const double id = c->target_class_ids.at[i];
        if (id < floor(id) || id > floor(id) || id >= (double)classes) {
            *why = "target_class_ids must be whole numbers from 0 to the number of classes minus 1";
            return false;
        }
    }
    return true;
}

/* Accepts one-hot targets, in the shape of the prediction, and class numbers. */
static bool iou_fits(const void *config, const plm_shape *prediction, const plm_shape *target,
                     const char **why)
{
    const confusion *c = config;
    const int64_t width = last_of(prediction);
    if (!plm_loss_fits_same(config, prediction, target, why) &&
        !plm_loss_fits_labels(config, prediction, target, why))
        return false;
    if (width > 1 && c->num_classes > 0 && c->num_classes != width) {
        *why = "num_classes is not the number of outputs; leave out num_classes";
        return false;
    }
    return ids_fit(c, classes_of(c, width), why);
}

/* Checks the same as iou_fits, except that targets must be one-hot. */
static bool one_hot_fits(const void *config, const plm_shape *prediction, const plm_shape *target,
                         const char **why)
{
    return plm_loss_fits_classes(config, prediction, target, why) &&
           iou_fits(config, prediction, target, why);
}

/* Checks the shapes. Each output is a separate yes-or-no question, so there are two classes. */
static bool binary_fits(const void *config, const plm_shape *prediction, const plm_shape *target,
                        const char **why)
{
    return plm_loss_fits_same(config, prediction, target, why) && ids_fit(config, 2, why);
}

/* Returns the number of totals: a row for each class, with a column for each predicted class and
 * one for predictions that are not a class. */
static size_t totals_of(const void *config, const plm_shape *prediction)
{
    const size_t classes = classes_of(config, last_of(prediction));
    return classes * (classes + 1);
}

/* Returns the number of totals: two rows, one for each class, with columns for 0, for 1 and for
 * neither. */
static size_t binary_totals(const void *config, const plm_shape *prediction)
{
    (void)config;
    (void)prediction;
    return 2 * 3;
}

/* Adds weight to the count of a class and its predicted class. Targets that are not a class are
 * ignored; predictions that are not a class count as wrong. `is` (the class of the target) and
 * `predicted` are doubles, so that NaN can mean no class. */
static void count(plm_gathered *g, size_t classes, double is, double predicted, double weight)
{
    if (!(is >= 0) || !(is < (double)classes))
        return;
    const bool known = predicted >= 0 && predicted < (double)classes;
    g->total[(size_t)is * (classes + 1) + (known ? (size_t)predicted : classes)] += weight;
}

/* Returns the index of the largest of x [n], the first one if several are equal; NaN if there is a
 * NaN. If n is 1, x[0] is a class number and is returned, truncated to a whole number as in Keras.
 * This also reads a one-hot target; a soft target counts as its most probable class. */
static double class_of(const plm_real *x, size_t n)
{
    size_t best = 0;
    for (size_t j = 0; j < n; j++) {
        if (isnan(x[j]))
            return (double)NAN;
        best = x[j] > x[best] ? j : best;
    }
    return n == 1 ? trunc((double)x[0]) : (double)best;
}

/* Adds the weights of rows to the matrix. Rows of ignore_class are left out. The default of
 * ignore_class is infinity, which is the class of no row. */
static void gather(const plm_metric_rows *m, plm_gathered *g)
{
    const confusion *c = m->config;
    const size_t classes = classes_of(c, (int64_t)m->width);
    for (size_t i = 0; i < m->rows; i++) {
        const double is = class_of(m->target + i * m->target_stride, m->target_width);
        if (is < c->ignore_class || is > c->ignore_class)
            count(g, classes, is, class_of(m->prediction + i * m->stride, m->width),
                  plm_metric_weight(m, i));
    }
}

/* Counts each output by itself. A prediction equal to the threshold counts as 1, as in Keras's
 * BinaryIoU. */
static void binary_gather(const plm_metric_rows *m, plm_gathered *g)
{
    const double threshold = ((const confusion *)m->config)->threshold;
    for (size_t i = 0; i < m->rows; i++)
        for (size_t j = 0; j < m->width; j++) {
            const double p = (double)m->prediction[i * m->stride + j];
            count(g, 2, trunc((double)m->target[i * m->target_stride + j]),
                  p >= threshold  ? 1
                  : p < threshold ? 0
                                  : (double)NAN,
                  plm_metric_weight(m, i));
        }
}

/* Counts the rows of each class by the predicted class. With a single output the predicted class is
 * 1 if the output is above the threshold, as in binary_accuracy. */
static void balanced_gather(const plm_metric_rows *m, plm_gathered *g)
{
    const double threshold = ((const confusion *)m->config)->threshold;
    for (size_t i = 0; i < m->rows; i++) {
        const plm_real *p = m->prediction + i * m->stride;
        const double is = class_of(m->target + i * m->target_stride, m->target_width);
        const double one = (double)p[0] > threshold    ? 1
                           : (double)p[0] <= threshold ? 0
                                                       : (double)NAN;
        count(g, m->width > 1 ? m->width : 2, is, m->width > 1 ? class_of(p, m->width) : one,
              plm_metric_weight(m, i));
    }
}

/* Returns the number of classes n of a list of totals, which has n (n + 1) numbers. The config may
 * not have n. The loop finds it, since totals_of has made the list. */
static size_t classes_in(const plm_gathered *g)
{
    size_t classes = 1;
    while (classes * (classes + 1) < g->totals)
        classes++;
    return classes;
}

/* Weights of three kinds of rows: those whose class is this one, those predicted as this class, and
 * those that are both. */
typedef struct {
    double rows, predicted, both;
} weights;

/* Sums the row and the column of class k in the matrix. The row counts what was predicted for rows
 * of class k; the column counts the rows that were predicted as class k. */
static weights weights_of(const plm_gathered *g, size_t classes, size_t k)
{
    weights w = {.both = g->total[k * (classes + 1) + k]};
    for (size_t j = 0; j <= classes; j++)
        w.rows += g->total[k * (classes + 1) + j];
    for (size_t i = 0; i < classes; i++)
        w.predicted += g->total[i * (classes + 1) + k];
    return w;
}

/* True if class k takes part in the mean. Without a list all classes take part. */
static bool wanted(const confusion *c, size_t k)
{
    bool listed = c->target_class_ids.count == 0;
    for (int i = 0; i < c->target_class_ids.count; i++)
        listed = listed || (size_t)c->target_class_ids.at[i] == k;
    return listed;
}

/* Returns the mean over the wanted classes of both / (rows + predicted - both). Classes without
 * rows and without predictions are left out. rows + predicted - both is the size of the union. The
 * ratio is 1 if exactly the rows of the class are predicted as this class. */
static double iou_result(const void *config, const plm_gathered *g, int at, const char **why)
{
    const size_t classes = classes_in(g);
    double sum = 0, part = 0;
    (void)at;
    for (size_t k = 0; k < classes; k++) {
        const weights w = weights_of(g, classes, k);
        const double either = w.rows + w.predicted - w.both;
        if (!wanted(config, k) || !(either > 0))
            continue;
        sum += w.both / either;
        part += 1;
    }
    return plm_metric_share(sum, part,
                            "no row has one of these classes, as target or as prediction", why);
}

/* Returns the mean recall of the classes that have rows; recall is the share of a class's rows that
 * is predicted correctly. So a class with few rows counts as much as a class with many. */
static double balanced_result(const void *config, const plm_gathered *g, int at, const char **why)
{
    const size_t classes = classes_in(g);
    double sum = 0, part = 0;
    (void)config;
    (void)at;
    for (size_t k = 0; k < classes; k++) {
        const weights w = weights_of(g, classes, k);
        sum += w.rows > 0 ? w.both / w.rows : 0;
        part += w.rows > 0 ? 1 : 0;
    }
    if (part > 0)
        return sum / part;
    *why = PLM_METRIC_NO_ROWS;
    return (double)NAN;
}

static const char iou_source[] =
    "Everingham, Van Gool, Williams, Winn and Zisserman, The Pascal visual object classes (VOC) "
    "challenge, 2010";
#define IOU(name_, help_, fields_, fits_, takes_)                                                  \
    {.kind = {.name = name_,                                                                       \
              .direction = PLM_DIRECTION_UP,                                                       \
              .help = help_,                                                                       \
              .formula = "mean over classes of TP / (TP + FP + FN)",                               \
              .source = iou_source,                                                                \
              .config_size = sizeof(confusion),                                                    \
              .fields = fields_},                                                                  \
     .takes = takes_,                                                                              \
     .fits = fits_,                                                                                \
     .totals = totals_of,                                                                          \
     .gather = gather,                                                                             \
     .result = iou_result}
const plm_metric_kind plm_metric_iou = IOU(
    "io_u", "intersection over union, averaged over chosen classes, for class numbers as targets",
    iou_fields, iou_fits, PLM_TARGETS_ANY);
const plm_metric_kind plm_metric_mean_iou = IOU(
    "mean_io_u", "intersection over union, averaged over all classes, for class numbers as targets",
    mean_fields, iou_fits, PLM_TARGETS_ANY);
const plm_metric_kind plm_metric_one_hot_iou = IOU(
    "one_hot_io_u", "intersection over union, averaged over chosen classes, for one-hot targets",
    iou_fields, one_hot_fits, PLM_TARGETS_SHARES);
const plm_metric_kind plm_metric_one_hot_mean_iou = IOU(
    "one_hot_mean_io_u", "intersection over union, averaged over all classes, for one-hot targets",
    mean_fields, one_hot_fits, PLM_TARGETS_SHARES);

const plm_metric_kind plm_metric_binary_iou = {
    .kind = {.name = "binary_io_u",
             .direction = PLM_DIRECTION_UP,
             .help = "intersection over union of the classes 0 and 1, for each output by itself",
             .formula = "mean over classes 0 and 1 of TP / (TP + FP + FN)",
             .source = iou_source,
             .config_size = sizeof(confusion),
             .fields = binary_fields},
    .takes = PLM_TARGETS_SHARES,
    .fits = binary_fits,
    .totals = binary_totals,
    .gather = binary_gather,
    .result = iou_result};

/* True if the metric can compare these shapes. Targets may be class numbers or one-hot. */
static bool balanced_fits(const void *config, const plm_shape *prediction, const plm_shape *target,
                          const char **why)
{
    return plm_loss_fits_same(config, prediction, target, why) ||
           plm_loss_fits_labels(config, prediction, target, why);
}

const plm_metric_kind plm_metric_balanced_accuracy = {
    .kind = {.name = "balanced_accuracy",
             .alias = "balanced_acc",
             .direction = PLM_DIRECTION_UP,
             .help = "mean over classes of the share of their rows that is predicted correctly",
             .formula = "mean over classes of TP / (TP + FN)",
             .notes =
                 "It is the accuracy that the net would have if all classes were equally frequent: "
                 "guessing gives 1 / number of classes, however rare a class is. Not in Keras.",
             .source = "Brodersen, Ong, Stephan and Buhmann, The balanced accuracy and its "
                       "posterior distribution, ICPR 2010",
             .config_size = sizeof(confusion),
             .fields = balanced_fields},
    .takes = PLM_TARGETS_EITHER,
    .fits = balanced_fits,
    .totals = totals_of,
    .gather = balanced_gather,
    .result = balanced_result};
