/* Days and months of the Gregorian calendar: the date of a time, and how times continue by months.
 * A series by months continues on the same day of the month, for example the 15th or the last day.
 * In a shorter month, the last day is used instead: after the 30th of January comes the 28th or
 * 29th of February, then the 30th of March. */
#include <math.h>

#include "table/store.h"

static const double DAY = 86400;

/* Computes the number of days from 1970-01-01 to a date. Algorithm of Howard Hinnant,
 * "chrono-compatible low-level date algorithms", 2013: years begin in March, so that a leap day is
 * the last day of its year. */
int64_t plm_table_days(int year, int month, int day)
{
    const int64_t y = (int64_t)year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400;
    const int64_t of_era = y - era * 400;
    const int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

int plm_table_month_length(int year, int month)
{
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return length[month - 1] + (month == 2 && leap);
}

/* Computes the date at a time. Algorithm of Howard Hinnant, see plm_table_days: years begin in
 * March, so that leap days come last. */
plm_date plm_table_date(double seconds)
{
    const int64_t days = (int64_t)floor(seconds / DAY);
    const int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
    const int64_t of_era = z - era * 146097;
    const int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    const int64_t march = (5 * of_year + 2) / 153, day = of_year - (153 * march + 2) / 5 + 1;
    const int64_t month = march < 10 ? march + 3 : march - 9;
    return (plm_date){.year = (int)(year + era * 400 + (month <= 2)),
                      .month = (int)month,
                      .day = (int)day,
                      .rest = seconds - (double)days * DAY};
}

bool plm_table_first_of_month(double seconds)
{
    const plm_date d = plm_table_date(seconds);
    return d.day == 1 && d.rest == 0;
}

/* Returns the number of a month, counted from January of the year 0. */
static int month_of(plm_date d)
{
    return 12 * d.year + d.month - 1;
}

/* True if the time is the last day of its month. */
static bool is_last(plm_date d)
{
    return d.day == plm_table_month_length(d.year, d.month);
}

/* Finds the day of the month that all times have in common. The largest day is the candidate: each
 * other time must have the same day, or be the last day of a month that is too short for it. */
int plm_table_common_day(const double *time, int64_t n)
{
    const plm_date first = plm_table_date(time[0]);
    int day = first.day;
    bool last = is_last(first);
    for (int64_t i = 1; i < n; i++) {
        const plm_date d = plm_table_date(time[i]);
        if (d.rest != first.rest || month_of(d) <= month_of(plm_table_date(time[i - 1])))
            return 0;
        last = last && is_last(d);
        day = d.day > day ? d.day : day;
    }
    for (int64_t i = 0; i < n; i++) {
        const plm_date d = plm_table_date(time[i]);
        if (d.day < day && !is_last(d))
            return 0;
    }
    return last ? 31 : day;
}

/* Repeats the step between the last two times, in months, so that a quarterly series continues by
 * quarters. */
double plm_table_next_month(double before, double last, int steps, int day)
{
    const plm_date from = plm_table_date(last);
    const int month = month_of(from) + steps * (month_of(from) - month_of(plm_table_date(before)));
    const int year = (int)floor(month / 12.0), of_year = month - 12 * year + 1;
    const int length = plm_table_month_length(year, of_year);
    return (double)plm_table_days(year, of_year, day < length ? day : length) * DAY + from.rest;
}
