/* Dropout for nets with selu. In training, elements chosen at random become the lower limit of
 * selu. Then mean and variance are restored, since selu keeps both from layer to layer. */
#include "nn/nn.h"

typedef struct {
    const plm_spec *rate; /* probability that an element is dropped; a number or a schedule */
    plm_ints noise_shape; /* a length for each axis; 1 = the noise is shared along the axis */
    int64_t seed;         /* own seed; -1 = the seed of the run */
} alpha_dropout;

static const plm_field fields[] = {PLM_FIELD_OF(alpha_dropout, rate, PLM_SPEC, NULL, "schedule",
                                                "probability that an element is dropped"),
                                   PLM_FIELD_NOISE_SHAPE(alpha_dropout),
                                   PLM_FIELD_NOISE_SEED(alpha_dropout),
                                   {0}};

/* Emits op noise in mode alpha_dropout. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    const alpha_dropout *c = config;
    (void)count;
    return plm_emit_noise(b, x[0], PLM_NOISE_RATE("alpha_dropout", c->rate), &c->noise_shape,
                          c->seed);
}

const plm_layer_kind plm_layer_alpha_dropout = {
    .kind = {.name = "alpha_dropout",
             .alias = "AlphaDropout",
             .help = "dropout for selu, which keeps mean and variance",
             .formula = "y = a (x or -1.7581) + b",
             .notes = "Plain dropout would destroy the self-normalization of selu nets.",
             .source = "Klambauer et al., Self-normalizing neural networks, NIPS 2017",
             .config_size = sizeof(alpha_dropout),
             .fields = fields,
             .examples = PLM_LIST("alpha_dropout(0.2) <- [40]",
                                  "alpha_dropout(0.2, noise_shape=[1, 5]) <- [3, 5]")},
    .emit = emit,
};
