/* Refusals: errors of the reader of the data, or of plm_compile, as findings. */
#ifndef PLM_DOCTOR_REFUSAL_H
#define PLM_DOCTOR_REFUSAL_H

#include "doctor/finding.h"

/* True if there is a refusal that the finding with this code explains: the error carries this code;
 * or it carries no code, and the finding is D200 (data) or S300 (settings). */
bool plm_refusal_is(const plm_case *c, const char *code);
/* Reports the refusal as an error: its message, its place and its hint. */
void plm_refusal_report(const plm_case *c, plm_report *r);

#endif
