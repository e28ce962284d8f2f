/* Dates that are written as whole numbers without marks: 20240131 is a day, 202401 a month. Such a
 * cell alone may be any number, so a column of them is dates only if the user says so, if it is the
 * time of a series, or if a model knows the column as dates. */
#include <math.h>

#include "table/series.h"

enum { FIRST_YEAR = 1800, LAST_YEAR = 2199 };

/* Computes the date of a number, in seconds since 1970. days: the number is YYYYMMDD, else YYYYMM.
 * NaN = the number is no date. */
static double date_of(double x, bool days)
{
    if (!(x >= 0 && x < 1e9 && floor(x) == x))
        return (double)NAN;
    const int number = (int)x, months = days ? number / 100 : number;
    const int year = months / 100, month = months % 100, day = days ? number % 100 : 1;
    if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > 12 || day < 1 ||
        day > plm_table_month_length(year, month))
        return (double)NAN;
    return (double)plm_table_days(year, month, day) * PLM_SECONDS_OF_DAY;
}

bool plm_number_is_date(double x)
{
    return !isnan(date_of(x, true)) || !isnan(date_of(x, false));
}

/* True if all cells that are not missing are such dates. */
static bool are_dates(const plm_store *t, const plm_raw_column *r, bool days)
{
    for (int64_t i = 0; i < t->rows; i++)
        if (!isnan(r->number[i]) && isnan(date_of(r->number[i], days)))
            return false;
    return r->texts == 0 && r->numbers > 0 && r->low < r->high;
}

bool plm_store_take_compact(plm_store *t, size_t column)
{
    plm_raw_column *r = &t->column[column];
    const bool days = are_dates(t, r, true);
    if (!days && !are_dates(t, r, false))
        return false;
    for (int64_t i = 0; i < t->rows; i++)
        r->number[i] = date_of(r->number[i], days);
    r->low = date_of(r->low, days);
    r->high = date_of(r->high, days);
    r->format = PLM_FORMAT_YMD;
    r->dates = r->numbers;
    r->numbers = r->whole = r->steps = 0;
    r->compact = true;
    return true;
}

void plm_schema_take_given(plm_schema *s, plm_store *t)
{
    for (size_t i = 0; i < s->columns; i++)
        if (s->column[i].given && s->column[i].type == PLM_COLUMN_DATE &&
            plm_store_take_compact(t, i))
            s->column[i].format = PLM_FORMAT_YMD;
}

/* True if the column of a schema has dates with the year first, as inputs or as the times of a
 * series. */
static bool has_dates(const plm_column *c)
{
    return c->format == PLM_FORMAT_YMD && c->lag == 0 &&
           (c->encoding == PLM_ENCODE_DATE || c->time);
}

void plm_schema_take_compact(const plm_schema *s, plm_store *t, const size_t *place)
{
    for (size_t i = 0; i < s->columns; i++)
        if (place[i] != SIZE_MAX && has_dates(&s->column[i]))
            plm_store_take_compact(t, place[i]);
}
