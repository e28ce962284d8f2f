/* Defines learning rate schedules that decay by a formula of the step: constant, exponential,
 * inverse time, piecewise constant, polynomial. Steps count from 0. Definitions are those of Keras.
 * Powers are computed once a step by the C library. */
#include <math.h>

#include "nn/schedule_fields.h"

typedef struct {
    double value; /* the rate of all steps */
} constant_config;

typedef struct {
    double initial, steps, rate; /* rate: factor of the decay in `steps` steps */
    bool staircase;              /* true = decay only after each `steps` steps, not in between */
} decay_config;

typedef struct {
    plm_reals boundaries, values; /* last steps of the pieces; their rates */
} piecewise_config;

typedef struct {
    double initial, steps, end, power; /* end: rate after `steps` steps */
    bool cycle;                        /* true = start again after `steps` steps */
} polynomial_config;

static const plm_field constant_fields[] = {
    PLM_FIELD(constant_config, value, PLM_REAL, NULL, 0, 0, "the constant rate"), {0}};
static const plm_field decay_fields[] = {
    PLM_FIELD_INITIAL(decay_config),
    PLM_FIELD_STEPS(decay_config, "number of steps in which the rate decays once by decay_rate"),
    {.name = "decay_rate",
     .type = PLM_REAL,
     .offset = offsetof(decay_config, rate),
     .fallback = NULL,
     .low = 0,
     .high = 1e9,
     .help = "factor of the decay in decay_steps steps"},
    PLM_FIELD(decay_config, staircase, PLM_BOOL, "false", 0, 0,
              "true = decay only at whole multiples of decay_steps"),
    {0}};
static const plm_field piecewise_fields[] = {
    PLM_FIELD_OF(piecewise_config, boundaries, PLM_REALS, NULL, "steps",
                 "last step of each piece except the last one, in ascending order; numbers below 1 "
                 "are fractions of the run"),
    PLM_FIELD(piecewise_config, values, PLM_REALS, NULL, 0, 0,
              "rates of the pieces, one more than boundaries"),
    {0}};
static const plm_field polynomial_fields[] = {
    PLM_FIELD_INITIAL(polynomial_config),
    PLM_FIELD_STEPS(polynomial_config, "number of steps until the end rate is reached"),
    {.name = "end_learning_rate",
     .type = PLM_REAL,
     .offset = offsetof(polynomial_config, end),
     .fallback = "0.0001",
     .low = 0,
     .high = INFINITY,
     .help = "rate at the end"},
    PLM_FIELD(polynomial_config, power, PLM_REAL, "1", 0, 1e6, "exponent; 1 = a straight line"),
    PLM_FIELD(polynomial_config, cycle, PLM_BOOL, "false", 0, 0,
              "true = start again at the end, each time for longer"),
    {0}};

/* ---- the rates ---- */

/* Returns the same rate at every step. */
static double constant_rate(const void *config, int64_t step)
{
    (void)step;
    return ((const constant_config *)config)->value;
}

/* Returns how many times the decay has happened, as a fraction or, with staircase, a whole number.
 * c->steps is at least 1e-9, so nothing is divided by 0. If the user gave a fraction of the run, it
 * was converted to a number of steps before. */
static double parts(const decay_config *c, int64_t step)
{
    const double p = (double)step / c->steps;
    return c->staircase ? floor(p) : p;
}

/* Returns lr0 * decay_rate^parts. */
static double exponential_rate(const void *config, int64_t step)
{
    const decay_config *c = config;
    return c->initial * pow(c->rate, parts(c, step));
}

/* Returns lr0 / (1 + decay_rate * parts). */
static double inverse_rate(const void *config, int64_t step)
{
    const decay_config *c = config;
    return c->initial / (1 + c->rate * parts(c, step));
}

/* Returns the rate of the piece that contains this step: the first piece whose boundary is not
 * below the step. So a step on a boundary has the rate of the piece before it. */
static double piecewise_rate(const void *config, int64_t step)
{
    const piecewise_config *c = config;
    int piece = 0;
    while (piece < c->boundaries.count && (double)step > c->boundaries.at[piece])
        piece++;
    return c->values.at[piece];
}

/* Returns what is wrong with the numbers of a piecewise schedule, or NULL. A value of 0 pauses the
 * training; all values being 0 is an error. */
static const char *piecewise_fault(const void *config)
{
    const piecewise_config *c = config;
    if (c->values.count != c->boundaries.count + 1)
        return "the schedule needs one more value than boundaries";
    for (int i = 1; i < c->boundaries.count; i++)
        if (!(c->boundaries.at[i] > c->boundaries.at[i - 1]))
            return "its boundaries must be in ascending order";
    double largest = 0;
    for (int i = 0; i < c->values.count; i++) {
        if (!(c->values.at[i] >= 0) || isinf(c->values.at[i]))
            return "its values must be 0 or more";
        largest = largest > c->values.at[i] ? largest : c->values.at[i];
    }
    return largest > 0 ? NULL : "at least one value must be above 0";
}

/* Returns the rate of polynomial_decay, which decays to `end` by a power of the remaining time.
 * With `cycle` it starts again and again, each time longer: the length becomes the next multiple of
 * `steps` that is at least the step. So each repetition begins at a lower rate than the previous
 * one. At step 0 that multiple would be 0, hence the exception. */
static double polynomial_rate(const void *config, int64_t step)
{
    const polynomial_config *c = config;
    double steps = c->steps, i = (double)step;
    if (c->cycle)
        steps *= step == 0 ? 1 : ceil(i / c->steps);
    else
        i = plm_min_of(i, steps);
    return (c->initial - c->end) * pow(1 - i / steps, c->power) + c->end;
}

/* ---- the kinds ---- */

const plm_schedule_kind plm_schedule_constant = {
    .kind = {.name = "constant",
             .help = "the same rate at every step",
             .formula = "lr",
             .notes = "It is the same as a plain number.",
             .config_size = sizeof(constant_config),
             .fields = constant_fields,
             .examples = PLM_LIST("constant(0.01)")},
    .rate = constant_rate};

const plm_schedule_kind plm_schedule_exponential_decay = {
    .kind = {.name = "exponential_decay",
             .alias = "exponential",
             .help = "falls by the same factor in equal times",
             .formula = "lr0 * decay_rate^(step / decay_steps)",
             .notes = "It is simple and effective; decay_rate 0.1 over the planned training is a "
                      "good start.",
             .source = "Senior, Heigold, Ranzato and Yang, An empirical study of learning rates in "
                       "deep neural networks "
                       "for speech recognition, ICASSP 2013",
             .config_size = sizeof(decay_config),
             .fields = decay_fields,
             .examples = PLM_LIST("exponential_decay(0.01, 20000, 0.1)")},
    .rate = exponential_rate};

const plm_schedule_kind plm_schedule_inverse_time_decay = {
    .kind = {.name = "inverse_time_decay",
             .alias = "power",
             .help = "falls as lr0, lr0/2, lr0/3, ...: fast at first, then slowly",
             .formula = "lr0 / (1 + decay_rate * step / decay_steps)",
             .notes = "It is also known as power scheduling.",
             .config_size = sizeof(decay_config),
             .fields = decay_fields,
             .examples = PLM_LIST("inverse_time_decay(0.01, 10000, 1)")},
    .rate = inverse_rate};

const plm_schedule_kind plm_schedule_piecewise_constant_decay = {
    .kind = {.name = "piecewise_constant_decay",
             .alias = "piecewise_constant|piecewise",
             .help = "has a constant rate for each range of steps",
             .formula = "values[j] for boundaries[j-1] < step <= boundaries[j]",
             .notes = "It must be tuned by hand, and then works well.",
             .config_size = sizeof(piecewise_config),
             .fields = piecewise_fields,
             .examples =
                 PLM_LIST("piecewise_constant_decay([50000, 80000], [0.01, 0.005, 0.001])")},
    .rate = piecewise_rate,
    .fault = piecewise_fault};

const plm_schedule_kind plm_schedule_polynomial_decay = {
    .kind = {.name = "polynomial_decay",
             .alias = "polynomial|linear_decay",
             .help = "falls to an end rate by a power of the remaining time",
             .formula = "(lr0 - end) * (1 - min(step, decay_steps) / decay_steps)^power + end",
             .notes = "With power 1 the fall is linear.",
             .config_size = sizeof(polynomial_config),
             .fields = polynomial_fields,
             .examples = PLM_LIST("polynomial_decay(0.01, 10000, 0.0001)")},
    .rate = polynomial_rate};
