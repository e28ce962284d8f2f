/* Defines learning rate schedules that rise and fall. one_cycle is Smith's schedule, as in the
 * notebooks of Geron's book.
 *
 * Both kinds let the rate rise for a part of the training: large rates in the middle act as
 * regularization and allow fewer epochs, small ones at both ends keep the first steps stable and
 * let the last ones settle. */
#include <math.h>

#include "nn/schedule_fields.h"

typedef struct {
    /* start, last: 0 = computed from largest */
    double largest, steps, start, last, max_momentum, min_momentum; /* momenta: NaN = not given */
} cycle_config;

static const plm_field cycle_fields[] = {
    {.name = "max_learning_rate",
     .type = PLM_REAL,
     .offset = offsetof(cycle_config, largest),
     .fallback = NULL,
     .low = 0,
     .high = INFINITY,
     .help = "maximum rate, about half of the rate at which a range test diverges"},
    {.name = "steps",
     .type = PLM_STEPS,
     .offset = offsetof(cycle_config, steps),
     .fallback = NULL,
     .low = 1e-9,
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
    PLM_FIELD(
        cycle_config, max_momentum, PLM_REAL, "nan", 0, 0.9999999,
        "momentum (beta_1) where the rate is lowest; none = the optimizer's momentum throughout"),
    PLM_FIELD(cycle_config, min_momentum, PLM_REAL, "nan", 0, 0.9999999,
              "momentum where the rate is highest"),
    {0}};

/* Interpolates between two numbers. part = 0 gives `from`, part = 1 gives `to`. */
static double between(double from, double to, double part)
{
    return from + (to - from) * part;
}

/* Returns the number of steps of the cycle. The three parts of a cycle need at least one step
 * each. */
static int64_t length(const cycle_config *c)
{
    const int64_t steps = (int64_t)floor(c->steps + 0.5);
    return steps > 3 ? steps : 3;
}

/* Returns the number of steps in which the rate rises; it falls in the same number of steps. The
 * last part of the cycle has the remaining steps, about a tenth. With an odd number of steps, the
 * odd one belongs to the last part. */
static int64_t half_of_cycle(const cycle_config *c)
{
    return (length(c) - (length(c) / 10 + 1)) / 2;
}

/* Returns the rate at a step: it rises, then falls. In the last part it continues to fall, almost
 * to zero, until the end of the last step. If they are not given, `start` is a tenth of the highest
 * rate and `last` a thousandth of `start`, as in the notebooks. */
static double cycle_rate(const void *config, int64_t step)
{
    const cycle_config *c = config;
    const int64_t half = half_of_cycle(c), tail = length(c) - 2 * half;
    const double start = c->start > 0 ? c->start : c->largest / 10;
    const double last = c->last > 0 ? c->last : start / 1000;
    if (step < half)
        return between(start, c->largest, (double)step / (double)half);
    if (step < 2 * half)
        return between(c->largest, start, (double)(step - half) / (double)half);
    return between(start, last, plm_min_of(1, (double)(step - 2 * half) / (double)tail));
}

/* Returns the momentum at a step. It changes opposite to the rate: it falls while the rate rises.
 * In the last part it stays high. A high rate and a high momentum together would make the steps too
 * long. */
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

/* Returns what is wrong with the momenta of a cycle, or NULL. NaN = not given. If neither is given,
 * the optimizer's momentum is used. */
static const char *momenta_fault(double max, double min)
{
    if (isnan(max) != isnan(min))
        return "give both max_momentum and min_momentum, such as 0.95 and 0.85";
    if (max < min)
        return "max_momentum is below min_momentum";
    return max <= 0 ? "max_momentum must be above 0" : NULL;
}

/* Returns what is wrong with one_cycle, or NULL. steps below 1 is a fraction of the run, so it
 * cannot be checked here. */
static const char *cycle_fault(const void *config)
{
    const cycle_config *c = config;
    if (c->steps >= 1 && c->steps < 3)
        return "steps must be at least 3";
    return momenta_fault(c->max_momentum, c->min_momentum);
}

const plm_schedule_kind plm_schedule_one_cycle = {
    .kind = {.name = "one_cycle",
             .alias = "1cycle",
             .help = "rises to a maximum rate, falls again, then falls almost to zero",
             .formula =
                 "start -> max in h steps, max -> start in h steps, start -> start / 1000 in "
                 "the rest; h = (steps - floor(steps / 10) - 1) / 2, rounded down, which "
                 "is almost 45% of a long run",
             .notes = "It often needs a third of the epochs of a constant rate, if the maximum "
                      "rate was found by a range test. With max_momentum=0.95, min_momentum=0.85 "
                      "the momentum changes opposite to the rate, as in the paper.",
             .source = "Smith, A disciplined approach to neural network hyper-parameters, 2018",
             .config_size = sizeof(cycle_config),
             .fields = cycle_fields,
             .examples =
                 PLM_LIST("one_cycle(0.1, steps=10750)",
                          "one_cycle(0.1, steps=10750, max_momentum=0.95, min_momentum=0.85)")},
    .rate = cycle_rate,
    .momentum = cycle_momentum,
    .fault = cycle_fault};

/* ---- one_cycle_cosine: like OneCycleLR of PyTorch ---- */

typedef struct {
    double largest, steps, rise;       /* rise: fraction of the steps in which the rate rises */
    const char *anneal;                /* "cos" or "linear" */
    double div, final_div;             /* div: largest rate / first rate. final_div: first rate /
                                        * last rate. */
    bool three_phase;                  /* true = the rate falls back in as many steps as it rises,
                                        * then falls to the last rate */
    double max_momentum, min_momentum; /* NaN = the optimizer's own */
} annealed_config;

static const plm_field annealed_fields[] = {
    {.name = "max_learning_rate",
     .type = PLM_REAL,
     .offset = offsetof(annealed_config, largest),
     .fallback = NULL,
     .high = INFINITY,
     .help = "maximum rate, about half of the rate at which a range test diverges",
     .alias = "max_lr"},
    {.name = "steps",
     .type = PLM_STEPS,
     .offset = offsetof(annealed_config, steps),
     .fallback = "all",
     .low = 1e-9,
     .high = 1e15,
     .help = "number of steps of the whole training",
     .alias = "total_steps|decay_steps"},
    {.name = "pct_start",
     .type = PLM_REAL,
     .offset = offsetof(annealed_config, rise),
     .fallback = "0.3",
     .low = 0,
     .high = 1,
     .help = "fraction of the steps in which the rate rises"},
    {.name = "anneal_strategy",
     .type = PLM_CHOICE,
     .offset = offsetof(annealed_config, anneal),
     .fallback = "cos",
     .choices = "cos|linear",
     .help = "shape of the change from rate to rate: half a cosine wave, or a line"},
    {.name = "div_factor",
     .type = PLM_REAL,
     .offset = offsetof(annealed_config, div),
     .fallback = "25",
     .low = 1,
     .high = 1e12,
     .help = "maximum rate divided by the first rate"},
    {.name = "final_div_factor",
     .type = PLM_REAL,
     .offset = offsetof(annealed_config, final_div),
     .fallback = "10000",
     .low = 1,
     .high = 1e12,
     .help = "first rate divided by the last rate"},
    PLM_FIELD(annealed_config, three_phase, PLM_BOOL, "false", 0, 0,
              "true = fall back to the first rate in as many steps as the rise takes, then fall to "
              "the last rate"),
    PLM_FIELD(
        annealed_config, max_momentum, PLM_REAL, "nan", 0, 0.9999999,
        "momentum (beta_1) where the rate is lowest; none = the optimizer's momentum throughout"),
    PLM_FIELD(annealed_config, min_momentum, PLM_REAL, "nan", 0, 0.9999999,
              "momentum where the rate is highest"),
    {0}};

/* Interpolates between two numbers, along half a cosine wave or a line. part = 0 gives the first,
 * part = 1 the second. The cosine starts and ends with a slope of 0. */
static double anneal(const annealed_config *c, double from, double to, double part)
{
    if (c->anneal[0] == 'l')
        return between(from, to, part);
    return to + (from - to) / 2 * (1 + cos(3.14159265358979323846 * part));
}

/* Interpolates between the values at the corners of the cycle, value[0] to value[3]: at the first
 * step, at the end of the rise, at the end of the fall back (only with three_phase), and at the
 * last step. The rise ends at step rise * steps - 1, the fall back at twice that, as in PyTorch.
 * After the last step the value stays. A rise of a single step would divide by 0, so `top` is
 * compared with 0 first. */
static double along_cycle(const annealed_config *c, int64_t step, const double value[4])
{
    const double last = c->steps - 1, top = c->rise * c->steps - 1;
    const double back = 2 * top, i = plm_min_of((double)step, last);
    if (i <= top && top > 0)
        return anneal(c, value[0], value[1], i / top);
    if (!c->three_phase)
        return anneal(c, value[1], value[3], last > top ? (i - top) / (last - top) : 1);
    if (i <= back && back > top)
        return anneal(c, value[1], value[2], (i - top) / (back - top));
    return anneal(c, value[2], value[3], last > back ? (i - back) / (last - back) : 1);
}

/* Returns the rate at a step. It begins at largest / div, rises to largest and ends at largest /
 * div / final_div. */
static double annealed_rate(const void *config, int64_t step)
{
    const annealed_config *c = config;
    const double first = c->largest / c->div;
    return along_cycle(c, step, (const double[4]){first, c->largest, first, first / c->final_div});
}

/* Returns the momentum at a step. It changes opposite to the rate: it falls from max_momentum to
 * min_momentum, then rises again. */
static double annealed_momentum(const void *config, int64_t step)
{
    const annealed_config *c = config;
    return along_cycle(
        c, step,
        (const double[4]){c->max_momentum, c->min_momentum, c->max_momentum, c->max_momentum});
}

/* Returns what is wrong with the momenta or phases of one_cycle_cosine, or NULL. With three_phase
 * the rise and the fall back must fit into the cycle. */
static const char *annealed_fault(const void *config)
{
    const annealed_config *c = config;
    if (c->three_phase && c->rise > 0.5)
        return "with three_phase, pct_start must be at most 0.5";
    return momenta_fault(c->max_momentum, c->min_momentum);
}

const plm_schedule_kind plm_schedule_one_cycle_cosine = {
    .kind = {.name = "one_cycle_cosine",
             .alias = "OneCycleLR|one_cycle_lr",
             .help = "1cycle along cosines: rises in 30 % of the steps, falls in the rest",
             .formula =
                 "max / div_factor -> max in pct_start of the steps, max -> max / div_factor "
                 "/ final_div_factor in the rest, along half cosine waves",
             .notes = "It is PyTorch's OneCycleLR with the same defaults, except for the momentum: "
                      "give max_momentum=0.95, min_momentum=0.85 for that. one_cycle has the shape "
                      "of the paper, with equal lines up and down.",
             .source = "Smith and Topin, Super-convergence: very fast training of neural networks "
                       "using large learning rates, 2018",
             .config_size = sizeof(annealed_config),
             .fields = annealed_fields,
             .examples = PLM_LIST("one_cycle_cosine(0.1)",
                                  "one_cycle_cosine(0.1, 300, pct_start=0.25, div_factor=10)",
                                  "one_cycle_cosine(0.1, max_momentum=0.95, min_momentum=0.85)")},
    .rate = annealed_rate,
    .momentum = annealed_momentum,
    .fault = annealed_fault};
