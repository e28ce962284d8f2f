/* Continues the times of a series beyond its last row. */
#include <math.h>

#include "table/series.h"

enum { DAY = PLM_SECONDS_OF_DAY };

/* Fills the times of `rows` rows with the working days after `last`. */
static void add_working_days(double last, int64_t rows, double *time)
{
    for (int64_t i = 0; i < rows; i++) {
        do
            last += DAY;
        while (plm_series_is_weekend(last));
        time[i] = last;
    }
}

/* Warns if the last step is not the usual one: of months, which differ in length, by their number;
 * otherwise by more than a tenth. */
static void warn_of_step(plm *w, double step, double usual, bool months, const char *where)
{
    const double month = 30.436875 * DAY;
    const bool same = months ? floor(step / month + 0.5) == floor(usual / month + 0.5)
                             : fabs(step - usual) <= 0.1 * usual;
    if (!same && where != NULL)
        plm_warn(w,
                 "%.100s: the last step between two rows is %.6g days, but usually it is %.6g; the "
                 "times of the new rows go on with the last step",
                 where, step / DAY, usual / DAY);
}

/* Months have different lengths, and working days have gaps, so both are recognized and continued
 * by the calendar; everything else goes on by the usual step. */
plm_status plm_series_continue(plm *w, double *time, int64_t n, int64_t rows, const char *where)
{
    const double last = time[n - 1], before = time[n - 2];
    const bool starts = plm_table_first_of_month(last) && plm_table_first_of_month(before),
               ends =
                   plm_table_first_of_month(last + DAY) && plm_table_first_of_month(before + DAY),
               months = (starts || ends) && last > before;
    const double past = ends ? DAY : 0; /* from the last day to the first of the next month */
    double usual = 0;
    PLM_TRY(plm_series_usual(w, time, n, &usual));
    if (plm_series_are_working_days(time, n, usual)) {
        add_working_days(last, rows, time + n);
        return PLM_OK;
    }
    warn_of_step(w, last - before, usual, months, where);
    for (int64_t i = 0; i < rows; i++)
        time[n + i] = months ? plm_table_next_month(before + past, last + past, (int)i + 1) - past
                             : last + (double)(i + 1) * (last - before);
    return PLM_OK;
}
