/* Defines relu and similar activations: for x > 0 they are x or nearly so, and for x < 0 they are
 * small. Formulas and defaults are those of Keras. The code of each function is in the kernel table
 * and is found by its id.
 *
 * Each activation has a function here that turns its config into parameters p[0 .. 3] and chooses
 * the kernel function. A config may make the activation a simpler one, as slope 0 makes leaky_relu
 * a relu. Then the simpler function is chosen: it is faster, and its slope may follow from y, so
 * that x need not be kept for backward. `zeroes` marks functions that give exactly 0 for a range of
 * inputs, so that a unit can die; the doctor counts such units. */
#include <math.h>

#include "op/op.h"

typedef struct {
    double negative_slope, max_value, threshold; /* see relu_parameters */
} relu_config;

typedef struct {
    double negative_slope; /* slope below 0 */
} leaky_config;

typedef struct {
    double alpha; /* minus the limit of y for x far below 0 */
} alpha_config;

static const plm_field relu_fields[] = {
    PLM_FIELD(relu_config, negative_slope, PLM_REAL, "0", -1e6, 1e6, "slope below the threshold"),
    PLM_FIELD(relu_config, max_value, PLM_REAL, "inf", 0, INFINITY,
              "largest output; none = no limit"),
    PLM_FIELD(relu_config, threshold, PLM_REAL, "0", -1e6, 1e6,
              "inputs up to the threshold give negative_slope * (x - threshold)"),
    {0}};

static const plm_field leaky_fields[] = {{.name = "negative_slope",
                                          .type = PLM_REAL,
                                          .offset = offsetof(leaky_config, negative_slope),
                                          .fallback = "0.2",
                                          .low = -1e6,
                                          .high = 1e6,
                                          .help = "slope for inputs below 0",
                                          .alias = "alpha"},
                                         {0}};

static const plm_field elu_fields[] = {
    PLM_FIELD(alpha_config, alpha, PLM_REAL, "1", 0, 1e6, "the output tends to -alpha far below 0"),
    {0}};

static const plm_field celu_fields[] = {PLM_FIELD(alpha_config, alpha, PLM_REAL, "1", 1e-6, 1e6,
                                                  "the output tends to -alpha far below 0"),
                                        {0}};

/* Chooses the function for a relu. The general function takes three comparisons per element, and
 * its backward reads x. Most configs need less, so they get relu or leaky_relu. p =
 * {negative_slope, max_value, threshold}. A max_value of infinity means no upper bound, a threshold
 * of 0 means no threshold. */
static plm_activation_id relu_parameters(const void *config, plm_real p[4])
{
    const relu_config *c = config;
    /* neither max_value nor threshold */
    const bool plain = isinf(c->max_value) && !(c->threshold < 0) && !(c->threshold > 0);
    p[0] = (plm_real)c->negative_slope;
    p[1] = (plm_real)c->max_value;
    p[2] = (plm_real)c->threshold;
    if (plain && c->negative_slope > 0)
        return PLM_ACTIVATION_leaky_relu;
    if (plain && !(c->negative_slope < 0))
        return PLM_ACTIVATION_relu;
    return PLM_ACTIVATION_relu_general;
}

/* Chooses the function for a leaky_relu: relu if the slope is 0, and relu_general for a negative
 * slope. */
static plm_activation_id leaky_parameters(const void *config, plm_real p[4])
{
    const leaky_config *c = config;
    const relu_config general = {.negative_slope = c->negative_slope, .max_value = INFINITY};
    return relu_parameters(&general, p);
}

/* Chooses the function for an elu with p[0] = alpha. With alpha = 0 it is relu. With alpha above 0,
 * y < 0 exactly where x < 0, so the slope follows from y: it is y + alpha where y < 0. */
static plm_activation_id elu_parameters(const void *config, plm_real p[4])
{
    const alpha_config *c = config;
    p[0] = (plm_real)c->alpha;
    return c->alpha > 0 ? PLM_ACTIVATION_elu : PLM_ACTIVATION_relu;
}

/* celu with p[0] = alpha. */
static plm_activation_id celu_parameters(const void *config, plm_real p[4])
{
    const alpha_config *c = config;
    p[0] = (plm_real)c->alpha;
    return PLM_ACTIVATION_celu;
}

const plm_activation_kind plm_activation_relu = {
    .kind = {.name = "relu",
             .help = "the positive part of x",
             .formula = "y = max(x, 0)",
             .notes =
                 "It is the usual first choice: it does not saturate above 0, where its slope is "
                 "1, and is the cheapest of all. Cost: a unit whose input is below 0 for every row "
                 "has no gradient and stays dead, and the mean of the outputs is not 0. "
                 "Initializer: he_normal or he_uniform. With arguments: y = max_value for x >= "
                 "max_value, x above threshold, negative_slope * (x - threshold) elsewhere.",
             .source =
                 "Nair and Hinton, Rectified linear units improve restricted Boltzmann machines, "
                 "ICML 2010",
             .config_size = sizeof(relu_config),
             .fields = relu_fields},
    .id = PLM_ACTIVATION_relu,
    .parameters = relu_parameters,
    .zeroes = true};

const plm_activation_kind plm_activation_leaky_relu = {
    .kind = {.name = "leaky_relu",
             .help = "relu with a small slope for x < 0",
             .formula = "y = x for x >= 0, negative_slope * x below",
             .notes = "Compared with relu: no unit can die, since there is always some gradient. "
                      "Cost: hardly any. It does not saturate below 0, so noise in negative inputs "
                      "passes, too. The default slope is 0.2 for the activation and 0.3 for the "
                      "layer, as in Keras. Initializer: he_normal.",
             .source = "Maas, Hannun and Ng, Rectifier nonlinearities improve neural network "
                       "acoustic models, 2013",
             .config_size = sizeof(leaky_config),
             .fields = leaky_fields},
    .id = PLM_ACTIVATION_leaky_relu,
    .parameters = leaky_parameters};

const plm_activation_kind plm_activation_elu = {
    .kind = {.name = "elu",
             .help = "exponential linear unit: smooth below 0, tends to -alpha",
             .formula = "y = x for x > 0, alpha * (e^x - 1) below",
             .notes =
                 "Compared with relu: the mean of the outputs is nearer to 0, no unit dies, and "
                 "with alpha 1 the slope has no jump. Often fewer epochs are needed. Cost: an "
                 "exponential, so a pass is slower than with relu. Initializer: he_normal.",
             .source =
                 "Clevert, Unterthiner and Hochreiter, Fast and accurate deep network learning "
                 "by exponential "
                 "linear units, ICLR 2016",
             .config_size = sizeof(alpha_config),
             .fields = elu_fields},
    .id = PLM_ACTIVATION_elu,
    .parameters = elu_parameters};

const plm_activation_kind plm_activation_selu = {
    .kind =
        {.name = "selu",
         .help = "scaled elu, with which deep plain stacks keep mean 0 and variance 1",
         .formula = "y = 1.0507 * (x for x > 0, 1.6733 * (e^x - 1) below)",
         .notes =
             "Compared with relu: it is self-normalizing, so gradients neither vanish nor explode "
             "in a deep stack of dense layers. The conditions for this: the initializer is "
             "lecun_normal, inputs are standardized, the net is a plain sequence of layers, "
             "alpha_dropout takes the place of dropout, and there is no l1, l2 or max_norm. Cost: "
             "these conditions, and an exponential. Initializer: lecun_normal.",
         .source = "Klambauer, Unterthiner, Mayr and Hochreiter, Self-normalizing neural "
                   "networks, NIPS 2017"},
    .id = PLM_ACTIVATION_selu};

const plm_activation_kind plm_activation_celu = {
    .kind = {.name = "celu",
             .help = "elu that is smooth for every alpha",
             .formula = "y = x for x > 0, alpha * (e^(x/alpha) - 1) below",
             .notes = "Compared with relu: as with elu, the mean of the outputs is nearer to 0 and "
                      "no unit dies. The slope has no jump at 0, even if alpha is not 1. Cost: an "
                      "exponential. Initializer: he_normal.",
             .source = "Barron, Continuously differentiable exponential linear units, 2017",
             .config_size = sizeof(alpha_config),
             .fields = celu_fields},
    .id = PLM_ACTIVATION_celu,
    .parameters = celu_parameters};

const plm_activation_kind plm_activation_relu6 = {
    .kind = {.name = "relu6",
             .help = "relu with outputs of at most 6",
             .formula = "y = min(max(x, 0), 6)",
             .notes =
                 "Compared with relu: outputs stay small, which suits arithmetic with few bits. "
                 "Cost: it saturates above 6, and units die as with relu. Initializer: he_normal.",
             .source = "Krizhevsky, Convolutional deep belief networks on CIFAR-10, 2010"},
    .id = PLM_ACTIVATION_relu6,
    .flat = {-INFINITY, 6},
    .zeroes = true};

const plm_activation_kind plm_activation_relu_squared = {
    .kind =
        {.name = "relu_squared",
         .alias = "squared_relu|relu2",
         .help = "the square of relu",
         .formula = "y = max(x, 0)^2",
         .notes =
             "In the wide layers of transformers it is often better than relu and gelu, and it is "
             "cheaper than gelu. Compared with relu: the slope has no jump at 0 and grows with x. "
             "Cost: large inputs grow larger from layer to layer, so put a normalization before "
             "the layer; units die as with relu. Not in Keras. Initializer: he_normal.",
         .source = "So, Manke, Liu, Dai, Shazeer and Le, Primer: searching for efficient "
                   "transformers for language modeling, NeurIPS 2021"},
    .id = PLM_ACTIVATION_relu_squared,
    .zeroes = true};
