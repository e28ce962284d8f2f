/* Metrics that are no mean over rows: counts of right and wrong answers, roots and ratios of
 * sums (areas: metric_curve.c). Definitions: Keras. Everything is added up in double in the
 * order of the rows. */
#include "nn/metric_gathered.h"

#include <math.h>
#include <string.h>

#include "op/losses.h"

static const double TINY = 1e-7; /* Keras's epsilon */

static double weight_of(const plm_metric_rows *m, size_t row)
{
    return m->weight != NULL ? (double)m->weight[row] : 1.0;
}

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
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
            const double d = (double)m->prediction[i * m->stride + j] -
                             (double)m->target[i * m->target_stride + j];
            sum += d * d;
        }
        figure[0] += weight_of(m, i) * sum / (double)m->width;
        figure[1] += weight_of(m, i);
    }
}

static double root_of_mean(const void *config, const double *figure, size_t figures, int at)
{
    (void)config;
    (void)figures;
    (void)at;
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

/* ---- explained variance ---- */

typedef struct {
    const char *class_aggregation;
    int64_t num_regressors;
} explaining;

static const plm_field explaining_fields[] = {
    PLM_FIELD_OF(explaining, class_aggregation, PLM_CHOICE, "uniform_average",
                 "uniform_average|variance_weighted_average|none",
                 "how columns become one number: alike, by their variance, or one number for each"),
    PLM_FIELD(
        explaining, num_regressors, PLM_INT, "0", 0, 1e9,
        "how many inputs the score is adjusted for, fewer than rows less one; 0 = the plain score"),
    {0}};

/* For each column: sum of w t, of w t^2, of w (t - p)^2; then the sum of w and the number of
 * rows. */
static size_t columns_thrice(const void *config, const plm_shape *prediction)
{
    (void)config;
    return 3 * (size_t)prediction->width + 2;
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
        figure[3 * m->width + 1] += 1;
    }
}

/* Of one column: 1 - residual / total; the total into *variance. */
static double explained(const double *column, double weight, double *variance)
{
    *variance = column[1] - column[0] * column[0] / (weight > 0 ? weight : 1);
    return *variance > 0 ? 1 - column[2] / *variance : column[2] > 0 ? 0 : 1;
}

/* With so many regressors as rows less one there is nothing to adjust by: the plain score. */
static double adjusted(double score, double rows, double regressors)
{
    const double left = rows - regressors - 1;
    return regressors > 0 && left > 0 ? 1 - (1 - score) * (rows - 1) / left : score;
}

static double r2_result(const void *config, const double *figure, size_t figures, int at)
{
    const explaining *c = config;
    const size_t columns = (figures - 2) / 3;
    const double weight = figure[figures - 2], rows = figure[figures - 1];
    const bool by_variance = c->class_aggregation[0] == 'v';
    double sum = 0, shares = 0, variance = 0;
    if (c->class_aggregation[0] == 'n')
        return adjusted(explained(figure + 3 * at, weight, &variance), rows,
                        (double)c->num_regressors);
    for (size_t j = 0; j < columns; j++) {
        const double score = explained(figure + 3 * j, weight, &variance),
                     share = by_variance ? variance : 1;
        sum += share * score;
        shares += share;
    }
    return adjusted(ratio(sum, shares), rows, (double)c->num_regressors);
}

static int r2_results(const void *config, const plm_shape *prediction)
{
    return ((const explaining *)config)->class_aggregation[0] == 'n' ? (int)prediction->width : 1;
}

const plm_metric_kind plm_metric_r2_score = {
    .kind = {.name = "r2_score",
             .alias = "r2|R2Score",
             .help = "share of the targets' variance that is explained",
             .formula = "1 - sum (t - p)^2 / sum (t - mean t)^2",
             .config_size = sizeof(explaining),
             .fields = explaining_fields},
    .fits = plm_loss_fits_same,
    .figures = columns_thrice,
    .gather = gather_columns,
    .results = r2_results,
    .result = r2_result};

/* ---- counts: true and false positives and negatives ---- */

typedef struct {
    plm_reals thresholds; /* none = 0.5, or none with top_k */
    int64_t top_k, class_id;
} counting;

static const plm_field counting_fields[] = {
    {.name = "thresholds",
     .alias = "threshold",
     .type = PLM_REALS,
     .offset = offsetof(counting, thresholds),
     .fallback = "",
     .high = 1,
     .help = "a prediction above it means 1; several give a number each; none = 0.5, and with "
             "top_k any does"},
    PLM_FIELD(counting, top_k, PLM_INT, "0", 0, 1e9,
              "only the k largest of a row can mean 1; 0 = all can"),
    PLM_FIELD(counting, class_id, PLM_INT, "-1", -1, 1e9,
              "only this class counts, from 0; -1 = all do"),
    {0}};

enum { TRUE_POSITIVE, FALSE_POSITIVE, FALSE_NEGATIVE, TRUE_NEGATIVE, COUNTS };

static bool counting_fits(const void *config, const plm_shape *prediction, const plm_shape *target,
                          const char **why)
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

static int counting_results(const void *config, const plm_shape *prediction)
{
    const int thresholds = ((const counting *)config)->thresholds.count;
    (void)prediction;
    return thresholds > 1 ? thresholds : 1;
}

static double counting_name(const void *config, int at)
{
    return ((const counting *)config)->thresholds.at[at];
}

/* Four for each threshold. */
static size_t fours(const void *config, const plm_shape *prediction)
{
    return COUNTS * (size_t)counting_results(config, prediction);
}

/* Is p[j] among the k largest? Of equal ones the first is. */
static bool among_largest(const plm_real *p, size_t width, size_t j, int64_t k)
{
    int64_t before = 0;
    for (size_t i = 0; i < width && before < k; i++)
        before += p[i] > p[j] || (i < j && !(p[i] < p[j]));
    return before < k;
}

/* One answer, by every threshold. */
static void count_answer(const counting *c, double p, bool may, bool is, double weight,
                         double *figure)
{
    const int thresholds = c->thresholds.count > 0 ? c->thresholds.count : 1;
    for (int k = 0; k < thresholds; k++, figure += COUNTS) {
        const double threshold = c->thresholds.count > 0 ? c->thresholds.at[k]
                                 : c->top_k > 0          ? -INFINITY
                                                         : 0.5;
        const bool said = may && p > threshold;
        figure[said ? (is ? TRUE_POSITIVE : FALSE_POSITIVE)
               : is ? FALSE_NEGATIVE
                    : TRUE_NEGATIVE] += weight;
    }
}

static void gather_counts(const plm_metric_rows *m, double *figure)
{
    const counting *c = m->config;
    const size_t first = c->class_id >= 0 ? (size_t)c->class_id : 0,
                 end = c->class_id >= 0 ? first + 1 : m->width;
    for (size_t i = 0; i < m->rows; i++)
        for (size_t j = first; j < end; j++) {
            const plm_real *p = m->prediction + i * m->stride;
            const bool may = c->top_k == 0 || among_largest(p, m->width, j, c->top_k);
            count_answer(c, (double)p[j], may, m->target[i * m->target_stride + j] > 0,
                         weight_of(m, i), figure);
        }
}

#define COUNTING(name_, alias_, help_, formula_, value_)                                           \
    static double name_##_of(const void *config, const double *figure, size_t figures, int at)     \
    {                                                                                              \
        const double *n = figure + COUNTS * at;                                                    \
        (void)config;                                                                              \
        (void)figures;                                                                             \
        return value_;                                                                             \
    }                                                                                              \
    const plm_metric_kind plm_metric_##name_ = {.kind = {.name = #name_,                           \
                                                         .alias = alias_,                          \
                                                         .help = help_,                            \
                                                         .formula = formula_,                      \
                                                         .config_size = sizeof(counting),          \
                                                         .fields = counting_fields},               \
                                                .fits = counting_fits,                             \
                                                .figures = fours,                                  \
                                                .gather = gather_counts,                           \
                                                .results = counting_results,                       \
                                                .number = counting_name,                           \
                                                .result = name_##_of};
COUNTING(precision, "Precision", "share of the positive answers that are right", "TP / (TP + FP)",
         ratio(n[TRUE_POSITIVE], n[TRUE_POSITIVE] + n[FALSE_POSITIVE]))
COUNTING(recall, "Recall", "share of the positives that are found", "TP / (TP + FN)",
         ratio(n[TRUE_POSITIVE], n[TRUE_POSITIVE] + n[FALSE_NEGATIVE]))
COUNTING(true_positives, NULL, "positives that are found", "TP", n[TRUE_POSITIVE])
COUNTING(false_positives, NULL, "negatives taken for positives", "FP", n[FALSE_POSITIVE])
COUNTING(false_negatives, NULL, "positives that are missed", "FN", n[FALSE_NEGATIVE])
COUNTING(true_negatives, NULL, "negatives that are told", "TN", n[TRUE_NEGATIVE])

/* ---- F1 and its relatives: by class, then averaged ---- */

typedef struct {
    const char *average;
    double threshold, beta; /* beta 0 = not said: 1 */
} f1;

#define F1_AVERAGE                                                                                 \
    PLM_FIELD_OF(f1, average, PLM_CHOICE, "macro", "macro|micro|weighted|none",                    \
                 "how classes become one number: alike, by answers, by their share; none = a "     \
                 "number each, as in Keras")
#define F1_THRESHOLD                                                                               \
    PLM_FIELD(f1, threshold, PLM_REAL, "nan", 0, 1,                                                \
              "a prediction above it means 1; none = the largest of the row does")
static const plm_field f1_fields[] = {F1_AVERAGE, F1_THRESHOLD, {0}};
static const plm_field fbeta_fields[] = {
    F1_AVERAGE,
    PLM_FIELD(f1, beta, PLM_REAL, "1", 1e-6, 1e6,
              "how many times recall matters as much as precision"),
    F1_THRESHOLD,
    {0}};

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
    const double precision = right / (right + wrong + TINY),
                 recall = right / (right + missed + TINY);
    const double square = beta > 0 ? beta * beta : 1;
    return (1 + square) * precision * recall / (square * precision + recall + TINY);
}

static double f1_result(const void *config, const double *figure, size_t figures, int at)
{
    const char *average = ((const f1 *)config)->average;
    const double beta = ((const f1 *)config)->beta;
    double sum = 0, total = 0, right = 0, wrong = 0, missed = 0;
    if (strcmp(average, "none") == 0)
        return f1_of(beta, figure[3 * at], figure[3 * at + 1], figure[3 * at + 2]);
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

static int f1_results(const void *config, const plm_shape *prediction)
{
    return strcmp(((const f1 *)config)->average, "none") == 0 ? (int)prediction->width : 1;
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
    .results = f1_results,
    .result = f1_result};

const plm_metric_kind plm_metric_fbeta_score = {
    .kind = {.name = "fbeta_score",
             .alias = "fbeta|FBetaScore",
             .help = "mean of precision and recall, of which recall matters beta times as much, "
                     "one-hot targets",
             .formula = "(1 + beta^2) precision recall / (beta^2 precision + recall)",
             .config_size = sizeof(f1),
             .fields = fbeta_fields},
    .fits = plm_loss_fits_same,
    .figures = columns_three,
    .gather = gather_f1,
    .results = f1_results,
    .result = f1_result};
