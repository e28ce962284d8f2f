/* Divides each vector of the last axis by its root mean square, then multiplies each column by a
 * learned gamma. */
#include "nn/nn.h"

typedef struct {
    double epsilon; /* added to the mean square */
    bool scale;     /* learn gamma */
    const plm_spec *gamma_initializer, *gamma_regularizer, *gamma_constraint;
} rms_normalization;

static const plm_field fields[] = {
    PLM_FIELD(rms_normalization, epsilon, PLM_REAL, "1e-6", 0, 1,
              "small number added to the mean square; the width of the rows (PyTorch's "
              "normalized_shape) is no argument, since it is known"),
    PLM_FIELD(rms_normalization, scale, PLM_BOOL, "true", 0, 0, "learn a factor, gamma"),
    PLM_FIELD_OF(rms_normalization, gamma_initializer, PLM_SPEC, "ones", "initializer",
                 "initial values of gamma"),
    PLM_FIELD_OF(rms_normalization, gamma_regularizer, PLM_SPEC, "none", "regularizer",
                 "penalty on gamma"),
    PLM_FIELD_OF(rms_normalization, gamma_constraint, PLM_SPEC, "none", "constraint",
                 "constraint on gamma"),
    {0}};

/* Emits op normalize on (x, gamma), without centering. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *given)
{
    const rms_normalization *c = config;
    (void)count;
    int64_t width = 0;
    plm_value in[3] = {plm_columns(b, given[0], &width)};
    int n = 1;
    if (c->scale)
        in[n++] = plm_weight_of_columns(b, "gamma", width, c->gamma_initializer,
                                        c->gamma_regularizer, c->gamma_constraint);
    return plm_emit(b, n, in, "normalize(centered=false, epsilon=%.17g, center=false, scale=%s)",
                    c->epsilon, c->scale ? "true" : "false");
}

const plm_layer_kind plm_layer_rms_normalization = {
    .kind = {.name = "rms_normalization",
             .alias = "RMSNormalization|rms_norm",
             .help = "divides each row by its root mean square",
             .formula = "y = gamma x / sqrt(mean(x^2) + epsilon)",
             .notes = "It is faster than layer normalization, since no mean is computed.",
             .source = "Zhang and Sennrich, Root mean square layer normalization, NeurIPS 2019",
             .config_size = sizeof(rms_normalization),
             .positions = "axis|epsilon",
             .fields = fields,
             .examples = PLM_LIST("rms_normalization() <- [7]",
                                  "rms_normalization(scale=false) <- [3, 20]")},
    .emit = emit,
};
