/* Defines metrics of the best threshold under a condition, such as sensitivity_at_specificity. The
 * weights of positives and negatives between neighbouring thresholds are added up in double in the
 * order of the rows. Definitions and defaults are those of Keras: n thresholds are -tiny, 1/(n-1),
 * 2/(n-1), ..., 1+tiny; a single threshold is 0.5. The value is 0 if no threshold meets the
 * condition.
 *
 * Thresholds are not tried row by row. Each prediction is counted in the interval between two
 * thresholds, so a row costs one addition, however many thresholds there are. At the end, sums over
 * the intervals above a threshold give its four counts. */
#include <math.h>

#include "nn/metric_gathered.h"
#include "op/losses.h"

typedef struct {
    double value; /* min value of the condition's statistic */
    /* num_thresholds: number of thresholds. class_id: the class that is evaluated, -1 = all
     * classes. */
    int64_t num_thresholds, class_id;
} at_config;

/* The field table of a metric whose condition is called name_. */
#define AT_FIELDS(name_)                                                                           \
    {{.name = name_,                                                                               \
      .type = PLM_REAL,                                                                            \
      .offset = offsetof(at_config, value),                                                        \
      .fallback = NULL,                                                                            \
      .high = 1,                                                                                   \
      .help = "the " name_ " that a threshold must have at least"},                                \
     PLM_FIELD(at_config, num_thresholds, PLM_INT, "200", 1, 1e6,                                  \
               "number of thresholds that are tried"),                                             \
     PLM_FIELD(at_config, class_id, PLM_INT, "-1", -1, 1e9,                                        \
               "evaluate only this class, from 0; -1 = all classes"),                              \
     {0}}
static const plm_field at_specificity[] = AT_FIELDS("specificity");
static const plm_field at_sensitivity[] = AT_FIELDS("sensitivity");
static const plm_field at_recall[] = AT_FIELDS("recall");
static const plm_field at_precision[] = AT_FIELDS("precision");

/* Checks the shapes, and that class_id is a class. A class_id of -1 means all outputs, so it always
 * fits. */
static bool fits(const void *config, const plm_shape *prediction, const plm_shape *target,
                 const char **why)
{
    const int64_t last = prediction->rank > 0 ? prediction->dims[prediction->rank - 1] : 1;
    if (!plm_loss_fits_same(config, prediction, target, why))
        return false;
    if (((const at_config *)config)->class_id < last)
        return true;
    *why = "class_id is not a class of the output; classes are numbered from 0";
    return false;
}

/* Returns the number of intervals: below the first threshold, between neighbouring thresholds, and
 * above the last one. So there is one more interval than thresholds. */
static size_t intervals_of(const at_config *c)
{
    return (size_t)c->num_thresholds + 1;
}

/* Returns the number of totals, which are the positives and the negatives of each interval. */
static size_t totals_of(const void *config, const plm_shape *prediction)
{
    (void)prediction;
    return 2 * intervals_of(config);
}

/* Returns the number of thresholds below p. A NaN counts as below all thresholds. With n thresholds
 * at distances of 1 / (n - 1), the number below p is p (n - 1), rounded up. By Keras's rule, the
 * first threshold is below 0 and the last one above 1, so that 0 and 1 are between them. No search
 * is needed, though there may be a million thresholds. */
static size_t interval_of(const at_config *c, double p)
{
    const double last = (double)(c->num_thresholds - 1);
    if (c->num_thresholds == 1)
        return p > 0.5 ? 1 : 0;
    if (!(p >= 0))
        return 0;
    if (p > 1)
        return (size_t)c->num_thresholds;
    return p > 0 ? (size_t)ceil(p * last) : 1;
}

/* Adds the predictions of rows to the totals: total[2 k] is the weight of the positives in interval
 * k, total[2 k + 1] that of the negatives. */
static void gather(const plm_metric_rows *m, plm_gathered *g)
{
    const at_config *c = m->config;
    const size_t first = c->class_id >= 0 ? (size_t)c->class_id : 0,
                 end = c->class_id >= 0 ? first + 1 : m->width;
    for (size_t i = 0; i < m->rows; i++)
        for (size_t j = first; j < end; j++) {
            const size_t k = interval_of(c, (double)m->prediction[i * m->stride + j]);
            const bool positive = m->target[i * m->target_stride + j] > 0;
            g->total[2 * k + (positive ? 0 : 1)] += plm_metric_weight(m, i);
        }
}

/* The weights of predictions at a threshold: positives and negatives above it, and all positives
 * and negatives. */
typedef struct {
    double right, wrong, positives, negatives;
} counts;

/* Returns part / whole; 0 if whole is 0. */
static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

/* Returns the share of the positives that are above the threshold; also called recall. */
static double sensitivity(const counts *n)
{
    return ratio(n->right, n->positives);
}

/* Returns the share of the negatives that are not above the threshold. */
static double specificity(const counts *n)
{
    return ratio(n->negatives - n->wrong, n->negatives);
}

/* Returns the share of positives among all that are above the threshold. */
static double precision(const counts *n)
{
    return ratio(n->right, n->right + n->wrong);
}

typedef double statistic(const counts *n);

/* Returns the largest `wanted` over all thresholds at which `bound` is at least the value of the
 * config; 0 if there is none. bound: the statistic in the condition. wanted: the statistic in the
 * result. The loop goes from the highest threshold down. Interval k lies above threshold k - 1, so
 * the sum from the highest interval down to interval k is what lies above that threshold. */
static double best(const void *config, const plm_gathered *g, statistic *bound, statistic *wanted,
                   const char **why)
{
    const at_config *c = config;
    const size_t intervals = intervals_of(c);
    counts n = {0};
    double largest = 0;
    bool met = false;
    for (size_t k = 0; k < intervals; k++) {
        n.positives += g->total[2 * k];
        n.negatives += g->total[2 * k + 1];
    }
    for (size_t k = intervals; k-- > 1;) {
        n.right += g->total[2 * k];
        n.wrong += g->total[2 * k + 1];
        const bool meets = bound(&n) >= c->value;
        met = met || meets;
        largest = meets ? fmax(largest, wanted(&n)) : largest;
    }
    if (!(n.positives + n.negatives > 0))
        *why = PLM_METRIC_NO_ROWS;
    else if (!met)
        *why = "no threshold meets the condition";
    return largest;
}

/* Defines the function that computes a metric: the largest value of `wanted` at a threshold that
 * meets the condition on `bound`. */
#define AT(name_, bound_, wanted_)                                                                 \
    static double name_(const void *config, const plm_gathered *g, int at, const char **why)       \
    {                                                                                              \
        (void)at;                                                                                  \
        return best(config, g, bound_, wanted_, why);                                              \
    }
AT(sensitivity_at_specificity, specificity, sensitivity)
AT(specificity_at_sensitivity, sensitivity, specificity)
AT(precision_at_recall, sensitivity, precision)
AT(recall_at_precision, precision, sensitivity)

#define AT_METRIC(name_, help_, fields_, result_)                                                  \
    {.kind = {.name = name_,                                                                       \
              .direction = PLM_DIRECTION_UP,                                                       \
              .help = help_,                                                                       \
              .notes = "It is the best value over num_thresholds equidistant thresholds, and 0 "   \
                       "if no threshold meets the condition.",                                     \
              .config_size = sizeof(at_config),                                                    \
              .fields = fields_,                                                                   \
              .examples = PLM_LIST(name_ "(0.5)")},                                                \
     .takes = PLM_TARGETS_SIGNS,                                                                   \
     .fits = fits,                                                                                 \
     .totals = totals_of,                                                                          \
     .gather = gather,                                                                             \
     .result = result_}
const plm_metric_kind plm_metric_sensitivity_at_specificity = AT_METRIC(
    "sensitivity_at_specificity",
    "sensitivity (share of positives that are found) at a threshold with at least this specificity",
    at_specificity, sensitivity_at_specificity);
const plm_metric_kind plm_metric_specificity_at_sensitivity =
    AT_METRIC("specificity_at_sensitivity",
              "specificity (share of negatives predicted as negative) at a threshold with at least "
              "this sensitivity",
              at_sensitivity, specificity_at_sensitivity);
const plm_metric_kind plm_metric_precision_at_recall = AT_METRIC(
    "precision_at_recall",
    "precision at a threshold with at least this recall (share of positives that are found)",
    at_recall, precision_at_recall);
const plm_metric_kind plm_metric_recall_at_precision = AT_METRIC(
    "recall_at_precision",
    "recall (share of positives that are found) at a threshold with at least this precision",
    at_precision, recall_at_precision);
