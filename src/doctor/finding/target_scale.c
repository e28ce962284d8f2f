/* D203: the values of a regression target are very large or very small. Predictions begin near 0,
 * so a net must first move its last bias to the mean of the targets, and the squared error of large
 * numbers has large gradients; very small numbers have hardly any gradient. */
#include <math.h>

#include "base/names.h"
#include "doctor/ladder.h"

typedef struct {
    double low, high, harm, far;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, low, PLM_REAL, "0.01", 0, 1,
              "reported if the standard deviation of the target is less than this"),
    PLM_FIELD(thresholds, high, PLM_REAL, "100", 1, 1e30,
              "reported if the standard deviation of the target is larger than this"),
    PLM_FIELD(thresholds, harm, PLM_REAL, "10", 1, 1e30,
              "also reported if the standard deviation of the target is larger than this and the "
              "trained net predicts worse than the 5 nearest rows"),
    PLM_FIELD(thresholds, far, PLM_REAL, "100", 1, 1e30,
              "reported if the mean of the target is more than this number of standard deviations "
              "from 0, and the untrained net predicts numbers near 0"),
    {0}};

/* True if a layer of the model standardizes the targets: normalization(invert=true). */
static bool standardizes(const plm_model *m)
{
    for (size_t i = 0; i < m->layers; i++)
        if (m->layer[i].kind != NULL && m->layer[i].kind->adapts_to_targets != NULL &&
            m->layer[i].kind->adapts_to_targets(m->layer[i].config))
            return true;
    return false;
}

/* True if an output is a regression, with a loss that increases with the size of the target. */
static bool learns_number(const plm_model *m, int head)
{
    return m != NULL && m->training != NULL && head < m->heads && m->head[head].loss != NULL &&
           !standardizes(m) &&
           plm_pattern_matches("mean_squared_error|mean_absolute_error|huber|log_cosh",
                               m->head[head].loss->kind.name);
}

/* Adds remedies: an output without an activation and then a last layer that standardizes the
 * targets, or smaller target values. far: they are only far from 0. */
static void add_remedies(const plm_case *c, bool far, plm_report *r)
{
    if (c->layers > 0 && c->model->heads == 1) {
        r->other = c->layers - 1;
        plm_report_after_linear(r, c, r->other, "normalization(invert=true)");
    }
    plm_report_remedy(
        r, "",
        "add `normalization(invert=true)` as the last item of the model: the net below it learns "
        "standardized targets, predictions keep the unit of the target");
    if (far)
        plm_report_remedy(r, "", "subtract %.6g from the target column", c->data->target_mean);
    else
        plm_report_remedy(r, "", "divide the target column by about %.2g",
                          c->data->target_deviation);
}

/* True if the untrained net is about as far from the targets as the number 0 is, so that it must
 * first learn their mean. Otherwise an initial bias or a last layer puts it near them. */
static bool starts_at_zero(const plm_case *c)
{
    const double constant = plm_case_constant_loss(c), d = c->data->target_deviation,
                 square = c->data->target_mean * c->data->target_mean / (d * d);
    return constant > 0 && c->first_loss - c->first_penalty > constant * square / 4;
}

/* Reports targets that are close to each other but far from 0, such as years. A net learns their
 * mean first, in steps of the size of the learning rate, or by a gradient that is huge at the
 * beginning. */
static void find_far(const thresholds *t, const plm_case *c, plm_report *r)
{
    const plm_data_facts *d = c->data;
    const double away = fabs(d->target_mean) / d->target_deviation;
    if (c->first == NULL || !(away > t->far) || !starts_at_zero(c))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_INIT, -1,
                     "the values of the target are far from 0 for a net to learn: mean %.6g, "
                     "standard deviation %.4g",
                     d->target_mean, d->target_deviation);
    r->number = away;
    r->threshold = t->far;
    r->key = "data";
    plm_report_line(r, "the loss before the first step is %.4g, that of the mean %.4g",
                    c->first_loss, plm_case_constant_loss(c));
    add_remedies(c, true, r);
}

/* Reports a target after the first one that is far larger or smaller than 1: of several outputs,
 * the one with the largest loss decides what the layers below learn. */
static void find_more(const thresholds *t, const plm_case *c, plm_report *r)
{
    for (int k = 1; k <= PLM_DOCTOR_TARGETS && !r->found; k++) {
        const plm_target_size *own = &c->data->more_target[k - 1];
        const bool large = own->deviation > t->high;
        if (!learns_number(c->model, k) || !(own->deviation > 0) ||
            (own->deviation >= t->low && !large))
            continue;
        plm_report_found(r, PLM_WARNING, PLM_PART_DATA, -1,
                         "the values of target %d are too %s for a net to learn: mean %.4g, "
                         "standard deviation %.4g",
                         k + 1, large ? "large" : "small", own->mean, own->deviation);
        r->number = own->deviation;
        r->threshold = large ? t->high : t->low;
        r->key = "data";
        plm_report_line(r, "standard deviation of the first target %.4g",
                        c->data->target_deviation);
        plm_report_remedy(r, "", "divide this target by about %.2g, or standardize all targets",
                          own->deviation);
    }
}

/* Reports a regression target whose standard deviation is far from 1. With large targets the loss
 * and its gradient are huge in the first steps; with tiny targets, even wrong predictions have a
 * small loss. */
static void find_first(const thresholds *t, const plm_case *c, plm_report *r)
{
    const plm_data_facts *d = c->data;
    if (!(d->target_deviation > 0) || !learns_number(c->model, 0))
        return;
    const double high = plm_case_falls_short(c) ? t->harm : t->high;
    if (d->target_deviation >= t->low && d->target_deviation <= high) {
        find_far(t, c, r);
        return;
    }
    plm_report_found(
        r, PLM_WARNING, high < t->high ? PLM_PART_EVALUATION : PLM_PART_DATA, -1,
        "the values of the target are %s for a net to learn: mean %.4g, standard deviation %.4g",
        d->target_deviation > high ? "too large" : "too small", d->target_mean,
        d->target_deviation);
    r->number = d->target_deviation;
    r->threshold = d->target_deviation > high ? high : t->low;
    r->key = "data";
    if (c->first != NULL)
        plm_report_line(r, "the loss before the first step is %.4g", c->first_loss);
    add_remedies(c, false, r);
}

/* Examines the first target, and then the others. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    if (c->data == NULL || c->data->rows < 2)
        return;
    find_first(config, c, r);
    find_more(config, c, r);
}

const plm_finding_kind plm_finding_target_scale = {
    .kind = {.name = "target_scale",
             .alias = "D203",
             .help = "the values of the target are very large or very small",
             .formula =
                 "std of the target < low or > high, or |mean| / std > far, with a regression "
                 "loss, also of a target after the first; after all "
                 "steps also > harm, if the net predicts worse than the 5 nearest rows",
             .notes = "The gradient of a squared error grows with the size of the target, so large "
                      "targets make steps too large and small targets make them too small.",
             .source = "Bishop, Neural networks for pattern recognition, 1995, chapter 8",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_DATA,
    .healthy = {0.1, 10},
    .causes = "D205",
    .find = find,
};
