/* What findings about the learning rate share. */
#ifndef PLM_DOCTOR_RATES_H
#define PLM_DOCTOR_RATES_H

#include "doctor/finding.h"

/* Returns the largest norm(update) / norm(weights) of a step over the layers with weights, and sets
 * *layer to that layer; 0 and -1 = no layer has any. */
double plm_largest_update(const plm_case *c, const plm_sample *s, int64_t *layer);
/* Returns the largest update of the first step relative to the weights of its layer, predicted from
 * a look: exact for sgd, and for optimizers whose first step is the learning rate in each weight.
 * NaN = not known for this optimizer. Sets *layer. */
double plm_predicted_update(const plm_case *c, int64_t *layer);
/* Adds the remedy of the optimizer with its learning rate times `factor`, rounded to one digit. */
void plm_rate_remedy(plm_report *r, const plm_case *c, double factor);

#endif
