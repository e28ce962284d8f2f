/* Declares the parts of Adam that AdamW uses too. Internal to nn/optimizer. */
#ifndef PLM_NN_OPTIMIZER_ADAM_H
#define PLM_NN_OPTIMIZER_ADAM_H

#include "nn/nn.h"

/* The settings of both. */
typedef struct {
    const plm_spec *learning_rate;
    double beta_1, beta_2, epsilon;
    bool amsgrad;
} plm_adam_config;

/* The parts of plm_optimizer_kind that Adam and AdamW have in common: field table, slots, and
 * functions. */
extern const plm_field plm_adam_fields[];
/* Names of the slots: m, v and, with amsgrad, the largest v. */
extern const char *const plm_adam_slots[];
/* Returns the slots that a config uses, as a bit mask: m, v and, only with amsgrad, the largest
 * v. */
uint32_t plm_adam_uses(const void *config);
/* Computes alpha, the learning rate with bias correction, for this step; it is stored in
 * span->scalar[0]. */
void plm_adam_begin(const void *config, plm_span *span, double state[4]);
/* Updates a span. */
void plm_adam_update(const void *config, const plm_span *s);

#endif
