/* Remedies for penalties that are too strong. */
#ifndef PLM_DOCTOR_PENALTIES_H
#define PLM_DOCTOR_PENALTIES_H

#include "doctor/finding.h"

/* Adds one remedy that divides the factors of all regularizers of weights and outputs by `times`;
 * each is rounded to one digit. Returns the layer with the largest factor; -1 = no layer has a
 * regularizer, and nothing was added. */
int64_t plm_report_weaker_penalties(const plm_case *c, plm_report *r, double times);

#endif
