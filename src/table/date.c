/* Reads dates and times, and finds their place in the year, the week and the day.
 * Days are counted by the Gregorian calendar, also before 1582. The order of day and month in
 * "1/2/2024" is not known, so dates with slashes are taken only with the year in front. */
#include <math.h>
#include <string.h>

#include "table/store.h"

enum { DAY = 86400, HOUR = 3600, MINUTE = 60 };

/* Reads a whole number of low to high digits; false = there is none. */
static bool digits(const char **s, int low, int high, int *out)
{
    int n = 0;
    for (*out = 0; n < high && **s >= '0' && **s <= '9'; n++)
        *out = 10 * *out + (*(*s)++ - '0');
    return n >= low;
}

/* Returns the number of days from 1970-01-01 to a date (Howard Hinnant, "chrono-compatible
 * low-level date algorithms", 2013): years begin in March, so that a leap day is the last one. */
static int64_t days_of(int year, int month, int day)
{
    const int64_t y = (int64_t)year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400;
    const int64_t of_era = y - era * 400;
    const int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* True if the day exists. */
static bool exists(int year, int month, int day)
{
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month >= 1 && month <= 12 && day >= 1 && day <= length[month - 1] + (month == 2 && leap);
}

/* Reads "2024-01-31", "2024/01/31", "2024-01" or "31.12.2024". */
static bool read_day(const char **s, int *year, int *month, int *day)
{
    const char *start = *s;
    *day = 1;
    if (digits(s, 4, 4, year) && (**s == '-' || **s == '/')) {
        const char mark = *(*s)++;
        if (!digits(s, 1, 2, month))
            return false;
        if (**s != mark)
            return mark == '-';
        ++*s;
        return digits(s, 1, 2, day);
    }
    *s = start;
    return digits(s, 1, 2, day) && *(*s)++ == '.' && digits(s, 1, 2, month) && *(*s)++ == '.' &&
           digits(s, 4, 4, year);
}

/* Reads "12:30", "12:30:05" or "12:30:05.250", and ignores a Z behind it. */
static bool read_time(const char **s, double *seconds)
{
    int hour = 0, minute = 0, second = 0;
    double unit = 0.1;
    if (!digits(s, 1, 2, &hour) || *(*s)++ != ':' || !digits(s, 2, 2, &minute))
        return false;
    if (**s == ':') {
        ++*s;
        if (!digits(s, 2, 2, &second))
            return false;
    }
    *seconds = hour * HOUR + minute * MINUTE + second;
    if (**s == '.')
        for (++*s; **s >= '0' && **s <= '9'; unit /= 10)
            *seconds += unit * (*(*s)++ - '0');
    *s += **s == 'Z';
    return hour < 24 && minute < 60 && second <= 60;
}

bool plm_table_date(const char *cell, double *seconds)
{
    int year = 0, month = 0, day = 0;
    double time = 0;
    const char *s = cell;
    if (*s < '0' || *s > '9' || !read_day(&s, &year, &month, &day) || !exists(year, month, day))
        return false;
    if (*s == ' ' || *s == 'T') {
        s++;
        if (!read_time(&s, &time))
            return false;
    }
    *seconds = (double)days_of(year, month, day) * DAY + time;
    return *s == '\0';
}

/* Returns x modulo m, from 0 to below m. */
static double remainder_of(double x, double m)
{
    return x - m * floor(x / m);
}

plm_date_parts plm_table_date_parts(double seconds)
{
    const double year = 365.2425 * DAY; /* the mean year of the calendar */
    return (plm_date_parts){.year = remainder_of(seconds, year) / year,
                            /* 1970-01-01 was a Thursday */
                            .week = remainder_of(floor(seconds / DAY) + 3, 7) / 7,
                            .day = remainder_of(seconds, DAY) / DAY};
}

/* Counts from the month that begins next to the mean length of the months before it. */
bool plm_table_first_of_month(double seconds)
{
    const double month = floor(seconds / DAY / (365.2425 / 12) + 0.5);
    const int number = (int)month, year = 1970 + (int)floor(month / 12);
    return (double)days_of(year, 1 + number - 12 * (year - 1970), 1) * DAY == seconds;
}

/* Sums the series of sine and cosine. Terms up to x^29 are enough for an angle below pi. */
void plm_table_turn(double share, double *sine, double *cosine)
{
    const double turn = 6.283185307179586;
    const double x = (share > 0.5 ? share - 1 : share) * turn;
    double term = 1;
    *sine = 0;
    *cosine = 0;
    for (int n = 0; n < 30; n++) {
        double *sum = n % 2 == 0 ? cosine : sine;
        *sum += n / 2 % 2 == 0 ? term : -term;
        term *= x / (n + 1);
    }
}
