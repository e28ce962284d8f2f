/* Reads those numbers of cells that rows_number.c does not read: numbers of other forms or with
 * more than eight digits. They are in a separate file, so that the compiler keeps the function for
 * the usual cells short, without saved registers. */
#include <math.h>

#include "base/digits.h"
#include "data/rows.h"

/* Reads a decimal number in any form, for example with an exponent. NaN = the text is not a decimal
 * number, or only strtod can read it exactly. inf and nan are not read here. */
static double read_any(const char *text, size_t length)
{
    plm_decimal d;
    double number = 0;
    if (plm_decimal_read(text, &d) == text + length && plm_decimal_double(&d, &number))
        return number;
    return (double)NAN;
}

/* Returns digits / 10^behind, with the sign, for numbers for which plm_decimal_quick does not work.
 * NaN = only strtod, which cells.h uses, can read it exactly. */
static double read_long(uint64_t digits, size_t behind, bool negative)
{
    const plm_decimal d = {.digits = digits, .exponent = -(int64_t)behind, .negative = negative};
    double number = 0;
    return plm_decimal_double(&d, &number) ? number : (double)NAN;
}

/* See rows.h. */
double plm_rows_number_more(const char *text, size_t length, const plm_rows_digits *d)
{
    uint64_t digits = 0;
    double number = 0;
    if (d->count - 1 >= PLM_MOST_DIGITS ||
        !plm_digits_read(text + length, d->count, d->has_point ? d->behind : PLM_NO_POINT, &digits))
        return read_any(text, length);
    if (!plm_decimal_quick(digits, -(int64_t)d->behind, d->negative, &number))
        return read_long(digits, d->behind, d->negative);
    return number;
}
