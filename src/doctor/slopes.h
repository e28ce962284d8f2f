/* Functions of the finding initializer_scale (S303) about slopes and frequencies. */
#ifndef PLM_DOCTOR_SLOPES_H
#define PLM_DOCTOR_SLOPES_H

#include "doctor/finding.h"

/* Reports activations with slopes, as layers of their own, that together make the values larger by
 * more than `limit`, with no normalization between them. */
void plm_find_slopes(const plm_case *c, double limit, plm_report *r);
/* Reports a periodic_embedding whose initial frequencies give more than `limit` waves for each
 * standard deviation of its inputs: the values of similar rows have nothing in common then. */
void plm_find_waves(const plm_case *c, double limit, plm_report *r);

#endif
