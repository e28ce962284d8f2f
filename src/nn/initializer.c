/* Initial values of weights. Every value is a function of (seed, stream of the parameter, index):
 * random numbers are taken one after the other from one Philox stream, in double, then cast.
 * Definitions are those of Keras. */
#include <math.h>

#include "nn/initializer.h"

#include "base/names.h"

typedef struct {
    int64_t seed;
} seed_config;

typedef struct {
    double scale;
    const char *mode, *distribution;
    int64_t seed;
} scaling_config;

typedef struct {
    double value;
} constant_config;

typedef struct {
    double mean, stddev;
    int64_t seed;
} normal_config;

typedef struct {
    double minval, maxval;
    int64_t seed;
} uniform_config;

typedef struct {
    double gain;
    int64_t seed;
} gain_config;

typedef struct {
    double gain;
} identity_config;

#define SEED(config_)                                                                              \
    PLM_FIELD(config_, seed, PLM_INT, "-1", 0, 9e15,                                               \
              "own seed, for the same values wherever it is used; none = the run's")

static const plm_field seed_fields[] = {SEED(seed_config), {0}};
static const plm_field scaling_fields[] = {
    PLM_FIELD(scaling_config, scale, PLM_REAL, "1", 1e-30, 1e30, "the variance is scale / fan"),
    PLM_FIELD_OF(scaling_config, mode, PLM_CHOICE, "fan_in", "fan_in|fan_out|fan_avg",
                 "number of inputs, of outputs, or the mean of both"),
    PLM_FIELD_OF(scaling_config, distribution, PLM_CHOICE, "truncated_normal",
                 "truncated_normal|normal|uniform|untruncated_normal",
                 "normal means truncated_normal, as in Keras"),
    SEED(scaling_config),
    {0}};
static const plm_field constant_fields[] = {
    PLM_FIELD(constant_config, value, PLM_REAL, "0", 0, 0, "value of every weight"), {0}};
static const plm_field normal_fields[] = {
    PLM_FIELD(normal_config, mean, PLM_REAL, "0", 0, 0, "mean"),
    PLM_FIELD(normal_config, stddev, PLM_REAL, "0.05", 0, 1e30,
              "standard deviation, before any truncation"),
    SEED(normal_config),
    {0}};
static const plm_field uniform_fields[] = {
    PLM_FIELD(uniform_config, minval, PLM_REAL, "-0.05", 0, 0, "lower bound"),
    PLM_FIELD(uniform_config, maxval, PLM_REAL, "0.05", 0, 0, "upper bound"),
    SEED(uniform_config),
    {0}};
static const plm_field gain_fields[] = {
    PLM_FIELD(gain_config, gain, PLM_REAL, "1", 0, 0, "factor"), SEED(gain_config), {0}};
static const plm_field identity_fields[] = {
    PLM_FIELD(identity_config, gain, PLM_REAL, "1", 0, 0, "factor"), {0}};

/* ---- drawing ---- */

plm_random plm_initializer_random(const plm_initialize *about, int64_t own_seed)
{
    if (own_seed >= 0) /* as in Keras: a seeded initializer gives the same values on every call */
        return plm_random_open((uint64_t)own_seed, PLM_RANDOM_INITIALIZER, 0, 0);
    return plm_random_open(about->seed, PLM_RANDOM_INITIALIZER, about->stream, 0);
}

static void draw_uniform(plm_random *r, plm_real *values, size_t n, double low, double high)
{
    for (size_t i = 0; i < n; i++)
        values[i] = (plm_real)(low + (high - low) * plm_random_uniform(r));
}

static void draw_normal(plm_random *r, plm_real *values, size_t n, double mean, double stddev)
{
    for (size_t i = 0; i < n; i++)
        values[i] = (plm_real)(mean + stddev * plm_random_normal(r));
}

/* Draws normal numbers; those beyond two standard deviations are drawn again. */
static void draw_truncated(plm_random *r, plm_real *values, size_t n, double mean, double stddev)
{
    for (size_t i = 0; i < n; i++) {
        double z = plm_random_normal(r);
        while (fabs(z) > 2)
            z = plm_random_normal(r);
        values[i] = (plm_real)(mean + stddev * z);
    }
}

/* ---- variance scaling and its named variants ---- */

/* Standard deviation of a standard normal cut at 2; dividing by it makes the variance 1 again. */
static const double cut_deviation = 0.87962566103423978;

typedef enum { BY_FAN_IN, BY_FAN_OUT, BY_FAN_AVERAGE } fan_mode;
typedef enum { TRUNCATED, UNTRUNCATED, UNIFORM } distribution;

/* Draws values with variance scale / fan; a fan below 1 counts as 1. */
static void scale_variance(const plm_initialize *about, plm_random r, plm_real *values,
                           double scale, fan_mode mode, distribution form)
{
    const double fans[] = {about->fan_in, about->fan_out, (about->fan_in + about->fan_out) / 2};
    const double variance = scale / (fans[mode] > 1 ? fans[mode] : 1);
    if (form == UNIFORM)
        draw_uniform(&r, values, about->count, -sqrt(3 * variance), sqrt(3 * variance));
    else if (form == UNTRUNCATED)
        draw_normal(&r, values, about->count, 0, sqrt(variance));
    else
        draw_truncated(&r, values, about->count, 0, sqrt(variance) / cut_deviation);
}

/* Fills a parameter by variance_scaling, with the mode and distribution of the config. */
static plm_status fill_scaling(plm *w, const void *config, const plm_initialize *about,
                               plm_real *values)
{
    const scaling_config *c = config;
    (void)w;
    const fan_mode mode = plm_name_equal(c->mode, "fan_in")    ? BY_FAN_IN
                          : plm_name_equal(c->mode, "fan_out") ? BY_FAN_OUT
                                                               : BY_FAN_AVERAGE;
    const distribution form = plm_name_equal(c->distribution, "uniform")              ? UNIFORM
                              : plm_name_equal(c->distribution, "untruncated_normal") ? UNTRUNCATED
                                                                                      : TRUNCATED;
    scale_variance(about, plm_initializer_random(about, c->seed), values, c->scale, mode, form);
    return PLM_OK;
}

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
NAMED_SCALING(he_uniform, 2, BY_FAN_IN, UNIFORM)
NAMED_SCALING(he_normal, 2, BY_FAN_IN, TRUNCATED)
NAMED_SCALING(lecun_uniform, 1, BY_FAN_IN, UNIFORM)
NAMED_SCALING(lecun_normal, 1, BY_FAN_IN, TRUNCATED)

/* ---- plain values ---- */

static void fill_with(const plm_initialize *about, plm_real *values, double value)
{
    for (size_t i = 0; i < about->count; i++)
        values[i] = (plm_real)value;
}

static plm_status fill_zeros(plm *w, const void *config, const plm_initialize *about,
                             plm_real *values)
{
    (void)w;
    (void)config;
    fill_with(about, values, 0);
    return PLM_OK;
}

static plm_status fill_ones(plm *w, const void *config, const plm_initialize *about,
                            plm_real *values)
{
    (void)w;
    (void)config;
    fill_with(about, values, 1);
    return PLM_OK;
}

static plm_status fill_constant(plm *w, const void *config, const plm_initialize *about,
                                plm_real *values)
{
    (void)w;
    fill_with(about, values, ((const constant_config *)config)->value);
    return PLM_OK;
}

static plm_status fill_random_normal(plm *w, const void *config, const plm_initialize *about,
                                     plm_real *values)
{
    const normal_config *c = config;
    plm_random r = plm_initializer_random(about, c->seed);
    (void)w;
    draw_normal(&r, values, about->count, c->mean, c->stddev);
    return PLM_OK;
}

static plm_status fill_truncated_normal(plm *w, const void *config, const plm_initialize *about,
                                        plm_real *values)
{
    const normal_config *c = config;
    plm_random r = plm_initializer_random(about, c->seed);
    (void)w;
    draw_truncated(&r, values, about->count, c->mean, c->stddev);
    return PLM_OK;
}

static plm_status fill_random_uniform(plm *w, const void *config, const plm_initialize *about,
                                      plm_real *values)
{
    const uniform_config *c = config;
    plm_random r = plm_initializer_random(about, c->seed);
    if (c->maxval < c->minval)
        return plm_fail(w, PLM_E_SPEC, "random_uniform", "give the smaller number first",
                        "minval %g is above maxval %g", c->minval, c->maxval);
    draw_uniform(&r, values, about->count, c->minval, c->maxval);
    return PLM_OK;
}

/* Sets the diagonal to gain, the rest to 0. The matrix need not be square. */
static plm_status fill_identity(plm *w, const void *config, const plm_initialize *about,
                                plm_real *values)
{
    if (about->rank != 2)
        return plm_fail(w, PLM_E_SHAPE, "identity", "use orthogonal",
                        "identity is for matrices, not for rank %d", about->rank);
    fill_with(about, values, 0);
    const size_t rows = (size_t)about->dims[0], columns = (size_t)about->dims[1];
    for (size_t i = 0; i < rows && i < columns; i++)
        values[i * columns + i] = (plm_real)((const identity_config *)config)->gain;
    return PLM_OK;
}

static plm_status fill_orthogonal(plm *w, const void *config, const plm_initialize *about,
                                  plm_real *values)
{
    const gain_config *c = config;
    return plm_initialize_orthogonal(w, about, plm_initializer_random(about, c->seed), c->gain,
                                     values);
}

/* ---- the table ---- */

static const char glorot_source[] = "Glorot and Bengio, Understanding the difficulty of training "
                                    "deep feedforward neural networks, AISTATS 2010";
static const char he_source[] = "He, Zhang, Ren and Sun, Delving deep into rectifiers, ICCV 2015";
static const char lecun_source[] = "LeCun, Bottou, Orr and Mueller, Efficient BackProp, 1998";

static const plm_initializer_kind variance_scaling = {
    .kind =
        {.name = "variance_scaling",
         .help = "variance scale / fan, for several distributions",
         .formula = "n = fan_in, fan_out or their mean; uniform within sqrt(3 scale / n), or "
                    "normal of that variance",
         .notes =
             "Use with: scale 1 for tanh (mode=fan_avg) and selu, 2 for relu and its relatives. "
             "glorot, he and lecun are special cases of it. A normal distribution is truncated at "
             "two standard deviations and widened, so that its variance is right afterwards.",
         .source = he_source,
         .config_size = sizeof(scaling_config),
         .fields = scaling_fields,
         .examples = PLM_LIST("variance_scaling(scale=2, mode=fan_avg, distribution=uniform)")},
    .fill = fill_scaling};

static const plm_initializer_kind glorot_uniform = {
    .kind =
        {.name = "glorot_uniform",
         .alias = "xavier_uniform",
         .help = "uniform, variance 2 / (fan_in + fan_out)",
         .formula = "uniform within sqrt(6 / (fan_in + fan_out))",
         .notes =
             "Use with: tanh, linear, sigmoid, softmax. The default: a mean of what outputs (1 / "
             "fan_in) and gradients (1 / fan_out) need, so that the variance of both is kept "
             "while the activation is near its linear part. With relu, which passes half of the "
             "signal, half of the variance is lost in each layer.",
         .source = glorot_source,
         .config_size = sizeof(seed_config),
         .fields = seed_fields},
    .fill = fill_glorot_uniform};

static const plm_initializer_kind glorot_normal = {
    .kind = {.name = "glorot_normal",
             .alias = "xavier_normal",
             .help = "normal, variance 2 / (fan_in + fan_out)",
             .formula = "normal with stddev sqrt(2 / (fan_in + fan_out)), cut at 2 stddev",
             .notes = "Use with: tanh, linear, sigmoid, softmax; see glorot_uniform.",
             .source = glorot_source,
             .config_size = sizeof(seed_config),
             .fields = seed_fields},
    .fill = fill_glorot_normal};

static const plm_initializer_kind he_uniform = {
    .kind =
        {.name = "he_uniform",
         .alias = "kaiming_uniform",
         .help = "uniform, variance 2 / fan_in",
         .formula = "uniform within sqrt(6 / fan_in)",
         .notes =
             "Use with: relu and its relatives (leaky_relu, elu, gelu, silu, mish). relu passes "
             "half of the signal; twice the variance of lecun_uniform makes up for it.",
         .source = he_source,
         .config_size = sizeof(seed_config),
         .fields = seed_fields},
    .fill = fill_he_uniform};

static const plm_initializer_kind he_normal = {
    .kind =
        {.name = "he_normal",
         .alias = "kaiming_normal",
         .help = "normal, variance 2 / fan_in",
         .formula = "normal with stddev sqrt(2 / fan_in), cut at 2 stddev",
         .notes =
             "Use with: relu and its relatives (leaky_relu, elu, gelu, silu, mish). relu passes "
             "half of the signal; twice the variance of lecun_normal makes up for it.",
         .source = he_source,
         .config_size = sizeof(seed_config),
         .fields = seed_fields},
    .fill = fill_he_normal};

static const plm_initializer_kind lecun_uniform = {
    .kind = {.name = "lecun_uniform",
             .help = "uniform, variance 1 / fan_in",
             .formula = "uniform within sqrt(3 / fan_in)",
             .notes = "Use with: selu; see lecun_normal.",
             .source = lecun_source,
             .config_size = sizeof(seed_config),
             .fields = seed_fields},
    .fill = fill_lecun_uniform};

static const plm_initializer_kind lecun_normal = {
    .kind = {.name = "lecun_normal",
             .help = "normal, variance 1 / fan_in",
             .formula = "normal with stddev sqrt(1 / fan_in), cut at 2 stddev",
             .notes =
                 "Use with: selu, which keeps mean 0 and variance 1 through a deep stack only with "
                 "this "
                 "initializer. It keeps the variance of outputs of a linear layer, whatever its "
                 "fan_out.",
             .source = lecun_source,
             .config_size = sizeof(seed_config),
             .fields = seed_fields},
    .fill = fill_lecun_normal};

static const plm_initializer_kind zeros = {
    .kind =
        {.name = "zeros",
         .alias = "zero",
         .help = "all 0",
         .formula = "w = 0",
         .notes =
             "Use with: biases, for any activation. A kernel of zeros never learns: all its units "
             "stay equal.",
         .source = he_source},
    .fill = fill_zeros};

static const plm_initializer_kind ones = {
    .kind =
        {.name = "ones",
         .alias = "one",
         .help = "all 1",
         .formula = "w = 1",
         .notes =
             "Use with: scales, such as gamma of normalization, and the bias of a forget gate. In "
             "a kernel of ones all units stay equal and learn as one.",
         .source =
             "Jozefowicz, Zaremba and Sutskever, An empirical exploration of recurrent network "
             "architectures, ICML 2015"},
    .fill = fill_ones};

static const plm_initializer_kind constant = {
    .kind =
        {.name = "constant",
         .help = "all the same value",
         .formula = "w = value",
         .notes =
             "Use with: biases, for any activation: for example log(p / (1 - p)) before a sigmoid, "
             "if a part p of the targets is 1. In a constant kernel all units stay equal and "
             "learn as one.",
         .source = "Lin, Goyal, Girshick, He and Dollar, Focal loss for dense object detection, "
                   "ICCV 2017",
         .config_size = sizeof(constant_config),
         .fields = constant_fields},
    .fill = fill_constant};

static const plm_initializer_kind random_normal = {
    .kind =
        {.name = "random_normal",
         .help = "normal of a fixed width, whatever the fan",
         .formula = "normal with this mean and stddev",
         .notes =
             "Use with: shallow nets whose width suits stddev. In deep nets a stddev that does not "
             "depend on the fan lets the signal vanish or explode: use he_normal or "
             "glorot_normal there.",
         .source = "Krizhevsky, Sutskever and Hinton, ImageNet classification with deep "
                   "convolutional neural "
                   "networks, NIPS 2012",
         .config_size = sizeof(normal_config),
         .fields = normal_fields},
    .fill = fill_random_normal};

static const plm_initializer_kind random_uniform = {
    .kind = {.name = "random_uniform",
             .alias = "uniform",
             .help = "uniform between two bounds, whatever the fan",
             .formula = "uniform from minval to maxval; variance (maxval - minval)^2 / 12",
             .notes =
                 "Use with: shallow nets and embeddings. In deep nets, bounds that do not depend "
                 "on the "
                 "fan let the signal vanish or explode: use he_uniform or glorot_uniform there.",
             .source = glorot_source,
             .config_size = sizeof(uniform_config),
             .fields = uniform_fields},
    .fill = fill_random_uniform};

static const plm_initializer_kind truncated_normal = {
    .kind = {.name = "truncated_normal",
             .help = "normal, redrawn beyond two standard deviations",
             .formula = "normal with this mean and stddev, redrawn beyond 2 stddev",
             .notes =
                 "Use with: the same as random_normal, but without its tails. stddev is the value "
                 "before truncation; the result has 0.88 of it.",
             .source = glorot_source,
             .config_size = sizeof(normal_config),
             .fields = normal_fields},
    .fill = fill_truncated_normal};

static const plm_initializer_kind orthogonal = {
    .kind = {.name = "orthogonal",
             .help = "rows or columns at right angles, of length gain",
             .formula = "Q of the QR decomposition of a normal matrix, columns times sign(diag R)",
             .notes = "Use with: linear and tanh in very deep stacks, recurrent kernels: it keeps "
                      "the length "
                      "of vectors exactly. For relu use gain=1.414, the square root of 2.",
             .source = "Saxe, McClelland and Ganguli, Exact solutions to the nonlinear dynamics of "
                       "learning in deep "
                       "linear neural networks, ICLR 2014",
             .config_size = sizeof(gain_config),
             .fields = gain_fields},
    .fill = fill_orthogonal};

static const plm_initializer_kind identity = {
    .kind =
        {.name = "identity",
         .alias = "eye",
         .help = "1 on the diagonal, times gain",
         .formula = "w[i][i] = gain, 0 elsewhere",
         .notes =
             "Use with: recurrent kernels before relu, and matrices that should at first pass on "
             "their input unchanged.",
         .source = "Le, Jaitly and Hinton, A simple way to initialize recurrent networks of "
                   "rectified linear "
                   "units, 2015",
         .config_size = sizeof(identity_config),
         .fields = identity_fields},
    .fill = fill_identity};

const plm_kind *const plm_initializer_table[] = {&glorot_uniform.kind,
                                                 &glorot_normal.kind,
                                                 &he_uniform.kind,
                                                 &he_normal.kind,
                                                 &lecun_uniform.kind,
                                                 &lecun_normal.kind,
                                                 &variance_scaling.kind,
                                                 &zeros.kind,
                                                 &ones.kind,
                                                 &constant.kind,
                                                 &random_normal.kind,
                                                 &random_uniform.kind,
                                                 &truncated_normal.kind,
                                                 &orthogonal.kind,
                                                 &identity.kind,
                                                 NULL};

/* ---- for the model ---- */

void plm_fans(int rank, const int64_t *dims, double *fan_in, double *fan_out)
{
    double leading = 1;
    for (int i = 0; i + 2 < rank; i++)
        leading *= (double)dims[i];
    *fan_in = rank == 0 ? 1 : rank == 1 ? (double)dims[0] : leading * (double)dims[rank - 2];
    *fan_out = rank == 0 ? 1 : rank == 1 ? (double)dims[0] : leading * (double)dims[rank - 1];
}

plm_status plm_initialize_weight(plm_arena *a, const plm_spec *spec, const plm_initialize *about,
                                 plm_real *values)
{
    const plm_kind *kind = &zeros.kind;
    const void *config = NULL;
    if (spec)
        PLM_TRY(plm_kind_bind(a, "initializer", spec, &kind, &config));
    return ((const plm_initializer_kind *)(const void *)kind)->fill(a->w, config, about, values);
}
