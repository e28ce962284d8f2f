/* Reads plain numbers quickly: the cells of a table of numbers. Internal to the store of raw
 * columns. */
#ifndef PLM_TABLE_PLAIN_H
#define PLM_TABLE_PLAIN_H

#include <math.h>

#include "base/digits.h"

/* A plain number. */
typedef struct {
    double number;
    bool point; /* it has decimals */
    /* true = the number has three decimals, as in 1.234, so its point may separate thousands */
    bool group;
} plm_plain;

/* Reads digits from *s on, and appends them to the number *digits. */
static inline void plm_plain_digits(const char **s, const char *end, uint64_t *digits)
{
    for (; *s < end && (unsigned char)(**s - '0') < 10; ++*s)
        *digits = 10 * *digits + (unsigned char)(**s - '0');
}

/* Sets the number digits / 10^behind. */
static inline bool plm_plain_decimals(uint64_t digits, size_t behind, bool negative, double *out)
{
    const plm_decimal d = {.digits = digits, .exponent = -(int64_t)behind, .negative = negative};
    return plm_decimal_quick(digits, d.exponent, negative, out) || plm_decimal_double(&d, out);
}

/* Reads a plain number digit by digit; plm_plain_number calls it for more than seven digits before
 * the point. */
static inline bool plm_plain_long(const char *s, size_t n, plm_plain *out)
{
    enum { WHOLE = 15 };
    const char *const end = s + n;
    const bool negative = n > 0 && *s == '-';
    const char *const first = s + negative, *point = first;
    uint64_t digits = 0;
    plm_plain_digits(&point, end, &digits);
    const size_t whole = (size_t)(point - first);
    if (whole - 1 >= WHOLE || (whole > 1 && *first == '0') || point == end || *point != '.')
        return false;
    const char *at = point + 1;
    plm_plain_digits(&at, end, &digits);
    const size_t behind = (size_t)(at - point) - 1;
    if (at != end || behind - 1 >= PLM_MOST_DIGITS - whole)
        return false;
    out->point = true;
    return plm_plain_decimals(digits, behind, negative, &out->number);
}

/* True for numbers whose text may mean more than its value: with leading zeros, such as 007, or
 * with more than 15 digits and no decimals, such as an account number. Also true for texts with too
 * many digits, or without digits. */
static inline bool plm_plain_is_odd(const char *first, size_t whole, size_t behind)
{
    enum { WHOLE = 15 };
    return whole - 1 >= PLM_MOST_DIGITS || whole + behind > PLM_MOST_DIGITS ||
           (whole > 1 && *first == '0') || (behind == 0 && whole > WHOLE);
}

/* Reads [-] digits [. digits]. Returns false for other texts, and for numbers for which
 * plm_plain_is_odd is true. The text has the readable margins that base/digits.h requires. */
static inline bool plm_plain_number(const char *s, size_t n, plm_plain *out)
{
    const bool negative = n > 0 && *s == '-';
    const char *const first = s + negative;
    const size_t left = n - negative, at = plm_digits_point(first);
    const bool point = at < PLM_EIGHT && at + 1 < left;
    const size_t whole = point ? at : left, behind = point ? left - at - 1 : 0;
    uint64_t digits = 0;
    *out = (plm_plain){.point = point};
    if (plm_plain_is_odd(first, whole, behind))
        return false;
    if (!plm_digits_read(s + n, whole + behind, point ? behind : PLM_NO_POINT, &digits))
        return left > PLM_EIGHT && plm_plain_long(s, n, out);
    out->group = behind == 3 && whole <= 3 && *first != '0';
    return plm_plain_decimals(digits, behind, negative, &out->number);
}

/* True if a finite number is whole. It avoids floor, which is a function call on many machines. */
static inline bool plm_plain_is_whole(double x)
{
    return fabs(x) >= 0x1p53 || x == (double)(int64_t)x;
}

/* Reads a number with an exponent, or without digits on one side of its point: 1e-3, .5, 5. */
static inline bool plm_plain_other(const char *s, size_t n, double *out)
{
    plm_decimal d;
    const bool minus = *s == '-';
    bool odd = s[minus] == '.' || s[n - 1] == '.';
    if (s[minus] != '.' && (s[minus] < '0' || s[minus] > '9'))
        return false;
    for (size_t i = 0; i < n && !odd; i++)
        odd = s[i] == 'e' || s[i] == 'E';
    return odd && plm_decimal_read(s, &d) == s + n && plm_decimal_double(&d, out) && isfinite(*out);
}

#endif
