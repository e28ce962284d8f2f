/* How much a net can express: layers that pass too few numbers on, and nets without a hidden
 * layer. */
#ifndef PLM_DOCTOR_CAPACITY_H
#define PLM_DOCTOR_CAPACITY_H

#include "doctor/finding.h"

/* Returns the number of units of a layer: the length of the last axis of its output. */
int64_t plm_case_units(const plm_case *c, int64_t layer);
/* Returns the first hidden dense layer with a single unit that is narrower than its input and than
 * the layer that reads it, so that all later layers depend on one number; -1 = none. */
int64_t plm_case_narrow(const plm_case *c);
/* Returns the first hidden dense layer with a single unit (plm_case_narrow), or with at most 3
 * units and fewer than half of the classes or, for numbers, of the outputs; -1 = none. The net then
 * lacks units rather than steps. */
int64_t plm_case_tight(const plm_case *c);
/* True if the net is one dense layer, which may have layers around it that scale or reshape: its
 * scores are a linear map of the inputs. */
bool plm_case_is_linear(const plm_case *c);
/* Returns the first embedding that has a single number for each of several codes, below a hidden
 * dense layer; -1 = none. */
int64_t plm_case_single_vector(const plm_case *c);

#endif
