/* What the epochs of a training say, for findings of the evaluation. */
#ifndef PLM_DOCTOR_EPOCHS_H
#define PLM_DOCTOR_EPOCHS_H

#include "doctor/finding.h"

/* Returns the index of the column with this name; -1 = the history has none. */
int plm_epochs_column(const plm_history *h, const char *name);
/* Returns the index of the first column whose name begins with `start` and ends with `end`; -1 =
 * there is none. */
int plm_epochs_like(const plm_history *h, const char *start, const char *end);
/* Returns a number of the history. column -1 = NaN. */
double plm_epochs_value(const plm_history *h, int64_t row, int column);
/* Returns the row in which the column is smallest, or largest; -1 = it has no number. */
int64_t plm_epochs_best(const plm_history *h, int column, bool largest);

#endif
