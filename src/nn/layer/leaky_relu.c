/* The activation leaky ReLU as a layer: y = x for x > 0, else negative_slope x. As in Keras, the
 * default slope is 0.3 for the layer and 0.2 for the activation. */
#include "nn/nn.h"

typedef struct {
    double negative_slope; /* slope below 0 */
} leaky_relu;

static const plm_field fields[] = {{.name = "negative_slope",
                                    .type = PLM_REAL,
                                    .offset = offsetof(leaky_relu, negative_slope),
                                    .fallback = "0.3",
                                    .low = -1e6,
                                    .high = 1e6,
                                    .help = "slope for inputs below 0",
                                    .alias = "alpha"},
                                   {0}};

/* Emits op activation with the function leaky_relu. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    (void)count;
    return plm_emit(b, 1, x, "activation(function=leaky_relu(%.17g))",
                    ((const leaky_relu *)config)->negative_slope);
}

const plm_layer_kind plm_layer_leaky_relu = {
    .kind = {.name = "leaky_relu",
             .alias = "LeakyReLU",
             .help = "relu with a small slope for x < 0",
             .formula = "y = x for x >= 0, negative_slope * x below",
             .notes = "Use it after a layer without activation. Initializer: he_normal.",
             .source = "Maas, Hannun and Ng, Rectifier nonlinearities improve neural network "
                       "acoustic models, 2013",
             .config_size = sizeof(leaky_relu),
             .fields = fields,
             .examples = PLM_LIST("leaky_relu(0.1) <- [4]", "leaky_relu(alpha=0.2) <- [3, 5]",
                                  "leaky_relu <- [1]")},
    .emit = emit};
