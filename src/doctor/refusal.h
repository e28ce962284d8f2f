/* Errors of the data reader or of plm_compile, because of which a run cannot be built, as findings.
 * */
#ifndef PLM_DOCTOR_REFUSAL_H
#define PLM_DOCTOR_REFUSAL_H

#include "doctor/finding.h"

/* True if the run could not be built and the finding with this code is the one that reports the
 * error. An error with a code is reported by the finding of that code; an error without one by D200
 * (data) or S300 (settings). */
bool plm_refusal_is(const plm_case *c, const char *code);
/* Reports the error because of which the run could not be built, with its message, place and hint.
 * */
void plm_refusal_report(const plm_case *c, plm_report *r);

#endif
