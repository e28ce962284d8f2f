/* Normalizes each vector of the last axis to mean 0 and deviation 1. Then multiplies each column by
 * its gamma and adds its beta, both learned. */
#include "nn/nn.h"

typedef struct {
    double epsilon;     /* added to the variance */
    bool center, scale; /* learn beta; learn gamma */
    const plm_spec *beta_initializer, *gamma_initializer;
    const plm_spec *beta_regularizer, *gamma_regularizer, *beta_constraint, *gamma_constraint;
} layer_normalization;

static const plm_field fields[] = {
    PLM_FIELD(layer_normalization, epsilon, PLM_REAL, "0.001", 0, 1, "added to the variance"),
    PLM_FIELD(layer_normalization, center, PLM_BOOL, "true", 0, 0, "learn an offset, beta"),
    PLM_FIELD(layer_normalization, scale, PLM_BOOL, "true", 0, 0, "learn a factor, gamma"),
    PLM_FIELD_OF(layer_normalization, beta_initializer, PLM_SPEC, "zeros", "initializer",
                 "first values of beta"),
    PLM_FIELD_OF(layer_normalization, beta_regularizer, PLM_SPEC, "none", "regularizer",
                 "penalty on beta"),
    PLM_FIELD_OF(layer_normalization, beta_constraint, PLM_SPEC, "none", "constraint",
                 "constraint on beta"),
    PLM_FIELD_OF(layer_normalization, gamma_initializer, PLM_SPEC, "ones", "initializer",
                 "first values of gamma"),
    PLM_FIELD_OF(layer_normalization, gamma_regularizer, PLM_SPEC, "none", "regularizer",
                 "penalty on gamma"),
    PLM_FIELD_OF(layer_normalization, gamma_constraint, PLM_SPEC, "none", "constraint",
                 "constraint on gamma"),
    {0}};

/* Emits op normalize on (x, gamma, beta), over each vector. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *given)
{
    const layer_normalization *c = config;
    (void)count;
    int64_t width = 0;
    plm_value in[3] = {plm_columns(b, given[0], &width)};
    int n = 1;
    if (c->scale)
        in[n++] = plm_weight_of_columns(b, "gamma", width, c->gamma_initializer,
                                        c->gamma_regularizer, c->gamma_constraint);
    if (c->center)
        in[n++] = plm_weight_of_columns(b, "beta", width, c->beta_initializer, c->beta_regularizer,
                                        c->beta_constraint);
    return plm_emit(b, n, in, "normalize(epsilon=%.17g, center=%s, scale=%s)", c->epsilon,
                    c->center ? "true" : "false", c->scale ? "true" : "false");
}

const plm_layer_kind plm_layer_layer_normalization = {
    .kind = {.name = "layer_normalization",
             .alias = "LayerNormalization|layer_norm",
             .help = "normalizes each row to a learned mean and deviation",
             .formula = "y = gamma (x - mean) / sqrt(variance + epsilon) + beta, along the row",
             .notes =
                 "Does not depend on the other rows of a batch, so it suits small batches and is "
                 "the same in training and at inference. Batch normalization often learns "
                 "faster if batches are large.",
             .source = "Ba, Kiros and Hinton, Layer normalization, 2016",
             .config_size = sizeof(layer_normalization),
             .fields = fields,
             .examples = PLM_LIST("layer_normalization() <- [7]",
                                  "layer_normalization(center=false) <- [3, 20]",
                                  "layer_normalization(scale=false, epsilon=1e-5) <- [33]")},
    .emit = emit,
};
