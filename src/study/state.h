/* Copies the weights of a model, to keep them while a change is tried and to restore them. */
#ifndef PLM_STUDY_STATE_H
#define PLM_STUDY_STATE_H

#include "plummet.h"

/* Copies parameters from one model to another: all that have the same name and shape in both. The
 * other parameters of `to` keep their values. from: for example a plm_model_clone, which may be
 * made during a fit. */
PLM_CHECKED plm_status plm_state_give(const plm_model *from, plm_model *to);

#endif
