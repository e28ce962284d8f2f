/* Defines f1_score and fbeta_score: a score for each class, which is computed from its counts, and
 * an average over the classes. Definitions are those of scikit-learn, names those of Keras.
 *
 * Precision is the share of correct ones among the rows that are predicted as a class; recall is
 * the share of the rows of a class that are found. f1 is their harmonic mean, 2 p r / (p + r);
 * fbeta counts recall beta times as much. Both need only three counts for each class, which are
 * summed over all batches: the score of an epoch is not the mean of the scores of its batches. */
#include <math.h>
#include <string.h>

#include "nn/metric_gathered.h"
#include "op/losses.h"

typedef struct {
    const char *average;    /* macro, micro, weighted or none */
    double threshold, beta; /* threshold: NaN = not given. beta: 0 = not given, which means 1. */
} f1;

#define F1_AVERAGE                                                                                 \
    PLM_FIELD_OF(f1, average, PLM_CHOICE, "macro", "macro|micro|weighted|none",                    \
                 "average over classes: macro = equally, micro = over all predictions, weighted "  \
                 "= by their frequency; none = a value for each class, as in Keras")
#define F1_THRESHOLD                                                                               \
    PLM_FIELD(f1, threshold, PLM_REAL, "nan", 0, 1,                                                \
              "a prediction above the threshold counts as 1; none = 0.5 for a single output, "     \
              "else only the largest prediction counts as 1")
static const plm_field f1_fields[] = {F1_AVERAGE, F1_THRESHOLD, {0}};
static const plm_field fbeta_fields[] = {
    F1_AVERAGE,
    PLM_FIELD(f1, beta, PLM_REAL, "1", 1e-6, 1e6,
              "weight of recall: recall counts beta times as much as precision"),
    F1_THRESHOLD,
    {0}};

/* Returns the number of totals: true positives, false positives and false negatives of each
 * class. */
static size_t columns_three(const void *config, const plm_shape *prediction)
{
    (void)config;
    return 3 * (size_t)prediction->width;
}

/* Returns the index of the largest number of p [width]; of equal ones, the first. */
static size_t place_of_largest(const plm_real *p, size_t width)
{
    size_t best = 0;
    for (size_t j = 1; j < width; j++)
        best = p[j] > p[best] ? j : best;
    return best;
}

/* Adds rows to the counts. A prediction counts as 1 if it is above the threshold or, if there is no
 * threshold, if it is the largest of several. True negatives are not counted, since F1 does not
 * depend on them. */
static void gather_f1(const plm_metric_rows *m, plm_gathered *g)
{
    const double given = ((const f1 *)m->config)->threshold;
    const bool largest = isnan(given) && m->width > 1;
    const double threshold = isnan(given) ? 0.5 : given;
    for (size_t i = 0; i < m->rows; i++) {
        const plm_real *p = m->prediction + i * m->stride, *t = m->target + i * m->target_stride;
        const size_t best = place_of_largest(p, m->width);
        for (size_t j = 0; j < m->width; j++) {
            const bool predicted = largest ? j == best : (double)p[j] > threshold;
            const bool is = t[j] > 0;
            if (predicted || is)
                g->total[3 * j + (predicted && is ? 0u
                                  : predicted     ? 1u
                                                  : 2u)] += plm_metric_weight(m, i);
        }
    }
}

/* Returns the score for n = {true positives, false positives, false negatives}. It is (1 + b^2) p r
 * / (b^2 p + r) for precision p and recall r, computed from the counts, since p or r may be
 * undefined. lack: the text to which *why is set if all three counts are 0. */
static double f1_of(double beta, const double n[3], const char *lack, const char **why)
{
    const double square = beta > 0 ? beta * beta : 1, right = (1 + square) * n[0];
    return plm_metric_share(right, right + n[1] + square * n[2], lack, why);
}

/* Returns the score of class `at`, or the average over classes. */
static double f1_result(const void *config, const plm_gathered *g, int at, const char **why)
{
    static const char class_lacks[] = "a class has no positives and is never predicted";
    static const char all_lack[] = "there are no positives, and none is predicted";
    const char *average = ((const f1 *)config)->average;
    const double beta = ((const f1 *)config)->beta;
    double sum = 0, total = 0, all[3] = {0};
    if (strcmp(average, "none") == 0)
        return f1_of(beta, g->total + 3 * at, class_lacks, why);
    /* add up the counts for `micro`, and the weighted scores for `macro` and `weighted` */
    for (size_t j = 0; j < g->totals; j += 3) {
        const double *n = g->total + j, of = strcmp(average, "weighted") == 0 ? n[0] + n[2] : 1;
        for (int k = 0; k < 3; k++)
            all[k] += n[k];
        sum += of > 0 ? of * f1_of(beta, n, class_lacks, why) : 0;
        total += of;
    }
    if (strcmp(average, "micro") == 0)
        *why = NULL;
    const double micro = f1_of(beta, all, all_lack, why);
    return strcmp(average, "micro") == 0 ? micro : total > 0 ? sum / total : 0;
}

/* Returns the number of values. Without an average each class has its own value. */
static int f1_results(const void *config, const plm_shape *prediction)
{
    return strcmp(((const f1 *)config)->average, "none") == 0 ? (int)prediction->width : 1;
}

const plm_metric_kind plm_metric_f1_score = {
    .kind = {.name = "f1_score",
             .direction = PLM_DIRECTION_UP,
             .alias = "f1|F1Score",
             .help = "harmonic mean of precision and recall, for one-hot targets",
             .formula = "2 precision recall / (precision + recall)",
             .config_size = sizeof(f1),
             .fields = f1_fields},
    .takes = PLM_TARGETS_SIGNS,
    .fits = plm_loss_fits_same,
    .totals = columns_three,
    .gather = gather_f1,
    .results = f1_results,
    .result = f1_result};

const plm_metric_kind plm_metric_fbeta_score = {
    .kind = {.name = "fbeta_score",
             .direction = PLM_DIRECTION_UP,
             .alias = "fbeta|FBetaScore",
             .help = "mean of precision and recall, where recall counts beta times as much, for "
                     "one-hot targets",
             .formula = "(1 + beta^2) precision recall / (beta^2 precision + recall)",
             .config_size = sizeof(f1),
             .fields = fbeta_fields},
    .takes = PLM_TARGETS_SIGNS,
    .fits = plm_loss_fits_same,
    .totals = columns_three,
    .gather = gather_f1,
    .results = f1_results,
    .result = f1_result};
