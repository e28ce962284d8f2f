/* G101: the gradient becomes smaller from layer to layer during back-propagation. Each layer
 * multiplies the gradient by its weights and by the slopes of its activations. If that factor is
 * below 1, the first layers of a deep net learn many times slower than the last ones. */
#include <math.h>
#include <string.h>

#include "doctor/doctor.h"
#include "doctor/ladder.h"

typedef struct {
    double warning, error, layer;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, warning, PLM_REAL, "0.01", 0, 1,
              "a warning if rms(dz of the lowest hidden layer) / rms(dz of the highest) is less "
              "than this"),
    PLM_FIELD(thresholds, error, PLM_REAL, "1e-4", 0, 1,
              "an error if rms(dz of the lowest hidden layer) / rms(dz of the highest) is less "
              "than this"),
    PLM_FIELD(thresholds, layer, PLM_REAL, "0.9", 0, 1,
              "reported only if each layer passes on less than this share of the gradient"),
    {0}};

/* Returns the layer that makes the gradient fall most, if its share is below the square of the mean
 * share; otherwise the lowest layer, and *alike = true, since all are alike. A gradient falls by
 * the slope of the activation below or by the weights above. *weights: true = by the weights of the
 * layer. */
static int64_t steepest(const plm_case *c, const plm_ladder_change *g, bool *weights, bool *alike)
{
    const int64_t *layer = g->ladder.layer;
    int64_t at = 0;
    double least = INFINITY;
    for (int64_t i = 0; i + 1 < g->ladder.count; i++) {
        const double share = g->reading[layer[i]].rms_dz / g->reading[layer[i + 1]].rms_dz;
        at = share < least ? i : at;
        least = fmin(share, least);
    }
    *alike = !(least < g->each * g->each);
    if (*alike)
        return layer[0];
    *weights = !isfinite(c->spot[plm_case_owner(c, layer[at], "activation")].low);
    return layer[*weights ? at + 1 : at];
}

/* Adds remedies for layer `at`. alike: also for all other hidden layers with its activation. */
static void add_remedies(const plm_case *c, const plm_ladder *l, int64_t at, bool alike,
                         plm_report *r)
{
    const char *own = c->spot[plm_case_owner(c, at, "activation")].function;
    int64_t list[PLM_LADDER], count = 0;
    for (int64_t i = 0; i < l->count; i++) {
        const char *other = c->spot[plm_case_owner(c, l->layer[i], "activation")].function;
        const bool same = own == NULL || other == NULL ? own == other : strcmp(own, other) == 0;
        if (l->layer[i] == at || (alike && same))
            list[count++] = l->layer[i];
    }
    plm_report_change_all(r, c, list, count, "activation", "relu");
    plm_report_change_all(r, c, list, count, "activation", "selu");
}

/* Reports a gradient that shrinks from layer to layer. ratio: gradient of the first layer divided
 * by that of the last. The ratio must be small, and the gradient must shrink at each layer. If the
 * loss falls, the net learns nevertheless. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    const thresholds *t = config;
    plm_ladder_change g;
    if (!plm_ladder_change_find(c, t->warning, t->error, &g) || g.each > t->layer)
        return;
    bool weights = false, alike = false;
    const int64_t at = steepest(c, &g, &weights, &alike);
    plm_report_found(r, g.level, g.part, at,
                     "the gradient vanishes on its way down: each layer leaves %.2g of it", g.each);
    r->number = g.ratio;
    r->threshold = g.level == PLM_ERROR ? t->error : t->warning;
    plm_ladder_draw(r, c, &g.ladder, g.reading);
    if (weights)
        plm_report_initializer(r, c, at);
    add_remedies(c, &g.ladder, at, alike, r);
    plm_report_remedy(r, "", "batch_normalization after each layer; or fewer layers");
}

const plm_finding_kind plm_finding_vanishing_gradient = {
    .kind = {.name = "vanishing_gradient",
             .alias = "G101",
             .help = "the gradient becomes smaller from layer to layer on its way down",
             .formula = "rms(dz of the lowest hidden layer) / rms(dz of the highest) < warning",
             .notes =
                 "The lower layers then learn far more slowly than the upper ones, or not at all. "
                 "The causes are activations that saturate (sigmoid, tanh) in deep nets, and "
                 "initial weights that are too small. The ratio is measured before the first step, "
                 "and in a training as the median of the last 10 measured steps.\nNets of fewer "
                 "than three hidden layers are not examined, nor are nets whose loss has halved.",
             .source = "Glorot and Bengio, Understanding the difficulty of training deep "
                       "feedforward neural networks, 2010",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_SYMPTOM,
    .healthy = {0.2, 5},
    .causes = "G105|S302|S303|S304|O403|G103|S305",
    .proves = true,
    .find = find,
};
