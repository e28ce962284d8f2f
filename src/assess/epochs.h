/* Reads the history of a training: its columns by name, and its best epoch. Findings use it, and
 * all code that shows runs. */
#ifndef PLM_ASSESS_EPOCHS_H
#define PLM_ASSESS_EPOCHS_H

#include "plummet.h"

/* Returns the index of the column with this name; -1 = the history has no such column. */
int plm_epochs_column(const plm_history *h, const char *name);
/* Returns the index of the first column whose name begins with `start` and ends with `end`; -1 =
 * there is no such column. */
int plm_epochs_like(const plm_history *h, const char *start, const char *end);
/* Returns a value of the history; NaN if column is -1, or if there is no such row. */
double plm_epochs_value(const plm_history *h, int64_t row, int column);
/* Returns the row in which the column is smallest, or largest; -1 = the column has no finite value,
 * or column is -1. */
int64_t plm_epochs_best(const plm_history *h, int column, bool largest);

#endif
