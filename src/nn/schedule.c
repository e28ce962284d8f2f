/* Learning rate schedules: the rate as a function of the step, from 0. Definitions are those of
 * Keras; one_cycle is Smith's, as in the notebooks of Geron's book. Powers and cosines are
 * computed once a step by the C library. */
#include <math.h>

#include "nn/schedule_rule.h"

typedef struct {
    double value;
} constant_config;

typedef struct {
    double initial, steps, rate;
    bool staircase;
} decay_config;

typedef struct {
    plm_reals boundaries, values;
} piecewise_config;

typedef struct {
    double initial, steps, end, power;
    bool cycle;
} polynomial_config;

typedef struct {
    double initial, steps, alpha, warmup_target, warmup_steps;
} cosine_config;

typedef struct {
    double initial, steps, t_mul, m_mul, alpha;
} restarts_config;

typedef struct {
    double largest;
    int64_t steps;
    double start, last, max_momentum, min_momentum;
} cycle_config;

#define INITIAL(config_)                                                                           \
    {.name = "initial_learning_rate",                                                              \
     .type = PLM_REAL,                                                                             \
     .offset = offsetof(config_, initial),                                                         \
     .fallback = NULL,                                                                             \
     .high = INFINITY,                                                                             \
     .help = "rate at step 0"}
#define STEPS(config_, help_)                                                                      \
    {.name = "decay_steps",                                                                        \
     .type = PLM_REAL,                                                                             \
     .offset = offsetof(config_, steps),                                                           \
     .fallback = NULL,                                                                             \
     .low = 1e-9,                                                                                  \
     .high = 1e15,                                                                                 \
     .help = help_,                                                                                \
     .alias = "steps"}

static const plm_field constant_fields[] = {
    PLM_FIELD(constant_config, value, PLM_REAL, NULL, 0, 0, "the rate"), {0}};
static const plm_field decay_fields[] = {
    INITIAL(decay_config),
    STEPS(decay_config, "number of steps in which the rate decays once by decay_rate"),
    {.name = "decay_rate",
     .type = PLM_REAL,
     .offset = offsetof(decay_config, rate),
     .fallback = NULL,
     .low = 0,
     .high = 1e9,
     .help = "factor of the decay"},
    PLM_FIELD(decay_config, staircase, PLM_BOOL, "false", 0, 0,
              "decay only at whole multiples of decay_steps"),
    {0}};
static const plm_field piecewise_fields[] = {
    PLM_FIELD(piecewise_config, boundaries, PLM_REALS, NULL, 0, 0,
              "last step of each piece except the last, in rising order"),
    PLM_FIELD(piecewise_config, values, PLM_REALS, NULL, 0, 0, "rates, one more than boundaries"),
    {0}};
static const plm_field polynomial_fields[] = {
    INITIAL(polynomial_config),
    STEPS(polynomial_config, "number of steps until the end rate is reached"),
    {.name = "end_learning_rate",
     .type = PLM_REAL,
     .offset = offsetof(polynomial_config, end),
     .fallback = "0.0001",
     .low = 0,
     .high = INFINITY,
     .help = "rate at the end"},
    PLM_FIELD(polynomial_config, power, PLM_REAL, "1", 0, 1e6, "1 = a straight line"),
    PLM_FIELD(polynomial_config, cycle, PLM_BOOL, "false", 0, 0,
              "start again at the end, each time for longer"),
    {0}};
static const plm_field cosine_fields[] = {
    INITIAL(cosine_config),
    STEPS(cosine_config, "number of steps in which the rate falls"),
    PLM_FIELD(cosine_config, alpha, PLM_REAL, "0", 0, 1,
              "rate at the end, as a part of the initial rate"),
    PLM_FIELD(cosine_config, warmup_target, PLM_REAL, "inf", 0, INFINITY,
              "rate at the end of the warm-up, where the decay starts; none = no warm-up"),
    PLM_FIELD(cosine_config, warmup_steps, PLM_REAL, "0", 0, 1e15,
              "number of steps of the warm-up"),
    {0}};
static const plm_field restarts_fields[] = {
    INITIAL(restarts_config),
    {.name = "first_decay_steps",
     .type = PLM_REAL,
     .offset = offsetof(restarts_config, steps),
     .fallback = NULL,
     .low = 1e-9,
     .high = 1e15,
     .help = "number of steps of the first cycle",
     .alias = "steps"},
    PLM_FIELD(restarts_config, t_mul, PLM_REAL, "2", 1e-3, 1e6,
              "factor of the length of each cycle over the one before"),
    PLM_FIELD(restarts_config, m_mul, PLM_REAL, "1", 0, 1e6,
              "factor of the initial rate of each cycle over the one before"),
    PLM_FIELD(restarts_config, alpha, PLM_REAL, "0", 0, 1,
              "rate at the end of a cycle, as a part of its start"),
    {0}};
static const plm_field cycle_fields[] = {
    {.name = "max_learning_rate",
     .type = PLM_REAL,
     .offset = offsetof(cycle_config, largest),
     .fallback = NULL,
     .low = 0,
     .high = INFINITY,
     .help = "maximum rate, about half of that at which a range test diverges"},
    {.name = "steps",
     .type = PLM_INT,
     .offset = offsetof(cycle_config, steps),
     .fallback = NULL,
     .low = 3,
     .high = 1e15,
     .help = "number of steps of the whole training"},
    {.name = "start_learning_rate",
     .type = PLM_REAL,
     .offset = offsetof(cycle_config, start),
     .fallback = "0",
     .low = 0,
     .high = INFINITY,
     .help = "first rate; 0 = a tenth of the maximum"},
    {.name = "last_learning_rate",
     .type = PLM_REAL,
     .offset = offsetof(cycle_config, last),
     .fallback = "0",
     .low = 0,
     .high = INFINITY,
     .help = "last rate; 0 = a thousandth of the first"},
    PLM_FIELD(cycle_config, max_momentum, PLM_REAL, "nan", 0, 0.9999999,
              "momentum (beta_1) where the rate is lowest; none = always the optimizer's own"),
    PLM_FIELD(cycle_config, min_momentum, PLM_REAL, "nan", 0, 0.9999999,
              "momentum where the rate is highest"),
    {0}};

/* ---- the rates ---- */

static double min_of(double a, double b)
{
    return a < b ? a : b;
}

static double constant_rate(const void *config, int64_t step)
{
    (void)step;
    return ((const constant_config *)config)->value;
}

/* Returns how many times the decay has happened, as a fraction or, with staircase, a whole number.
 */
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

/* Returns the rate of the piece with this step. A step on a boundary has the rate before it. */
static double piecewise_rate(const void *config, int64_t step)
{
    const piecewise_config *c = config;
    int piece = 0;
    while (piece < c->boundaries.count && (double)step > c->boundaries.at[piece])
        piece++;
    return c->values.at[piece];
}

/* Returns what is wrong with the numbers of a piecewise schedule, or NULL. */
static const char *piecewise_fault(const void *config)
{
    const piecewise_config *c = config;
    if (c->values.count != c->boundaries.count + 1)
        return "it needs one more value than boundaries";
    for (int i = 1; i < c->boundaries.count; i++)
        if (!(c->boundaries.at[i] > c->boundaries.at[i - 1]))
            return "its boundaries must be in rising order";
    for (int i = 0; i < c->values.count; i++)
        if (!(c->values.at[i] > 0) || isinf(c->values.at[i]))
            return "its values must be above 0";
    return NULL;
}

/* Decays to `end` by a power of the remaining time; with `cycle` it starts again, each time
 * longer. */
static double polynomial_rate(const void *config, int64_t step)
{
    const polynomial_config *c = config;
    double steps = c->steps, i = (double)step;
    if (c->cycle)
        steps *= step == 0 ? 1 : ceil(i / c->steps);
    else
        i = min_of(i, steps);
    return (c->initial - c->end) * pow(1 - i / steps, c->power) + c->end;
}

static const double pi = 3.14159265358979323846;

/* Falls along half a cosine wave, after an optional linear warm-up. */
static double cosine_rate(const void *config, int64_t step)
{
    const cosine_config *c = config;
    /* the steps of the warm-up are not part of those of the decay */
    const bool warm = !isinf(c->warmup_target);
    const double i = (double)step;
    if (warm && i < c->warmup_steps)
        return c->initial + (c->warmup_target - c->initial) * (i / c->warmup_steps);
    const double done = min_of(i - (warm ? c->warmup_steps : 0), c->steps) / c->steps;
    const double wave = (1 + cos(pi * done)) / 2;
    return (warm ? c->warmup_target : c->initial) * ((1 - c->alpha) * wave + c->alpha);
}

/* Repeats cosine decays. Cycle k has length steps * t_mul^k and starts at initial * m_mul^k. */
static double restarts_rate(const void *config, int64_t step)
{
    const restarts_config *c = config;
    /* done: position in units of the first cycle, then within the present one */
    double done = (double)step / c->steps, amplitude = 1, length = 1;
    if (c->t_mul > 1 || c->t_mul < 1) {
        while (done >= length && length > 1e-12) { /* cycles of length t_mul^k; the first is 1 */
            done -= length;
            length *= c->t_mul;
            amplitude *= c->m_mul;
        }
        done = min_of(done / length, 1);
    } else {
        amplitude = pow(c->m_mul, floor(done));
        done -= floor(done);
    }
    return c->initial * ((1 - c->alpha) * amplitude * (1 + cos(pi * done)) / 2 + c->alpha);
}

/* Interpolates between two numbers. */
static double between(double from, double to, double part)
{
    return from + (to - from) * part;
}

/* Returns the number of steps in which the rate rises; it falls in as many. The steps left, about a
 * tenth, are the last part. */
static int64_t half_of_cycle(const cycle_config *c)
{
    return (c->steps - (c->steps / 10 + 1)) / 2;
}

/* The rate rises, then falls. In the last part it goes on falling, almost to zero, until the end of
 * the last step. */
static double cycle_rate(const void *config, int64_t step)
{
    const cycle_config *c = config;
    const int64_t half = half_of_cycle(c), tail = c->steps - 2 * half;
    const double start = c->start > 0 ? c->start : c->largest / 10;
    const double last = c->last > 0 ? c->last : start / 1000;
    if (step < half)
        return between(start, c->largest, (double)step / (double)half);
    if (step < 2 * half)
        return between(c->largest, start, (double)(step - half) / (double)half);
    return between(start, last, min_of(1, (double)(step - 2 * half) / (double)tail));
}

/* The momentum goes the opposite way: it falls while the rate rises. In the last part it stays
 * high. */
static double cycle_momentum(const void *config, int64_t step)
{
    const cycle_config *c = config;
    const int64_t half = half_of_cycle(c);
    if (step < half)
        return between(c->max_momentum, c->min_momentum, (double)step / (double)half);
    if (step < 2 * half)
        return between(c->min_momentum, c->max_momentum, (double)(step - half) / (double)half);
    return c->max_momentum;
}

/* Returns what is wrong with the momenta of one_cycle, or NULL. */
static const char *cycle_fault(const void *config)
{
    const cycle_config *c = config;
    if (isnan(c->max_momentum) != isnan(c->min_momentum))
        return "give both max_momentum and min_momentum, such as 0.95 and 0.85";
    if (c->max_momentum < c->min_momentum)
        return "max_momentum is below min_momentum";
    return c->max_momentum <= 0 ? "max_momentum must be above 0" : NULL;
}

/* ---- the table ---- */

static const plm_schedule_kind constant = {.kind = {.name = "constant",
                                                    .help = "the same rate throughout",
                                                    .formula = "lr",
                                                    .notes = "The same as a plain number.",
                                                    .config_size = sizeof(constant_config),
                                                    .fields = constant_fields,
                                                    .examples = PLM_LIST("constant(0.01)")},
                                           .rate = constant_rate};

static const plm_schedule_kind exponential_decay = {
    .kind = {.name = "exponential_decay",
             .alias = "exponential",
             .help = "decays by the same factor in equal times",
             .formula = "lr0 * decay_rate^(step / decay_steps)",
             .notes =
                 "Simple and strong; decay_rate 0.1 over the planned training is a fair start.",
             .source = "Senior, Heigold, Ranzato and Yang, An empirical study of learning rates in "
                       "deep neural networks "
                       "for speech recognition, ICASSP 2013",
             .config_size = sizeof(decay_config),
             .fields = decay_fields,
             .examples = PLM_LIST("exponential_decay(0.01, 20000, 0.1)")},
    .rate = exponential_rate};

static const plm_schedule_kind inverse_time_decay = {
    .kind = {.name = "inverse_time_decay",
             .alias = "power",
             .help = "lr0, lr0/2, lr0/3, ...: fast at first, then slowly",
             .formula = "lr0 / (1 + decay_rate * step / decay_steps)",
             .notes = "Also known as power scheduling.",
             .config_size = sizeof(decay_config),
             .fields = decay_fields,
             .examples = PLM_LIST("inverse_time_decay(0.01, 10000, 1)")},
    .rate = inverse_rate};

static const plm_schedule_kind piecewise_constant_decay = {
    .kind = {.name = "piecewise_constant_decay",
             .alias = "piecewise_constant|piecewise",
             .help = "a rate for each range of steps",
             .formula = "values[j] for boundaries[j-1] < step <= boundaries[j]",
             .notes = "Must be tuned by hand, and then works well.",
             .config_size = sizeof(piecewise_config),
             .fields = piecewise_fields,
             .examples =
                 PLM_LIST("piecewise_constant_decay([50000, 80000], [0.01, 0.005, 0.001])")},
    .rate = piecewise_rate,
    .fault = piecewise_fault};

static const plm_schedule_kind polynomial_decay = {
    .kind = {.name = "polynomial_decay",
             .alias = "polynomial|linear_decay",
             .help = "decays by a power to an end rate",
             .formula = "(lr0 - end) * (1 - min(step, decay_steps) / decay_steps)^power + end",
             .notes = "With power 1 it is linear.",
             .config_size = sizeof(polynomial_config),
             .fields = polynomial_fields,
             .examples = PLM_LIST("polynomial_decay(0.01, 10000, 0.0001)")},
    .rate = polynomial_rate};

static const plm_schedule_kind cosine_decay = {
    .kind = {.name = "cosine_decay",
             .alias = "cosine",
             .help = "decays along half a cosine wave, after an optional warm-up",
             .formula = "lr0 * ((1 - alpha) * (1 + cos(pi step / decay_steps)) / 2 + alpha)",
             .notes =
                 "Gentle at both ends; a good default when the length of the training is known.",
             .source = "Loshchilov and Hutter, SGDR: stochastic gradient descent with warm "
                       "restarts, ICLR 2017",
             .config_size = sizeof(cosine_config),
             .fields = cosine_fields,
             .examples = PLM_LIST("cosine_decay(0.001, steps=9000)",
                                  "cosine_decay(0, 9000, warmup_target=0.001, warmup_steps=500)")},
    .rate = cosine_rate};

static const plm_schedule_kind cosine_decay_restarts = {
    .kind = {.name = "cosine_decay_restarts",
             .alias = "cosine_restarts",
             .help = "repeated cosine decays, each longer than the last",
             .formula = "as cosine_decay within cycle k, which has first_decay_steps * t_mul^k "
                        "steps and starts at lr0 * m_mul^k",
             .source = "Loshchilov and Hutter, SGDR: stochastic gradient descent with warm "
                       "restarts, ICLR 2017",
             .config_size = sizeof(restarts_config),
             .fields = restarts_fields,
             .examples = PLM_LIST("cosine_decay_restarts(0.01, 1000)")},
    .rate = restarts_rate};

static const plm_schedule_kind one_cycle = {
    .kind = {.name = "one_cycle",
             .alias = "1cycle",
             .help = "up to a maximum rate, down again, then almost to zero",
             .formula = "start -> max in 45% of the steps, max -> start in 45%, start -> start / "
                        "1000 in the rest",
             .notes = "Often needs a third of the epochs of a constant rate, with a maximum rate "
                      "found by a range test. max_momentum=0.95, min_momentum=0.85 let the "
                      "momentum go the opposite way, as in the paper.",
             .source = "Smith, A disciplined approach to neural network hyper-parameters, 2018",
             .config_size = sizeof(cycle_config),
             .fields = cycle_fields,
             .examples =
                 PLM_LIST("one_cycle(0.1, steps=10750)",
                          "one_cycle(0.1, steps=10750, max_momentum=0.95, min_momentum=0.85)")},
    .rate = cycle_rate,
    .momentum = cycle_momentum,
    .fault = cycle_fault};

const plm_kind *const plm_schedule_table[] = {&constant.kind,
                                              &exponential_decay.kind,
                                              &inverse_time_decay.kind,
                                              &piecewise_constant_decay.kind,
                                              &polynomial_decay.kind,
                                              &cosine_decay.kind,
                                              &cosine_decay_restarts.kind,
                                              &one_cycle.kind,
                                              &plm_schedule_per_epoch.kind,
                                              &plm_schedule_per_step.kind,
                                              NULL};

/* ---- binding ---- */

/* Fails on an invalid learning rate. */
static plm_status fail_rate(plm *w, const char *where, double rate)
{
    return plm_fail(w, PLM_E_SPEC, where,
                    "0.01 suits sgd, 0.001 adam: find your own with a learning-rate range test",
                    "learning_rate must be above 0 and finite, got %g", rate);
}

/* True if the first rate is valid. Only a warm-up may start at 0. */
static bool is_rate(const plm_schedule *s)
{
    const double first = s->kind->rate(s->config, 0);
    return isfinite(first) && (first > 0 || (!(first < 0) && s->kind->rate(s->config, 1) > 0));
}

plm_status plm_schedule_bind(plm_arena *a, const plm_spec *spec, plm_schedule *out)
{
    *out = (plm_schedule){0};
    if (!spec)
        return plm_fail(a->w, PLM_E_SPEC, "learning_rate", "give a number or a schedule",
                        "learning_rate is none");
    if (spec->type == PLM_SPEC_NUMBER) {
        out->constant = spec->number;
        return isfinite(spec->number) && spec->number > 0
                   ? PLM_OK
                   : fail_rate(a->w, "learning_rate", spec->number);
    }
    const plm_kind *kind = NULL;
    PLM_TRY(plm_kind_bind(a, "schedule", spec, &kind, &out->config));
    out->kind = (const plm_schedule_kind *)(const void *)kind;
    if (out->kind->rule != PLM_RULE_NONE)
        return plm_schedule_rule_bind(a, out);
    const char *fault = out->kind->fault ? out->kind->fault(out->config) : NULL;
    if (fault)
        return plm_fail(a->w, PLM_E_SPEC, kind->name, kind->examples ? kind->examples[0] : NULL,
                        "%s: %s", kind->name, fault);
    return is_rate(out) ? PLM_OK : fail_rate(a->w, kind->name, out->kind->rate(out->config, 0));
}

double plm_schedule_first(const plm_schedule *s)
{
    if (s->kind && s->kind->rate)
        return s->kind->rate(s->config, 0);
    return isnan(s->constant) ? 0 : s->constant;
}

double plm_schedule_momentum(const plm_schedule *s, int64_t step)
{
    return s->kind && s->kind->momentum ? s->kind->momentum(s->config, step) : (double)NAN;
}

plm_status plm_schedule_ask(plm *w, const plm_schedule *s, const plm_clock *clock, double *rate)
{
    if (!s->kind || s->kind->rate)
        *rate = s->kind ? s->kind->rate(s->config, clock->step) : s->constant;
    else
        PLM_TRY(plm_schedule_rule_ask(w, s, clock, rate));
    if (isfinite(*rate) && !(*rate < 0))
        return PLM_OK;
    return plm_fail(
        w, PLM_E_NUMERIC, s->kind ? s->kind->kind.name : "learning_rate",
        "a rate must be finite and not negative: check the expression for this epoch and step",
        "the schedule gives the rate %g in epoch %lld, step %lld", *rate,
        (long long)clock->epoch + 1, (long long)clock->step);
}
