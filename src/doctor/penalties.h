/* Penalties that are too strong: on predictions, and remedies for all. */
#ifndef PLM_DOCTOR_PENALTIES_H
#define PLM_DOCTOR_PENALTIES_H

#include "doctor/finding.h"

/* Adds one remedy that divides the factors of all regularizers of weights and outputs by `times`;
 * each is rounded to one digit. Returns the layer with the largest factor; -1 = no layer has a
 * regularizer, and nothing was added. */
int64_t plm_report_weaker_penalties(const plm_case *c, plm_report *r, double times);

/* Reports a penalty on the predictions of a regression, if its value for right predictions is more
 * than `limit` times the loss of the best constant prediction: to predict 0 then costs less than to
 * be right. */
void plm_find_penalized_predictions(const plm_case *c, double limit, plm_report *r);

#endif
