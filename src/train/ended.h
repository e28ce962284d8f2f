/* For observers: how a fit has ended. */
#ifndef PLM_TRAIN_ENDED_H
#define PLM_TRAIN_ENDED_H

#include "base/runtime.h"

/* True if the fit has ended by itself, as plm_fit_result.ended says; false = it still trains, was
 * interrupted, or has failed. To be called by an observer at FIT_END. */
bool plm_run_has_ended(const plm_run *r);

#endif
