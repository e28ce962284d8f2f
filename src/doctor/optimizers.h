/* Functions of the findings rate_too_high and rate_too_low about single optimizers. */
#ifndef PLM_DOCTOR_OPTIMIZERS_H
#define PLM_DOCTOR_OPTIMIZERS_H

#include "doctor/finding.h"

/* Reports a beta_1 or beta_2 of adam, adamw or nadam that does not suit the training. limit: the
 * part of all steps whose gradients may be averaged. */
void plm_find_betas(const plm_case *c, double limit, plm_report *r);
/* Reports an optimizer that uses only the signs of the gradient, if its steps are larger than
 * `limit`. update: size of the first step, relative to the weights of `layer`. */
void plm_find_signs(const plm_case *c, double limit, double update, int64_t layer, plm_report *r);
/* Reports a moving average of the weights (use_ema, lookahead) that leaves the net near its initial
 * weights. initial: limit of their share in the final weights. kept: limit of the part that an
 * average keeps of the way which the weights move until it replaces them. (averages.c) */
void plm_find_averages(const plm_case *c, double initial, double kept, plm_report *r);

#endif
