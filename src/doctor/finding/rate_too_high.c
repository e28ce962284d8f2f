/* S305: the learning rate is too high: the first steps destroy the initial weights. The initial
 * weights have a size that keeps gradients and activations in scale. Updates as large as the
 * weights replace them by noise within a few steps. */
#include <math.h>

#include "assess/epochs.h"
#include "doctor/ladder.h"
#include "doctor/optimizers.h"
#include "doctor/rates.h"

typedef struct {
    double warning, error, growth, first, rise, ruined, momentum, gathered, memory, signs, stays;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, warning, PLM_REAL, "0.5", 0, 1e30,
              "a warning if one of the first 10 steps moves the weights of a layer by more than "
              "this part of their size"),
    PLM_FIELD(thresholds, error, PLM_REAL, "1", 0, 1e30,
              "an error if they move the weights by more than this part of their size, and the "
              "loss has doubled or is no longer finite"),
    PLM_FIELD(thresholds, first, PLM_REAL, "2", 0, 1e30,
              "a warning before the training if the first step will move the weights of a layer by "
              "more than this part of their size"),
    PLM_FIELD(
        thresholds, growth, PLM_REAL, "2", 1, 1e30,
        "an error if the learning rate has grown by more than this factor since the step with the "
        "lowest loss, and the loss is now twice its first value or not finite; or if the rate has "
        "grown by more than this factor since the first step, and the loss is not finite"),
    PLM_FIELD(thresholds, rise, PLM_REAL, "10", 1, 1e30,
              "a warning before the training if the schedule increases the rate by more than this "
              "factor until the end, and a step larger by this factor than the first would move a "
              "layer's weights by their own size"),
    PLM_FIELD(thresholds, ruined, PLM_REAL, "1.5", 1, 1e30,
              "an error if the rate has grown, the loss of the last epoch is more than this many "
              "times that of the best epoch, and more than 0.7 times the first loss"),
    PLM_FIELD(thresholds, momentum, PLM_REAL, "0.98", 0, 1, "see `gathered`"),
    PLM_FIELD(thresholds, gathered, PLM_REAL, "0.5", 0, 1e30,
              "a warning before the training if the momentum of sgd is at least `momentum`, and "
              "steps in one direction, accumulated by the momentum, would move a layer's weights "
              "by more than this part of their size"),
    PLM_FIELD(thresholds, memory, PLM_REAL, "0.5", 0, 1e30,
              "a warning before the training if beta_1 of adam is above .99 and it averages the "
              "gradients of more than this part of all steps, 1 / (1 - beta_1) steps"),
    PLM_FIELD(
        thresholds, signs, PLM_REAL, "0.15", 0, 1e30,
        "a warning before the training if the optimizer, such as lion, uses only the signs of "
        "the gradient, and each step moves a layer's weights by more than this part of their "
        "size"),
    PLM_FIELD(thresholds, stays, PLM_REAL, "0.15", 0, 1e30,
              "an error if the loss of each epoch is above that of the first step and of a "
              "constant prediction, in the last one by a factor of 2, and one of the first 10 "
              "steps moved the weights of a layer by more than this part of their size"),
    {0}};

enum { BEGIN = 3, FIRST = 10, SHOWN = 7 };

/* Returns the mean of the last of the first `steps` losses. Sets *most to their maximum. */
static double last_losses(const plm_case *c, int64_t steps, double *most)
{
    enum { LAST = 5 };
    const int64_t begin = steps > LAST ? steps - LAST : 1;
    double last = *most = 0;
    for (int64_t i = 1; i < steps; i++) {
        *most = fmax(*most, c->early_loss[i]);
        last += i >= begin ? c->early_loss[i] / (double)(steps - begin) : 0;
    }
    return last;
}

/* True if the loss increased to twice its first value within 20 steps and is still near it, or is
 * no longer finite. If the targets are far from 0, the first steps of a net that learns well may
 * increase its loss many times, and it falls again within a few steps. So before 20 steps are done,
 * the last losses must be far above the first one, or above that of a constant. A net that such
 * steps have ruined predicts a constant afterwards, whose loss may be far below the first one. */
static bool harms_early(const plm_case *c)
{
    enum { STEPS = 20, SOME = 10 };
    const int64_t steps = c->early_losses < STEPS ? c->early_losses : STEPS;
    double first = c->early_loss[0], constant = plm_case_constant_loss(c), most;
    const double last = last_losses(c, steps, &most);
    if (c->not_finite || steps == STEPS)
        return c->not_finite || (most > 2 * first &&
                                 (last > 0.7 * first || (constant > 0 && last > 0.9 * constant)));
    return last > (steps < SOME ? 100 : 4) * first ||
           (constant > 0 && most > 4 * first && last > 2 * fmax(first, constant));
}

/* True if the loss has fallen first, and is now above twice its first value, or no longer finite.
 * This happens if the learning rate increases. */
static bool harms_late(const plm_case *c)
{
    const double now = c->samples > 0 ? c->sample[c->samples - 1].loss : (double)NAN;
    return c->not_finite || (c->early_losses > 0 && now > 2 * c->early_loss[0]);
}

/* Returns the size of a layer's weights, relative to which a step is judged. If the weights were 0
 * when the training began, any first step is large relative to them; then the size is at least a
 * fifth of the usual initial size, a standard deviation of 1 / sqrt(inputs). */
static double size_of(const plm_case *c, const plm_reading *r, int64_t layer)
{
    const plm_sample *first = &c->sample[0];
    const bool zero = first->step == 0 && !(first->reading[layer].norm_w > 0);
    return zero ? fmax(r->norm_w, 0.2 * sqrt((double)r->units)) : r->norm_w;
}

/* True if a constraint changes the weights of a layer after each step. The initial weights need not
 * satisfy it, so it may change them much in the first step, whatever the rate is. */
static bool is_constrained(const plm_case *c, int64_t layer)
{
    const plm_training *t = c->model->training;
    for (size_t i = 0; t != NULL && t->constrained && i < c->model->graph.weights; i++)
        if (t->rule[i].constraint.kind != NULL &&
            c->model->graph.weight[i].layer == plm_case_layer(c, layer))
            return true;
    return false;
}

/* Returns the largest update of a step relative to the weights of its layer, and sets *layer to
 * this layer; -1 = no layer was updated. */
static double largest_update(const plm_case *c, const plm_sample *s, int64_t *layer)
{
    double most = 0;
    *layer = -1;
    for (int64_t i = 0; i < c->layers; i++) {
        const plm_reading *r = &s->reading[i];
        const double size = size_of(c, r, i);
        if (!(size > 0) || !(r->norm_u / size > most) || (s->step == 0 && is_constrained(c, i)))
            continue;
        most = r->norm_u / size;
        *layer = i;
    }
    return most;
}

/* Adds a table of the first measured steps or, for a later one, of the measured steps up to number
 * `at`. */
static void draw(plm_report *r, const plm_case *c, int64_t at)
{
    plm_report_line(r, "%8s %14s %12s", "step", "largest update", "loss");
    const int64_t first = at < SHOWN ? 0 : at - SHOWN + 1;
    for (int64_t i = first; i < c->samples && i < first + SHOWN; i++) {
        int64_t layer = -1;
        const double update = largest_update(c, &c->sample[i], &layer);
        plm_report_line(r, "%8lld %14.3g %12.5g  %s", plm_step_number(c->sample[i].step), update,
                        c->sample[i].loss, plm_case_layer(c, layer));
    }
}

/* True if the loss of the last epoch is far above that of the best epoch, and not far below the
 * first loss: a schedule with restarts may increase a small loss for a while. */
static bool is_ruined(const thresholds *t, const plm_case *c)
{
    const plm_history *h = &c->history;
    const int loss = plm_epochs_column(h, "loss");
    const int64_t best = plm_epochs_best(h, loss, false);
    const double last = plm_epochs_value(h, h->rows - 1, loss);
    return best >= 0 && c->early_losses > 0 && last > 0.7 * c->early_loss[0] &&
           last > t->ruined * plm_epochs_value(h, best, loss);
}

/* Returns the index of the measured step with the lowest loss. */
static int64_t lowest_loss(const plm_case *c)
{
    int64_t best = 0;
    for (int64_t i = 1; i < c->samples; i++)
        best = c->sample[i].loss < c->sample[best].loss ? i : best;
    return best;
}

/* Reports a learning rate that has grown since the step with the lowest loss, if the loss is now
 * far higher or not finite. A loss becomes infinite soon after its lowest value, so in that case
 * the growth since the first step is used. */
static void find_growth(const thresholds *t, const plm_case *c, plm_report *r)
{
    plm_rates rate;
    if (c->samples < 2 || (!harms_late(c) && !is_ruined(t, c)))
        return;
    const int64_t now = c->not_finite ? c->bad.step : c->sample[c->samples - 1].step,
                  then = c->sample[c->not_finite ? 0 : lowest_loss(c)].step;
    if (!plm_rates_ask(c, then, now, &rate) || rate.to < 0.99 * rate.highest ||
        !(rate.to > t->growth * rate.from) || !(rate.from > 0))
        return;
    const double growth = rate.to / rate.from;
    plm_report_found(r, PLM_ERROR, PLM_PART_RUN, -1,
                     "the learning rate is too high: since step %lld%s it has grown %.3g times",
                     plm_step_number(then), c->not_finite ? "" : ", where the loss was lowest,",
                     growth);
    r->step = now;
    r->number = growth;
    r->threshold = t->growth;
    r->key = "optimizer";
    draw(r, c, c->samples - 1);
    plm_report_remedy(r, "",
                      "a schedule that ends at the rate of that step, or falls after that step");
}

/* Reports a schedule that increases the rate until the end of the training, up to a rate at which
 * steps are too large for any net. */
static void find_rise(const thresholds *t, const plm_case *c, plm_report *r, double update)
{
    plm_rates rate;
    if (c->planned < 2 || !plm_rates_ask(c, 0, c->planned - 1, &rate))
        return;
    const double growth = rate.to / rate.first;
    if (!(rate.first > 0) || !(growth > t->rise) || !(growth * update > 1) ||
        rate.to < 0.99 * rate.highest)
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_INIT, -1,
                     "the schedule raises the learning rate to the end: from %.3g to %.3g in %lld "
                     "steps",
                     rate.first, rate.to, (long long)c->planned);
    r->number = growth;
    r->threshold = t->rise;
    r->key = "optimizer";
    plm_report_line(r, "%-22s %12s %22s", "step", "rate", "update / weights, then");
    plm_report_line(r, "%-22s %12.3g %22.2g", "first", rate.first, update);
    plm_report_line(r, "%-22s %12.3g %22.2g", "last", rate.to, growth * update);
    plm_report_remedy(r, "", "a schedule that falls: cosine_decay(%.3g, all)", rate.first);
}

/* True if the steps have made the net far worse than it was, and than a constant prediction, for
 * all epochs: the loss swings and never falls back. */
static bool stays_worse(const plm_case *c)
{
    const plm_history *h = &c->history;
    const int loss = plm_epochs_column(h, "loss");
    const int64_t best = plm_epochs_best(h, loss, false);
    const double constant = plm_case_constant_loss(c),
                 begin = c->early_losses > 0 ? fmax(c->early_loss[0], constant) : (double)NAN;
    return h->rows > 1 && best >= 0 && constant > 0 && plm_epochs_value(h, best, loss) > begin &&
           plm_epochs_value(h, h->rows - 1, loss) > 2 * begin;
}

/* The step with the largest update. */
typedef struct {
    double update;               /* relative to the weights */
    int64_t layer, step, sample; /* where it was, for the message */
} largest;

/* Finds the largest update among the measured steps first <= step < last. Infinite updates are used
 * only if all are infinite, since they say nothing about the learning rate. */
static largest find_largest(const plm_case *c, int64_t first, int64_t last)
{
    largest most = {.update = 0, .layer = -1, .step = -1};
    for (int64_t i = 0; i < c->samples && c->sample[i].step < last; i++) {
        int64_t layer = -1;
        const double now = largest_update(c, &c->sample[i], &layer);
        const bool more = now > most.update && (isfinite(now) || most.layer < 0);
        if (c->sample[i].step >= first && (more || (isfinite(now) && isinf(most.update))))
            most = (largest){.update = now, .layer = layer, .step = c->sample[i].step, .sample = i};
    }
    return most;
}

/* Reports a momentum near 1. Such a momentum adds up so many steps that the effective rate is far
 * higher, and the weights oscillate around the minimum. update: size of the first step. */
static void find_momentum(const thresholds *t, const plm_case *c, plm_report *r, double update)
{
    const double momentum = plm_case_option(c, "momentum"), updates = plm_case_updates(c);
    const double factor = momentum < 1 ? 1 / (1 - momentum) : INFINITY,
                 most = updates > 0 ? fmin(factor, updates) : factor;
    const double whole = update * most;
    if (!(momentum >= t->momentum) || !(whole > t->gathered))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_INIT, -1,
                     "the learning rate is too high for momentum=%g, which adds up %.3g steps to "
                     "%.3g of the size of the weights",
                     momentum, most, whole);
    r->number = whole;
    r->threshold = t->gathered;
    r->key = "optimizer";
    plm_report_line(r, "the first step alone moves a layer by %.2g of its size", update);
    plm_report_line(r, "momentum=0.9 adds up 10 steps");
    const char *usual = plm_optimizer_with(r->arena, c->model, "momentum", "0.9");
    if (usual != NULL)
        plm_report_remedy(r, "optimizer", "%s", usual);
}

/* Predicts the first step from a pass of the untrained net, before the training, and reports it if
 * it will be too large. */
static void find_first(const thresholds *t, const plm_case *c, plm_report *r)
{
    int64_t layer;
    const double update = plm_predicted_update(c, &layer);
    if (!(update > t->first)) {
        if (isfinite(update))
            find_rise(t, c, r, update);
        if (!r->found && isfinite(update))
            find_momentum(t, c, r, update);
        if (!r->found && isfinite(update))
            plm_find_signs(c, t->signs, update, layer, r);
        if (!r->found)
            plm_find_betas(c, t->memory, r);
        return;
    }
    if (!isfinite(update))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_INIT, layer,
                     "the learning rate is too high: the first step will move %s by %.3g of its "
                     "size",
                     plm_case_layer(c, layer), update);
    r->number = update;
    r->threshold = t->first;
    r->key = "optimizer";
    plm_rate_remedy(r, c, fmin(0.1, 0.1 / update));
}

/* Finds the largest update among the first 3 steps; if it is no error, among the first 10. After an
 * update that is an error, further steps are those of ruined weights. */
static largest find_beginning(const thresholds *t, const plm_case *c)
{
    const largest begin = find_largest(c, 0, BEGIN);
    return begin.update > t->error ? begin : find_largest(c, 0, FIRST);
}

/* Says that a step was too large. */
static void say_step(const plm_case *c, plm_level level, const largest *at, plm_report *r)
{
    plm_report_found(r, level, PLM_PART_RUN, at->layer,
                     "the learning rate is too high: step %lld moved %s by %.3g of its size",
                     plm_step_number(at->step), plm_case_layer(c, at->layer), at->update);
    r->step = at->step;
    r->number = at->update;
    r->key = "optimizer";
    draw(r, c, at->sample);
}

/* Reports, if nothing else was found, steps that are not large, but one after the other made the
 * net far worse for good. */
static void find_swings(const thresholds *t, const plm_case *c, plm_report *r)
{
    const largest at = find_largest(c, 0, FIRST);
    if (r->found || !(at.update > t->stays) || !isfinite(at.update) || !stays_worse(c))
        return;
    say_step(c, PLM_ERROR, &at, r);
    r->threshold = t->stays;
    plm_rate_remedy(r, c, fmin(0.1, 0.1 / at.update));
}

/* Reports a learning rate that is too high, by the largest update among the first 10 steps. Later
 * updates do not show it: once the loss has exploded, the weights are so large that updates are
 * small relative to them. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    const thresholds *t = config;
    plm_level level = PLM_NOTE;
    largest at = find_beginning(t, c);
    if (c->samples == 0) {
        find_first(t, c, r);
        return;
    }
    bool harms = harms_early(c);
    if ((!(at.update > t->warning) || !harms) && harms_late(c)) {
        at = find_largest(c, FIRST, INT64_MAX);
        harms = true;
    }
    /* large first steps are no fault if the loss does not increase */
    if (!plm_report_level(at.update, t->warning, t->error, &level) ||
        (c->early_losses < 3 && !c->not_finite) || !harms) {
        find_growth(t, c, r);
        find_swings(t, c, r);
        return;
    }
    say_step(c, level, &at, r);
    r->threshold = level == PLM_ERROR ? t->error : t->warning;
    if (at.step < FIRST)
        plm_rate_remedy(r, c, isfinite(at.update) ? fmin(0.1, 0.1 / at.update) : 1e-6);
    else
        plm_report_remedy(r, "",
                          "a lower rate from that step on: a schedule that falls, or clipnorm=1");
}

const plm_finding_kind plm_finding_rate_too_high = {
    .kind = {.name = "rate_too_high",
             .alias = "S305",
             .help = "the learning rate is too high",
             .formula = "norm(update) / norm(weights) of a layer > warning in one of the first 10 "
                        "steps, and the loss doubles",
             .notes = "A net trains best with steps of half a percent to a third of the size of "
                      "the weights. plummet lr-find measures the range for a run file.",
             .source = "Smith, Cyclical learning rates for training neural networks, 2017",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_RATE,
    .healthy = {0.005, 0.3},
    .causes = "D202|D203|D212|O403|S303|G105|G102|D205",
    .proves = true,
    .find = find,
};
