/* What the reader of data refuses, told apart by its messages. */
#ifndef PLM_DOCTOR_REFUSAL_H
#define PLM_DOCTOR_REFUSAL_H

#include "doctor/finding.h"

/* True if an error of the data is about a cell that is empty or not finite. */
bool plm_refusal_is_missing(const plm_error *e);
/* True if an error is about a last layer, a loss and a target that do not fit each other. */
bool plm_refusal_is_of_loss(const plm_error *e);

#endif
