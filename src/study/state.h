/* The weights of a training in memory: a copy to try something with and to go back to. */
#ifndef PLM_STUDY_STATE_H
#define PLM_STUDY_STATE_H

#include "plummet.h"

/* Copies to `to` the parameters of `from` that it has, too: those of the same name and shape.
 * Others keep their values. from: for example a plm_model_clone, which may be made during a fit. */
PLM_CHECKED plm_status plm_state_give(const plm_model *from, plm_model *to);

#endif
