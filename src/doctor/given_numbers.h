/* Numbers that the user gave to a layer that shifts or scales the inputs. */
#ifndef PLM_DOCTOR_GIVEN_NUMBERS_H
#define PLM_DOCTOR_GIVEN_NUMBERS_H

#include "doctor/finding.h"

/* Limits of what comes out of such a layer: |mean| / deviation above `offset` together with |mean|
 * above `size`; a deviation above `high`, or below `low`, or of images below `pixel`. */
typedef struct {
    double offset, size, high, low, pixel;
} plm_number_limits;

/* Reports a layer with given statistics, or a rescaling with an offset, among the first layers,
 * whose numbers do not suit the data. */
void plm_find_unsuited_numbers(const plm_case *c, const plm_number_limits *t, plm_report *r);

#endif
