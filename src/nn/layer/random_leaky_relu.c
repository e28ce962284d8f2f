/* RReLU as a layer: leaky ReLU whose slope below 0 is drawn at random for each element in training.
 * At inference the slope is the mean of its bounds. */
#include "nn/nn.h"

typedef struct {
    double lower, upper; /* bounds of the slope below 0 */
} random_leaky_relu;

static const plm_field fields[] = {
    PLM_FIELD(random_leaky_relu, lower, PLM_REAL, "0.125", -1e6, 1e6, "smallest slope for x < 0"),
    PLM_FIELD(random_leaky_relu, upper, PLM_REAL, "1/3", -1e6, 1e6, "largest slope for x < 0"),
    {0}};

/* Checks the bounds of the slope and emits op random_leaky_relu. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    const random_leaky_relu *c = config;
    (void)count;
    if (c->lower > c->upper)
        return plm_layer_fail(b, PLM_E_SPEC, "give a lower that is at most upper",
                              "lower %g is above upper %g", c->lower, c->upper);
    return plm_emit(b, 1, x, "random_leaky_relu(%.17g, %.17g)", c->lower, c->upper);
}

const plm_layer_kind plm_layer_random_leaky_relu = {
    .kind = {.name = "random_leaky_relu",
             .alias = "RReLU",
             .help = "leaky relu with a random slope for each element in training",
             .formula =
                 "y = x for x >= 0, a * x below; a uniform in [lower, upper), at inference (lower "
                 "+ upper) / 2",
             .notes = "The noise regularizes, so try it if leaky_relu overfits. It is slower than "
                      "leaky_relu in training and equally fast at inference. Not in Keras. "
                      "Initializer: he_normal.",
             .source = "Xu, Wang, Chen and Li, Empirical evaluation of rectified activations in "
                       "convolutional network, "
                       "2015",
             .config_size = sizeof(random_leaky_relu),
             .fields = fields,
             .examples =
                 PLM_LIST("random_leaky_relu <- [4]", "random_leaky_relu(0.1, 0.4) <- [3, 5]")},
    .emit = emit};
