/* Reads the number in a cell of the fast reader, which knows where the cell ends
 * (base/digits.h). */
#include "base/digits.h"
#include "data/rows.h"

/* Returns the number in text[0 .. length), the same that plm_cell_number returns. Numbers of the
 * form [-] digits [. digits], with at most 19 digits, are read eight digits at a time; all others
 * by plm_rows_number_more. Up to eight digits, which most cells have, need no loop. */
double plm_rows_number(const char *text, size_t length)
{
    const bool negative = length > 0 && *text == '-';
    const size_t left = length - negative, point = plm_digits_point(text + negative);
    const bool has_point = point < PLM_EIGHT && point < left;
    const size_t count = left - has_point, behind = has_point ? left - point - 1 : 0;
    double number = 0;
    if (count - 1 < PLM_EIGHT) {
        const uint64_t eight = plm_digits_cut(
            plm_digits_last(text + length, has_point ? behind : PLM_NO_POINT), count);
        if (plm_eight_are_digits(eight) &&
            plm_decimal_quick(plm_eight_value(eight), -(int64_t)behind, negative, &number))
            return number;
    }
    return plm_rows_number_more(text, length,
                                &(plm_rows_digits){count, behind, has_point, negative});
}
