/* S303: the initial weights do not fit the activation.
 *
 * Weights that are too large or too small by a factor make signals grow or vanish by a power of
 * this factor: once per layer. Three rules are in use (He, Glorot, LeCun), which differ by a factor
 * of at most 2 in variance for square layers; weights between the smallest and the largest of the
 * three are not reported. */
#include <math.h>
#include <string.h>

#include "doctor/ladder.h"

typedef struct {
    double warning, error;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, warning, PLM_REAL, "3", 1, 1e9,
              "a warning if the weights are too large or too small by this factor"),
    PLM_FIELD(thresholds, error, PLM_REAL, "10", 1, 1e9, "an error beyond this factor"),
    {0}};

/* Finds the kernel of a layer; NULL = the layer has no kernel. */
static const plm_weight *kernel_of(const plm_case *c, int64_t layer)
{
    const plm_graph *g = &c->model->graph;
    const char *name = plm_case_layer(c, layer);
    for (size_t i = 0; i < g->weights; i++)
        if (g->weight[i].layer == name && g->weight[i].rank == 2)
            return &g->weight[i];
    return NULL;
}

/* Returns by which factor the weights of a layer are outside the range of the usual rules (He,
 * Glorot, LeCun): above 1 = larger than all three, below 1 = smaller than all three, 1 = within
 * their range. *usual: the nearest rule. */
static double factor_of(const plm_case *c, int64_t layer, double *deviation, double *usual)
{
    const plm_weight *w = kernel_of(c, layer);
    if (w == NULL || isnan(c->first[layer].norm_w))
        return 1;
    const double in = (double)w->dims[0], out = (double)w->dims[1];
    const double he = sqrt(2 / in), glorot = sqrt(2 / (in + out)), lecun = sqrt(1 / in);
    const double most = fmax(he, glorot), least = fmin(lecun, glorot);
    *deviation = c->first[layer].norm_w / sqrt((double)w->count);
    *usual = *deviation > most ? most : least;
    return *deviation > most ? *deviation / most : *deviation < least ? *deviation / least : 1;
}

/* Compares the standard deviation of the initial weights of each hidden layer with the usual rules,
 * and reports the layer that is furthest outside of them. After the first steps the weights have
 * changed, so nothing is reported then. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    const thresholds *t = config;
    plm_ladder l;
    plm_level level = PLM_NOTE;
    int64_t at = -1;
    double worst = 0, deviation = 0, usual = 0;
    if (c->first == NULL || c->samples > 0)
        return;
    plm_ladder_find(c, &l);
    for (int64_t i = 0; i < l.count; i++) {
        double d = 0, u = 0;
        const double factor = fabs(log(factor_of(c, l.layer[i], &d, &u)));
        if (factor > worst && isfinite(factor)) {
            worst = factor;
            at = l.layer[i];
            deviation = d;
            usual = u;
        }
    }
    if (at < 0 || l.count < 2 || !plm_report_level(exp(worst), t->warning, t->error, &level))
        return;
    plm_report_found(r, level, PLM_PART_INIT, at, "the initial weights of %s are %.3g times too %s",
                     plm_case_layer(c, at), exp(worst), deviation > usual ? "large" : "small");
    r->number = exp(worst);
    r->threshold = level == PLM_ERROR ? t->error : t->warning;
    plm_report_line(r, "%-22s %9s %12s", "layer", "std", "usual");
    plm_report_line(r, "%-22s %9.3g %12.3g", plm_case_layer(c, at), deviation, usual);
    plm_report_change(r, c, at, "kernel_initializer",
                      c->spot[at].zeroes ? "he_normal" : "glorot_uniform");
}

const plm_finding_kind plm_finding_initializer_scale = {
    .kind = {.name = "initializer_scale",
             .alias = "S303",
             .help = "the initial weights are too large or too small",
             .formula =
                 "std of the weights is above the largest, or below the smallest, of "
                 "sqrt(2/fan_in), sqrt(2/(fan_in + fan_out)) and sqrt(1/fan_in), by a factor",
             .notes = "The size of the initial weights decides whether signals and gradients keep "
                      "their size from layer to layer: he_normal for relu and its variants, "
                      "glorot_uniform for tanh and sigmoid, lecun_normal for selu.",
             .source = "He et al., Delving deep into rectifiers, 2015",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_INIT,
    .healthy = {1, 2},
    .find = find,
};
