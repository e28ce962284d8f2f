/* Examines a model before or between trainings by a probe pass: forward and backward, without an
 * update. */
#ifndef PLM_DOCTOR_LOOK_H
#define PLM_DOCTOR_LOOK_H

#include "doctor/probe.h"

/* Runs a probe pass on rows of d with a probe that was just opened. Then p->sample[0] has the loss
 * and the measurements of the first batch, and the dead units of all rows that were read. Model and
 * data are unchanged, except that a model that is not adapted yet is adapted to d. Errors: all
 * errors of plm_adapt and plm_data_next, and of batches that do not fit the model. */
PLM_CHECKED plm_status plm_probe_look(plm_probe *p, plm_data *d);

#endif
