/* Initializers whose variance follows from the number of inputs and outputs of a layer (its fans):
 * variance_scaling and its named variants.
 *
 * If the inputs of a layer are independent, with mean 0, then the variance of a weighted sum is
 * fan_in times the variance of the weights times the variance of the inputs. With a weight variance
 * of 1 / fan_in, the sums are as large as the inputs (LeCun). For gradients the same is true with
 * fan_out, so Glorot takes the mean of both. A relu sets half of the sums to 0, so He doubles the
 * variance. */
#include <math.h>

#include "nn/initializer.h"

#include "base/names.h"

typedef struct {
    int64_t seed; /* own seed; -1 = the seed of the runtime */
} seed_config;

typedef struct {
    double scale;                    /* numerator of the variance */
    const char *mode, *distribution; /* the fan to divide by; the distribution */
    int64_t seed;                    /* own seed; -1 = the seed of the runtime */
    const plm_spec *activation;      /* activation that follows, whose effect on the variance is
                                      * compensated; NULL = none */
} scaling_config;

typedef struct {
    double negative_slope; /* slope of the relu below 0 */
    int64_t seed;          /* own seed; -1 = the seed of the runtime */
} he_config;

static const plm_field he_fields[] = {
    PLM_FIELD_SEED(he_config),
    PLM_FIELD(he_config, negative_slope, PLM_REAL, "0", -1e6, 1e6,
              "slope for x < 0 of the activation that follows, such as leaky_relu (not in Keras)"),
    {0}};
static const plm_field seed_fields[] = {PLM_FIELD_SEED(seed_config), {0}};
static const plm_field scaling_fields[] = {
    PLM_FIELD(scaling_config, scale, PLM_REAL, "1", 1e-30, 1e30,
              "factor of the variance, which is scale / fan"),
    PLM_FIELD_OF(scaling_config, mode, PLM_CHOICE, "fan_in", "fan_in|fan_out|fan_avg",
                 "fan: number of inputs, number of outputs, or the mean of both"),
    PLM_FIELD_OF(scaling_config, distribution, PLM_CHOICE, "truncated_normal",
                 "truncated_normal|normal|uniform|untruncated_normal",
                 "distribution; normal means truncated_normal, as in Keras"),
    PLM_FIELD_SEED(scaling_config),
    PLM_FIELD_OF(scaling_config, activation, PLM_SPEC, "none", "activation",
                 "activation that follows; the variance is multiplied by the square of its gain "
                 "(not in Keras)"),
    {0}};

/* Standard deviation of a standard normal distribution that is truncated at 2. Dividing by it makes
 * the variance 1 again. */
static const double cut_deviation = 0.87962566103423978;

/* The number that divides the variance (a fan), and the distribution of the weights: truncated
 * normal (at two standard deviations), normal, or uniform. */
typedef enum { BY_FAN_IN, BY_FAN_OUT, BY_FAN_AVERAGE } fan_mode;
typedef enum { TRUNCATED, UNTRUNCATED, UNIFORM } distribution;

/* Draws values with variance scale / fan; a fan below 1 is taken as 1. A uniform distribution from
 * -a to a has the variance a^2 / 3. Truncation at two standard deviations makes the variance
 * smaller; dividing by cut_deviation undoes this. */
static void scale_variance(const plm_initialize *about, plm_random r, plm_real *values,
                           double scale, fan_mode mode, distribution form)
{
    const double fans[] = {about->fan_in, about->fan_out, (about->fan_in + about->fan_out) / 2};
    const double variance = scale / (fans[mode] > 1 ? fans[mode] : 1);
    if (form == UNIFORM)
        plm_draw_uniform(&r, values, about->count, -sqrt(3 * variance), sqrt(3 * variance));
    else if (form == UNTRUNCATED)
        plm_draw_normal(&r, values, about->count, 0, sqrt(variance));
    else
        plm_draw_truncated(&r, values, about->count, 0, sqrt(variance) / cut_deviation);
}

/* Fills a parameter by variance_scaling, with the mode and distribution of the config. */
static plm_status fill_scaling(plm *w, const void *config, const plm_initialize *about,
                               plm_real *values)
{
    const scaling_config *c = config;
    double gain = 1;
    PLM_TRY(plm_activation_gain(w, c->activation, &gain));
    const fan_mode mode = plm_name_equal(c->mode, "fan_in")    ? BY_FAN_IN
                          : plm_name_equal(c->mode, "fan_out") ? BY_FAN_OUT
                                                               : BY_FAN_AVERAGE;
    const distribution form = plm_name_equal(c->distribution, "uniform")              ? UNIFORM
                              : plm_name_equal(c->distribution, "untruncated_normal") ? UNTRUNCATED
                                                                                      : TRUNCATED;
    scale_variance(about, plm_initializer_random(about, c->seed), values, c->scale * gain, mode,
                   form);
    return PLM_OK;
}

/* Defines the function of an initializer with a fixed scale, mode and distribution. */
#define NAMED_SCALING(name, scale, mode, form)                                                     \
    static plm_status fill_##name(plm *w, const void *config, const plm_initialize *about,         \
                                  plm_real *values)                                                \
    {                                                                                              \
        const plm_random r = plm_initializer_random(about, ((const seed_config *)config)->seed);   \
        (void)w;                                                                                   \
        scale_variance(about, r, values, scale, mode, form);                                       \
        return PLM_OK;                                                                             \
    }
NAMED_SCALING(glorot_uniform, 1, BY_FAN_AVERAGE, UNIFORM)
NAMED_SCALING(glorot_normal, 1, BY_FAN_AVERAGE, TRUNCATED)
NAMED_SCALING(lecun_uniform, 1, BY_FAN_IN, UNIFORM)
NAMED_SCALING(lecun_normal, 1, BY_FAN_IN, TRUNCATED)

/* Returns the variance times fan_in with which signals keep their size through a relu with a slope
 * a for x < 0: 2 / (1 + a^2) (He, Zhang, Ren and Sun, 2015, equation 15). */
#define HE_SCALING(name, form)                                                                     \
    static plm_status fill_##name(plm *w, const void *config, const plm_initialize *about,         \
                                  plm_real *values)                                                \
    {                                                                                              \
        const he_config *c = config;                                                               \
        const double scale = 2 / (1 + c->negative_slope * c->negative_slope);                      \
        (void)w;                                                                                   \
        scale_variance(about, plm_initializer_random(about, c->seed), values, scale, BY_FAN_IN,    \
                       form);                                                                      \
        return PLM_OK;                                                                             \
    }
HE_SCALING(he_uniform, UNIFORM)
HE_SCALING(he_normal, TRUNCATED)

/* ---- the rows ---- */

static const char glorot_source[] = "Glorot and Bengio, Understanding the difficulty of training "
                                    "deep feedforward neural networks, AISTATS 2010";
static const char he_source[] = "He, Zhang, Ren and Sun, Delving deep into rectifiers, ICCV 2015";
static const char lecun_source[] = "LeCun, Bottou, Orr and Mueller, Efficient BackProp, 1998";

const plm_initializer_kind plm_initializer_glorot_uniform = {
    .kind = {.name = "glorot_uniform",
             .alias = "xavier_uniform",
             .help = "uniform, variance 2 / (fan_in + fan_out)",
             .formula =
                 "uniform between -sqrt(6 / (fan_in + fan_out)) and sqrt(6 / (fan_in + fan_out))",
             .notes = "Use with: tanh, linear, sigmoid, softmax. It is the default. Its variance "
                      "is between that which outputs need (1 / fan_in) and that which gradients "
                      "need (1 / fan_out), so that both keep their variance while the activation "
                      "is in its nearly linear part. With relu, which passes half of the signal, "
                      "half of the variance is lost in each layer.",
             .source = glorot_source,
             .config_size = sizeof(seed_config),
             .fields = seed_fields},
    .fill = fill_glorot_uniform};

const plm_initializer_kind plm_initializer_glorot_normal = {
    .kind = {.name = "glorot_normal",
             .alias = "xavier_normal",
             .help = "normal, variance 2 / (fan_in + fan_out)",
             .formula = "normal with stddev sqrt(2 / (fan_in + fan_out)), truncated at 2 stddev",
             .notes = "Use with: tanh, linear, sigmoid, softmax; see glorot_uniform.",
             .source = glorot_source,
             .config_size = sizeof(seed_config),
             .fields = seed_fields},
    .fill = fill_glorot_normal};

const plm_initializer_kind plm_initializer_he_uniform = {
    .kind = {.name = "he_uniform",
             .alias = "kaiming_uniform",
             .help = "uniform, variance 2 / fan_in",
             .formula = "uniform between -sqrt(6 / fan_in) and sqrt(6 / fan_in)",
             .notes =
                 "Use with: relu and its relatives (leaky_relu, elu, gelu, silu, mish). relu "
                 "passes half of the signal; twice the variance of lecun_uniform makes up for it. "
                 "With negative_slope the variance is 2 / (1 + negative_slope^2) / fan_in, which "
                 "leaky_relu(negative_slope) needs; for prelu give its initial slope.",
             .source = he_source,
             .config_size = sizeof(he_config),
             .fields = he_fields},
    .fill = fill_he_uniform};

const plm_initializer_kind plm_initializer_he_normal = {
    .kind = {.name = "he_normal",
             .alias = "kaiming_normal",
             .help = "normal, variance 2 / fan_in",
             .formula = "normal with stddev sqrt(2 / fan_in), truncated at 2 stddev",
             .notes =
                 "Use with: relu and its relatives (leaky_relu, elu, gelu, silu, mish). relu "
                 "passes half of the signal; twice the variance of lecun_normal makes up for it. "
                 "With negative_slope the variance is 2 / (1 + negative_slope^2) / fan_in, which "
                 "leaky_relu(negative_slope) needs; for prelu give its initial slope.",
             .source = he_source,
             .config_size = sizeof(he_config),
             .fields = he_fields},
    .fill = fill_he_normal};

const plm_initializer_kind plm_initializer_lecun_uniform = {
    .kind = {.name = "lecun_uniform",
             .help = "uniform, variance 1 / fan_in",
             .formula = "uniform between -sqrt(3 / fan_in) and sqrt(3 / fan_in)",
             .notes = "Use with: selu; see lecun_normal.",
             .source = lecun_source,
             .config_size = sizeof(seed_config),
             .fields = seed_fields},
    .fill = fill_lecun_uniform};

const plm_initializer_kind plm_initializer_lecun_normal = {
    .kind = {.name = "lecun_normal",
             .help = "normal, variance 1 / fan_in",
             .formula = "normal with stddev sqrt(1 / fan_in), truncated at 2 stddev",
             .notes = "Use with: selu, which keeps mean 0 and variance 1 through a deep stack only "
                      "with this initializer. With it, the outputs of a linear layer have the "
                      "variance of its inputs, whatever its fan_out is.",
             .source = lecun_source,
             .config_size = sizeof(seed_config),
             .fields = seed_fields},
    .fill = fill_lecun_normal};

const plm_initializer_kind plm_initializer_variance_scaling = {
    .kind =
        {.name = "variance_scaling",
         .help = "random numbers with variance scale / fan, from a distribution of your choice",
         .formula = "n = fan_in, fan_out or their mean; uniform between -sqrt(3 scale / n) and "
                    "sqrt(3 scale / n), or normal with variance scale / n",
         .notes =
             "Use with: scale 1 for tanh (mode=fan_avg) and selu, 2 for relu and its relatives. "
             "glorot, he and lecun are special cases of it. A normal distribution is truncated at "
             "two standard deviations and widened, so that its variance is scale / n. With an "
             "activation f the variance is scale / n / E[f(z)^2], z standard normal, so that sums "
             "keep their size behind f: a factor of 2 for relu, 2 / (1 + a^2) for leaky_relu(a), "
             "1 for linear and selu, 2.54 for tanh. Behind gelu, silu and mish only the variance "
             "1 is kept, and any other moves away from it: more than some ten layers of them need "
             "normalization or random biases.",
         .source = he_source,
         .config_size = sizeof(scaling_config),
         .fields = scaling_fields,
         .examples = PLM_LIST("variance_scaling(scale=2, mode=fan_avg, distribution=uniform)",
                              "variance_scaling(activation='leaky_relu(0.2)')")},
    .fill = fill_scaling};
