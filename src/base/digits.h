/* Reads the digits of a text from the last to the first, eight in one 64-bit word; three
 * multiplications turn the word into a number (plm_eight_value). The end of the text must be known.
 * Eight bytes before the text and after it must be readable; their values do not matter. */
#ifndef PLM_BASE_DIGITS_H
#define PLM_BASE_DIGITS_H

#include <stddef.h>

#include "base/decimal.h"

/* Constants for digits that are read eight at a time. */
enum {
    PLM_EIGHT = 8,
    PLM_HUNDRED_MILLION = 100000000,
    PLM_MOST_DIGITS = 19,  /* maximum number of digits that always fit in 64 bits */
    PLM_NO_POINT = 1 << 20 /* value of `behind` below that means: there is no decimal point */
};

/* Returns the last eight digits before `end`, the first of them in the lowest byte. behind: number
 * of digits after the decimal point, which is then skipped. If it is 8 or more, there is no point
 * among the last eight bytes. */
static inline uint64_t plm_digits_last(const char *end, size_t behind)
{
    const uint64_t eight = plm_eight_bytes(end - PLM_EIGHT);
    if (behind >= PLM_EIGHT)
        return eight;
    const uint64_t before = UINT64_MAX >> 8 * behind;
    return (plm_eight_bytes(end - PLM_EIGHT - 1) & before) | (eight & ~before);
}

/* Replaces all but the last `count` of eight digits by '0'; count: 1 to 8. */
static inline uint64_t plm_digits_cut(uint64_t eight, size_t count)
{
    const uint64_t zeros = UINT64_C(0x3030303030303030); /* eight digits '0' */
    const unsigned before = (unsigned)(PLM_EIGHT - count) * 8;
    return eight >> before << before | (zeros & ((UINT64_C(1) << before) - 1));
}

/* Sets *out to the whole number formed by the last `count` digits before `end`; count: 1 to
 * PLM_MOST_DIGITS. behind: number of digits after the decimal point, which is skipped; PLM_NO_POINT
 * = there is no point. Returns false if one of the bytes is not a digit. */
static inline bool plm_digits_read(const char *end, size_t count, size_t behind, uint64_t *out)
{
    uint64_t scale = 1;
    *out = 0;
    for (;; scale *= PLM_HUNDRED_MILLION, count -= PLM_EIGHT) {
        uint64_t eight = plm_digits_last(end, behind);
        if (count < PLM_EIGHT)
            eight = plm_digits_cut(eight, count);
        if (!plm_eight_are_digits(eight))
            return false;
        *out += scale * plm_eight_value(eight);
        if (count <= PLM_EIGHT)
            return true;
        end -= behind < PLM_EIGHT ? PLM_EIGHT + 1 : PLM_EIGHT;
        behind = behind < PLM_EIGHT ? PLM_NO_POINT : behind - PLM_EIGHT;
    }
}

/* Returns the index of the first point in the first eight bytes; PLM_EIGHT = there is none. */
static inline size_t plm_digits_point(const char *text)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t x = plm_eight_bytes(text) ^ ones * '.';
    uint64_t zero = (x - ones) & ~x & ones << 7;
    if (zero == 0)
        return PLM_EIGHT;
#if defined(__GNUC__)
    return (size_t)__builtin_ctzll(zero) / 8;
#else
    size_t at = 0;
    for (; (zero & 0x80) == 0; zero >>= 8)
        at++;
    return at;
#endif
}

#endif
