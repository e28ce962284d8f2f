/* Continues the times of a series beyond its last row. */
#include <math.h>

#include "table/series.h"

/* RECENT: number of last rows that determine the day of the month of a series. */
enum { DAY = PLM_SECONDS_OF_DAY, RECENT = 24 };

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

/* Warns if the last step is not the usual one. Steps of months are compared in months, as months
 * differ in length; other steps may differ by a tenth. */
static void warn_of_step(plm *w, const plm_series_by *by, double step, double usual, bool months)
{
    const double month = 30.436875 * DAY, unit = by->dates ? DAY : 1;
    const bool same =
        months ? lround(step / month) == lround(usual / month) : fabs(step - usual) <= 0.1 * usual;
    if (!same)
        plm_warn(
            w,
            "%.100s: the last step between two rows is %.6g%s, but the usual step is %.6g; the "
            "times of the new rows continue with %s",
            by->where, step / unit, by->dates ? " days" : "", usual / unit,
            step > 0 ? "the last step" : "the last step that is not 0");
}

/* Returns the day of the month on which the times continue, 31 for last days; 0 = they do not
 * continue by months. The last rows determine it; if their days differ, the last two times do, if
 * both are first or both are last days. before: the time before that of row n - 1. */
static int day_of_months(const double *time, int64_t n, double before)
{
    const double pair[2] = {before, time[n - 1]};
    const int64_t recent = n < RECENT ? n : RECENT;
    const int day = plm_table_common_day(time + n - recent, recent),
              two = plm_table_common_day(pair, 2);
    return day > 0 ? day : two == 1 || two == 31 ? two : 0;
}

/* Continues the times. Months have different lengths, and working days have gaps, so both are
 * recognized and continued by the calendar; all other times continue by the last step that is
 * not 0. */
plm_status plm_series_continue(plm *w, const plm_series_by *by, double *time, int64_t n,
                               int64_t rows, bool told)
{
    const double last = time[n - 1];
    int64_t k = n - 2;
    while (k > 0 && time[k] >= last) /* no time goes on by steps of 0 */
        k--;
    const double before = time[k];
    const int day = by->dates ? day_of_months(time, n, before) : 0;
    double usual = 0;
    PLM_TRY(plm_series_usual(w, time, n, &usual));
    if (by->dates && plm_series_are_working_days(time, n, usual)) {
        add_working_days(last, rows, time + n);
        return PLM_OK;
    }
    if (told)
        warn_of_step(w, by, last - time[n - 2], usual, day > 0);
    for (int64_t i = 0; i < rows; i++)
        time[n + i] = day > 0 ? plm_table_next_month(before, last, (int)i + 1, day)
                              : last + (double)(i + 1) * (last - before);
    return PLM_OK;
}
