/* Functions of the finding shifted_validation (D211) about validation rows that were read in
 * another way than the training rows. */
#ifndef PLM_DOCTOR_VALIDATION_H
#define PLM_DOCTOR_VALIDATION_H

#include "doctor/finding.h"

/* Reports validation rows whose columns, by their names, are in another order than those of the
 * training rows, or whose target is a column that is an input of the other rows. */
bool plm_find_other_columns(const plm_data_facts *d, plm_report *r);
/* Reports columns that have changed places, by their means and standard deviations. */
bool plm_find_swapped(const plm_data_facts *d, plm_report *r);
/* Reports validation targets that do not follow from the columns as those of the training rows do:
 * what the nearest training rows say about them is less than `part` of what these say about each
 * other. */
bool plm_find_unfollowed(const plm_case *c, double part, plm_report *r);

#endif
