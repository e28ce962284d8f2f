/* Defines learning rate schedules along cosine waves. Definitions are those of Keras. Cosines and
 * powers are computed once a step by the C library.
 *
 * Source of both: Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts, ICLR
 * 2017. */
#include <math.h>

#include "nn/schedule_fields.h"

typedef struct {
    double initial, steps, alpha, warmup_target, warmup_steps; /* warmup_target: inf = no warm-up */
} cosine_config;

typedef struct {
    double initial, steps, t_mul, m_mul, alpha; /* steps: length of the first cycle */
} restarts_config;

static const plm_field cosine_fields[] = {
    PLM_FIELD_INITIAL(cosine_config),
    PLM_FIELD_STEPS(cosine_config, "number of steps in which the rate falls"),
    PLM_FIELD(cosine_config, alpha, PLM_REAL, "0", 0, 1,
              "rate at the end, as a fraction of the initial rate"),
    PLM_FIELD(cosine_config, warmup_target, PLM_REAL, "inf", 0, INFINITY,
              "rate at the end of the warm-up, where the decay starts; none = no warm-up"),
    PLM_FIELD(cosine_config, warmup_steps, PLM_STEPS, "0", 0, 1e15,
              "number of steps of the warm-up"),
    {0}};
static const plm_field restarts_fields[] = {
    PLM_FIELD_INITIAL(restarts_config),
    {.name = "first_decay_steps",
     .type = PLM_STEPS,
     .offset = offsetof(restarts_config, steps),
     .fallback = NULL,
     .low = 1e-9,
     .high = 1e15,
     .help = "number of steps of the first cycle",
     .alias = "steps"},
    PLM_FIELD(restarts_config, t_mul, PLM_REAL, "2", 1e-3, 1e6,
              "length of each cycle divided by that of the previous cycle"),
    PLM_FIELD(restarts_config, m_mul, PLM_REAL, "1", 0, 1e6,
              "initial rate of each cycle divided by that of the previous cycle"),
    PLM_FIELD(restarts_config, alpha, PLM_REAL, "0", 0, 1,
              "rate at the end of a cycle, as a fraction of the rate at its start"),
    {0}};

static const double pi = 3.14159265358979323846;

/* Returns the rate of cosine_decay, which falls along half a cosine wave, after an optional linear
 * warm-up. alpha: the rate at the end, as a fraction of the highest rate. */
static double cosine_rate(const void *config, int64_t step)
{
    const cosine_config *c = config;
    /* the steps of the decay are counted from the end of the warm-up */
    const bool warm = !isinf(c->warmup_target);
    const double i = (double)step;
    if (warm && i < c->warmup_steps)
        return c->initial + (c->warmup_target - c->initial) * (i / c->warmup_steps);
    const double done = plm_min_of(i - (warm ? c->warmup_steps : 0), c->steps) / c->steps;
    const double wave = (1 + cos(pi * done)) / 2;
    return (warm ? c->warmup_target : c->initial) * ((1 - c->alpha) * wave + c->alpha);
}

/* Returns the rate of repeated cosine decays. Cycle k has length steps * t_mul^k and starts at
 * initial * m_mul^k. With t_mul below 1 the cycles become shorter and shorter; those shorter than
 * 1e-12 are ignored. */
static double restarts_rate(const void *config, int64_t step)
{
    const restarts_config *c = config;
    /* done: position in units of the first cycle, later the position within the current cycle */
    double done = (double)step / c->steps, amplitude = 1, length = 1;
    if (c->t_mul > 1 || c->t_mul < 1) {
        /* cycle k has length t_mul^k; the first has length 1 */
        while (done >= length && length > 1e-12) {
            done -= length;
            length *= c->t_mul;
            amplitude *= c->m_mul;
        }
        done = plm_min_of(done / length, 1);
    } else {
        amplitude = pow(c->m_mul, floor(done));
        done -= floor(done);
    }
    return c->initial * ((1 - c->alpha) * amplitude * (1 + cos(pi * done)) / 2 + c->alpha);
}

const plm_schedule_kind plm_schedule_cosine_decay = {
    .kind = {.name = "cosine_decay",
             .alias = "cosine",
             .help = "falls along half a cosine wave, after an optional warm-up",
             .formula = "lr0 * ((1 - alpha) * (1 + cos(pi step / decay_steps)) / 2 + alpha)",
             .notes = "It changes slowly at both ends, and is a good default if the length of the "
                      "training is known.",
             .source = "Loshchilov and Hutter, SGDR: stochastic gradient descent with warm "
                       "restarts, ICLR 2017",
             .config_size = sizeof(cosine_config),
             .fields = cosine_fields,
             .examples = PLM_LIST("cosine_decay(0.001, steps=9000)",
                                  "cosine_decay(0, 9000, warmup_target=0.001, warmup_steps=500)")},
    .rate = cosine_rate};

const plm_schedule_kind plm_schedule_cosine_decay_restarts = {
    .kind = {.name = "cosine_decay_restarts",
             .alias = "cosine_restarts",
             .help = "repeats cosine decays, each longer than the previous one",
             .formula = "follows cosine_decay within cycle k, which has first_decay_steps * "
                        "t_mul^k steps and starts at lr0 * m_mul^k",
             .source = "Loshchilov and Hutter, SGDR: stochastic gradient descent with warm "
                       "restarts, ICLR 2017",
             .config_size = sizeof(restarts_config),
             .fields = restarts_fields,
             .examples = PLM_LIST("cosine_decay_restarts(0.01, 1000)")},
    .rate = restarts_rate};
