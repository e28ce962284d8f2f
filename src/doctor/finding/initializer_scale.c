/* S303: the initial weights do not fit the activation.
 *
 * Weights that are some times too large or too small in each layer make signals grow or vanish as a
 * power of the depth. Three rules are in use (He, Glorot, LeCun), which differ by a factor of at
 * most 2 in variance for square layers; weights between the smallest and the largest of them are
 * not objected to. */
#include <math.h>
#include <string.h>

#include "doctor/ladder.h"

typedef struct {
    double warning, error;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, warning, PLM_REAL, "3", 1, 1e9,
              "a warning if the weights are so many times too large or too small"),
    PLM_FIELD(thresholds, error, PLM_REAL, "10", 1, 1e9, "an error beyond this factor"),
    {0}};

/* Finds the kernel of a layer; NULL = it has none. */
static const plm_weight *kernel_of(const plm_case *c, int64_t layer)
{
    const plm_graph *g = &c->model->graph;
    const char *name = plm_case_layer(c, layer);
    for (size_t i = 0; i < g->weights; i++)
        if (g->weight[i].layer == name && g->weight[i].rank == 2)
            return &g->weight[i];
    return NULL;
}

/* Returns by what factor the weights of a layer are beyond the usual rules: above 1 = larger than
 * any of them (He, Glorot, LeCun), below 1 = smaller than any; 1 = within them. *usual: the nearest
 * rule. */
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

/* Compares the deviation of the initial weights of each hidden layer with the one that suits its
 * activation, by their ratio, and reports the layer that is furthest off in either direction. After
 * the first steps weights have changed, so then nothing is said. */
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
             .formula = "std of the weights beyond sqrt(2/fan_in), sqrt(2/(fan_in + fan_out)) and "
                        "sqrt(1/fan_in) by a factor",
             .notes = "The size of the initial weights decides whether signals and gradients keep "
                      "their size from layer to layer: he_normal for relu and its like, "
                      "glorot_uniform for tanh and sigmoid, lecun_normal for selu.",
             .source = "He et al., Delving deep into rectifiers, 2015",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_INIT,
    .healthy = {1, 2},
    .find = find,
};
