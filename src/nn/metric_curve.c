/* Defines auc, the area under a curve. The points of the curve are the rates of true and false
 * positives (ROC), or recall and precision (PR), for all thresholds (Fawcett, An introduction to
 * ROC analysis, 2006). By default every prediction is a threshold, so the area is exact. For this
 * all predictions of an epoch are kept (scores.h). If a number or a list of thresholds is given, as
 * in Keras, predictions are not kept: the weights of positives and of negatives between
 * neighbouring thresholds are added up, in double in the order of the rows. A number n gives the
 * thresholds -tiny, 1/(n-1), 2/(n-1), ..., 1+tiny; a list is extended by the two ends. */
#include <math.h>

#include "nn/metric_gathered.h"
#include "op/losses.h"

typedef struct {
    int64_t num_thresholds, num_labels;   /* 0 = exact; 0 = the net's outputs */
    const char *curve, *summation_method; /* known by their first letters, see height */
    plm_reals thresholds, label_weights;  /* empty = not given */
    /* multi_label: true = a curve for each output. from_logits: true = predictions are logits. */
    bool multi_label, from_logits;
} auc;

static const plm_field fields[] = {
    PLM_FIELD(auc, num_thresholds, PLM_INT, "0", 2, 1e6,
              "number of thresholds, 200 in Keras; 0 = exact: every prediction is a threshold"),
    PLM_FIELD_OF(auc, curve, PLM_CHOICE, "ROC", "ROC|PR",
                 "the curve: ROC, or precision and recall"),
    PLM_FIELD_OF(auc, summation_method, PLM_CHOICE, "interpolation",
                 "interpolation|minoring|majoring|steps",
                 "height of the curve between two points: interpolated (for PR by the counts), the "
                 "lower one, the higher one, or the height of the point with the lower threshold "
                 "(for PR this is scikit-learn's average precision)"),
    PLM_FIELD(auc, thresholds, PLM_REALS, "", 0, 1,
              "own thresholds between 0 and 1, instead of num_thresholds"),
    PLM_FIELD(auc, multi_label, PLM_BOOL, "false", 0, 0,
              "true = a curve for each output, and the mean of their areas; false = one curve for "
              "all outputs"),
    PLM_FIELD(auc, num_labels, PLM_INT, "0", 0, 1e9,
              "number of outputs with multi_label; 0 = the number of the net's outputs"),
    PLM_FIELD(auc, label_weights, PLM_REALS, "", 0, 1e30,
              "weight of each output, in the mean of the areas or in the common curve; none = "
              "equal weights"),
    PLM_FIELD(auc, from_logits, PLM_BOOL, "false", 0, 0, "true = predictions are logits"),
    {0}};

/* Checks the shapes, label_weights and num_labels. If something does not fit, sets *why to the
 * reason. One of the label weights must be above 0, since the mean divides by their sum. */
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
        *why = "label_weights needs a number for each output, and one above 0";
    else if (c->num_labels > 0 && !c->multi_label)
        *why = "num_labels can only be given with multi_label=true";
    else if (c->num_labels > 0 && c->num_labels != last)
        *why = "num_labels is not the number of outputs; leave out num_labels";
    else
        return true;
    return false;
}

/* True if every prediction is a threshold. */
static bool is_exact(const auc *c)
{
    return c->num_thresholds == 0 && c->thresholds.count == 0;
}

/* Returns the number of intervals between thresholds. */
static size_t bins_of(const auc *c)
{
    if (is_exact(c))
        return 0;
    return c->thresholds.count > 0 ? (size_t)c->thresholds.count + 1
                                   : (size_t)c->num_thresholds - 1;
}

/* Returns the number of totals: one for positives and one for negatives, for each interval (bin) of
 * each label. */
static size_t totals_of(const void *config, const plm_shape *prediction)
{
    const auc *c = config;
    return 2 * bins_of(c) * (c->multi_label ? (size_t)prediction->width : 1);
}

/* Returns the number of curves that keep all their predictions. */
static int curves_of(const void *config, const plm_shape *prediction)
{
    const auc *c = config;
    return !is_exact(c) ? 0 : c->multi_label ? (int)prediction->width : 1;
}

/* Returns the index of the interval between thresholds that contains a prediction p: the number of
 * thresholds below p, minus one. For equidistant thresholds it is computed by a multiplication. A
 * list of thresholds is short, so it is searched from its beginning. A NaN is in the lowest
 * interval. */
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

/* Returns the weight of one output of a row: the sample weight, which on a common curve is
 * multiplied by the label weight. */
static double weight_of(const plm_metric_rows *m, size_t row, size_t output)
{
    const auc *c = m->config;
    const bool weighed = c->label_weights.count > 0 && !c->multi_label;
    return (m->weight != NULL ? (double)m->weight[row] : 1.0) *
           (weighed ? c->label_weights.at[output] : 1.0);
}

/* Adds the predictions of rows to the totals or to the kept predictions. */
static void gather(const plm_metric_rows *m, plm_gathered *g)
{
    const auc *c = m->config;
    const size_t bins = bins_of(c);
    for (size_t i = 0; i < m->rows; i++)
        for (size_t j = 0; j < m->width; j++) {
            const double raw = (double)m->prediction[i * m->stride + j], w = weight_of(m, i, j);
            const bool positive = m->target[i * m->target_stride + j] > 0;
            const size_t curve = c->multi_label ? j : 0;
            /* Logits are not converted to probabilities, since both have the same order. */
            if (is_exact(c)) {
                plm_scores_add(&g->scores[curve], raw, w, positive);
                continue;
            }
            const double p = c->from_logits ? 1 / (1 + exp(-raw)) : raw;
            g->total[2 * (bin_of(c, p) + curve * bins) + (positive ? 0 : 1)] += w;
        }
}

/* Returns part / whole; 0 if whole is 0. */
static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

/* Returns the area between two points of the precision-recall curve. Between them true positives
 * grow in proportion to all predicted positives (Davis and Goadrich, The relationship between
 * precision-recall and ROC curves, ICML 2006). right, predicted: true positives and all predicted
 * positives at the first point; more_...: their increases from the first point to the second. */
static double between_counts(double right, double predicted, double more_right,
                             double more_predicted)
{
    const double slope = ratio(more_right, more_predicted), level = right - slope * predicted;
    const double after = predicted + more_predicted;
    const double change = predicted > 0 && after > 0 ? after / predicted : 1;
    return slope * (more_right + level * log(change));
}

/* Returns the height of the curve between two points of heights a and b, as the summation method
 * says. The first or second letter distinguishes the methods: interpolation, steps, minoring,
 * majoring. */
static double height(const auc *c, double a, double b)
{
    if (c->summation_method[0] == 'i')
        return (a + b) / 2;
    if (c->summation_method[0] == 's')
        return b;
    /* minoring takes the lower height, majoring the higher one */
    return (c->summation_method[1] == 'i') == (a < b) ? a : b;
}

/* The predictions of a curve, as weights in the intervals between neighbouring thresholds, in
 * ascending order. For interval k, at[k stride] is the weight of the positives and at[k stride + 1]
 * the weight of the negatives. positives, negatives: the sums over all intervals. */
typedef struct {
    /* weight of the positives in interval 0; that of the next interval is `stride` numbers
     * further */
    const double *at;
    size_t count, stride;        /* intervals; numbers from one to the next */
    double positives, negatives; /* in weights of rows */
} points;

/* Returns the points of a curve. A kept prediction is a struct of three doubles, of which the
 * second and third are the weights; so a list of predictions can be read like an array of totals
 * with a stride of 3. */
static points points_of(const auc *c, const plm_gathered *g, size_t curve)
{
    const size_t bins = bins_of(c);
    points p = {.count = bins, .stride = 2};
    if (is_exact(c)) {
        const plm_scores *s = &g->scores[curve];
        p = (points){.count = s->count, .stride = sizeof(plm_score) / sizeof(double)};
        p.at = s->count > 0 ? &s->at[0].positive : NULL;
    } else {
        p.at = g->total + 2 * bins * curve;
    }
    for (size_t k = 0; k < p.count; k++) {
        p.positives += p.at[k * p.stride];
        p.negatives += p.at[k * p.stride + 1];
    }
    return p;
}

/* Returns the area between two points of the curve, not yet divided by all positives and, for ROC,
 * by all negatives. right, wrong: weights of positives and negatives above the higher threshold.
 * more: those between the two thresholds. */
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

/* Adds up the area from the highest threshold down. It is undefined without positives or, for ROC,
 * without negatives. If every prediction is a threshold, equal predictions share an interval
 * (scores.h). For ROC such ties count half with interpolation, as they should. */
static double area_of(const auc *c, const points *p, const char **why)
{
    const bool roc = c->curve[0] == 'R';
    double area = 0, right = 0, wrong = 0;
    if (p->positives <= 0 || (roc && p->negatives <= 0)) {
        *why = p->positives > 0   ? "there are no negatives"
               : p->negatives > 0 ? "there are no positives"
                                  : "there are no rows, or all weights are 0";
        return (double)NAN;
    }
    /* each step adds the predictions of the next lower interval */
    for (size_t k = p->count; k > 0; k--) {
        const double *more = p->at + (k - 1) * p->stride;
        area += area_between(c, right, wrong, more);
        right += more[0];
        wrong += more[1];
    }
    return area / (roc ? p->positives * p->negatives : p->positives);
}

/* Returns the area under the curve or, with several labels, the weighted mean of the areas of the
 * labels. */
static double result(const void *config, const plm_gathered *g, int at, const char **why)
{
    const auc *c = config;
    const size_t labels = is_exact(c) ? (size_t)g->curves : g->totals / (2 * bins_of(c));
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
             .formula = "integral of the true positive rate over the false positive rate",
             .notes =
                 "1 if every positive gets a higher prediction than every negative, 0.5 for "
                 "guessing. If positives are rare, the area under PR is more informative. Without "
                 "num_thresholds the area is exact: for ROC it is the share of pairs of a positive "
                 "and a negative that are in the right order, where ties count half. For this, up "
                 "to 524,288 different predictions of an epoch are kept (50 MB); if there are "
                 "more, close neighbours count as ties. If a class is missing, the area is nan.",
             .source = "Fawcett, An introduction to ROC analysis, 2006",
             .config_size = sizeof(auc),
             .positions = "num_thresholds|curve|summation_method|name|dtype|thresholds|"
                          "multi_label|num_labels|label_weights|from_logits",
             .fields = fields},
    .takes = PLM_TARGETS_SIGNS,
    .fits = fits,
    .totals = totals_of,
    .curves = curves_of,
    .gather = gather,
    .result = result};
