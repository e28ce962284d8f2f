/* Looks for constraints on weights by which a net cannot learn well. */
#ifndef PLM_DOCTOR_CONSTRAINED_H
#define PLM_DOCTOR_CONSTRAINED_H

#include "doctor/finding.h"

/* Returns the index of the layer of a weight among the examined layers; -1 = it is not among
 * them. */
int64_t plm_weight_layer(const plm_case *c, const plm_weight *w);
/* Reports a constraint by which a net cannot learn well, as a warning. limit: the factor by which a
 * constraint may change the norm of initial weights. */
void plm_find_constrained(const plm_case *c, double limit, plm_report *r);

#endif
