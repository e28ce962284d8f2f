/* Reads plain numbers quickly: the cells of a table of numbers. Only for the store. */
#ifndef PLM_TABLE_PLAIN_H
#define PLM_TABLE_PLAIN_H

#include <math.h>

#include "base/decimal.h"

/* A plain number. */
typedef struct {
    double number;
    bool point; /* it has decimals */
    bool group; /* it has three decimals, as in 1.234, so the point may separate thousands */
} plm_plain;

/* Reads the digits of a number from *s on; *digits grows by them. */
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

/* Reads [-] digits [. digits]. Returns false for other texts, and for numbers whose text may mean
 * more than its value: with zeros in front, as 007, or with more than 15 digits and no decimals. */
static inline bool plm_plain_number(const char *s, size_t n, plm_plain *out)
{
    enum { WHOLE = 15, ALL = 19 };
    const char *const end = s + n;
    const bool negative = n > 0 && *s == '-';
    const char *const first = s + negative, *point = first;
    uint64_t digits = 0;
    plm_plain_digits(&point, end, &digits);
    const size_t whole = (size_t)(point - first);
    if (whole - 1 >= WHOLE || (whole > 1 && *first == '0'))
        return false;
    *out = (plm_plain){.number = negative ? -(double)(int64_t)digits : (double)(int64_t)digits};
    if (point == end)
        return true;
    const char *at = point + 1;
    plm_plain_digits(&at, end, &digits);
    const size_t behind = (size_t)(at - point) - 1;
    if (at != end || *point != '.' || behind - 1 >= ALL - whole)
        return false;
    out->point = true;
    out->group = behind == 3 && whole <= 3 && *first != '0';
    return plm_plain_decimals(digits, behind, negative, &out->number);
}

/* Reads a number with an exponent, or with no digit on one side of its point: 1e-3, .5, 5. */
static inline bool plm_plain_other(const char *s, size_t n, double *out)
{
    plm_decimal d;
    const bool minus = *s == '-';
    bool odd = s[minus] == '.' || s[n - 1] == '.';
    for (size_t i = 0; i < n && !odd; i++)
        odd = s[i] == 'e' || s[i] == 'E';
    return odd && *s != '+' && plm_decimal_read(s, &d) == s + n && plm_decimal_double(&d, out) &&
           isfinite(*out);
}

#endif
