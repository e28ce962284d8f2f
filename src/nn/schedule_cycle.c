/* Learning rate schedules that rise and fall: one_cycle is Smith's, as in the notebooks of Geron's
 * book. */
#include <math.h>

#include "nn/schedule_fields.h"

typedef struct {
    double largest;
    int64_t steps;
    double start, last, max_momentum, min_momentum;
} cycle_config;

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
    return between(start, last, plm_min_of(1, (double)(step - 2 * half) / (double)tail));
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

const plm_schedule_kind plm_schedule_one_cycle = {
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
