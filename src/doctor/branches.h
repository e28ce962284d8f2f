/* Branches of a net of which only one counts. */
#ifndef PLM_DOCTOR_BRANCHES_H
#define PLM_DOCTOR_BRANCHES_H

#include "doctor/finding.h"

/* Reports a branch that never counts, and so gets no gradient, where a maximum or minimum takes one
 * of several. False = there is none. */
bool plm_find_lost_branch(const plm_case *c, plm_report *r);

#endif
