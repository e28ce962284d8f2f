/* The times of a series: their order, their usual step, their gaps, and their continuation.
 * Internal to series*.c. */
#ifndef PLM_TABLE_SERIES_H
#define PLM_TABLE_SERIES_H

#include "table/schema.h"

enum { PLM_SECONDS_OF_DAY = 86400 };

/* How the rows of a table are ordered: the indices of its time column and its group column;
 * SIZE_MAX = there is no such column. Each group is a separate series. */
typedef struct {
    size_t time, group;
    bool dates; /* true = the times are dates; false = numbers such as years */
    const char *time_name, *group_name; /* for messages */
    const char *where;                  /* of errors */
} plm_series_by;

/* Finds the column with the times of a series, and sets s->order: the column of the key order;
 * otherwise the first input of dates; otherwise a column of numbers that has a name of times and no
 * number twice in a series. If there is no such column, a warning names one that may have the
 * times. Errors: E_SPEC, E_DATA if the column of the key order has no times. (series_time.c) */
PLM_CHECKED plm_status plm_series_find_time(plm_schema *s, plm_store *t, const char *wish,
                                            const char *where);
/* Returns the index of the group column; the rows of a group are a series of their own. SIZE_MAX =
 * all rows are one series. */
size_t plm_series_group(const plm_schema *s);
/* Sets *repeats to true if two rows of a series have the same time. (series_order.c) */
PLM_CHECKED plm_status plm_series_repeats(plm_store *t, const plm_series_by *by, bool *repeats);

/* Sorts the rows by group and time, with a warning if they were not sorted by time, and sets
 * t->before if there are groups. Further warnings: several rows of a series have the same time;
 * times are missing. Does nothing if there is neither a time nor a group. Errors: E_DATA for a row
 * without a time or a group. (series_order.c) */
PLM_CHECKED plm_status plm_series_sort(plm_store *t, const plm_series_by *by);
/* Returns the index after the last row of the series that begins at row `first`. */
int64_t plm_series_end(const plm_store *t, int64_t first);
/* Sorts the rows by their relative position in their group, from the row after `before` rows (0) to
 * the last (1), so that the last fifth of the table is the last fifth of each group.
 * (series_group.c) */
PLM_CHECKED plm_status plm_series_blend(plm_store *t, int64_t before);
/* Adds `rows` empty rows at the end of each group that has at least `before` rows, with times that
 * continue those of the group. (series_group.c) */
PLM_CHECKED plm_status plm_series_extend(plm_store *t, const plm_series_by *by, int64_t rows,
                                         int64_t before);
/* Sets *usual to the median of the steps between n sorted times, n at least 2. (series_order.c) */
PLM_CHECKED plm_status plm_series_usual(plm *w, const double *time, int64_t n, double *usual);
/* True for a Saturday or a Sunday. */
bool plm_series_is_weekend(double time);
/* True if the times are the working days of more than a week. usual: the usual step between the
 * times. */
bool plm_series_are_working_days(const double *time, int64_t n, double usual);
/* Fills the times of `rows` rows after the first n: dates continue by working days, by whole months
 * (on the same day of the month), or by the last step; numbers continue by the last step. told:
 * whether to warn of an unusual last step. (series_ahead.c) */
PLM_CHECKED plm_status plm_series_continue(plm *w, const plm_series_by *by, double *time, int64_t n,
                                           int64_t rows, bool told);

#endif
