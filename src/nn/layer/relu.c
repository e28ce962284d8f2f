/* The activation ReLU as a layer. A maximum of the output, a slope below the threshold, and the
 * threshold itself can be given. */
#include <math.h>

#include "nn/nn.h"

typedef struct {
    /* max_value: upper bound of y. negative_slope: slope below the threshold. */
    double max_value, negative_slope, threshold;
} relu;

static const plm_field fields[] = {
    PLM_FIELD(relu, max_value, PLM_REAL, "inf", 0, INFINITY, "largest output; none = no limit"),
    PLM_FIELD(relu, negative_slope, PLM_REAL, "0", -1e6, 1e6, "slope below the threshold"),
    PLM_FIELD(relu, threshold, PLM_REAL, "0", -1e6, 1e6,
              "inputs up to the threshold give negative_slope * (x - threshold)"),
    {0}};

/* Emits op activation with the function relu and its parameters, which are written with all their
 * digits. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    const relu *c = config;
    (void)count;
    return plm_emit(b, 1, x, "activation(function=relu(%.17g, %.17g, %.17g))", c->negative_slope,
                    c->max_value, c->threshold);
}

const plm_layer_kind plm_layer_relu = {
    .kind = {.name = "relu",
             .alias = "ReLU",
             .help = "the positive part of x, with an optional maximum, and an optional slope "
                     "below the threshold",
             .formula = "y = max(x, 0)",
             .notes = "Use it after a layer without activation. Initializer: he_normal.",
             .source = "Nair and Hinton, Rectified linear units improve restricted Boltzmann "
                       "machines, ICML 2010",
             .config_size = sizeof(relu),
             .fields = fields,
             .examples = PLM_LIST("relu <- [4]", "relu(max_value=1) <- [20]",
                                  "relu(negative_slope=0.1, threshold=0.3) <- [2, 3]")},
    .emit = emit};
