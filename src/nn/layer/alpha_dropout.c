/* Dropout for selu: dropped numbers become selu's lower limit, and mean and variance are put right after. */
#include "nn/nn.h"

typedef struct {
    double rate;
} alpha_dropout;

static const plm_field fields[] = {
    PLM_FIELD(alpha_dropout, rate, PLM_REAL, NULL, 0, 0.999999, "chance to be dropped"), {0}};

static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    (void)count;
    return plm_emit(b, 1, x, "noise(alpha_dropout, %.17g)", ((const alpha_dropout *)config)->rate);
}

const plm_layer_kind plm_layer_alpha_dropout = {
    .kind = {.name = "alpha_dropout",
             .alias = "AlphaDropout",
             .help = "dropout that keeps selu's mean and variance",
             .formula = "y = a (x or -1.7581) + b",
             .notes = "Plain dropout would break the self-normalization of selu nets.",
             .source = "Klambauer et al., Self-normalizing neural networks, NIPS 2017",
             .config_size = sizeof(alpha_dropout),
             .fields = fields,
             .examples = PLM_LIST("alpha_dropout(0.2) <- [40]")},
    .emit = emit,
};
