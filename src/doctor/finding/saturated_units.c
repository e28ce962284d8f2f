/* G104: units are at the flat ends of their activation. A saturated unit has nearly the same output
 * for every row, and a slope of nearly 0, so it hardly learns. The usual cause is inputs that were
 * not scaled, or initial weights that are too large. */
#include <math.h>

#include "doctor/capacity.h"
#include "doctor/ladder.h"

typedef struct {
    double warning, error, falls;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, warning, PLM_REAL, "0.25", 0, 1,
              "a warning if more than this share of a hidden layer's values is at the flat ends of "
              "its activation"),
    PLM_FIELD(thresholds, error, PLM_REAL, "0.5", 0, 1,
              "an error if more than this share of the values is at the flat ends"),
    PLM_FIELD(thresholds, falls, PLM_REAL, "0.9", 0, 1,
              "nothing is reported of units that the training has saturated, as long as the mean "
              "loss of the last measured steps is below this part of that of the first ones"),
    {0}};

/* Returns the share of values at the flat ends of the activation. */
static double share(const plm_reading *r)
{
    return r->low + r->high;
}

/* Returns the most saturated hidden layer; -1 = no activation of a hidden layer has flat ends. */
static int64_t worst(const plm_case *c, const plm_reading *reading)
{
    int64_t at = -1;
    for (int64_t i = 0; reading != NULL && i < c->layers; i++)
        if (c->spot[i].depth > 0 && (isfinite(c->spot[i].low) || isfinite(c->spot[i].high)) &&
            (at < 0 || share(&reading[i]) > share(&reading[at])))
            at = i;
    return at;
}

/* Adds a remedy for the hidden layers whose share of saturated values is above the limit. */
static void add_remedy(const plm_case *c, const plm_reading *reading, double limit, plm_report *r)
{
    int64_t count = 0, *list = plm_arena_array(r->arena, (size_t)c->layers + 1, sizeof *list);
    r->what.failed = r->what.failed || list == NULL;
    for (int64_t i = 0; list != NULL && i < c->layers; i++)
        if (c->spot[i].depth > 0 && (isfinite(c->spot[i].low) || isfinite(c->spot[i].high)) &&
            share(&reading[i]) > limit)
            list[count++] = i;
    if (count > 0)
        plm_report_change_all(r, c, list, count, "kernel_initializer", "glorot_uniform");
}

/* Returns the mean loss of the measured steps first <= i < last. */
static double mean_loss(const plm_case *c, int64_t first, int64_t last)
{
    double mean = 0;
    for (int64_t i = first; i < last; i++)
        mean += c->sample[i].loss / (double)(last - first);
    return mean;
}

/* True if the training has saturated a layer that has too few units for the classes: its units then
 * learn codes of the classes, and the lack of units is the fault. */
static bool lacks_units(const thresholds *t, const plm_case *c, int64_t at)
{
    return c->samples > 0 && c->first != NULL && share(&c->first[at]) < t->warning &&
           plm_case_tight(c) == at;
}

/* True if the training itself has saturated the layer, and the loss falls meanwhile. Units of a
 * small net whose rows are noisy saturate while it learns, and their loss never halves. Also true
 * if the layer lacks units. */
static bool is_learned(const thresholds *t, const plm_case *c, int64_t at)
{
    enum { SOME = 5 };
    const int64_t n = c->samples;
    return lacks_units(t, c, at) ||
           (n >= 2 * SOME && c->first != NULL && share(&c->first[at]) < t->warning / 2 &&
            mean_loss(c, n - SOME, n) < t->falls * mean_loss(c, 0, SOME));
}

/* Reports the layer with the largest share of saturated values. `low` and `high` are the flat ends
 * of its activation; only sigmoid, tanh and softsign have some. There the slope is nearly 0, so
 * hardly any gradient passes. Layers near the inputs usually saturate first. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    enum { SHOWN = 6 };
    const thresholds *t = config;
    const bool runs = c->samples > 0;
    const plm_reading *reading = runs ? c->sample[c->samples - 1].reading : c->first;
    const int64_t at = worst(c, reading);
    plm_level level = PLM_NOTE;
    if (at < 0 || plm_case_learns(c) || is_learned(t, c, at) ||
        !plm_report_level(share(&reading[at]), t->warning, t->error, &level))
        return;
    plm_report_found(r, level, runs ? PLM_PART_RUN : PLM_PART_INIT, at,
                     "%.0f %% of the values of %s are at the flat ends of %s",
                     100 * share(&reading[at]), plm_case_layer(c, at), c->spot[at].function);
    r->number = share(&reading[at]);
    r->threshold = level == PLM_ERROR ? t->error : t->warning;
    plm_report_line(r, "%-22s %9s  beyond %g and %g", "layer", "share", c->spot[at].low,
                    c->spot[at].high);
    for (int64_t i = 0, shown = 0; i < c->layers && shown < SHOWN; i++)
        if (isfinite(c->spot[i].low) && c->spot[i].depth > 0) {
            plm_report_bar(r, plm_case_layer(c, i), share(&reading[i]), share(&reading[i]));
            shown++;
        }
    add_remedy(c, reading, t->warning, r);
    plm_report_remedy(r, "", "if the inputs are large, add normalization as the first layer");
}

const plm_finding_kind plm_finding_saturated_units = {
    .kind =
        {.name = "saturated_units",
         .alias = "G104",
         .help = "hidden units are at the flat ends of their activation",
         .formula = "share of |tanh| >= .97, or of sigmoid <= .03 or >= .97, > warning",
         .notes =
             "At the flat ends the slope is near 0, so little gradient passes. The causes "
             "are large inputs or initial weights, and steps that are too large.\nNothing "
             "is reported once the loss has halved, since trained units may saturate, or if the "
             "training has saturated a layer with too few units for the classes.",
         .source = "Glorot and Bengio, Understanding the difficulty of training deep "
                   "feedforward neural networks, 2010",
         .config_size = sizeof(thresholds),
         .fields = fields},
    .root = PLM_ROOT_SYMPTOM,
    .healthy = {0, 0.01},
    .causes = "D210|D202|S303|S304|S305|D205|D203|O402|G101",
    .proves = true,
    .find = find,
};
