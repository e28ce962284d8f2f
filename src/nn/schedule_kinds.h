/* The schedules of all files, for the table in schedule.c, and what their field tables share.
 * Internal to nn/. */
#ifndef PLM_NN_SCHEDULE_KINDS_H
#define PLM_NN_SCHEDULE_KINDS_H

#include "nn/nn.h"

/* schedule_decay.c */
extern const plm_schedule_kind plm_schedule_constant, plm_schedule_exponential_decay,
    plm_schedule_inverse_time_decay, plm_schedule_piecewise_constant_decay,
    plm_schedule_polynomial_decay;
/* schedule_cosine.c */
extern const plm_schedule_kind plm_schedule_cosine_decay, plm_schedule_cosine_decay_restarts;
/* schedule_cycle.c */
extern const plm_schedule_kind plm_schedule_one_cycle;

/* Fields of a config that has `initial`, the first rate, and `steps`, the length of the decay. */
#define PLM_FIELD_INITIAL(config_)                                                                 \
    {.name = "initial_learning_rate",                                                              \
     .type = PLM_REAL,                                                                             \
     .offset = offsetof(config_, initial),                                                         \
     .fallback = NULL,                                                                             \
     .high = INFINITY,                                                                             \
     .help = "rate at step 0"}
#define PLM_FIELD_STEPS(config_, help_)                                                            \
    {.name = "decay_steps",                                                                        \
     .type = PLM_REAL,                                                                             \
     .offset = offsetof(config_, steps),                                                           \
     .fallback = NULL,                                                                             \
     .low = 1e-9,                                                                                  \
     .high = 1e15,                                                                                 \
     .help = help_,                                                                                \
     .alias = "steps"}

/* Returns the smaller of two numbers. */
static inline double plm_min_of(double a, double b)
{
    return a < b ? a : b;
}

#endif
