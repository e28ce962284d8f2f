/* Converts decimal numbers to doubles. The digits are multiplied by the first 128 bits of 5^q. The
 * product determines the nearest double, except in very rare cases, which can be detected (Lemire,
 * "Number Parsing at a Gigabyte per Second", 2021, sections 5 to 9, after Eisel). */
#include "base/decimal.h"

#include <string.h>

#include "base/powers_of_five.h"

/* Maximum number of digits that always fit into 64 bits. */
enum { MAX_DIGITS = 19 };
/* A double has FRACTION bits after its leading 1. Its exponent is stored with BIAS added;
 * MAX_EXPONENT stands for infinity. */
enum { FRACTION = 52, BIAS = 1023, MAX_EXPONENT = 2047 };

/* ---- 128 bits ---- */

/* A product of two 64-bit numbers. */
typedef struct {
    uint64_t high, low;
} product;

#if defined(__SIZEOF_INT128__)
__extension__ typedef unsigned __int128 wide;

/* Returns all 128 bits of a * b. */
static product multiply(uint64_t a, uint64_t b)
{
    const wide all = (wide)a * b;
    return (product){(uint64_t)(all >> 64), (uint64_t)all};
}
#else
/* Returns all 128 bits of a * b, from four products of 32-bit halves. */
static product multiply(uint64_t a, uint64_t b)
{
    const uint64_t half = UINT64_C(0xFFFFFFFF);
    const uint64_t low = (a & half) * (b & half), left = (a >> 32) * (b & half);
    const uint64_t right = (a & half) * (b >> 32), high = (a >> 32) * (b >> 32);
    const uint64_t middle = (low >> 32) + (left & half) + (right & half);
    return (product){high + (left >> 32) + (right >> 32) + (middle >> 32),
                     middle << 32 | (low & half)};
}
#endif

/* Returns the number of zero bits before the highest bit that is set; x > 0. */
static int leading_zeros(uint64_t x)
{
#if defined(__GNUC__)
    return __builtin_clzll(x);
#else
    int zeros = 0;
    for (; x >> 63 == 0; x <<= 1)
        zeros++;
    return zeros;
#endif
}

/* Returns the highest 128 bits of w * 5^q, where w >= 2^63. The table has 128 bits of 5^q in two
 * words. The product with the lower word is needed only if the lowest 9 bits of the high word,
 * which `nearest` cuts off, are all ones: only then can a carry change the bits above them. */
static product times_power(uint64_t w, int64_t q)
{
    const uint64_t *power = plm_powers_of_five + 2 * (q - PLM_LOWEST_POWER);
    product p = multiply(w, power[0]);
    if ((p.high & 0x1FF) == 0x1FF) {
        const product rest = multiply(w, power[1]);
        p.low += rest.high;
        p.high += rest.high > p.low;
    }
    return p;
}

/* ---- the nearest double ---- */

/* Returns floor(q * log2(10)) for the powers of the table. 217706 / 65536 is slightly above
 * log2(10). */
static int64_t power_of_two(int64_t q)
{
    const int64_t above_zero = 2000;
    return ((217706 * q + (above_zero << 16)) >> 16) - above_zero;
}

/* Removes the extra bit of a fraction and rounds to nearest; half is rounded up. */
static uint64_t rounded(uint64_t fraction)
{
    return (fraction + (fraction & 1)) >> 1;
}

/* Returns the bits of a subnormal number. shift: the number of bits that its fraction loses,
 * because its exponent is below the smallest one. */
static uint64_t subnormal(uint64_t fraction, int64_t shift)
{
    return shift >= 64 ? 0 : rounded(fraction >> shift);
}

/* True if the number is exactly in the middle between two doubles, which is possible only for
 * powers of ten from -4 to 23. p: the product of the digits and 5^q. behind: the bits of p that
 * `nearest` has cut off. */
static bool is_tie(product p, int64_t q, uint64_t behind)
{
    return p.low <= 1 && q >= -4 && q <= 23 && behind == 0;
}

/* Computes the bits of digits * 10^q as a double. q is in the table and digits > 0. False = 128
 * bits are not enough to decide.
 * The digits are shifted until their highest bit is set, then multiplied by 5^q. The highest bits
 * of the product are the fraction, with one extra bit for rounding. The exponent follows from the
 * shift and from q. */
static bool nearest(uint64_t digits, int64_t q, uint64_t *bits)
{
    const int zeros = leading_zeros(digits);
    const product p = times_power(digits << zeros, q);
    if (p.low == UINT64_MAX && (q < -27 || q > 55))
        return false;
    const int top = (int)(p.high >> 63), shift = top + 64 - FRACTION - 3;
    const int64_t exponent = power_of_two(q) + 63 + top - zeros + BIAS;
    uint64_t fraction = p.high >> shift;
    if (exponent <= 0) {
        *bits = subnormal(fraction, 1 - exponent);
        return true;
    }
    if ((fraction & 3) == 1 && is_tie(p, q, p.high ^ fraction << shift))
        fraction &= ~UINT64_C(1); /* a tie, of which the lower double is even */
    /* The leading 1 of the fraction is bit FRACTION, so adding the fraction raises the exponent by
     * 1. If rounding makes the fraction 2, it raises the exponent by 2, as it must. */
    const uint64_t rest = rounded(fraction), largest = (uint64_t)MAX_EXPONENT << FRACTION;
    const uint64_t all = ((uint64_t)(exponent - 1) << FRACTION) + rest;
    *bits = all < largest ? all : largest;
    return true;
}

/* Computes the bits of digits * 10^q as a double, for any digits and any q. If q is below the
 * powers of the table, the result is 0; if q is above them, it is infinity. False = 128 bits are
 * not enough to decide. */
static bool find_bits(uint64_t digits, int64_t q, uint64_t *bits)
{
    *bits = 0;
    if (digits == 0 || q < PLM_LOWEST_POWER)
        return true;
    *bits = (uint64_t)MAX_EXPONENT << FRACTION;
    return q > PLM_HIGHEST_POWER || nearest(digits, q, bits);
}

/* Finds the nearest double. If digits were left out (`more`), the number is between `digits` and
 * `digits` + 1: if these two have the same nearest double, it is the nearest double of the number.
 * Digits below 2^53 with powers of ten up to 22 seldom get here: plm_decimal_quick converts
 * them. */
bool plm_decimal_double(const plm_decimal *d, double *out)
{
    const int64_t q = d->exponent;
    uint64_t bits = 0, above = 0;
    if (!find_bits(d->digits, q, &bits))
        return false;
    if (d->more && (!find_bits(d->digits + 1, q, &above) || above != bits))
        return false;
    bits |= (uint64_t)d->negative << 63;
    memcpy(out, &bits, sizeof *out);
    return true;
}

/* ---- text ---- */

/* True for a digit. isdigit is not used because it depends on the locale. */
static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads the digits before the point or, if `behind`, after it. *kept counts the digits stored in d,
 * from the first that is not 0. Digits beyond MAX_DIGITS change only the exponent; they set d->more
 * if one of them is not 0. Returns the position after the digits. */
static const char *read_digits(const char *at, bool behind, plm_decimal *d, int *kept)
{
    for (; is_digit(*at); at++) {
        const unsigned digit = (unsigned)(*at - '0');
        if (*kept < MAX_DIGITS) {
            d->digits = d->digits * 10 + digit;
            d->exponent -= behind;
            *kept += d->digits > 0;
        } else {
            d->more = d->more || digit > 0;
            d->exponent += !behind;
        }
    }
    return at;
}

/* Reads the exponent that begins with the e at `at`. If no digit follows, the e is not part of the
 * number. Returns the position after the number. */
static const char *read_exponent(const char *at, plm_decimal *d)
{
    const int64_t limit = INT64_C(10000000000000000);
    const char *digit = at + 1 + (at[1] == '-' || at[1] == '+');
    int64_t exponent = 0;
    if (!is_digit(*digit))
        return at;
    for (; is_digit(*digit); digit++)
        if (exponent < limit)
            exponent = exponent * 10 + (*digit - '0');
    d->exponent += at[1] == '-' ? -exponent : exponent;
    return digit;
}

/* Reads sign, digits, point and exponent in turn. A point is part of the number if a digit comes
 * before or after it. */
const char *plm_decimal_read(const char *text, plm_decimal *out)
{
    int kept = 0;
    *out = (plm_decimal){.negative = *text == '-'};
    const char *first = text + (*text == '-' || *text == '+');
    const char *at = read_digits(first, false, out, &kept);
    const bool before = at > first;
    if (*at == '.' && (before || is_digit(at[1])))
        at = read_digits(at + 1, true, out, &kept);
    else if (!before)
        return NULL;
    return *at == 'e' || *at == 'E' ? read_exponent(at, out) : at;
}
