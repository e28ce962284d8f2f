/* In training, multiplies each number by normal noise of mean 1, with the same variance as the
 * noise of dropout. Does nothing at inference. */
#include "nn/nn.h"

typedef struct {
    const plm_spec *rate; /* the noise has the variance rate / (1 - rate) */
    int64_t seed;         /* own seed; -1 = the seed of the run */
} gaussian_dropout;

static const plm_field fields[] = {
    PLM_FIELD_OF(gaussian_dropout, rate, PLM_SPEC, NULL, "schedule",
                 "rate of a dropout with noise of the same variance, which is rate / (1 - rate)"),
    PLM_FIELD_NOISE_SEED(gaussian_dropout),
    {0}};

/* Emits op noise in mode gaussian_dropout. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    const gaussian_dropout *c = config;
    (void)count;
    return plm_emit_noise(b, x[0], PLM_NOISE_RATE("gaussian_dropout", c->rate), NULL, c->seed);
}

const plm_layer_kind plm_layer_gaussian_dropout = {
    .kind = {.name = "gaussian_dropout",
             .alias = "GaussianDropout",
             .help = "multiplies each element by normal noise in training",
             .formula = "y = x N(1, sqrt(rate / (1 - rate))); at inference y = x",
             .source = "Srivastava et al., Dropout: a simple way to prevent neural networks from "
                       "overfitting, 2014",
             .config_size = sizeof(gaussian_dropout),
             .fields = fields,
             .examples = PLM_LIST("gaussian_dropout(0.3) <- [40]")},
    .emit = emit,
};
