/* G102: the gradient grows from layer to layer during back-propagation. Back-propagation multiplies
 * the gradient by the transposed weights of each layer. If the weights are too large, the gradient
 * grows by a factor at each layer, and the steps of the lowest layers become too large by the
 * product of these factors. A single large ratio can be chance, so the gradient must grow at each
 * layer on average. */
#include <math.h>

#include "doctor/ladder.h"

typedef struct {
    double warning, error, layer;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, warning, PLM_REAL, "50", 1, 1e30,
              "a warning if rms(dz of the lowest hidden layer) / rms(dz of the highest) is larger "
              "than this"),
    PLM_FIELD(thresholds, error, PLM_REAL, "1000", 1, 1e30,
              "an error if rms(dz of the lowest hidden layer) / rms(dz of the highest) is larger "
              "than this"),
    PLM_FIELD(thresholds, layer, PLM_REAL, "1.1", 1, 1e30,
              "reported only if the gradient grows by more than this factor per layer"),
    {0}};

/* True if the gradient grows below and above the middle of the ladder: there it differs from that
 * of the lowest and of the highest layer by at least the fourth root of the whole growth. Otherwise
 * it is larger in single layers only, such as in the first layer of a net whose branches end with a
 * small factor. */
static bool grows_throughout(const plm_ladder_change *g)
{
    const int64_t count = g->ladder.count;
    const double low = g->reading[g->ladder.layer[0]].rms_dz,
                 middle = g->reading[g->ladder.layer[count / 2]].rms_dz,
                 high = g->reading[g->ladder.layer[count - 1]].rms_dz, part = pow(g->ratio, 0.25);
    return !(middle < part * high) && !(low < part * middle);
}

/* Reports a gradient that grows from layer to layer. ratio: gradient of the first layer divided by
 * that of the last. The ratio must be large, and the gradient must grow at each layer. If
 * normalization layers are frequent it is only a note; if the loss falls, the net learns
 * nevertheless, and nothing is reported. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    const thresholds *t = config;
    plm_ladder_change g;
    if (!plm_ladder_change_find(c, t->warning, t->error, &g) || g.each < t->layer ||
        !grows_throughout(&g))
        return;
    const int64_t lowest = g.ladder.layer[0];
    if (plm_ladder_is_normalized(c, &g.ladder))
        g.level = PLM_NOTE;
    plm_report_found(r, g.level, g.part, lowest,
                     "the gradient explodes on its way down: it grows %.3g times at each layer",
                     g.each);
    r->number = g.ratio;
    r->threshold = g.ratio > t->error ? t->error : t->warning;
    plm_ladder_draw(r, c, &g.ladder, g.reading);
    plm_report_change_all(r, c, g.ladder.layer, g.ladder.count, "kernel_initializer", "");
    plm_report_remedy(r, "", "batch_normalization after each layer, or a clipnorm");
}

const plm_finding_kind plm_finding_exploding_gradient = {
    .kind = {.name = "exploding_gradient",
             .alias = "G102",
             .help = "the gradient grows from layer to layer on its way down",
             .formula = "rms(dz of the lowest hidden layer) / rms(dz of the highest) > warning",
             .notes =
                 "A learning rate then suits either the upper or the lower layers, never both, and "
                 "the loss may become infinite. The usual reason is that the initial weights are "
                 "too large "
                 "for the activation.\nNets of fewer than three hidden layers are not examined, "
                 "nor are nets whose loss has halved. The gradient must grow in both halves of the "
                 "net. If a layer that normalizes follows each "
                 "hidden layer, the finding is a note, since such nets can be trained.\ndz is the "
                 "gradient of the loss with respect to the input of an activation; rms is its root "
                 "mean square.",
             .source = "Pascanu et al., On the difficulty of training recurrent neural networks, "
                       "2013",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_SYMPTOM,
    .healthy = {0.2, 5},
    .causes = "S303|O403|D202|S305",
    .find = find,
};
