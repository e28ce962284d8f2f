/* Reads the number in a cell of the fast reader, which knows where the cell ends
 * (base/digits.h). */
#include <math.h>

#include "base/digits.h"
#include "data/rows.h"

/* Reads a decimal number in any form, with an exponent for instance. NaN = the text is no decimal
 * number, or only strtod can read it exactly. The words inf and nan are not read here. */
static double read_any(const char *text, size_t length)
{
    plm_decimal d;
    double number = 0;
    if (plm_decimal_read(text, &d) == text + length && plm_decimal_double(&d, &number))
        return number;
    return (double)NAN;
}

/* Returns digits / 10^behind, with the sign, for numbers that plm_decimal_quick cannot do. NaN =
 * only strtod can read it exactly, which cells.h uses. */
static double read_long(uint64_t digits, size_t behind, bool negative)
{
    const plm_decimal d = {.digits = digits, .exponent = -(int64_t)behind, .negative = negative};
    double number = 0;
    return plm_decimal_double(&d, &number) ? number : (double)NAN;
}

/* Returns the number in text[0 .. length), the same one that plm_cell_number finds. Numbers of the
 * form [-] digits [. digits], with at most 19 digits, are read eight digits at a time; all others
 * by read_any. */
double plm_rows_number(const char *text, size_t length)
{
    const bool negative = length > 0 && *text == '-';
    const size_t left = length - negative, point = plm_digits_point(text + negative);
    const bool has_point = point < PLM_EIGHT && point < left;
    const size_t count = left - has_point, behind = has_point ? left - point - 1 : 0;
    uint64_t digits = 0;
    double number = 0;
    if (count - 1 >= PLM_MOST_DIGITS ||
        !plm_digits_read(text + length, count, has_point ? behind : PLM_NO_POINT, &digits))
        return read_any(text, length);
    if (!plm_decimal_quick(digits, -(int64_t)behind, negative, &number))
        return read_long(digits, behind, negative);
    return number;
}
