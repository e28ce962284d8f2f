/* Defines initializers that do not depend on the shape of a weight: constants, and random numbers
 * with a fixed spread.
 *
 * Each parameter draws from its own random stream, which its number selects. An initializer with
 * its own seed gives the same numbers to every parameter, as in Keras. */
#include "nn/initializer.h"

typedef struct {
    plm_reals value; /* one number, or one for each column */
} constant_config;

typedef struct {
    double mean, stddev; /* mean and standard deviation of the normal distribution */
    int64_t seed;        /* own seed; -1 = the seed of the runtime */
} normal_config;

typedef struct {
    double minval, maxval; /* bounds of the numbers */
    int64_t seed;
} uniform_config;

/* The keys of the three structs. */
static const plm_field constant_fields[] = {
    PLM_FIELD(constant_config, value, PLM_REALS, "0", 0, 0,
              "value of every weight; or a list, a value for each column"),
    {0}};
static const plm_field normal_fields[] = {
    PLM_FIELD(normal_config, mean, PLM_REAL, "0", 0, 0, "mean"),
    PLM_FIELD(normal_config, stddev, PLM_REAL, "0.05", 0, 1e30,
              "standard deviation, before any truncation"),
    PLM_FIELD_SEED(normal_config),
    {0}};
static const plm_field uniform_fields[] = {
    PLM_FIELD(uniform_config, minval, PLM_REAL, "-0.05", 0, 0, "lower bound"),
    PLM_FIELD(uniform_config, maxval, PLM_REAL, "0.05", 0, 0, "upper bound"),
    PLM_FIELD_SEED(uniform_config),
    {0}};

/* ---- filling ---- */

/* Sets all values of a parameter to one number. */
static void fill_with(const plm_initialize *about, plm_real *values, double value)
{
    for (size_t i = 0; i < about->count; i++)
        values[i] = (plm_real)value;
}

/* Sets all values to 0. This is the default for biases. */
static plm_status fill_zeros(plm *w, const void *config, const plm_initialize *about,
                             plm_real *values)
{
    (void)w;
    (void)config;
    fill_with(about, values, 0);
    return PLM_OK;
}

/* Sets all values to 1. This is the default for the scales of normalization layers. */
static plm_status fill_ones(plm *w, const void *config, const plm_initialize *about,
                            plm_real *values)
{
    (void)w;
    (void)config;
    fill_with(about, values, 1);
    return PLM_OK;
}

/* Repeats the values of a list along the last axis of the parameter. Values are row-major, so
 * number i belongs to column i mod width. */
static plm_status fill_constant(plm *w, const void *config, const plm_initialize *about,
                                plm_real *values)
{
    const plm_reals *list = &((const constant_config *)config)->value;
    const int64_t width = about->rank > 0 ? about->dims[about->rank - 1] : 1;
    if (list->count != 1 && list->count != width)
        return plm_fail(w, PLM_E_SHAPE, "constant", "give one value, or a value for each column",
                        "%d values are given for %lld columns", list->count, (long long)width);
    for (size_t i = 0; i < about->count; i++)
        values[i] = (plm_real)list->at[i % (size_t)list->count];
    return PLM_OK;
}

/* Draws values from a normal distribution. Each parameter has its own random stream, so its numbers
 * do not depend on the number of other parameters. */
static plm_status fill_random_normal(plm *w, const void *config, const plm_initialize *about,
                                     plm_real *values)
{
    const normal_config *c = config;
    plm_random r = plm_initializer_random(about, c->seed);
    (void)w;
    plm_draw_normal(&r, values, about->count, c->mean, c->stddev);
    return PLM_OK;
}

/* Draws values from a normal distribution that is truncated at two standard deviations. A number
 * beyond two standard deviations is drawn again, so stddev is the value before the truncation. */
static plm_status fill_truncated_normal(plm *w, const void *config, const plm_initialize *about,
                                        plm_real *values)
{
    const normal_config *c = config;
    plm_random r = plm_initializer_random(about, c->seed);
    (void)w;
    plm_draw_truncated(&r, values, about->count, c->mean, c->stddev);
    return PLM_OK;
}

/* Draws values between minval and maxval. The order of the bounds is checked here, since the field
 * table checks one field at a time. */
static plm_status fill_random_uniform(plm *w, const void *config, const plm_initialize *about,
                                      plm_real *values)
{
    const uniform_config *c = config;
    plm_random r = plm_initializer_random(about, c->seed);
    if (c->maxval < c->minval)
        return plm_fail(w, PLM_E_SPEC, "random_uniform", "give a minval that is at most maxval",
                        "minval %g is above maxval %g", c->minval, c->maxval);
    plm_draw_uniform(&r, values, about->count, c->minval, c->maxval);
    return PLM_OK;
}

/* ---- the rows ---- */

static const char glorot_source[] = "Glorot and Bengio, Understanding the difficulty of training "
                                    "deep feedforward neural networks, AISTATS 2010";
static const char he_source[] = "He, Zhang, Ren and Sun, Delving deep into rectifiers, ICCV 2015";
const plm_initializer_kind plm_initializer_zeros = {
    .kind = {.name = "zeros",
             .alias = "zero",
             .help = "all 0",
             .formula = "w = 0",
             .notes = "Use with: biases, for any activation. A kernel of zeros cannot learn "
                      "different features: all its units stay equal.",
             .source = he_source},
    .fill = fill_zeros};

const plm_initializer_kind plm_initializer_ones = {
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

const plm_initializer_kind plm_initializer_constant = {
    .kind = {.name = "constant",
             .help = "sets all weights to one value, or to a value for each column",
             .formula = "w = value",
             .notes = "Use with: biases, for any activation: for example log(p / (1 - p)) before a "
                      "sigmoid, where p is the fraction of targets that are 1. In a constant "
                      "kernel all units stay equal and learn as one.",
             .source =
                 "Lin, Goyal, Girshick, He and Dollar, Focal loss for dense object detection, "
                 "ICCV 2017",
             .config_size = sizeof(constant_config),
             .fields = constant_fields},
    .fill = fill_constant};

const plm_initializer_kind plm_initializer_random_normal = {
    .kind =
        {.name = "random_normal",
         .help = "normal with a fixed stddev, whatever the fan is",
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

const plm_initializer_kind plm_initializer_random_uniform = {
    .kind = {.name = "random_uniform",
             .alias = "uniform",
             .help = "uniform between two fixed bounds, whatever the fan is",
             .formula = "uniform from minval to maxval; variance (maxval - minval)^2 / 12",
             .notes =
                 "Use with: shallow nets and embeddings. In deep nets, bounds that do not depend "
                 "on the "
                 "fan let the signal vanish or explode: use he_uniform or glorot_uniform there.",
             .source = glorot_source,
             .config_size = sizeof(uniform_config),
             .fields = uniform_fields},
    .fill = fill_random_uniform};

const plm_initializer_kind plm_initializer_truncated_normal = {
    .kind = {.name = "truncated_normal",
             .help = "normal with a fixed stddev, truncated at two standard deviations",
             .formula = "normal with this mean and stddev, truncated at 2 stddev",
             .notes =
                 "Use with: the same as random_normal, but without its tails. stddev is the value "
                 "before truncation; the standard deviation of the result is 0.88 times as large.",
             .source = glorot_source,
             .config_size = sizeof(normal_config),
             .fields = normal_fields},
    .fill = fill_truncated_normal};
