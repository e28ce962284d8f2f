/* Defines metrics that are not a mean over rows: counts of right and wrong predictions, roots and
 * ratios of sums. Areas are in metric_curve.c, F1 in metric_f1.c. Definitions are those of Keras;
 * if there is nothing to measure, they are those of scikit-learn. Everything is added up in double
 * in the order of the rows, so the results do not depend on the number of threads. */
#include "nn/metric_gathered.h"

#include <math.h>
#include <string.h>

#include "op/losses.h"

/* ---- sums of squares ---- */

/* Returns the number of totals: the sum of squares, and the sum of weights. */
static size_t two(const void *config, const plm_shape *prediction)
{
    (void)config;
    (void)prediction;
    return 2;
}

/* Adds rows to two totals: the sum of w (p - t)^2, and the sum of w. The squared error of a row
 * with several outputs is the mean over the outputs, as in Keras. */
static void gather_squares(const plm_metric_rows *m, plm_gathered *g)
{
    double *total = g->total;
    for (size_t i = 0; i < m->rows; i++) {
        double sum = 0;
        for (size_t j = 0; j < m->width; j++) {
            const double d = (double)m->prediction[i * m->stride + j] -
                             (double)m->target[i * m->target_stride + j];
            sum += d * d;
        }
        total[0] += plm_metric_weight(m, i) * sum / (double)m->width;
        total[1] += plm_metric_weight(m, i);
    }
}

/* Returns the square root of the mean squared error; NaN if there are no rows. */
static double root_of_mean(const void *config, const plm_gathered *g, int at, const char **why)
{
    (void)config;
    (void)at;
    if (g->total[1] > 0)
        return sqrt(g->total[0] / g->total[1]);
    *why = PLM_METRIC_NO_ROWS;
    return (double)NAN;
}

const plm_metric_kind plm_metric_root_mean_squared_error = {
    .kind = {.name = "root_mean_squared_error",
             .direction = PLM_DIRECTION_DOWN,
             .alias = "rmse",
             .help = "square root of the mean of the squared differences",
             .formula = "sqrt(mean (p - t)^2)"},
    .unit = PLM_UNIT_SAME,
    .fits = plm_loss_fits_same,
    .totals = two,
    .gather = gather_squares,
    .result = root_of_mean};

/* ---- explained variance ---- */

/* The settings of r2_score. */
typedef struct {
    const char *class_aggregation; /* uniform, variance_weighted or none */
    /* number of inputs for which the score is adjusted; 0 = not adjusted */
    int64_t num_regressors;
} explaining;

static const plm_field explaining_fields[] = {
    PLM_FIELD_OF(explaining, class_aggregation, PLM_CHOICE, "uniform_average",
                 "uniform_average|variance_weighted_average|none",
                 "average over outputs: uniform = equally, variance_weighted = by their variance, "
                 "none = a value for each output"),
    PLM_FIELD(explaining, num_regressors, PLM_INT, "0", 0, 1e9,
              "adjusts the score for this number of inputs, fewer than rows - 1; 0 = not adjusted"),
    {0}};

/* The totals of a column, for targets t, predictions p and sample weights w: the first target; the
 * sums of w d and of w d^2, where d = t - first target; and the sum of w (t - p)^2. Differences
 * from the first target lose no digits if targets are large and differ little. */
enum { FIRST, SUM, SQUARES, RESIDUAL, OF_COLUMN };

/* Returns the number of totals: OF_COLUMN for each column; then the sum of w, and the number of
 * rows. */
static size_t columns_and_two(const void *config, const plm_shape *prediction)
{
    (void)config;
    return OF_COLUMN * (size_t)prediction->width + 2;
}

/* Adds rows to the totals of each column, and to the two common totals: all[0] = sum of w, all[1] =
 * number of rows. */
static void gather_columns(const plm_metric_rows *m, plm_gathered *g)
{
    double *all = g->total + OF_COLUMN * m->width;
    for (size_t i = 0; i < m->rows; i++) {
        const double w = plm_metric_weight(m, i);
        for (size_t j = 0; j < m->width; j++) {
            double *column = g->total + OF_COLUMN * j;
            const double t = (double)m->target[i * m->target_stride + j];
            const double miss = t - (double)m->prediction[i * m->stride + j];
            if (all[1] <= 0)
                column[FIRST] = t;
            const double d = t - column[FIRST];
            column[SUM] += w * d;
            column[SQUARES] += w * d * d;
            column[RESIDUAL] += w * miss * miss;
        }
        all[0] += w;
        all[1] += 1;
    }
}

/* Returns 1 - residual / variance for one column, and sets *variance to the sum of w (t - mean)^2.
 * With d = t - first target this is the sum of w d^2 minus (sum of w d)^2 / (sum of w). If all
 * targets are equal, returns 1 if they are predicted exactly, else 0, as scikit-learn does. */
static double explained(const double *column, double weight, double *variance)
{
    *variance = column[SQUARES] - column[SUM] * column[SUM] / weight;
    if (*variance > 0)
        return 1 - column[RESIDUAL] / *variance;
    *variance = 0;
    return column[RESIDUAL] > 0 ? 0 : 1;
}

/* Returns the score adjusted for the number of inputs (regressors). Each input explains some
 * variance by chance, so the adjusted score is 1 - (1 - score) (rows - 1) / (rows - regressors -
 * 1). If there are too few rows for that, returns the score itself, and *why says so. */
static double adjusted(double score, double rows, double regressors, const char **why)
{
    const double left = rows - regressors - 1;
    if (regressors > 0 && left <= 0)
        *why = "there are too few rows for num_regressors, so the score is not adjusted";
    return regressors > 0 && left > 0 ? 1 - (1 - score) * (rows - 1) / left : score;
}

/* Returns the mean of the scores of all columns: unweighted, or weighted by the variance of the
 * columns. If no column has variance, the mean is unweighted. */
static double mean_explained(const plm_gathered *g, bool by_variance)
{
    const size_t columns = (g->totals - 2) / OF_COLUMN;
    double sum = 0, plain = 0, shares = 0, variance = 0;
    for (size_t j = 0; j < columns; j++) {
        const double *column = g->total + OF_COLUMN * j;
        const double score = explained(column, g->total[g->totals - 2], &variance);
        sum += variance * score;
        shares += variance;
        plain += score;
    }
    return by_variance && shares > 0 ? sum / shares : plain / (double)columns;
}

/* Returns the score of column `at` if a value for each column is wanted, else the mean over
 * columns. */
static double r2_result(const void *config, const plm_gathered *g, int at, const char **why)
{
    const explaining *c = config;
    const double weight = g->total[g->totals - 2], rows = g->total[g->totals - 1];
    double variance = 0;
    if (rows < 2 || weight <= 0) {
        *why = rows < 2 ? "at least two rows are needed" : PLM_METRIC_NO_ROWS;
        return (double)NAN;
    }
    const double score = c->class_aggregation[0] == 'n'
                             ? explained(g->total + OF_COLUMN * at, weight, &variance)
                             : mean_explained(g, c->class_aggregation[0] == 'v');
    return adjusted(score, rows, (double)c->num_regressors, why);
}

/* Returns the number of values: one for each column if class_aggregation is none, which begins with
 * 'n'; else 1. */
static int r2_results(const void *config, const plm_shape *prediction)
{
    return ((const explaining *)config)->class_aggregation[0] == 'n' ? (int)prediction->width : 1;
}

const plm_metric_kind plm_metric_r2_score = {
    .kind = {.name = "r2_score",
             .direction = PLM_DIRECTION_UP,
             .alias = "r2|R2Score",
             .help = "share of the targets' variance that is explained",
             .formula = "1 - sum (t - p)^2 / sum (t - mean t)^2",
             .config_size = sizeof(explaining),
             .fields = explaining_fields},
    .unit = PLM_UNIT_NONE,
    .fits = plm_loss_fits_same,
    .totals = columns_and_two,
    .gather = gather_columns,
    .results = r2_results,
    .result = r2_result};

/* ---- counts: true and false positives and negatives ---- */

typedef struct {
    plm_reals thresholds;    /* none = 0.5, or no threshold with top_k */
    int64_t top_k, class_id; /* 0 = off; -1 = all classes */
} counting;

static const plm_field counting_fields[] = {
    {.name = "thresholds",
     .alias = "threshold",
     .type = PLM_REALS,
     .offset = offsetof(counting, thresholds),
     .fallback = "",
     .high = 1,
     .help = "a prediction above the threshold counts as 1; each of several thresholds gives a "
             "value; none = 0.5, or no threshold with top_k"},
    PLM_FIELD(counting, top_k, PLM_INT, "0", 0, 1e9,
              "only the k largest predictions of a row can count as 1; 0 = all predictions"),
    PLM_FIELD(counting, class_id, PLM_INT, "-1", -1, 1e9,
              "evaluate only this class, from 0; -1 = all classes"),
    {0}};

/* The four counts of a threshold, in weights of rows. */
enum { TRUE_POSITIVE, FALSE_POSITIVE, FALSE_NEGATIVE, TRUE_NEGATIVE, COUNTS };

/* Checks the shapes, and that class_id is a class. */
static bool counting_fits(const void *config, const plm_shape *prediction, const plm_shape *target,
                          const char **why)
{
    const counting *c = config;
    const int64_t last = prediction->rank > 0 ? prediction->dims[prediction->rank - 1] : 1;
    if (!plm_loss_fits_same(config, prediction, target, why))
        return false;
    if (c->class_id < last)
        return true;
    *why = "class_id is not a class of the output; classes are numbered from 0";
    return false;
}

/* Returns the number of values, one for each threshold of the list. */
static int counting_results(const void *config, const plm_shape *prediction)
{
    const int thresholds = ((const counting *)config)->thresholds.count;
    (void)prediction;
    return thresholds > 1 ? thresholds : 1;
}

/* Returns the number in the name of value `at`, as in precision_0.25: the threshold. */
static double counting_name(const void *config, int at)
{
    return ((const counting *)config)->thresholds.at[at];
}

/* Returns the number of totals, which are four counts for each threshold. */
static size_t fours(const void *config, const plm_shape *prediction)
{
    return COUNTS * (size_t)counting_results(config, prediction);
}

/* True if p[j] is among the k largest numbers of p [width]; of equal numbers, earlier ones count as
 * larger. The search stops as soon as k larger numbers are found. */
static bool among_largest(const plm_real *p, size_t width, size_t j, int64_t k)
{
    int64_t before = 0;
    for (size_t i = 0; i < width && before < k; i++)
        before += p[i] > p[j] || (i < j && !(p[i] < p[j]));
    return before < k;
}

/* Adds one prediction p to the counts of every threshold. may = false: the prediction counts as 0,
 * since it is not among the k largest. is = true: the target is 1. total: [thresholds][COUNTS]. A
 * prediction equal to the threshold counts as 0, as in Keras. With top_k and no threshold, each of
 * the k largest counts as 1. */
static void count_prediction(const counting *c, double p, bool may, bool is, double weight,
                             double *total)
{
    const int thresholds = c->thresholds.count > 0 ? c->thresholds.count : 1;
    for (int k = 0; k < thresholds; k++, total += COUNTS) {
        const double threshold = c->thresholds.count > 0 ? c->thresholds.at[k]
                                 : c->top_k > 0          ? -INFINITY
                                                         : 0.5;
        const bool predicted = may && p > threshold;
        total[predicted ? (is ? TRUE_POSITIVE : FALSE_POSITIVE)
              : is      ? FALSE_NEGATIVE
                        : TRUE_NEGATIVE] += weight;
    }
}

/* Counts the predictions of rows as true or false positives or negatives. Without class_id every
 * output of a row is a separate prediction. */
static void gather_counts(const plm_metric_rows *m, plm_gathered *g)
{
    const counting *c = m->config;
    const size_t first = c->class_id >= 0 ? (size_t)c->class_id : 0,
                 end = c->class_id >= 0 ? first + 1 : m->width;
    for (size_t i = 0; i < m->rows; i++)
        for (size_t j = first; j < end; j++) {
            const plm_real *p = m->prediction + i * m->stride;
            const bool may = c->top_k == 0 || among_largest(p, m->width, j, c->top_k);
            count_prediction(c, (double)p[j], may, m->target[i * m->target_stride + j] > 0,
                             plm_metric_weight(m, i), g->total);
        }
}

/* Defines a function that computes a value from n, the four counts of a threshold. */
#define VALUE_OF(name_, value_)                                                                    \
    static double name_##_of(const void *config, const plm_gathered *g, int at, const char **why)  \
    {                                                                                              \
        const double *n = g->total + COUNTS * at;                                                  \
        (void)config;                                                                              \
        (void)why;                                                                                 \
        return value_;                                                                             \
    }
VALUE_OF(precision, plm_metric_share(n[TRUE_POSITIVE], n[TRUE_POSITIVE] + n[FALSE_POSITIVE],
                                     "nothing is predicted positive", why))
VALUE_OF(recall, plm_metric_share(n[TRUE_POSITIVE], n[TRUE_POSITIVE] + n[FALSE_NEGATIVE],
                                  "there are no positives", why))
VALUE_OF(true_positives, n[TRUE_POSITIVE])
VALUE_OF(false_positives, n[FALSE_POSITIVE])
VALUE_OF(false_negatives, n[FALSE_NEGATIVE])
VALUE_OF(true_negatives, n[TRUE_NEGATIVE])

/* Defines a metric with such a function. */
#define COUNTING(name_, alias_, direction_, help_, formula_, function)                             \
    {.kind = {.name = name_,                                                                       \
              .alias = alias_,                                                                     \
              .help = help_,                                                                       \
              .direction = direction_,                                                             \
              .formula = formula_,                                                                 \
              .config_size = sizeof(counting),                                                     \
              .fields = counting_fields},                                                          \
     .takes = PLM_TARGETS_SIGNS,                                                                   \
     .fits = counting_fits,                                                                        \
     .totals = fours,                                                                              \
     .gather = gather_counts,                                                                      \
     .results = counting_results,                                                                  \
     .number = counting_name,                                                                      \
     .result = function}
const plm_metric_kind plm_metric_precision =
    COUNTING("precision", "Precision", PLM_DIRECTION_UP,
             "precision: share of the positive predictions that are correct", "TP / (TP + FP)",
             precision_of);
const plm_metric_kind plm_metric_recall =
    COUNTING("recall", "Recall", PLM_DIRECTION_UP, "recall: share of the positives that are found",
             "TP / (TP + FN)", recall_of);
const plm_metric_kind plm_metric_true_positives = COUNTING(
    "true_positives", NULL, PLM_DIRECTION_UNKNOWN,
    "true positives: number of positives that are predicted as positive", "TP", true_positives_of);
const plm_metric_kind plm_metric_false_positives =
    COUNTING("false_positives", NULL, PLM_DIRECTION_UNKNOWN,
             "false positives: number of negatives that are predicted as positive", "FP",
             false_positives_of);
const plm_metric_kind plm_metric_false_negatives =
    COUNTING("false_negatives", NULL, PLM_DIRECTION_UNKNOWN,
             "false negatives: number of positives that are predicted as negative", "FN",
             false_negatives_of);
const plm_metric_kind plm_metric_true_negatives = COUNTING(
    "true_negatives", NULL, PLM_DIRECTION_UNKNOWN,
    "true negatives: number of negatives that are predicted as negative", "TN", true_negatives_of);
