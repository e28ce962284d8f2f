/* Defines smooth activations that may replace relu: gelu, silu (swish), mish, softplus and its
 * relatives.
 *
 * Sources: Hendrycks and Gimpel, Gaussian error linear units, 2016 (gelu, silu); Ramachandran, Zoph
 * and Le, Searching for activation functions, 2017 (swish with beta); Misra, Mish, 2019. gelu, silu
 * and mish have a minimum below 0, so y does not determine x, and their backward reads x. */
#include "op/op.h"

typedef struct {
    bool approximate; /* use tanh in place of erf */
} gelu_config;

static const plm_field gelu_fields[] = {
    PLM_FIELD(gelu_config, approximate, PLM_BOOL, "false", 0, 0,
              "true = the approximation with tanh instead of erf"),
    {0}};

/* Chooses between the two variants of gelu, which have no parameters. The exact variant, x times
 * the normal distribution function, needs erf. The other variant approximates it by tanh, as Keras
 * does with approximate=true. */
static plm_activation_id gelu_parameters(const void *config, plm_real p[4])
{
    const gelu_config *c = config;
    (void)p;
    return c->approximate ? PLM_ACTIVATION_gelu_tanh : PLM_ACTIVATION_gelu;
}

typedef struct {
    double beta; /* factor of x in the sigmoid */
} silu_config;

static const plm_field silu_fields[] = {PLM_FIELD(silu_config, beta, PLM_REAL, "1", -1e6, 1e6,
                                                  "steepness of the sigmoid; Keras has only 1"),
                                        {0}};

/* Chooses the function and sets p[0] = beta for y = x sigmoid(beta x). For a beta of 1 this is
 * silu, which saves a product for each element. */
static plm_activation_id silu_parameters(const void *config, plm_real p[4])
{
    const double beta = ((const silu_config *)config)->beta;
    p[0] = (plm_real)beta;
    return beta < 1 || beta > 1 ? PLM_ACTIVATION_swish : PLM_ACTIVATION_silu;
}

typedef struct {
    double b; /* roundness of the corner at 0 */
} squareplus_config;

static const plm_field squareplus_fields[] = {
    PLM_FIELD(squareplus_config, b, PLM_REAL, "4", 0, 1e30, "width of the bend at 0; 0 = relu"),
    {0}};

/* Sets p[0] = b for y = (x + sqrt(x^2 + b)) / 2. The larger b is, the rounder is the corner at
 * 0. */
static plm_activation_id squareplus_parameters(const void *config, plm_real p[4])
{
    p[0] = (plm_real)((const squareplus_config *)config)->b;
    return PLM_ACTIVATION_squareplus;
}

const plm_activation_kind plm_activation_gelu = {
    .kind = {.name = "gelu",
             .help = "Gaussian error linear unit",
             .formula = "y = x * Phi(x)",
             .notes = "Compared with relu: it is smooth, has a minimum below 0, and is often "
                      "better in deep nets and transformers. Cost: the error function; "
                      "approximate=true is a little cheaper and differs by less than 0.001. "
                      "Initializer: he_normal. With more than about ten layers in sequence signals "
                      "still fade; normalization between the layers prevents this.",
             .source = "Hendrycks and Gimpel, Gaussian error linear units, 2016",
             .config_size = sizeof(gelu_config),
             .fields = gelu_fields},
    .id = PLM_ACTIVATION_gelu,
    .parameters = gelu_parameters};

const plm_activation_kind plm_activation_silu = {
    .kind =
        {.name = "silu",
         .alias = "swish",
         .help = "x times its sigmoid",
         .formula = "y = x / (1 + e^-(beta x))",
         .notes =
             "It is a good first choice for deep nets in which relu is not good enough. Compared "
             "with relu: it is smooth, and no unit dies. It is similar to gelu, and cheaper. Cost: "
             "an exponential and a division. Initializer: he_normal, with normalization between "
             "the layers of deep nets, as for gelu. beta is the slope of the sigmoid, which the "
             "paper on Swish also learns: beta 0 gives x / 2, a large beta gives relu.",
         .source = "Ramachandran, Zoph and Le, Searching for activation functions, 2017; Elfwing, "
                   "Uchibe and "
                   "Doya, 2017",
         .config_size = sizeof(silu_config),
         .fields = silu_fields,
         .examples = PLM_LIST("silu", "swish(beta=1.7)")},
    .id = PLM_ACTIVATION_silu,
    .parameters = silu_parameters};

const plm_activation_kind plm_activation_mish = {
    .kind = {.name = "mish",
             .help = "x times tanh(softplus(x))",
             .formula = "y = x * tanh(log(1 + e^x))",
             .notes = "Compared with relu: it is smooth, and no unit dies. It is close to silu, "
                      "and sometimes a little better. Cost: the highest of the smooth activations, "
                      "namely an exponential, a logarithm and tanh. Initializer: he_normal, with "
                      "normalization between the layers of deep nets, as for gelu.",
             .source =
                 "Misra, Mish: a self regularized non-monotonic activation function, BMVC 2020"},
    .id = PLM_ACTIVATION_mish};

const plm_activation_kind plm_activation_softplus = {
    .kind = {.name = "softplus",
             .help = "a smooth relu, which is always above 0",
             .formula = "y = log(1 + e^x)",
             .notes = "Use it for outputs that must be positive, such as a variance. Compared with "
                      "relu: it is smooth, and no unit dies, but in hidden layers it is seldom "
                      "better. Cost: an exponential and a logarithm, and outputs far from 0 on "
                      "average. Initializer: he_normal.",
             .source = "Dugas, Bengio, Belisle, Nadeau and Garcia, Incorporating second-order "
                       "functional knowledge "
                       "for better option pricing, NIPS 2000"},
    .id = PLM_ACTIVATION_softplus};

const plm_activation_kind plm_activation_hard_silu = {
    .kind = {.name = "hard_silu",
             .alias = "hard_swish",
             .help = "silu with hard_sigmoid in place of sigmoid",
             .formula = "y = x * clip(x / 6 + 1/2, 0, 1)",
             .notes = "Its results are almost those of silu. Compared with relu: it has a minimum "
                      "below 0, as silu does. Cost: little more than that of relu, and no gradient "
                      "below -3. Initializer: he_normal.",
             .source = "Howard et al., Searching for MobileNetV3, ICCV 2019"},
    .id = PLM_ACTIVATION_hard_silu};

const plm_activation_kind plm_activation_squareplus = {
    .kind = {.name = "squareplus",
             .help = "resembles softplus, without exponential and logarithm",
             .formula = "y = (x + sqrt(x^2 + b)) / 2",
             .notes = "Use it in place of softplus where its exponential costs too much. Compared "
                      "with relu: it is smooth, and no unit dies. Cost: a square root and a "
                      "division, and outputs far from 0 on average. Initializer: he_normal.",
             .source = "Barron, Squareplus: a softplus-like algebraic rectifier, 2021",
             .config_size = sizeof(squareplus_config),
             .fields = squareplus_fields},
    .id = PLM_ACTIVATION_squareplus,
    .parameters = squareplus_parameters};

const plm_activation_kind plm_activation_sparse_plus = {
    .kind = {.name = "sparse_plus",
             .help = "piecewise softplus, exactly 0 below -1 and x above 1",
             .formula = "y = 0 for x <= -1, (x + 1)^2 / 4 up to 1, x above",
             .notes =
                 "It is the integral of sparse_sigmoid, as softplus is the integral of sigmoid. "
                 "Compared with relu: it is smooth at 0, and is 0 only below -1. Cost: little more "
                 "than that of relu; units die below -1. Initializer: he_normal.",
             .source = "Martins and Astudillo, From softmax to sparsemax, ICML 2016"},
    .id = PLM_ACTIVATION_sparse_plus,
    .zeroes = true};
