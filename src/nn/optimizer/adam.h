/* Adam's parts, which AdamW is made of, too. Internal to nn/optimizer. */
#ifndef PLM_NN_OPTIMIZER_ADAM_H
#define PLM_NN_OPTIMIZER_ADAM_H

#include "nn/nn.h"

typedef struct {
    const plm_spec *learning_rate;
    double beta_1, beta_2, epsilon;
    bool amsgrad;
} plm_adam_config;

extern const plm_field plm_adam_fields[];
extern const char *const plm_adam_slots[];
uint32_t plm_adam_uses(const void *config);
void plm_adam_begin(const void *config, plm_span *span, double state[4]);
void plm_adam_update(const void *config, const plm_span *s);

#endif
