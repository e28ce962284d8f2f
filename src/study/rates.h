/* The learning rate of a schedule at the steps of a training, as a curve to draw. */
#ifndef PLM_STUDY_RATES_H
#define PLM_STUDY_RATES_H

#include "study/curve.h"

/* Computes the rate at each step of a training of `epochs` epochs with `steps` steps each. spec: a
 * number or a schedule; lengths that are fractions of the run are fractions of this training. x of
 * the curve is the epoch, with a fraction for steps within an epoch: 1.5. Free the curve after
 * success and after failure. Errors: E_SPEC, also for a formula with a variable that is known only
 * during a training; E_NUMERIC; E_MEMORY. */
PLM_CHECKED plm_status plm_rate_curve(plm *w, const char *spec, int64_t epochs, int64_t steps,
                                      plm_curve *out);

#endif
