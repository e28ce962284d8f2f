/* S305: the learning rate is too high: the first steps throw the weights away. */
#include <math.h>

#include "doctor/rates.h"

typedef struct {
    double warning, error;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, warning, PLM_REAL, "0.5", 0, 1e30,
              "a warning if one of the first 10 steps moves a layer by more of its size"),
    PLM_FIELD(thresholds, error, PLM_REAL, "1", 0, 1e30,
              "an error beyond this, if the loss has also doubled or is no longer finite"),
    {0}};

enum { FIRST = 10, SHOWN = 7 };

/* True if the loss rose to twice its first value within 20 steps, or is no longer finite. */
static bool harms(const plm_case *c)
{
    for (int64_t i = 1; i < c->early_losses && i < 20; i++)
        if (c->early_loss[i] > 2 * c->early_loss[0])
            return true;
    return c->not_finite;
}

/* Adds a table of the first steps. */
static void draw(plm_report *r, const plm_case *c)
{
    plm_report_line(r, "%8s %14s %12s", "step", "largest update", "loss");
    for (int64_t i = 0; i < c->samples && i < SHOWN; i++) {
        int64_t layer = -1;
        const double update = plm_largest_update(c, &c->sample[i], &layer);
        plm_report_line(r, "%8lld %14.3g %12.5g  %s", (long long)c->sample[i].step, update,
                        c->sample[i].loss, plm_case_layer(c, layer));
    }
}

/* Steps can be seen too late: after a blow-up the weights are so large that updates look small.
 * So the largest of the first 10 steps counts. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    const thresholds *t = config;
    plm_level level = PLM_NOTE;
    double most = 0;
    int64_t at = -1, step = -1;
    for (int64_t i = 0; i < c->samples && c->sample[i].step < FIRST; i++) {
        int64_t layer = -1;
        const double now = plm_largest_update(c, &c->sample[i], &layer);
        if (now > most) {
            most = now;
            at = layer;
            step = c->sample[i].step;
        }
    }
    if (!plm_report_level(most, t->warning, t->error, &level) || c->early_losses < 3)
        return;
    if (!harms(c)) /* large steps that do no harm: trainings may begin so */
        return;
    plm_report_found(r, level, PLM_PART_RUN, at,
                     "the learning rate is too high: step %lld moved %s by %.3g of its size",
                     (long long)step, plm_case_layer(c, at), most);
    r->step = step;
    r->number = most;
    r->threshold = level == PLM_ERROR ? t->error : t->warning;
    r->key = "optimizer";
    draw(r, c);
    plm_rate_remedy(r, c, isfinite(most) ? fmin(0.1, 0.1 / most) : 1e-6);
}

const plm_finding_kind plm_finding_rate_too_high = {
    .kind = {.name = "rate_too_high",
             .alias = "S305",
             .help = "the learning rate is too high",
             .formula = "norm(update) / norm(weights) of a layer > warning in one of the first 10 "
                        "steps, and the loss doubles",
             .notes = "Steps of half a percent to a third of the size of the weights train best. "
                      "plummet lr-find measures the range for a run file.",
             .source = "Smith, Cyclical learning rates for training neural networks, 2017",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_RATE,
    .healthy = {0.005, 0.3},
    .causes = "D202|D203|S303",
    .find = find,
};
