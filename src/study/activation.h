/* Facts about an activation: its limits, its parameters, and the outputs that it gives for standard
 * normal inputs. */
#ifndef PLM_STUDY_ACTIVATION_H
#define PLM_STUDY_ACTIVATION_H

#include "base/kinds.h"

/* Returns the kind of activation that a spec such as "elu(alpha=2)" names; NULL = none. */
const plm_kind *plm_activation_kind_of(const plm *w, const char *spec);
/* Fills out[2] with the values that an activation reaches far to the left and far to the right; NaN
 * = it has no such limit there. Errors: those of plm_function_open. */
PLM_CHECKED plm_status plm_activation_limits(plm *w, const char *spec, double out[2]);
/* Adds the spec with the parameters that it leaves at their default: "elu" gives "elu(alpha=1)".
 * Parameters whose default is 0 or "none", and booleans, are left out. */
void plm_activation_label(plm_text *t, const char *spec);

/* How an activation changes standard normal inputs. */
typedef struct {
    double mean, deviation; /* mean and standard deviation of the activation's outputs */
    double flat;            /* share of the inputs at which the magnitude of the activation's slope
                             * is below 0.01 */
    double nanoseconds;     /* time of a forward pass, divided by the number of inputs */
} plm_activation_facts;

/* Measures an activation. Mean, standard deviation and flat share are integrals over the normal
 * density; the time is the shortest of several passes. Errors: those of plm_function_open;
 * E_MEMORY. */
PLM_CHECKED plm_status plm_activation_measure(plm *w, const char *spec, plm_activation_facts *out);

#endif
