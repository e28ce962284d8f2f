/* Metrics that are no mean over rows: counts of right and wrong answers, areas under curves, roots and ratios of sums.
 * Definitions: Keras. Everything is added up in double in the order of the rows. */
#include "nn/metric_gathered.h"

#include <math.h>
#include <string.h>

#include "op/losses.h"

static const double TINY = 1e-7; /* Keras's epsilon */

static double weight_of(const plm_metric_rows *m, size_t row)
{
    return m->weight != NULL ? (double)m->weight[row] : 1.0;
}

/* ---- sums of squares ---- */

static size_t two(const void *config, const plm_shape *prediction)
{
    (void)config;
    (void)prediction;
    return 2;
}

/* sum of w (p - t)^2, sum of w */
static void gather_squares(const plm_metric_rows *m, double *figure)
{
    for (size_t i = 0; i < m->rows; i++) {
        double sum = 0;
        for (size_t j = 0; j < m->width; j++) {
            const double d =
                (double)m->prediction[i * m->stride + j] - (double)m->target[i * m->target_stride + j];
            sum += d * d;
        }
        figure[0] += weight_of(m, i) * sum / (double)m->width;
        figure[1] += weight_of(m, i);
    }
}

static double root_of_mean(const void *config, const double *figure, size_t figures)
{
    (void)config;
    (void)figures;
    return figure[1] > 0 ? sqrt(figure[0] / figure[1]) : 0;
}

const plm_metric_kind plm_metric_root_mean_squared_error = {
    .kind = {.name = "root_mean_squared_error",
             .alias = "rmse",
             .help = "root of the mean squared difference",
             .formula = "sqrt(mean (p - t)^2)"},
    .fits = plm_loss_fits_same,
    .figures = two,
    .gather = gather_squares,
    .result = root_of_mean};

/* For each column: sum of w t, of w t^2, of w (t - p)^2; then the sum of w. */
static size_t columns_thrice(const void *config, const plm_shape *prediction)
{
    (void)config;
    return 3 * (size_t)prediction->width + 1;
}

static void gather_columns(const plm_metric_rows *m, double *figure)
{
    for (size_t i = 0; i < m->rows; i++) {
        const double w = weight_of(m, i);
        for (size_t j = 0; j < m->width; j++) {
            const double t = (double)m->target[i * m->target_stride + j];
            const double d = t - (double)m->prediction[i * m->stride + j];
            figure[3 * j] += w * t;
            figure[3 * j + 1] += w * t * t;
            figure[3 * j + 2] += w * d * d;
        }
        figure[3 * m->width] += w;
    }
}

/* Mean over the columns of 1 - residual / total: Keras's uniform_average. */
static double explained(const void *config, const double *figure, size_t figures)
{
    const size_t columns = (figures - 1) / 3;
    const double n = figure[figures - 1];
    double sum = 0;
    (void)config;
    for (size_t j = 0; j < columns; j++) {
        const double total = figure[3 * j + 1] - figure[3 * j] * figure[3 * j] / (n > 0 ? n : 1);
        const double residual = figure[3 * j + 2];
        sum += total > 0 ? 1 - residual / total : residual > 0 ? 0 : 1;
    }
    return columns > 0 ? sum / (double)columns : 0;
}

const plm_metric_kind plm_metric_r2_score = {
    .kind = {.name = "r2_score",
             .alias = "r2|R2Score",
             .help = "share of the targets' variance that is explained",
             .formula = "1 - sum (t - p)^2 / sum (t - mean t)^2"},
    .fits = plm_loss_fits_same,
    .figures = columns_thrice,
    .gather = gather_columns,
    .result = explained};

/* ---- counts: true and false positives and negatives ---- */

typedef struct {
    double threshold; /* NaN = 0.5, or none with top_k */
    int64_t top_k, class_id;
} counting;

static const plm_field counting_fields[] = {
    PLM_FIELD(counting, threshold, PLM_REAL, "nan", 0, 1,
              "a prediction above it means 1; none = 0.5, and with top_k any does"),
    PLM_FIELD(counting, top_k, PLM_INT, "0", 0, 1e9, "only the k largest of a row can mean 1; 0 = all can"),
    PLM_FIELD(counting, class_id, PLM_INT, "-1", -1, 1e9, "only this class counts, from 0; -1 = all do"),
    {0}};

enum { TRUE_POSITIVE, FALSE_POSITIVE, FALSE_NEGATIVE, TRUE_NEGATIVE, COUNTS };

static bool counting_fits(const void *config, const plm_shape *prediction, const plm_shape *target, const char **why)
{
    const counting *c = config;
    const int64_t last = prediction->rank > 0 ? prediction->dims[prediction->rank - 1] : 1;
    if (!plm_loss_fits_same(config, prediction, target, why))
        return false;
    if (c->class_id < last)
        return true;
    *why = "class_id names no class of the output: they are counted from 0";
    return false;
}

static size_t four(const void *config, const plm_shape *prediction)
{
    (void)config;
    (void)prediction;
    return COUNTS;
}

/* Is p[j] among the k largest? Of equal ones the first is. */
static bool among_largest(const plm_real *p, size_t width, size_t j, int64_t k)
{
    int64_t before = 0;
    for (size_t i = 0; i < width && before < k; i++)
        before += p[i] > p[j] || (i < j && !(p[i] < p[j]));
    return before < k;
}

static void gather_counts(const plm_metric_rows *m, double *figure)
{
    const counting *c = m->config;
    const double threshold = c->threshold == c->threshold ? c->threshold : c->top_k > 0 ? -INFINITY : 0.5;
    const size_t first = c->class_id >= 0 ? (size_t)c->class_id : 0, end = c->class_id >= 0 ? first + 1 : m->width;
    for (size_t i = 0; i < m->rows; i++)
        for (size_t j = first; j < end; j++) {
            const plm_real *p = m->prediction + i * m->stride;
            const bool said = (double)p[j] > threshold && (c->top_k == 0 || among_largest(p, m->width, j, c->top_k));
            const bool is = m->target[i * m->target_stride + j] > 0;
            figure[said ? (is ? TRUE_POSITIVE : FALSE_POSITIVE)
                   : is ? FALSE_NEGATIVE
                        : TRUE_NEGATIVE] += weight_of(m, i);
        }
}

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

static double precision_of(const void *config, const double *figure, size_t figures)
{
    (void)config;
    (void)figures;
    return ratio(figure[TRUE_POSITIVE], figure[TRUE_POSITIVE] + figure[FALSE_POSITIVE]);
}

static double recall_of(const void *config, const double *figure, size_t figures)
{
    (void)config;
    (void)figures;
    return ratio(figure[TRUE_POSITIVE], figure[TRUE_POSITIVE] + figure[FALSE_NEGATIVE]);
}

#define COUNT_RESULT(name, which)                                                                            \
    static double name(const void *config, const double *figure, size_t figures)                             \
    {                                                                                                        \
        (void)config;                                                                                        \
        (void)figures;                                                                                       \
        return figure[which];                                                                                \
    }
COUNT_RESULT(true_positives_of, TRUE_POSITIVE)
COUNT_RESULT(false_positives_of, FALSE_POSITIVE)
COUNT_RESULT(false_negatives_of, FALSE_NEGATIVE)
COUNT_RESULT(true_negatives_of, TRUE_NEGATIVE)

#define COUNTING(name_, alias_, help_, formula_, result_)                                                    \
    const plm_metric_kind plm_metric_##name_ = {.kind = {.name = #name_,                                     \
                                                         .alias = alias_,                                    \
                                                         .help = help_,                                      \
                                                         .formula = formula_,                                \
                                                         .config_size = sizeof(counting),                    \
                                                         .fields = counting_fields},                         \
                                                .fits = counting_fits,                                       \
                                                .figures = four,                                             \
                                                .gather = gather_counts,                                     \
                                                .result = result_};
COUNTING(precision, "Precision", "share of the positive answers that are right", "TP / (TP + FP)",
         precision_of)
COUNTING(recall, "Recall", "share of the positives that are found", "TP / (TP + FN)", recall_of)
COUNTING(true_positives, NULL, "positives that are found", "TP", true_positives_of)
COUNTING(false_positives, NULL, "negatives taken for positives", "FP", false_positives_of)
COUNTING(false_negatives, NULL, "positives that are missed", "FN", false_negatives_of)
COUNTING(true_negatives, NULL, "negatives that are told", "TN", true_negatives_of)

/* ---- F1 and its relatives: by class, then averaged ---- */

typedef struct {
    const char *average;
    double threshold, beta; /* beta 0 = not said: 1 */
} f1;

#define F1_AVERAGE                                                                                           \
    PLM_FIELD_OF(f1, average, PLM_CHOICE, "macro", "macro|micro|weighted",                                   \
                 "how classes are averaged: alike, by answers, by their share (Keras's None has no one number)")
#define F1_THRESHOLD                                                                                         \
    PLM_FIELD(f1, threshold, PLM_REAL, "nan", 0, 1, "a prediction above it means 1; nan = the largest of the row does")
static const plm_field f1_fields[] = {F1_AVERAGE, F1_THRESHOLD, {0}};
static const plm_field fbeta_fields[] = {
    F1_AVERAGE, PLM_FIELD(f1, beta, PLM_REAL, "1", 1e-6, 1e6, "how many times recall matters as much as precision"),
    F1_THRESHOLD, {0}};

/* For each column: true positives, false positives, false negatives. */
static size_t columns_three(const void *config, const plm_shape *prediction)
{
    (void)config;
    return 3 * (size_t)prediction->width;
}

static void gather_f1(const plm_metric_rows *m, double *figure)
{
    const double threshold = ((const f1 *)m->config)->threshold;
    for (size_t i = 0; i < m->rows; i++) {
        const plm_real *p = m->prediction + i * m->stride, *t = m->target + i * m->target_stride;
        size_t best = 0;
        for (size_t j = 1; j < m->width; j++)
            best = p[j] > p[best] ? j : best;
        for (size_t j = 0; j < m->width; j++) {
            const bool said = threshold == threshold ? (double)p[j] > threshold : j == best;
            const bool is = t[j] > 0;
            if (said || is)
                figure[3 * j + (said && is ? 0u : said ? 1u : 2u)] += weight_of(m, i);
        }
    }
}

static double f1_of(double beta, double right, double wrong, double missed)
{
    const double precision = right / (right + wrong + TINY), recall = right / (right + missed + TINY);
    const double square = beta > 0 ? beta * beta : 1;
    return (1 + square) * precision * recall / (square * precision + recall + TINY);
}

static double f1_result(const void *config, const double *figure, size_t figures)
{
    const char *average = ((const f1 *)config)->average;
    const double beta = ((const f1 *)config)->beta;
    double sum = 0, total = 0, right = 0, wrong = 0, missed = 0;
    for (size_t j = 0; j < figures; j += 3) {
        const double share = strcmp(average, "weighted") == 0 ? figure[j] + figure[j + 2] : 1.0;
        sum += share * f1_of(beta, figure[j], figure[j + 1], figure[j + 2]);
        total += share;
        right += figure[j];
        wrong += figure[j + 1];
        missed += figure[j + 2];
    }
    if (strcmp(average, "micro") == 0)
        return f1_of(beta, right, wrong, missed);
    return total > 0 ? sum / total : 0;
}

const plm_metric_kind plm_metric_f1_score = {
    .kind = {.name = "f1_score",
             .alias = "f1|F1Score",
             .help = "harmonic mean of precision and recall, one-hot targets",
             .formula = "2 precision recall / (precision + recall)",
             .config_size = sizeof(f1),
             .fields = f1_fields},
    .fits = plm_loss_fits_same,
    .figures = columns_three,
    .gather = gather_f1,
    .result = f1_result};

const plm_metric_kind plm_metric_fbeta_score = {
    .kind = {.name = "fbeta_score",
             .alias = "fbeta|FBetaScore",
             .help = "mean of precision and recall, of which recall matters beta times as much, one-hot targets",
             .formula = "(1 + beta^2) precision recall / (beta^2 precision + recall)",
             .config_size = sizeof(f1),
             .fields = fbeta_fields},
    .fits = plm_loss_fits_same,
    .figures = columns_three,
    .gather = gather_f1,
    .result = f1_result};

/* ---- area under a curve, by 200 thresholds ---- */

typedef struct {
    int64_t num_thresholds;
    const char *curve;
    bool from_logits;
} auc;

static const plm_field auc_fields[] = {
    PLM_FIELD(auc, num_thresholds, PLM_INT, "200", 2, 1e6, "points of the curve"),
    PLM_FIELD_OF(auc, curve, PLM_CHOICE, "ROC", "ROC|PR", "which curve"),
    PLM_FIELD(auc, from_logits, PLM_BOOL, "false", 0, 0, "predictions are logits"),
    {0}};

/* Weights of positives and of negatives between two thresholds: -tiny, 1/(n-1), 2/(n-1), ..., 1+tiny. */
static size_t bins(const void *config, const plm_shape *prediction)
{
    (void)prediction;
    return 2 * (size_t)((const auc *)config)->num_thresholds;
}

/* How many thresholds a prediction is above, less one: threshold k is k / (n - 1), the ends pushed out. */
static size_t bin_of(double p, size_t n)
{
    if (!(p > 0))
        return 0;
    if (p >= 1)
        return n - 2;
    const double place = ceil(p * (double)(n - 1)) - 1;
    return (size_t)place;
}

static void gather_bins(const plm_metric_rows *m, double *figure)
{
    const auc *c = m->config;
    const size_t n = (size_t)c->num_thresholds;
    for (size_t i = 0; i < m->rows; i++)
        for (size_t j = 0; j < m->width; j++) {
            const double raw = (double)m->prediction[i * m->stride + j];
            const double p = c->from_logits ? 1 / (1 + exp(-raw)) : raw;
            figure[2 * bin_of(p, n) + (m->target[i * m->target_stride + j] > 0 ? 0u : 1u)] += weight_of(m, i);
        }
}

/* Area between two points of the precision-recall curve with precision interpolated (Davis and Goadrich, 2006). */
static double pr_piece(double right, double said, double more_right, double more_said, double all)
{
    const double slope = ratio(more_right, more_said), level = right - slope * said;
    const double after = said + more_said;
    const double change = said > 0 && after > 0 ? after / said : 1;
    return ratio(slope * (more_right + level * log(change)), all);
}

static double auc_result(const void *config, const double *figure, size_t figures)
{
    const bool roc = strcmp(((const auc *)config)->curve, "ROC") == 0;
    double positives = 0, negatives = 0, area = 0, right = 0, wrong = 0;
    for (size_t k = 0; k < figures; k += 2) {
        positives += figure[k];
        negatives += figure[k + 1];
    }
    for (size_t k = figures; k > 0; k -= 2) { /* from the highest threshold down */
        const double more_right = figure[k - 2], more_wrong = figure[k - 1];
        if (roc)
            area += ratio(more_wrong, negatives) * ratio(right + more_right / 2, positives);
        else
            area += pr_piece(right, right + wrong, more_right, more_right + more_wrong, positives);
        right += more_right;
        wrong += more_wrong;
    }
    return area;
}

const plm_metric_kind plm_metric_auc = {
    .kind = {.name = "auc",
             .alias = "AUC",
             .help = "area under the ROC (or precision-recall) curve",
             .formula = "integral of the rate of true positives over the rate of false ones",
             .config_size = sizeof(auc),
             .fields = auc_fields},
    .fits = plm_loss_fits_same,
    .figures = bins,
    .gather = gather_bins,
    .result = auc_result};
