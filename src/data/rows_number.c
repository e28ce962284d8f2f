/* The number in a cell of the fast reader. The end of the cell is known, so the digits are taken
 * from the last to the first, eight in one 64-bit word; three multiplications turn the word into a
 * number (plm_eight_value). */
#include <math.h>

#include "base/decimal.h"
#include "data/rows.h"
#include "kernel/scan.h"

enum {
    EIGHT = 8,
    HUNDRED_MILLION = 100000000,
    MOST_DIGITS = 19,  /* this many digits always fit in 64 bits */
    NO_POINT = 1 << 20 /* as the number of digits behind the point: there is no point */
};

/* eight digits '0' */
static const uint64_t zeros = UINT64_C(0x3030303030303030);

/* ---- numbers ---- */

/* Returns the last eight digits before `end`, the first of them in the lowest byte. If behind <
 * EIGHT, there is a point before the last `behind` digits; it is left out. */
static inline uint64_t last_eight(const char *end, size_t behind)
{
    const uint64_t eight = plm_eight_bytes(end - EIGHT);
    if (behind >= EIGHT)
        return eight;
    const uint64_t before = UINT64_MAX >> 8 * behind;
    return (plm_eight_bytes(end - EIGHT - 1) & before) | (eight & ~before);
}

/* Replaces all but the last `count` of eight digits by '0'; count: 1 to 8. */
static inline uint64_t with_zeros(uint64_t eight, size_t count)
{
    const unsigned before = (unsigned)(EIGHT - count) * 8;
    return eight >> before << before | (zeros & ((UINT64_C(1) << before) - 1));
}

/* *out = the whole number formed by the last `count` digits before `end`; count: 1 to 19. If behind
 * < NO_POINT, there is a point before the last `behind` digits; it is left out. False: one of the
 * bytes is not a digit. */
static inline bool read_digits(const char *end, size_t count, size_t behind, uint64_t *out)
{
    uint64_t scale = 1;
    *out = 0;
    for (;; scale *= HUNDRED_MILLION, count -= EIGHT) {
        uint64_t eight = last_eight(end, behind);
        if (count < EIGHT)
            eight = with_zeros(eight, count);
        if (!plm_eight_are_digits(eight))
            return false;
        *out += scale * plm_eight_value(eight);
        if (count <= EIGHT)
            return true;
        end -= behind < EIGHT ? EIGHT + 1 : EIGHT;
        behind = behind < EIGHT ? NO_POINT : behind - EIGHT;
    }
}

/* Returns the index of the first point in the first eight bytes; EIGHT = there is none. */
static inline size_t find_point(const char *text)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t x = plm_eight_bytes(text) ^ ones * '.';
    const uint64_t zero = (x - ones) & ~x & ones << 7;
    return zero == 0 ? EIGHT : plm_lowest_bit(zero) / 8;
}

/* Reads a decimal number in any form, with an exponent for instance. NaN = the text is no decimal
 * number, or one that takes strtod. The words inf and nan are not read here. */
static double read_any(const char *text, size_t length)
{
    plm_decimal d;
    double number = 0;
    if (plm_decimal_read(text, &d) == text + length && plm_decimal_double(&d, &number))
        return number;
    return (double)NAN;
}

/* Returns digits / 10^behind, with the sign, for numbers that plm_decimal_quick cannot do. NaN = it
 * takes strtod, which cells.h uses. */
static double read_long(uint64_t digits, size_t behind, bool negative)
{
    const plm_decimal d = {.digits = digits, .exponent = -(int64_t)behind, .negative = negative};
    double number = 0;
    return plm_decimal_double(&d, &number) ? number : (double)NAN;
}

/* Returns the number in text[0 .. length), which is the one that plm_cell_number finds. Numbers of
 * the form [-] digits [. digits], with at most 19 digits, are read eight digits at a time; all
 * others by read_any. */
double plm_rows_number(const char *text, size_t length)
{
    const bool negative = length > 0 && *text == '-';
    const size_t left = length - negative, point = find_point(text + negative);
    const bool has_point = point < EIGHT && point < left;
    const size_t count = left - has_point, behind = has_point ? left - point - 1 : 0;
    uint64_t digits = 0;
    double number = 0;
    if (count - 1 >= MOST_DIGITS ||
        !read_digits(text + length, count, has_point ? behind : NO_POINT, &digits))
        return read_any(text, length);
    if (!plm_decimal_quick(digits, -(int64_t)behind, negative, &number))
        return read_long(digits, behind, negative);
    return number;
}
