/* Declares what the field tables of schedules share. Internal to nn/. */
#ifndef PLM_NN_SCHEDULE_FIELDS_H
#define PLM_NN_SCHEDULE_FIELDS_H

#include "nn/nn.h"

/* Fields of a config that has `initial`, the first rate, and `steps`, the length of the decay. */
#define PLM_FIELD_INITIAL(config_)                                                                 \
    {.name = "initial_learning_rate",                                                              \
     .type = PLM_REAL,                                                                             \
     .offset = offsetof(config_, initial),                                                         \
     .fallback = NULL,                                                                             \
     .high = INFINITY,                                                                             \
     .help = "rate at step 0"}
/* The field for the length of a decay. It accepts Keras's key and a shorter one. */
#define PLM_FIELD_STEPS(config_, help_)                                                            \
    {.name = "decay_steps",                                                                        \
     .type = PLM_STEPS,                                                                            \
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
