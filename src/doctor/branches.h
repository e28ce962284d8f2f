/* Branches of a net of which only one counts. */
#ifndef PLM_DOCTOR_BRANCHES_H
#define PLM_DOCTOR_BRANCHES_H

#include "doctor/finding.h"

/* Gradients below this may be 0 further down only because float32 has no smaller numbers. */
extern const double plm_least_gradient;
/* True if layer k reads the output of layer i; both count the layers that are measured. */
bool plm_layer_reads(const plm_case *c, int64_t k, int64_t i);
/* Reports a branch that never counts, and so gets no gradient, where a maximum or minimum takes one
 * of several. False = there is none. */
bool plm_find_lost_branch(const plm_case *c, plm_report *r);

#endif
