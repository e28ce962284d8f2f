/* Functions of the finding over_regularized (O403) about what makes weights smaller, or mixes
 * rows. */
#ifndef PLM_DOCTOR_REGULARIZERS_H
#define PLM_DOCTOR_REGULARIZERS_H

#include "doctor/finding.h"

/* Reports hidden layers whose weights penalties, constraints, weight decay or an L1 penalty of the
 * optimizer have drawn to less than `limit` of their first size, while the net does not learn. */
void plm_find_shrunk(const plm_case *c, double limit, plm_report *r);
/* Reports an L1 penalty of the optimizer ftrl that leaves no weight of a hidden layer after the
 * first step: it is more than `limit` times what the first step adds to the linear term. */
void plm_find_emptied(const plm_case *c, double limit, plm_report *r);
/* Reports a mixup with an alpha above `limit`: hardly a row is then like one of the table. */
void plm_find_mixed(const plm_case *c, double limit, plm_report *r);

#endif
