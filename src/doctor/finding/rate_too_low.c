/* S306: the learning rate is too low, or the training too short. In both cases the loss still falls
 * at the end; only the size of the updates, relative to the weights, tells which it is. */
#include <math.h>
#include <string.h>

#include "assess/epochs.h"
#include "base/notation.h"
#include "doctor/capacity.h"
#include "doctor/finding.h"
#include "doctor/ladder.h"
#include "doctor/optimizers.h"
#include "doctor/rates.h"

typedef struct {
    double warning, error, ended, predicted, initial, kept, reach;
    int64_t few, some;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, warning, PLM_REAL, "0.3", 0, 1e30,
              "a warning if all planned steps together move no layer's weights by more than this "
              "part of their size"),
    PLM_FIELD(thresholds, error, PLM_REAL, "0.1", 0, 1e30,
              "an error if all planned steps together move no layer's weights by more than this "
              "part of their size"),
    PLM_FIELD(thresholds, ended, PLM_REAL, "2", 0, 1e30,
              "a warning if all steps are done, moved no layer's weights by more than this part of "
              "their size, and the net predicts worse than the mean of the 5 nearest rows"),
    PLM_FIELD(thresholds, predicted, PLM_REAL, "0.05", 0, 1e30,
              "a warning before the training if the first step, times the number of planned steps "
              "and with momentum, moves no layer's weights by more than this part of their size"),
    PLM_FIELD(thresholds, initial, PLM_REAL, "0.2", 0, 1,
              "a warning if an average of the weights that the net ends with (use_ema, lookahead) "
              "still has more than this share of the initial weights"),
    PLM_FIELD(
        thresholds, kept, PLM_REAL, "0.02", 0, 1,
        "a warning if the average of the weights (use_ema) replaces the weights so often that "
        "it keeps less than this part of each way that they move in between"),
    PLM_FIELD(thresholds, reach, PLM_REAL, "0.3", 0, 1e30,
              "a warning before a training of fewer than 30 steps if all of them, with the size of "
              "the first one, move no layer's weights by more than this part of their size"),
    PLM_FIELD(thresholds, few, PLM_INT, "100", 0, 1e9,
              "a warning if the whole training has at most this number of steps, and the net "
              "predicts worse than the 5 nearest training rows do"),
    PLM_FIELD(thresholds, some, PLM_INT, "1000", 0, 1e9,
              "also a warning if the training has at most this number of steps, the net predicts "
              "worse than the 5 nearest training rows do, and the loss still falls at the end"),
    {0}};

/* STEPS: min number of steps for judging a learning rate. LAST: number of last measured steps for
 * the median. FEW: min number of steps for telling a falling loss from noise. */
enum { STEPS = 30, LAST = 32, FEW = 40 };

/* True if enough steps were measured, all with the same learning rate, since a schedule may begin
 * with a low rate. */
static bool is_known(const plm_case *c)
{
    return c->model != NULL && c->model->training->schedule.kind == NULL && c->steps >= STEPS &&
           c->planned >= STEPS && c->samples >= 3 && c->early_losses >= STEPS;
}

/* True if a measured step moved a layer's weights by half of their size: then too few steps are not
 * the fault. */
static bool has_large_step(const plm_case *c)
{
    int64_t layer = -1;
    for (int64_t i = 0; i < c->samples; i++)
        if (plm_largest_update(c, &c->sample[i], &layer) > 0.5)
            return true;
    return false;
}

/* Adds evidence that a training ended too early, and remedies. */
static void show_short(const plm_case *c, plm_report *r)
{
    const long long epochs = (long long)c->history.rows;
    r->key = "epochs";
    plm_report_line(r, "loss of the first step %.4g, of the last measured step %.4g",
                    c->sample[0].loss, c->sample[c->samples - 1].loss);
    plm_report_line(r, "the net predicts worse than the %s of the 5 most similar rows",
                    plm_case_predicts_classes(c) ? "most frequent class" : "mean target");
    plm_report_remedy(r, "epochs", "%lld", 10 * epochs);
    plm_report_remedy(r, "", "plummet lr-find RUNFILE shows whether a higher rate is possible");
}

/* Reports a training that ends too early. Few steps alone are no fault: the net must also predict
 * worse than k nearest neighbours do, and, if there are more than a few steps, its loss must still
 * fall. A net with a hidden layer of a few units lacks units, not steps. */
static void find_short(const thresholds *t, const plm_case *c, plm_report *r)
{
    const int64_t steps = c->steps;
    if (c->planned == 0 || steps < c->planned || steps > t->some || c->not_finite ||
        !plm_case_falls_short(c) || has_large_step(c) || plm_case_tight(c) >= 0 ||
        (steps > FEW && !plm_case_still_falls(c)))
        return;
    const long long epochs = (long long)c->history.rows;
    plm_report_found(r, PLM_WARNING, PLM_PART_EVALUATION, -1,
                     "the training is too short: %lld steps in %lld epoch%s", (long long)steps,
                     epochs, epochs == 1 ? "" : "s");
    r->number = (double)steps;
    r->threshold = (double)(steps > t->few ? t->some : t->few);
    show_short(c, r);
}

/* Reports early_stopping that has ended a training although the net predicts worse than k nearest
 * neighbours do. */
static void find_stopped(const plm_case *c, plm_report *r)
{
    enum { EPOCHS = 5 };
    const char *observers = plm_case_setting(c, "observers");
    if (!c->ended || c->steps >= c->planned || c->not_finite || c->samples == 0 ||
        strstr(observers, "early_stopping") == NULL || !plm_case_falls_short(c) ||
        (c->history.rows > EPOCHS && !plm_case_still_falls(c)))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_EVALUATION, -1,
                     "early_stopping has ended the training after %lld of %lld steps",
                     (long long)c->steps, (long long)c->planned);
    r->number = (double)c->steps;
    show_short(c, r);
    r->key = "observers";
    r->remedies = 0;
    plm_report_remedy(r, "observers",
                      "early_stopping(monitor=val_loss, patience=20, restore_best_weights=true)");
}

/* Returns the mean of the last 10 losses in early_loss. */
static double last_losses(const plm_case *c)
{
    double mean = 0;
    for (int64_t i = c->early_losses - 10; i < c->early_losses; i++)
        mean += c->early_loss[i] / 10;
    return mean;
}

/* Adds a table of the first and the last measured step. */
static void draw(plm_report *r, const plm_case *c, double loss)
{
    const plm_sample *first = &c->sample[0], *last = &c->sample[c->samples - 1];
    int64_t layer;
    plm_report_line(r, "%8s %14s %12s", "step", "largest update", "loss");
    plm_report_line(r, "%8lld %14.3g %12.5g", plm_step_number(first->step),
                    plm_largest_update(c, first, &layer), c->early_loss[0]);
    plm_report_line(r, "%8lld %14.3g %12.5g", plm_step_number(last->step),
                    plm_largest_update(c, last, &layer), loss);
}

/* Returns the factor by which momentum makes steps longer, once it has gathered enough of them. */
static double gathered(const plm_case *c)
{
    const double momentum = plm_case_option(c, "momentum");
    return momentum < 1 ? 1 / (1 - momentum) : 1;
}

/* Reports a training that has so few steps that they cannot move the weights far enough. whole: how
 * far all of them will move the weights. */
static void report_few(const thresholds *t, const plm_case *c, double whole, plm_report *r)
{
    plm_report_found(r, PLM_WARNING, PLM_PART_INIT, -1,
                     "the training is too short: its %lld steps will move the weights by %.2g of "
                     "their size",
                     (long long)c->planned, whole);
    r->number = whole;
    r->threshold = t->reach;
    r->key = "epochs";
    plm_report_line(r, "nets that learn move their weights by their own size or more");
    const char *epochs = plm_case_setting(c, "epochs"), *end = NULL;
    const double now = *epochs != '\0' ? plm_text_number(epochs, &end) : 1;
    if (now > 0 && isfinite(now))
        plm_report_remedy(r, "epochs", "%.0f", now * ceil(fmax(10, 3 / fmax(whole, 1e-3))));
    plm_rate_remedy(r, c, fmin(10, 1 / fmax(whole, 1e-6)));
}

/* Predicts the steps from a pass of the untrained net, before the training, and reports them if
 * they will be too small, or too few. */
static void find_first(const thresholds *t, const plm_case *c, plm_report *r)
{
    int64_t layer;
    const plm_training *own = c->model != NULL ? c->model->training : NULL;
    if (own == NULL || c->first == NULL || c->planned < 1)
        return;
    const double whole = plm_predicted_way(c, &layer) * gathered(c);
    if (c->planned < STEPS && whole < t->reach && whole > 0)
        report_few(t, c, whole, r);
    /* An update of exactly 0 is no fault: a last layer of zeros blocks the gradient in the first
     * step only. */
    if (c->planned < STEPS || !(whole < t->predicted) || !(whole > 0))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_INIT, -1,
                     "the learning rate is too low: %lld steps %s will move the weights by %.2g "
                     "of their size",
                     (long long)c->planned,
                     own->schedule.kind != NULL ? "of this schedule" : "like the first one", whole);
    r->number = whole;
    r->threshold = t->predicted;
    r->key = "optimizer";
    plm_rate_remedy(r, c, 10 / fmax(whole, 1e-6));
}

/* Returns how far all planned steps will move the weights, relative to their size, if each moves
 * them as far as the median of the last LAST measured steps. */
static double whole_way(const plm_case *c)
{
    double update[LAST];
    int64_t count = 0, layer = -1;
    for (int64_t i = c->samples; i-- > 0 && count < LAST;)
        update[count++] = plm_largest_update(c, &c->sample[i], &layer);
    return plm_median(update, count) * (double)c->planned;
}

/* Reports steps that are so small that all of them together move the weights little. stands: the
 * loss has hardly fallen. Measured steps without an update, as with gradient accumulation, are
 * skipped. */
static void find_small(const thresholds *t, const plm_case *c, bool stands, plm_report *r)
{
    plm_level level = PLM_NOTE;
    const double whole = whole_way(c);
    if (!(whole > 0) ||
        !plm_report_level(whole, stands ? t->warning : t->ended, stands ? t->error : 0, &level) ||
        (!stands && !plm_case_falls_short(c)))
        return;
    plm_report_found(r, level, PLM_PART_RUN, -1,
                     "the learning rate is too low: all %lld steps together move the weights by "
                     "%.2g of their size",
                     (long long)c->planned, whole);
    r->number = whole;
    r->threshold = level == PLM_ERROR ? t->error : stands ? t->warning : t->ended;
    r->key = "optimizer";
    draw(r, c, last_losses(c));
    const double epsilon = plm_case_option(c, "epsilon");
    const char *usual =
        epsilon > 1e-3 ? plm_optimizer_with(r->arena, c->model, "epsilon", "1e-7") : NULL;
    if (usual != NULL) /* Adam divides a step by the size of the gradient plus epsilon. */
        plm_report_remedy(r, "optimizer", "%s", usual);
    plm_rate_remedy(r, c, 10 / fmax(whole, 1e-6));
}

/* True if the net is already trained, such as by `start`: its first loss is far below that of a
 * constant prediction. Small steps are right then. */
static bool starts_good(const plm_case *c)
{
    const double constant = c->model != NULL ? plm_case_constant_loss(c) : 0;
    return constant > 0 && c->first_loss - c->first_penalty < constant / 2;
}

/* Reports small steps of a net that was not trained before, if its first losses are known. If the
 * loss falls within few steps, more steps are the first remedy. */
static void find_slow(const thresholds *t, const plm_case *c, plm_report *r)
{
    if (!is_known(c) || starts_good(c))
        return;
    const bool stands = last_losses(c) > 0.9 * c->early_loss[0];
    if (stands || c->planned > t->few)
        find_small(t, c, stands, r);
}

/* True if no measured step has moved a weight, though there was a gradient. Steps that only gather
 * gradients move nothing. */
static bool stands_still(const plm_case *c)
{
    bool gradient = false;
    for (int64_t i = 0; i < c->samples; i++)
        for (int64_t k = 0; k < c->layers; k++) {
            const plm_reading *now = &c->sample[i].reading[k];
            if (now->norm_u > 0)
                return false;
            gradient = gradient || (now->norm_g > 0 && !(now->norm_u < 0 || isnan(now->norm_u)));
        }
    return gradient;
}

/* Reports a schedule whose rate is 0. */
static void find_zero(const plm_case *c, plm_report *r)
{
    const plm_training *own = c->model != NULL ? c->model->training : NULL;
    if (own == NULL || own->schedule.kind == NULL || c->steps < STEPS || c->samples < 3 ||
        plm_case_option(c, "gradient_accumulation_steps") > 1 || !stands_still(c))
        return;
    plm_report_found(r, PLM_ERROR, PLM_PART_RUN, -1,
                     "the learning rate is 0: none of the measured steps has moved a weight");
    r->number = 0;
    r->threshold = 0;
    r->key = "optimizer";
    plm_report_line(r, "the schedule of the learning rate gives 0, or nearly 0, in these steps");
    plm_report_remedy(r, "", "a schedule that begins with a rate such as 0.001");
}

/* Reports a training without any step. A net that begins with a trained model (key start) may only
 * be evaluated. */
static void find_none(const plm_case *c, plm_report *r)
{
    if (c->model == NULL || plm_case_count(c, "epochs", 1) > 0 ||
        *plm_case_setting(c, "start") != '\0')
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_STATIC, -1,
                     "no step is trained, since epochs is 0: the net keeps its random weights");
    r->number = 0;
    r->threshold = 1;
    r->key = "epochs";
    plm_report_remedy(r, "epochs", "30");
}

/* True if the sample weights leave the effect of less than a fifth of the rows: most batches then
 * hardly have a gradient, at any rate. */
static bool weigh_little(const plm_data_facts *d)
{
    return d != NULL && d->weight > 0 && d->weighing < 0.2 * (double)d->rows;
}

/* Reports a learning rate that is too low. Before the first step it is judged by a pass of the
 * untrained net. Later, the distance that the weights will move is estimated as the number of steps
 * times the median relative size of the last updates. If it is small and the loss has hardly
 * fallen, the rate is too low, or there are too few steps. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    const thresholds *t = config;
    if (weigh_little(c->data))
        return;
    find_none(c, r);
    if (!r->found)
        plm_find_averages(c, t->initial, t->kept, r);
    if (c->samples == 0 && !r->found && !starts_good(c))
        find_first(t, c, r);
    if (r->found || c->samples == 0 || c->not_finite)
        return;
    find_zero(c, r);
    if (!r->found)
        find_slow(t, c, r);
    if (!r->found)
        find_short(t, c, r);
    if (!r->found)
        find_stopped(c, r);
}

const plm_finding_kind plm_finding_rate_too_low = {
    .kind = {.name = "rate_too_low",
             .alias = "S306",
             .help = "the learning rate is too low, or the training too short",
             .formula = "planned steps * median of norm(update) / norm(weights) < warning, and the "
                        "loss has not fallen; or at most `few` steps are planned, all are done, "
                        "and the net predicts worse than the 5 nearest rows; or epochs is 0",
             .notes =
                 "If all steps together cannot move the weights of a layer by their own size, they "
                 "end near where they began. plummet lr-find measures the range for a run file.",
             .source = "Smith, Cyclical learning rates for training neural networks, 2017",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_RATE,
    .healthy = {1, 1000},
    .causes =
        "D213|S311|S301|S310|G105|S302|S304|S309|G103|G101|G102|G104|S303|S305|S308|S307|O403|"
        "D202|D203|D206|D212",
    .proves = true,
    .find = find,
};
