/* Normalizes each vector of the last axis, or all numbers along several axes, to mean 0 and
 * standard deviation 1. Then multiplies each column by its gamma and adds its beta, which are
 * learned. */
#include "nn/affine.h"

typedef struct {
    double epsilon;    /* added to the variance */
    plm_affine affine; /* gamma and beta: whether the layer has them, and their initial values */
    plm_ints axis;     /* axes over which a vector is normalized */
} layer_normalization;

static const plm_field fields[] = {
    PLM_FIELD(
        layer_normalization, epsilon, PLM_REAL, "0.001", 0, 1,
        "small number added to the variance; the width of the rows (PyTorch's normalized_shape) is "
        "no argument, since it is known"),
    PLM_AFFINE_FIELDS(layer_normalization),
    PLM_FIELD(layer_normalization, axis, PLM_INTS, "-1", -8, 8,
              "the axes over which mean and standard deviation are taken, such as axis=[1, 2]; 0 "
              "is the batch, -1 the last axis"),
    {0}};

/* Emits op normalize on (x, gamma, beta), over each vector along the axes. gamma and beta have a
 * number for each element of such a vector. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *given)
{
    const layer_normalization *c = config;
    plm_axes axes;
    int64_t width = 1;
    (void)count;
    if (!plm_axes_choose(b, given[0], c->axis.count, c->axis.at, &axes))
        return (plm_value){0};
    for (int i = axes.rank - axes.chosen; i < axes.rank; i++)
        width *= axes.dims[i];
    plm_value in[3] = {plm_axes_last(b, given[0], &axes)};
    const int n = 1 + plm_affine_weights(b, &c->affine, width, in + 1);
    const plm_value y =
        plm_emit(b, n, in, "normalize(epsilon=%.17g, center=%s, scale=%s)", c->epsilon,
                 c->affine.center ? "true" : "false", c->affine.scale ? "true" : "false");
    return plm_axes_back(b, y, &axes);
}

const plm_layer_kind plm_layer_layer_normalization = {
    .kind =
        {.name = "layer_normalization",
         .alias = "LayerNormalization|layer_norm",
         .help =
             "normalizes each row, then gives each column a learned mean and standard deviation",
         .formula = "y = gamma (x - mean) / sqrt(variance + epsilon) + beta, along the row",
         .notes = "It does not depend on the other rows of a batch, so it suits small batches, and "
                  "is the same in training and at inference. Batch normalization often learns "
                  "faster if batches are large.",
         .source = "Ba, Kiros and Hinton, Layer normalization, 2016",
         .config_size = sizeof(layer_normalization),
         .positions = "axis|epsilon|center|scale|beta_initializer|gamma_initializer|"
                      "beta_regularizer|gamma_regularizer|beta_constraint|"
                      "gamma_constraint",
         .fields = fields,
         .examples = PLM_LIST(
             "layer_normalization() <- [7]", "layer_normalization(center=false) <- [3, 20]",
             "layer_normalization(scale=false, epsilon=1e-5) <- [33]",
             "layer_normalization(axis=[1, 2]) <- [3, 5]", "layer_normalization(axis=1) <- [3, 5]",
             "layer_normalization(axis=[-1, 1]) <- [2, 3, 4]")},
    .emit = emit,
};
