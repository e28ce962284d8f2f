/* Normalizes the columns of an axis, by default the last, then gives them a learned mean and
 * standard deviation. Training normalizes by the mean and variance of the batch, inference by
 * moving averages of both. As in Keras, a frozen layer (trainable=false) uses the moving averages
 * in training too. */
#include "nn/nn.h"

typedef struct {
    double momentum, epsilon; /* momentum: decay of the moving statistics. epsilon: number added to
                               * the variance. */
    bool center, scale;       /* learn beta; learn gamma */
    const plm_spec *beta_initializer, *gamma_initializer, *moving_mean_initializer,
        *moving_variance_initializer;
    /* NULL = none */
    const plm_spec *beta_regularizer, *gamma_regularizer, *beta_constraint, *gamma_constraint;
    int64_t axis; /* axis of the columns */
} batch_normalization;

static const plm_field fields[] = {
    PLM_FIELD(batch_normalization, axis, PLM_INT, "-1", -8, 8,
              "the axis whose columns are normalized; 0 is the batch, -1 the last axis"),
    PLM_FIELD(batch_normalization, momentum, PLM_REAL, "0.99", 0, 1,
              "decay of the moving mean and variance"),
    PLM_FIELD(batch_normalization, epsilon, PLM_REAL, "0.001", 0, 1,
              "small number added to the variance"),
    PLM_FIELD(batch_normalization, center, PLM_BOOL, "true", 0, 0, "learn an offset, beta"),
    PLM_FIELD(batch_normalization, scale, PLM_BOOL, "true", 0, 0, "learn a factor, gamma"),
    PLM_FIELD_OF(batch_normalization, beta_initializer, PLM_SPEC, "zeros", "initializer",
                 "initial values of beta"),
    PLM_FIELD_OF(batch_normalization, gamma_initializer, PLM_SPEC, "ones", "initializer",
                 "initial values of gamma"),
    PLM_FIELD_OF(batch_normalization, moving_mean_initializer, PLM_SPEC, "zeros", "initializer",
                 "initial values of the moving mean"),
    PLM_FIELD_OF(batch_normalization, moving_variance_initializer, PLM_SPEC, "ones", "initializer",
                 "initial values of the moving variance"),
    PLM_FIELD_OF(batch_normalization, beta_regularizer, PLM_SPEC, "none", "regularizer",
                 "penalty on beta"),
    PLM_FIELD_OF(batch_normalization, gamma_regularizer, PLM_SPEC, "none", "regularizer",
                 "penalty on gamma"),
    PLM_FIELD_OF(batch_normalization, beta_constraint, PLM_SPEC, "none", "constraint",
                 "constraint on beta"),
    PLM_FIELD_OF(batch_normalization, gamma_constraint, PLM_SPEC, "none", "constraint",
                 "constraint on gamma"),
    {0}};

/* Makes the parameters of the layer and stores them in in[1..], as inputs of the op after x =
 * in[0]: moving mean, moving variance, gamma, beta. Returns the number of inputs. */
static int make_weights(plm_builder *b, const batch_normalization *c, int64_t width,
                        plm_value in[5])
{
    const plm_weight_request mean = {.name = "moving_mean",
                                     .initializer = c->moving_mean_initializer,
                                     .state = true,
                                     .rank = 1,
                                     .dims = {width}};
    const plm_weight_request variance = {.name = "moving_variance",
                                         .initializer = c->moving_variance_initializer,
                                         .state = true,
                                         .rank = 1,
                                         .dims = {width}};
    int n = 3;
    if (c->scale)
        in[n++] = plm_weight_of_columns(b, "gamma", width, c->gamma_initializer,
                                        c->gamma_regularizer, c->gamma_constraint);
    if (c->center)
        in[n++] = plm_weight_of_columns(b, "beta", width, c->beta_initializer, c->beta_regularizer,
                                        c->beta_constraint);
    /* parameters are numbered in the order in which they are made; as in Keras, gamma and beta come
     * first */
    in[1] = plm_weight_new(b, &mean);
    in[2] = plm_weight_new(b, &variance);
    return n;
}

/* Emits op batch_normalize on (x, moving mean, moving variance, gamma, beta). */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *given)
{
    const batch_normalization *c = config;
    plm_axes axes;
    (void)count;
    if (!plm_axes_choose(b, given[0], 1, &c->axis, &axes))
        return (plm_value){0};
    plm_value in[5] = {plm_axes_last(b, given[0], &axes)};
    const int n = make_weights(b, c, axes.dims[axes.rank - 1], in);
    const plm_value y = plm_emit(
        b, n, in, "batch_normalize(momentum=%.17g, epsilon=%.17g, center=%s, scale=%s, frozen=%s)",
        c->momentum, c->epsilon, c->center ? "true" : "false", c->scale ? "true" : "false",
        b->trainable ? "false" : "true");
    return plm_axes_back(b, y, &axes);
}

const plm_layer_kind plm_layer_batch_normalization = {
    .kind = {.name = "batch_normalization",
             .alias = "BatchNormalization|batch_norm|bn",
             .help = "normalizes columns by the statistics of the batch, then gives them a learned "
                     "mean and standard deviation",
             .formula = "y = gamma (x - mean) / sqrt(variance + epsilon) + beta",
             .notes = "It helps against vanishing and exploding gradients: signals keep their size "
                      "through the net, so higher learning rates work and fewer epochs are needed. "
                      "To put it before the activation, write dense(100, use_bias=false), "
                      "batch_normalization, activation(relu). Small batches make its statistics "
                      "noisy; layer_normalization does not depend on the batch.",
             .source = "Ioffe and Szegedy, Batch normalization, ICML 2015",
             .config_size = sizeof(batch_normalization),
             .fields = fields,
             .examples = PLM_LIST("batch_normalization() <- [7]",
                                  "batch_normalization(momentum=0.9) <- [3, 20]",
                                  "batch_normalization(scale=false) <- [5]",
                                  "batch_normalization(center=false, epsilon=1e-5) <- [33]",
                                  "batch_normalization(trainable=false) <- [5]",
                                  "batch_normalization(axis=1) <- [3, 20]",
                                  "batch_normalization(axis=2) <- [2, 3, 4]")},
    .emit = emit,
};
