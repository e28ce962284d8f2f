/* Looks at a model before or between trainings. */
#ifndef PLM_DOCTOR_LOOK_H
#define PLM_DOCTOR_LOOK_H

#include "doctor/probe.h"

/* Looks at rows of d with a probe that was just opened: p->sample[0] then has the readings of the
 * first batch, with the dead units of all rows that were read, and its loss. Model and data stay
 * unchanged, except that a model that is not adapted is adapted to d. Errors: all errors of
 * plm_adapt and plm_data_next, and of batches that do not fit the model. */
PLM_CHECKED plm_status plm_probe_look(plm_probe *p, plm_data *d);

#endif
