/* auc: the area under a curve through what is found and wrongly found above rising thresholds
 * (Fawcett, An introduction to ROC analysis, 2006). By default every prediction is a threshold, so
 * that the area is exact: all predictions of an epoch are kept, see scores.h. With thresholds of a
 * given number, as Keras has it, or of one's own, the weights of positives and of negatives between
 * each two are gathered, in double in the order of the rows: -tiny, 1/(n-1), 2/(n-1), ..., 1+tiny,
 * or those that are given between the ends. */
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
    PLM_FIELD(auc, num_thresholds, PLM_INT, "0", 2, 1e6,
              "points of the curve, of which Keras has 200; 0 = exact: every prediction is one"),
    PLM_FIELD_OF(auc, curve, PLM_CHOICE, "ROC", "ROC|PR", "which curve"),
    PLM_FIELD_OF(auc, summation_method, PLM_CHOICE, "interpolation",
                 "interpolation|minoring|majoring|steps",
                 "between two points: in between (under PR by the counts), the lower one, the "
                 "higher one, or the one of the lower threshold (under PR scikit-learn's average "
                 "precision)"),
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

static bool is_exact(const auc *c)
{
    return c->num_thresholds == 0 && c->thresholds.count == 0;
}

/* Between two thresholds each. */
static size_t bins_of(const auc *c)
{
    if (is_exact(c))
        return 0;
    return c->thresholds.count > 0 ? (size_t)c->thresholds.count + 1
                                   : (size_t)c->num_thresholds - 1;
}

/* Positives and negatives of each bin, for each label. */
static size_t figures_of(const void *config, const plm_shape *prediction)
{
    const auc *c = config;
    return 2 * bins_of(c) * (c->multi_label ? (size_t)prediction->width : 1);
}

static int curves_of(const void *config, const plm_shape *prediction)
{
    const auc *c = config;
    return !is_exact(c) ? 0 : c->multi_label ? (int)prediction->width : 1;
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

static double weight_of(const plm_metric_rows *m, size_t row, size_t output)
{
    const auc *c = m->config;
    const bool weighed = c->label_weights.count > 0 && !c->multi_label;
    return (m->weight != NULL ? (double)m->weight[row] : 1.0) *
           (weighed ? c->label_weights.at[output] : 1.0);
}

static void gather(const plm_metric_rows *m, plm_gathered *g)
{
    const auc *c = m->config;
    const size_t bins = bins_of(c);
    for (size_t i = 0; i < m->rows; i++)
        for (size_t j = 0; j < m->width; j++) {
            const double raw = (double)m->prediction[i * m->stride + j], w = weight_of(m, i, j);
            const bool positive = m->target[i * m->target_stride + j] > 0;
            const size_t curve = c->multi_label ? j : 0;
            if (is_exact(c)) { /* logits are in the order of probabilities */
                plm_scores_add(&g->scores[curve], raw, w, positive);
                continue;
            }
            const double p = c->from_logits ? 1 / (1 + exp(-raw)) : raw;
            g->figure[2 * (bin_of(c, p) + curve * bins) + (positive ? 0 : 1)] += w;
        }
}

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

/* Area between two points of the precision-recall curve, along which positives grow in a line
 * with answers (Davis and Goadrich, The relationship between precision-recall and ROC curves, ICML
 * 2006). */
static double between_counts(double right, double said, double more_right, double more_said)
{
    const double slope = ratio(more_right, more_said), level = right - slope * said;
    const double after = said + more_said;
    const double change = said > 0 && after > 0 ? after / said : 1;
    return slope * (more_right + level * log(change));
}

static double height(const auc *c, double a, double b)
{
    if (c->summation_method[0] == 'i')
        return (a + b) / 2;
    if (c->summation_method[0] == 's')
        return b;
    return (c->summation_method[1] == 'i') == (a < b) ? a : b; /* minoring, majoring */
}

/* What positives and negatives weigh between two thresholds, rising: at[k stride], and the next. */
typedef struct {
    const double *at;
    size_t count, stride;
    double positives, negatives;
} points;

static points points_of(const auc *c, const plm_gathered *g, size_t curve)
{
    const size_t bins = bins_of(c);
    points p = {.count = bins, .stride = 2};
    if (is_exact(c)) {
        const plm_scores *s = &g->scores[curve];
        p = (points){.count = s->count, .stride = sizeof(plm_score) / sizeof(double)};
        p.at = s->count > 0 ? &s->at[0].positive : NULL;
    } else {
        p.at = g->figure + 2 * bins * curve;
    }
    for (size_t k = 0; k < p.count; k++) {
        p.positives += p.at[k * p.stride];
        p.negatives += p.at[k * p.stride + 1];
    }
    return p;
}

/* Between two points of the curve, to be divided by all positives, and under ROC by all negatives.
 * right, wrong: what is above the higher threshold; more: what is between the two. */
static double area_between(const auc *c, double right, double wrong, const double more[2])
{
    const double all_right = right + more[0], all_wrong = wrong + more[1];
    if (c->curve[0] == 'R')
        return more[1] * height(c, right, all_right);
    if (c->summation_method[0] == 'i')
        return between_counts(right, right + wrong, more[0], more[0] + more[1]);
    return more[0] *
           height(c, ratio(right, right + wrong), ratio(all_right, all_right + all_wrong));
}

/* From the highest threshold down. */
static double area_of(const auc *c, const points *p, const char **why)
{
    const bool roc = c->curve[0] == 'R';
    double area = 0, right = 0, wrong = 0;
    if (p->positives <= 0 || (roc && p->negatives <= 0)) {
        *why = p->positives > 0   ? "there are no negatives"
               : p->negatives > 0 ? "there are no positives"
                                  : "no row counts";
        return (double)NAN;
    }
    for (size_t k = p->count; k > 0; k--) {
        const double *more = p->at + (k - 1) * p->stride;
        area += area_between(c, right, wrong, more);
        right += more[0];
        wrong += more[1];
    }
    return area / (roc ? p->positives * p->negatives : p->positives);
}

static double result(const void *config, const plm_gathered *g, int at, const char **why)
{
    const auc *c = config;
    const size_t labels = is_exact(c) ? (size_t)g->curves : g->figures / (2 * bins_of(c));
    double sum = 0, weights = 0;
    (void)at;
    for (size_t j = 0; j < labels; j++) {
        const bool weighed = c->multi_label && c->label_weights.count > 0;
        const double weight = weighed ? c->label_weights.at[j] : 1;
        if (is_exact(c))
            plm_scores_settle(&g->scores[j]);
        const points p = points_of(c, g, j);
        sum += weight > 0 ? weight * area_of(c, &p, why) : 0;
        weights += weight;
    }
    return sum / weights;
}

const plm_metric_kind plm_metric_auc = {
    .kind = {.name = "auc",
             .direction = PLM_DIRECTION_UP,
             .alias = "AUC",
             .help = "area under the ROC (or precision-recall) curve",
             .formula = "integral of the rate of true positives over the rate of false ones",
             .notes =
                 "1 where every positive is given a higher number than every negative, 0.5 by "
                 "guessing. Where positives are few, the area under PR tells more. Without "
                 "num_thresholds the area is exact: under ROC the share of pairs of a positive "
                 "and a negative that are in the right order, ties half. For that up to 524,288 "
                 "different predictions of an epoch are kept (50 MB); where there are more, "
                 "close neighbours count as ties. Where a class is missing the area is nan.",
             .source = "Fawcett, An introduction to ROC analysis, 2006",
             .config_size = sizeof(auc),
             .fields = fields},
    .fits = fits,
    .figures = figures_of,
    .curves = curves_of,
    .gather = gather,
    .result = result};
