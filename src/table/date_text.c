/* Writes a time as text: 2024-12-31, with the time of day if it is not midnight. */
#include <math.h>
#include <stdio.h>

#include "table/store.h"

/* Writes the date of a day, counted from 1970-01-01: year, month and day of the calendar. The year
 * begins in March here, so that leap days come last. */
static void date_of(int64_t days, char out[PLM_DATE_TEXT])
{
    const int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
    const int64_t of_era = z - era * 146097;
    const int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    const int64_t march = (5 * of_year + 2) / 153, day = of_year - (153 * march + 2) / 5 + 1;
    const int64_t month = march < 10 ? march + 3 : march - 9;
    snprintf(out, PLM_DATE_TEXT, "%04d-%02d-%02d", (int)(year + era * 400 + (month <= 2)),
             (int)month, (int)day);
}

/* A time at midnight is written as a day alone. */
void plm_table_date_text(double seconds, char out[PLM_DATE_TEXT])
{
    const double days = floor(seconds / 86400);
    const int second = (int)(seconds - days * 86400);
    char day[PLM_DATE_TEXT];
    date_of((int64_t)days, day);
    snprintf(out, PLM_DATE_TEXT, "%.24s", day);
    if (second != 0)
        snprintf(out, PLM_DATE_TEXT, "%.24sT%02d:%02d:%02d", day, second / 3600, second / 60 % 60,
                 second % 60);
}
