/* The times of a series: their order, their usual step, their gaps, and how they go on. Only for
 * series*.c. */
#ifndef PLM_TABLE_SERIES_H
#define PLM_TABLE_SERIES_H

#include "table/schema.h"

enum { PLM_SECONDS_OF_DAY = 86400 };

/* Sorts the rows by their time, the numbers of column `at`, with a warning if they were not sorted.
 * Other warnings say if several rows have the same time, and if times are missing. name: of the
 * column. Errors: E_DATA for a row without a time. (series_order.c) */
PLM_CHECKED plm_status plm_series_sort(plm_store *t, size_t at, const char *name,
                                       const char *where);
/* Sets *usual to the median of the steps between n sorted times, n at least 2. (series_order.c) */
PLM_CHECKED plm_status plm_series_usual(plm *w, const double *time, int64_t n, double *usual);
/* True for a Saturday or a Sunday. */
bool plm_series_is_weekend(double time);
/* True if the times are the working days of more than a week. usual: their usual step. */
bool plm_series_are_working_days(const double *time, int64_t n, double usual);
/* Fills the times of `rows` rows after the first n: time goes on by working days, by whole months
 * (from their first days or their last days), or by the last step. (series_ahead.c) */
PLM_CHECKED plm_status plm_series_continue(plm *w, double *time, int64_t n, int64_t rows,
                                           const char *where);

#endif
