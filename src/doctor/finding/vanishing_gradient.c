/* G101: the gradient becomes smaller from layer to layer during back-propagation. Each layer
 * multiplies the gradient by its weights and by the slopes of its activations. If that factor is
 * below 1, the first layers of a deep net learn many times slower than the last ones. */
#include <math.h>
#include <string.h>

#include "assess/epochs.h"
#include "doctor/doctor.h"
#include "doctor/ladder.h"

typedef struct {
    double warning, error, layer, stands;
    int64_t deep;
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
    PLM_FIELD(thresholds, deep, PLM_INT, "30", 3, 1e9,
              "also a warning if at least this number of hidden layers saturate, without skip "
              "connections and normalization, and the loss stands"),
    PLM_FIELD(thresholds, stands, PLM_REAL, "0.95", 0, 1,
              "the loss stands if after 100 steps it is above this part of that of a "
              "constant prediction"),
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

/* Returns the loss of the last epoch or, before the third one is done, the mean of the last of the
 * first 100 steps; NaN = too few steps. */
static double late_loss(const plm_case *c)
{
    enum { EPOCHS = 3, STEPS = 100, LAST = 10 };
    const plm_history *h = &c->history;
    double mean = 0;
    if (h->rows >= EPOCHS && c->steps >= STEPS)
        return plm_epochs_value(h, h->rows - 1, plm_epochs_column(h, "loss"));
    for (int64_t i = STEPS - LAST; i < STEPS && c->early_losses >= STEPS; i++)
        mean += c->early_loss[i] / LAST;
    return c->early_losses >= STEPS ? mean : (double)NAN;
}

/* True if the loss has not fallen below that of a constant prediction. */
static bool stands(const thresholds *t, const plm_case *c)
{
    const double constant = plm_case_constant_loss(c);
    return c->samples > 2 && !c->not_finite && !plm_case_learns(c) && constant > 0 &&
           late_loss(c) > t->stands * constant;
}

/* True if all layers of the ladder saturate, and nothing but their weights and activations is
 * between them. */
static bool is_plain(const plm_case *c, const plm_ladder *l)
{
    for (int64_t i = 0; i < l->count; i++)
        if (!isfinite(c->spot[plm_case_owner(c, l->layer[i], "activation")].low))
            return false;
    for (int64_t i = 0; i < c->layers; i++)
        if (c->model->layer[c->spot[i].layer].inputs > 1)
            return false;
    return !plm_ladder_is_normalized(c, l);
}

/* Reports a deep net of saturating layers whose loss stands. The gradient of such a net may fall
 * little at each layer; what it says about single rows is lost all the same. */
static void find_deep(const thresholds *t, const plm_case *c, const plm_ladder_change *g,
                      plm_report *r)
{
    const plm_ladder *l = &g->ladder;
    if (l->count < t->deep || !(g->ratio < 1) || !stands(t, c) || !is_plain(c, l))
        return;
    const bool soon = c->planned > 0 && 2 * c->steps < c->planned; /* it may still begin to learn */
    plm_report_found(r, soon ? PLM_NOTE : PLM_WARNING, PLM_PART_RUN, l->layer[0],
                     "%lld layers of %s lose the signal: each leaves %.2g of the gradient, and the "
                     "loss has not fallen in %lld steps",
                     (long long)l->count,
                     c->spot[plm_case_owner(c, l->layer[0], "activation")].function, g->each,
                     (long long)c->steps);
    r->number = g->ratio;
    r->threshold = t->warning;
    plm_ladder_draw(r, c, l, g->reading);
    plm_report_remedy(r, "",
                      "skip connections, batch_normalization after each layer, or fewer "
                      "layers");
    add_remedies(c, l, l->layer[0], true, r);
}

/* Reports a gradient that shrinks from layer to layer. ratio: gradient of the first layer divided
 * by that of the last. The ratio must be small, and the gradient must shrink at each layer. If the
 * loss falls, the net learns nevertheless. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    const thresholds *t = config;
    plm_ladder_change g;
    if (!plm_ladder_change_find(c, t->warning, t->error, &g) || g.each > t->layer) {
        find_deep(t, c, &g, r);
        return;
    }
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
    .kind =
        {.name = "vanishing_gradient",
         .alias = "G101",
         .help = "the gradient becomes smaller from layer to layer on its way down",
         .formula = "rms(dz of the lowest hidden layer) / rms(dz of the highest) < warning; or "
                    "at least `deep` saturating layers, and the loss stands",
         .notes =
             "The lower layers then learn far more slowly than the upper ones, or not at all. "
             "The causes are activations that saturate (sigmoid, tanh) in deep nets, and "
             "initial weights that are too small. The ratio is measured before the first step, "
             "and in a training as the median of the last 10 measured steps.\nNets of fewer "
             "than three hidden layers are not examined, nor are nets whose loss has halved.\ndz "
             "is the gradient of the loss with respect to the input of an activation; rms is "
             "its root mean square.",
         .source = "Glorot and Bengio, Understanding the difficulty of training deep "
                   "feedforward neural networks, 2010",
         .config_size = sizeof(thresholds),
         .fields = fields},
    .root = PLM_ROOT_SYMPTOM,
    .healthy = {0.2, 5},
    .causes = "G105|S302|S303|S304|O403|G103|S305|D202",
    .proves = true,
    .find = find,
};
