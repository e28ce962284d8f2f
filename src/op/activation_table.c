/* The activations: a row for each, with its field table and the texts that `plummet
 * describe` prints. Formulas and defaults are those of Keras. The code that computes a function is
 * in the kernel tables and is found by its id. */
#include <math.h>

#include "op/op.h"

/* ---- configs ---- */

typedef struct {
    double negative_slope, max_value, threshold;
} relu_config;

typedef struct {
    double negative_slope;
} leaky_config;

typedef struct {
    double alpha;
} alpha_config;

typedef struct {
    bool approximate;
} gelu_config;

typedef struct {
    int64_t axis;
} axis_config;

static const plm_field relu_fields[] = {
    PLM_FIELD(relu_config, negative_slope, PLM_REAL, "0", -1e6, 1e6, "slope below the threshold"),
    PLM_FIELD(relu_config, max_value, PLM_REAL, "inf", 0, INFINITY,
              "ceiling of the output; none = no limit"),
    PLM_FIELD(relu_config, threshold, PLM_REAL, "0", -1e6, 1e6, "inputs up to here count as below"),
    {0}};
static const plm_field leaky_fields[] = {{.name = "negative_slope",
                                          .type = PLM_REAL,
                                          .offset = offsetof(leaky_config, negative_slope),
                                          .fallback = "0.2",
                                          .low = -1e6,
                                          .high = 1e6,
                                          .help = "slope below 0",
                                          .alias = "alpha"},
                                         {0}};
static const plm_field elu_fields[] = {
    PLM_FIELD(alpha_config, alpha, PLM_REAL, "1", 0, 1e6, "the output tends to -alpha far below 0"),
    {0}};
static const plm_field celu_fields[] = {PLM_FIELD(alpha_config, alpha, PLM_REAL, "1", 1e-6, 1e6,
                                                  "the output tends to -alpha far below 0"),
                                        {0}};
static const plm_field gelu_fields[] = {PLM_FIELD(gelu_config, approximate, PLM_BOOL, "false", 0, 0,
                                                  "true = the form with tanh instead of erf"),
                                        {0}};
static const plm_field axis_fields[] = {
    PLM_FIELD(axis_config, axis, PLM_INT, "-1", -8, 8,
              "the axis that sums to 1; only the last one (-1) is supported"),
    {0}};

/* ---- parameters of the kernel functions ---- */

/* Chooses the function for a relu. The general one takes three comparisons per element, and its
 * backward reads x. Most configs need less, so they get relu or leaky_relu. */
static plm_activation_id relu_parameters(const void *config, plm_real p[4])
{
    const relu_config *c = config;
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

/* leaky_relu is a relu with a slope below 0, so a slope of 0 or less gets another function than
 * leaky_relu. */
static plm_activation_id leaky_parameters(const void *config, plm_real p[4])
{
    const leaky_config *c = config;
    const relu_config general = {.negative_slope = c->negative_slope, .max_value = INFINITY};
    return relu_parameters(&general, p);
}

/* elu with p[0] = alpha. With alpha = 0 it is relu. */
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

/* Chooses between the two variants of gelu. They have no parameters. */
static plm_activation_id gelu_parameters(const void *config, plm_real p[4])
{
    const gelu_config *c = config;
    (void)p;
    return c->approximate ? PLM_ACTIVATION_gelu_tanh : PLM_ACTIVATION_gelu;
}

/* ---- the rows ---- */

const plm_activation_kind plm_activation_linear = {
    .kind =
        {.name = "linear",
         .alias = "identity",
         .help = "the value itself",
         .formula = "y = x",
         .notes =
             "For the output of a regression, or a layer whose activation follows as a separate "
             "layer. Against relu: nothing saturates and nothing dies, but hidden layers that are "
             "all linear are equivalent to a single linear layer. Price: none. Initializer: "
             "glorot_uniform.",
         .source = "Widrow and Hoff, Adaptive switching circuits, 1960"},
    .id = PLM_ACTIVATION_linear};

const plm_activation_kind plm_activation_relu = {
    .kind =
        {.name = "relu",
         .help = "the positive part",
         .formula = "y = max(x, 0)",
         .notes =
             "The usual first choice: it does not saturate above 0, where its slope is 1, and is "
             "the cheapest of all. Price: a unit whose input is below 0 for every row has no "
             "gradient and stays dead, and the mean of the outputs is not 0. Initializer: "
             "he_normal or "
             "he_uniform. With arguments: y = max_value from there on, x above threshold, "
             "negative_slope * (x - threshold) elsewhere.",
         .source = "Nair and Hinton, Rectified linear units improve restricted Boltzmann machines, "
                   "ICML 2010",
         .config_size = sizeof(relu_config),
         .fields = relu_fields},
    .id = PLM_ACTIVATION_relu,
    .parameters = relu_parameters};

const plm_activation_kind plm_activation_leaky_relu = {
    .kind = {.name = "leaky_relu",
             .help = "relu with a small slope below 0",
             .formula = "y = x for x >= 0, negative_slope * x below",
             .notes =
                 "Against relu: no unit can die, since there is always some gradient. Price: "
                 "hardly any; it does not saturate below 0, so noise there passes, too. As an "
                 "activation its slope is 0.2, as a layer 0.3 (Keras's defaults). Initializer: "
                 "he_normal.",
             .source = "Maas, Hannun and Ng, Rectifier nonlinearities improve neural network "
                       "acoustic models, 2013",
             .config_size = sizeof(leaky_config),
             .fields = leaky_fields},
    .id = PLM_ACTIVATION_leaky_relu,
    .parameters = leaky_parameters};

const plm_activation_kind plm_activation_elu = {
    .kind =
        {.name = "elu",
         .help = "exponential linear unit: smooth below 0, tends to -alpha",
         .formula = "y = x for x > 0, alpha * (e^x - 1) below",
         .notes =
             "Against relu: outputs average nearer to 0, units do not die, and with alpha 1 it is "
             "smooth everywhere; often fewer epochs. Price: an exponential, so a pass is slower "
             "than relu's. Initializer: he_normal.",
         .source = "Clevert, Unterthiner and Hochreiter, Fast and accurate deep network learning "
                   "by exponential "
                   "linear units, ICLR 2016",
         .config_size = sizeof(alpha_config),
         .fields = elu_fields},
    .id = PLM_ACTIVATION_elu,
    .parameters = elu_parameters};

const plm_activation_kind plm_activation_selu = {
    .kind = {.name = "selu",
             .help = "scaled elu: deep plain stacks keep mean 0 and variance 1",
             .formula = "y = 1.0507 * (x for x > 0, 1.6733 * (e^x - 1) below)",
             .notes =
                 "Against relu: self-normalizing, gradients neither vanish nor explode in a deep "
                 "stack of dense layers, as long as the initializer is lecun_normal, inputs are "
                 "standardized, the net is plainly sequential, alpha_dropout takes the place of "
                 "dropout, and there is no l1, l2 or max_norm. Price: these conditions, and an "
                 "exponential. Initializer: lecun_normal.",
             .source = "Klambauer, Unterthiner, Mayr and Hochreiter, Self-normalizing neural "
                       "networks, NIPS 2017"},
    .id = PLM_ACTIVATION_selu};

const plm_activation_kind plm_activation_celu = {
    .kind =
        {.name = "celu",
         .help = "elu that is smooth for every alpha",
         .formula = "y = x for x > 0, alpha * (e^(x/alpha) - 1) below",
         .notes =
             "Against relu: as elu, outputs average nearer to 0 and units do not die; its slope "
             "has no jump at 0 even when alpha is not 1. Price: an exponential. Initializer: "
             "he_normal.",
         .source = "Barron, Continuously differentiable exponential linear units, 2017",
         .config_size = sizeof(alpha_config),
         .fields = celu_fields},
    .id = PLM_ACTIVATION_celu,
    .parameters = celu_parameters};

const plm_activation_kind plm_activation_gelu = {
    .kind =
        {.name = "gelu",
         .help = "Gaussian error linear unit",
         .formula = "y = x * Phi(x)",
         .notes =
             "Against relu: smooth, bends below 0 and comes back; often better in deep nets and "
             "transformers. Price: the error function; approximate=true is a little cheaper and "
             "differs by less than 0.001. Initializer: he_normal; beyond some ten plain layers "
             "signals still fade, which normalization between layers prevents.",
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
         .formula = "y = x / (1 + e^-x)",
         .notes =
             "A good default for deep nets where relu falls short. Against relu: smooth, no dead "
             "units, much like gelu and cheaper. Price: an exponential and a division. "
             "Initializer: he_normal, with normalization in deep plain stacks as for gelu.",
         .source = "Ramachandran, Zoph and Le, Searching for activation functions, 2017; Elfwing, "
                   "Uchibe and "
                   "Doya, 2017"},
    .id = PLM_ACTIVATION_silu};

const plm_activation_kind plm_activation_mish = {
    .kind =
        {.name = "mish",
         .help = "x times the tanh of its softplus",
         .formula = "y = x * tanh(log(1 + e^x))",
         .notes =
             "Against relu: smooth and without dead units; close to silu, sometimes a little "
             "better. Price: the most expensive of the smooth ones: an exponential, a logarithm "
             "and tanh. Initializer: he_normal, with normalization in deep plain stacks as for "
             "gelu.",
         .source = "Misra, Mish: a self regularized non-monotonic activation function, BMVC 2020"},
    .id = PLM_ACTIVATION_mish};

const plm_activation_kind plm_activation_sigmoid = {
    .kind =
        {.name = "sigmoid",
         .help = "a probability: from 0 to 1",
         .formula = "y = 1 / (1 + e^-x)",
         .notes =
             "For the output of a yes-or-no question, with binary_crossentropy. Against relu: "
             "bounded and smooth, yet in hidden layers its slope is at most 1/4 and its mean is "
             "not 0, so gradients vanish where relu's do not. Price: an exponential. Initializer: "
             "glorot_uniform.",
         .source = "Rumelhart, Hinton and Williams, Learning representations by back-propagating "
                   "errors, 1986"},
    .id = PLM_ACTIVATION_sigmoid};

const plm_activation_kind plm_activation_tanh = {
    .kind =
        {.name = "tanh",
         .help = "from -1 to 1, centred on 0",
         .formula = "y = (e^x - e^-x) / (e^x + e^-x)",
         .notes =
             "Better than sigmoid in hidden layers, since its mean is 0. Against relu: bounded, "
             "smooth, centred, yet it saturates on both sides: relu trains deeper nets. Price: an "
             "exponential. Initializer: glorot_uniform.",
         .source = "LeCun, Bottou, Orr and Mueller, Efficient BackProp, 1998"},
    .id = PLM_ACTIVATION_tanh};

const plm_activation_kind plm_activation_softmax = {
    .kind =
        {.name = "softmax",
         .help = "probabilities of classes: positive, sum 1 along the last axis",
         .formula = "y[i] = e^x[i] / sum of e^x",
         .notes =
             "For the output that chooses one of several classes, with "
             "sparse_categorical_crossentropy or categorical_crossentropy. Against relu: not for "
             "hidden layers, where it would suppress most units. Price: an exponential and sums "
             "over the row. Initializer: glorot_uniform.",
         .source = "Bridle, Probabilistic interpretation of feedforward classification network "
                   "outputs, 1990",
         .config_size = sizeof(axis_config),
         .fields = axis_fields},
    .type = PLM_ACT_ROW};

const plm_activation_kind plm_activation_log_softmax = {
    .kind =
        {.name = "log_softmax",
         .help = "logarithms of softmax, without its rounding",
         .formula = "y[i] = x[i] - log(sum of e^x)",
         .notes =
             "Where log probabilities are wanted as such. A loss with from_logits=true does the "
             "same inside. Against relu: not for hidden layers. Price: an exponential and sums "
             "over the row. Initializer: glorot_uniform.",
         .source = "Blanchard, Higham and Higham, Accurately computing the log-sum-exp and softmax "
                   "functions, 2021",
         .config_size = sizeof(axis_config),
         .fields = axis_fields},
    .type = PLM_ACT_ROW,
    .logarithm = true};

const plm_activation_kind plm_activation_softplus = {
    .kind = {.name = "softplus",
             .help = "a smooth relu, always above 0",
             .formula = "y = log(1 + e^x)",
             .notes =
                 "For outputs that must be positive, such as a variance. Against relu: smooth and "
                 "never dead, yet in hidden layers seldom better. Price: an exponential and a "
                 "logarithm, and outputs far from 0 on average. Initializer: he_normal.",
             .source = "Dugas, Bengio, Belisle, Nadeau and Garcia, Incorporating second-order "
                       "functional knowledge "
                       "for better option pricing, NIPS 2000"},
    .id = PLM_ACTIVATION_softplus};

const plm_activation_kind plm_activation_softsign = {
    .kind =
        {.name = "softsign",
         .help = "from -1 to 1, saturates slowly",
         .formula = "y = x / (1 + |x|)",
         .notes =
             "Like tanh with heavier tails. Against relu: bounded and centred, and saturates more "
             "slowly than tanh. Price: a division; gradients still fade in deep nets. "
             "Initializer: glorot_uniform.",
         .source = "Turian, Bergstra and Bengio, Quadratic features and deep architectures for "
                   "chunking, 2009"},
    .id = PLM_ACTIVATION_softsign};

const plm_activation_kind plm_activation_exponential = {
    .kind =
        {.name = "exponential",
         .alias = "exp",
         .help = "e to the x: positive outputs",
         .formula = "y = e^x",
         .notes =
             "For outputs that are rates or counts (with the loss poisson). Against relu: always "
             "positive, not for hidden layers. Price: an exponential, and large inputs overflow. "
             "Initializer: glorot_uniform.",
         .source = "Nelder and Wedderburn, Generalized linear models, 1972"},
    .id = PLM_ACTIVATION_exponential};

const plm_activation_kind plm_activation_hard_sigmoid = {
    .kind = {.name = "hard_sigmoid",
             .help = "sigmoid by straight lines",
             .formula = "y = clip(x / 6 + 1/2, 0, 1)",
             .notes =
                 "In place of sigmoid where arithmetic is expensive; Keras 2 used 0.2 x + 0.5. "
                 "Against relu: bounded, but with the other drawbacks of sigmoid. Price: no "
                 "gradient outside -3 "
                 ".. 3. Initializer: glorot_uniform.",
             .source = "Courbariaux, Bengio and David, BinaryConnect, NIPS 2015"},
    .id = PLM_ACTIVATION_hard_sigmoid};

const plm_activation_kind plm_activation_hard_silu = {
    .kind =
        {.name = "hard_silu",
         .alias = "hard_swish",
         .help = "silu by straight lines",
         .formula = "y = x * clip(x / 6 + 1/2, 0, 1)",
         .notes =
             "Almost silu's results. Against relu: bends below 0 as silu does. Price: little more "
             "than relu's; no gradient below -3. Initializer: he_normal.",
         .source = "Howard et al., Searching for MobileNetV3, ICCV 2019"},
    .id = PLM_ACTIVATION_hard_silu};

const plm_activation_kind plm_activation_relu6 = {
    .kind = {.name = "relu6",
             .help = "relu with a ceiling of 6",
             .formula = "y = min(max(x, 0), 6)",
             .notes =
                 "Against relu: outputs stay small, which suits arithmetic with few bits. Price: "
                 "saturates above 6, and units die as relu's do. Initializer: he_normal.",
             .source = "Krizhevsky, Convolutional deep belief networks on CIFAR-10, 2010"},
    .id = PLM_ACTIVATION_relu6};

const plm_activation_kind plm_activation_log_sigmoid = {
    .kind =
        {.name = "log_sigmoid",
         .help = "the logarithm of sigmoid",
         .formula = "y = -log(1 + e^-x)",
         .notes =
             "Where log probabilities of a yes-or-no question are wanted as such. Against relu: "
             "never above 0, not for hidden layers. Price: an exponential and a logarithm. "
             "Initializer: glorot_uniform.",
         .source =
             "Mikolov, Sutskever, Chen, Corrado and Dean, Distributed representations of words "
             "and phrases, NIPS 2013"},
    .id = PLM_ACTIVATION_log_sigmoid};

const plm_activation_kind plm_activation_hard_tanh = {
    .kind =
        {.name = "hard_tanh",
         .help = "tanh by straight lines",
         .formula = "y = clip(x, -1, 1)",
         .notes =
             "In place of tanh where arithmetic is expensive. Against relu: bounded and centred. "
             "Price: no gradient outside -1 .. 1. Initializer: glorot_uniform.",
         .source = "Collobert, Large scale machine learning, 2004"},
    .id = PLM_ACTIVATION_hard_tanh};

/* Fails if softmax or log_softmax is asked for along an axis other than the last. Keras has these,
 * too. */
static plm_status check_axis(plm *w, const plm_activation_kind *kind, const void *config)
{
    if (kind->type != PLM_ACT_ROW || ((const axis_config *)config)->axis == -1)
        return PLM_OK;
    return plm_fail(w, PLM_E_UNSUPPORTED, kind->kind.name,
                    "leave axis out, or permute the axes before",
                    "axis=%lld is not supported, only the last axis (-1) is",
                    (long long)((const axis_config *)config)->axis);
}

/* `parameters` fills out->p if the activation has parameters, and then chooses the id. */
plm_status plm_activation_bind(plm_arena *a, const plm_spec *spec, plm_activation *out)
{
    const plm_kind *found = &plm_activation_linear.kind;
    const void *config = NULL;
    *out = (plm_activation){.kind = &plm_activation_linear, .id = PLM_ACTIVATION_linear};
    if (!spec)
        return PLM_OK;
    PLM_TRY(plm_kind_bind(a, "activation", spec, &found, &config));
    const plm_activation_kind *kind = (const plm_activation_kind *)(const void *)found;
    PLM_TRY(check_axis(a->w, kind, config));
    out->kind = kind;
    out->id = kind->parameters ? kind->parameters(config, out->p) : kind->id;
    return PLM_OK;
}
