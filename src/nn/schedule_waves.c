/* Defines learning rate schedules with the shape of waves: coslog and flat_cos, which nets on
 * tables use, and cycles between two rates.
 *
 * coslog and the cycles come down several times. At each low point the loss is low, and the best of
 * these points is kept. */
#include <math.h>

#include "nn/schedule_fields.h"

typedef struct {
    /* largest: highest rate. steps: number of steps of all waves together. */
    double largest, steps;
    double cycles; /* number of waves */
} coslog_config;

typedef struct {
    /* flat: fraction of the steps in which the rate stays at initial */
    double initial, steps, flat, alpha;
} flat_config;

typedef struct {
    double initial, largest, half; /* half: number of steps from the lowest to the highest rate */
    const char *mode;              /* triangular, triangular2 or exp_range */
    /* in mode exp_range: factor by which each step multiplies the height of the cycles */
    double gamma;
} cyclical_config;

/* The field of the highest rate, which has no default. */
#define PLM_FIELD_LARGEST(config_)                                                                 \
    {.name = "max_learning_rate",                                                                  \
     .type = PLM_REAL,                                                                             \
     .offset = offsetof(config_, largest),                                                         \
     .fallback = NULL,                                                                             \
     .high = INFINITY,                                                                             \
     .help = "highest rate"}
/* The field of the length, whose default is the whole run. */
#define PLM_FIELD_RUN(config_)                                                                     \
    {.name = "decay_steps",                                                                        \
     .type = PLM_STEPS,                                                                            \
     .offset = offsetof(config_, steps),                                                           \
     .fallback = "all",                                                                            \
     .low = 1e-9,                                                                                  \
     .high = 1e15,                                                                                 \
     .help = "number of steps of the whole shape",                                                 \
     .alias = "steps"}

static const plm_field coslog_fields[] = {
    PLM_FIELD_LARGEST(coslog_config),
    PLM_FIELD_RUN(coslog_config),
    PLM_FIELD(coslog_config, cycles, PLM_REAL, "4", 1, 50,
              "number of waves, each twice as long as the previous one"),
    {0}};
static const plm_field flat_fields[] = {
    PLM_FIELD_INITIAL(flat_config),
    PLM_FIELD_RUN(flat_config),
    PLM_FIELD(flat_config, flat, PLM_REAL, "0.5", 0, 0.999999,
              "fraction of the steps in which the rate stays constant"),
    PLM_FIELD(flat_config, alpha, PLM_REAL, "0", 0, 1,
              "rate at the end, as a fraction of the initial rate"),
    {0}};
static const plm_field cyclical_fields[] = {
    PLM_FIELD_INITIAL(cyclical_config),
    PLM_FIELD_LARGEST(cyclical_config),
    {.name = "step_size",
     .type = PLM_STEPS,
     .offset = offsetof(cyclical_config, half),
     .fallback = "2000",
     .low = 1e-9,
     .high = 1e15,
     .help = "number of steps of half a cycle, in which the rate rises or falls"},
    PLM_FIELD_OF(cyclical_config, mode, PLM_CHOICE, "triangular",
                 "triangular|triangular2|exp_range",
                 "height of the cycles: triangular = equal, triangular2 = halved each time, "
                 "exp_range = multiplied by gamma at each step"),
    PLM_FIELD(cyclical_config, gamma, PLM_REAL, "1", 0, 1,
              "factor of the height for each step, with exp_range"),
    {0}};

static const double pi = 3.14159265358979323846;

/* Returns the rate of coslog: waves from 0 up to the highest rate and back to 0, each twice as long
 * as the previous one. t is the fraction of the run that is done. In wave k, log2(1 + (2^cycles -
 * 1) t) goes from k to k + 1. With c cycles it goes from log2(1) = 0 to log2(2^c) = c, so the run
 * ends at the end of a wave, with a rate of 0. */
static double coslog_rate(const void *config, int64_t step)
{
    const coslog_config *c = config;
    const double t = plm_min_of((double)step / c->steps, 1);
    return c->largest * (1 - cos(2 * pi * log2(1 + (pow(2, c->cycles) - 1) * t))) / 2;
}

/* Returns what is wrong with a coslog schedule, or NULL. A run must end at the end of a wave. */
static const char *coslog_fault(const void *config)
{
    const double cycles = ((const coslog_config *)config)->cycles;
    return floor(cycles) < cycles ? "cycles must be a whole number" : NULL;
}

/* Returns the rate of flat_cos, which stays at `initial` until the fraction `flat` of the run is
 * done, then falls along half a cosine wave to alpha * initial at the last step. */
static double flat_rate(const void *config, int64_t step)
{
    const flat_config *c = config;
    const double t = plm_min_of((double)step / c->steps, 1);
    const double part = t < c->flat ? 0 : (t - c->flat) / (1 - c->flat);
    return c->initial * ((1 - c->alpha) * (1 + cos(pi * part)) / 2 + c->alpha);
}

/* Returns the rate of cycles that rise and fall along lines. The height of a cycle above the
 * initial rate depends on the mode. cycle counts from 1. high: 0 at both ends of a cycle, 1 in its
 * middle. One letter tells the mode: exp_range begins with e, triangular2 ends with 2. Source:
 * Smith, Cyclical learning rates for training neural networks, 2017. */
static double cyclical_rate(const void *config, int64_t step)
{
    const cyclical_config *c = config;
    const double at = (double)step / c->half, cycle = floor(1 + at / 2);
    const double high = fmax(0, 1 - fabs(at - 2 * cycle + 1));
    const double scale = c->mode[0] == 'e'    ? pow(c->gamma, (double)step)
                         : c->mode[10] == '2' ? pow(0.5, cycle - 1)
                                              : 1;
    return c->initial + (c->largest - c->initial) * high * scale;
}

const plm_schedule_kind plm_schedule_coslog = {
    .kind = {.name = "coslog",
             .help = "follows cosine waves between the maximum rate and zero, each twice as long "
                     "as the previous one",
             .formula = "max * (1 - cos(2 pi log2(1 + (2^cycles - 1) t))) / 2, t = step / "
                        "decay_steps",
             .notes =
                 "Use it for tables; the default maximum rate is that of RealMLP. The rate reaches "
                 "zero several times, and the best epoch may be at any of these points.",
             .source = "Holzmueller, Grinsztajn and Steinwart, Better by default: strong pre-tuned "
                       "MLPs and boosted trees on tabular data, NeurIPS 2024",
             .config_size = sizeof(coslog_config),
             .fields = coslog_fields,
             .examples = PLM_LIST("coslog(0.04)", "coslog(0.04, 200, cycles=3)")},
    .rate = coslog_rate,
    .fault = coslog_fault};

const plm_schedule_kind plm_schedule_flat_cos = {
    .kind = {.name = "flat_cos",
             .help = "stays constant for half of the run, then falls along half a cosine wave",
             .formula = "lr0 for t < flat, else lr0 * ((1 - alpha) * (1 + cos(pi (t - flat) / (1 - "
                        "flat))) / 2 + alpha), t = step / decay_steps",
             .notes = "It also serves for a dropout rate or a weight decay that ends at zero, as "
                      "in dropout(flat_cos(0.15)).",
             .config_size = sizeof(flat_config),
             .fields = flat_fields,
             .examples = PLM_LIST("flat_cos(0.01)", "flat_cos(0.01, 300, flat=0.7, alpha=0.1)")},
    .rate = flat_rate};

const plm_schedule_kind plm_schedule_cyclical = {
    .kind = {.name = "cyclical",
             .alias = "cyclical_learning_rate|CyclicLR",
             .help = "rises and falls between two rates repeatedly",
             .formula = "lr0 + (max - lr0) * max(0, 1 - |step / step_size - 2 cycle + 1|) * scale, "
                        "cycle = floor(1 + step / (2 step_size)); scale: triangular 1, triangular2 "
                        "1 / 2^(cycle - 1), exp_range gamma^step",
             .notes = "Choose the two rates between which the loss falls in a range test. A cycle "
                      "of 4 to 20 epochs is usual; the end of a cycle is a good point to stop.",
             .source = "Smith, Cyclical learning rates for training neural networks, WACV 2017",
             .config_size = sizeof(cyclical_config),
             .fields = cyclical_fields,
             .examples = PLM_LIST("cyclical(0.001, 0.01, step_size=50)",
                                  "cyclical(0.001, 0.01, step_size=0.1, mode=triangular2)",
                                  "cyclical(0.001, 0.01, 40, mode=exp_range, gamma=0.99)")},
    .rate = cyclical_rate};
