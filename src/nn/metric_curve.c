/* auc: the area under a curve through what is found and wrongly found above rising thresholds
 * (Fawcett, An introduction to ROC analysis, 2006). Gathered are the weights of positives and of
 * negatives between each two thresholds, in double in the order of the rows: -tiny, 1/(n-1),
 * 2/(n-1), ..., 1+tiny, or those that are given between the ends. */
#include <math.h>

#include "nn/metric_gathered.h"
#include "op/losses.h"

typedef struct {
    int64_t num_thresholds, num_labels;
    const char *curve, *summation_method;
    plm_reals thresholds, label_weights;
    bool multi_label, from_logits;
} auc;

static const plm_field fields[] = {
    PLM_FIELD(auc, num_thresholds, PLM_INT, "200", 2, 1e6, "points of the curve"),
    PLM_FIELD_OF(auc, curve, PLM_CHOICE, "ROC", "ROC|PR", "which curve"),
    PLM_FIELD_OF(auc, summation_method, PLM_CHOICE, "interpolation",
                 "interpolation|minoring|majoring",
                 "between two points: in between (under PR by the counts), the lower one, or the "
                 "higher one"),
    PLM_FIELD(auc, thresholds, PLM_REALS, "", 0, 1,
              "thresholds of one's own between the ends, in place of num_thresholds"),
    PLM_FIELD(auc, multi_label, PLM_BOOL, "false", 0, 0,
              "a curve for each output, and the mean of their areas; else all outputs count on one "
              "curve"),
    PLM_FIELD(auc, num_labels, PLM_INT, "0", 0, 1e9,
              "how many outputs multi_label is for; 0 = as many as there are"),
    PLM_FIELD(
        auc, label_weights, PLM_REALS, "", 0, 1e30,
        "what each output counts, in the mean of the areas or on the one curve; none = alike"),
    PLM_FIELD(auc, from_logits, PLM_BOOL, "false", 0, 0, "predictions are logits"),
    {0}};

static bool fits(const void *config, const plm_shape *prediction, const plm_shape *target,
                 const char **why)
{
    const auc *c = config;
    const int64_t last = prediction->rank > 0 ? prediction->dims[prediction->rank - 1] : 1;
    double sum = 0;
    if (!plm_loss_fits_same(config, prediction, target, why))
        return false;
    for (int j = 0; j < c->label_weights.count; j++)
        sum += c->label_weights.at[j];
    const bool counted = c->label_weights.count == 0 || (c->label_weights.count == last && sum > 0);
    if (!counted)
        *why = "label_weights wants a number for each output, and not all of them 0";
    else if (c->num_labels > 0 && !c->multi_label)
        *why = "num_labels goes with multi_label=true";
    else if (c->num_labels > 0 && c->num_labels != last)
        *why = "num_labels is not the number of outputs; leave it out";
    else
        return true;
    return false;
}

/* Between two thresholds each. */
static size_t bins_of(const auc *c)
{
    return c->thresholds.count > 0 ? (size_t)c->thresholds.count + 1
                                   : (size_t)c->num_thresholds - 1;
}

/* Positives and negatives of each bin, for each label. */
static size_t figures_of(const void *config, const plm_shape *prediction)
{
    const auc *c = config;
    return 2 * bins_of(c) * (c->multi_label ? (size_t)prediction->width : 1);
}

/* How many thresholds a prediction is above, less one. */
static size_t bin_of(const auc *c, double p)
{
    size_t above = 0;
    if (c->thresholds.count > 0) {
        for (int k = 0; k < c->thresholds.count; k++)
            above += p > c->thresholds.at[k];
        return above;
    }
    const double last = (double)(c->num_thresholds - 1);
    if (!(p > 0))
        return 0;
    return p >= 1 ? (size_t)last - 1 : (size_t)(ceil(p * last) - 1);
}

static void gather(const plm_metric_rows *m, double *figure)
{
    const auc *c = m->config;
    const size_t bins = bins_of(c);
    const bool weighed = c->label_weights.count > 0 && !c->multi_label;
    for (size_t i = 0; i < m->rows; i++)
        for (size_t j = 0; j < m->width; j++) {
            const double raw = (double)m->prediction[i * m->stride + j];
            const double p = c->from_logits ? 1 / (1 + exp(-raw)) : raw;
            const size_t at = 2 * (bin_of(c, p) + (c->multi_label ? j * bins : 0));
            figure[at + (m->target[i * m->target_stride + j] > 0 ? 0u : 1u)] +=
                (m->weight != NULL ? (double)m->weight[i] : 1.0) *
                (weighed ? c->label_weights.at[j] : 1.0);
        }
}

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

/* Area between two points of the precision-recall curve, along which positives grow in a line
 * with answers (Davis and Goadrich, The relationship between precision-recall and ROC curves,
 * ICML 2006). */
static double between_counts(double right, double said, double more_right, double more_said,
                             double all)
{
    const double slope = ratio(more_right, more_said), level = right - slope * said;
    const double after = said + more_said;
    const double change = said > 0 && after > 0 ? after / said : 1;
    return ratio(slope * (more_right + level * log(change)), all);
}

static double height(const auc *c, double a, double b)
{
    if (c->summation_method[0] == 'i')
        return (a + b) / 2;
    return (c->summation_method[1] == 'i') == (a < b) ? a : b; /* minoring, majoring */
}

/* From the highest threshold down. */
static double area_of(const auc *c, const double *figure, size_t bins)
{
    const bool roc = c->curve[0] == 'R';
    double positives = 0, negatives = 0, area = 0, right = 0, wrong = 0;
    for (size_t k = 0; k < bins; k++) {
        positives += figure[2 * k];
        negatives += figure[2 * k + 1];
    }
    for (size_t k = bins; k > 0; k--) {
        const double more_right = right + figure[2 * k - 2], more_wrong = wrong + figure[2 * k - 1];
        if (roc)
            area += ratio(more_wrong - wrong, negatives) *
                    height(c, ratio(right, positives), ratio(more_right, positives));
        else if (c->summation_method[0] == 'i')
            area += between_counts(right, right + wrong, figure[2 * k - 2],
                                   figure[2 * k - 2] + figure[2 * k - 1], positives);
        else
            area +=
                ratio(more_right - right, positives) *
                height(c, ratio(right, right + wrong), ratio(more_right, more_right + more_wrong));
        right = more_right;
        wrong = more_wrong;
    }
    return area;
}

static double result(const void *config, const double *figure, size_t figures, int at)
{
    const auc *c = config;
    const size_t bins = bins_of(c), labels = figures / (2 * bins);
    double sum = 0, weights = 0;
    (void)at;
    for (size_t j = 0; j < labels; j++) {
        const double weight =
            c->multi_label && c->label_weights.count > 0 ? c->label_weights.at[j] : 1;
        sum += weight * area_of(c, figure + 2 * bins * j, bins);
        weights += weight;
    }
    return ratio(sum, weights);
}

const plm_metric_kind plm_metric_auc = {
    .kind = {.name = "auc",
             .alias = "AUC",
             .help = "area under the ROC (or precision-recall) curve",
             .formula = "integral of the rate of true positives over the rate of false ones",
             .notes = "1 where every positive is told with more confidence than every negative, "
                      "0.5 by guessing. Where "
                      "positives are few, the area under PR says more.",
             .source = "Fawcett, An introduction to ROC analysis, 2006",
             .config_size = sizeof(auc),
             .fields = fields},
    .fits = fits,
    .figures = figures_of,
    .gather = gather,
    .result = result};
