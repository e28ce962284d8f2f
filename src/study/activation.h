/* Facts about an activation: its limits, its parameters, what it does to normal numbers. */
#ifndef PLM_STUDY_ACTIVATION_H
#define PLM_STUDY_ACTIVATION_H

#include "base/kinds.h"

/* Returns the kind of activation that a spec such as "elu(alpha=2)" names; NULL = none. */
const plm_kind *plm_activation_kind_of(const plm *w, const char *spec);
/* Fills out[2] with the values that an activation reaches far to the left and far to the right; NaN
 * = it has no such limit there. Errors: those of plm_function_open. */
PLM_CHECKED plm_status plm_activation_limits(plm *w, const char *spec, double out[2]);
/* Adds the spec with the parameters that it leaves at their default: "elu" gives "elu(alpha=1)".
 * Parameters that are off at default, and yes-or-no ones, are left out. */
void plm_activation_label(plm_text *t, const char *spec);

/* What an activation does to standard normal numbers. */
typedef struct {
    double mean, deviation; /* mean and deviation of its outputs */
    double flat;            /* share of the numbers at which its slope is below 0.01 in size */
    double nanoseconds;     /* time of a forward pass for each number */
} plm_activation_facts;

/* Measures an activation: mean, deviation and share by integrals over the normal density, the time
 * as the shortest of several passes. Errors: those of plm_function_open; E_MEMORY. */
PLM_CHECKED plm_status plm_activation_measure(plm *w, const char *spec, plm_activation_facts *out);

#endif
