/* Decimals to doubles. The digits times the first 128 bits of 5^q tell the nearest double, but for
 * cases that hardly ever occur and can be seen (Lemire, "Number Parsing at a Gigabyte per Second",
 * 2021, sections 5 to 9, after Eisel). */
#include "base/decimal.h"

#include <string.h>

#include "base/powers_of_five.h"

enum { MOST_DIGITS = 19 };
enum { FRACTION = 52, BIAS = 1023, LARGEST_EXPONENT = 2047 };

/* ---- 128 bits ---- */

typedef struct {
    uint64_t high, low;
} product;

#if defined(__SIZEOF_INT128__)
__extension__ typedef unsigned __int128 wide;

static product multiply(uint64_t a, uint64_t b)
{
    const wide all = (wide)a * b;
    return (product){(uint64_t)(all >> 64), (uint64_t)all};
}
#else
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

/* Zeros before the highest bit that is set; x > 0. */
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

/* The highest 128 bits of w * 5^q, w >= 2^63. The lower word of 5^q matters only where the bits
 * behind those that are kept are all ones, so that it may carry into them. */
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

/* floor(q * log2(10)) for the powers of the table: 217706 / 65536 is a little more than
 * log2(10). */
static int64_t power_of_two(int64_t q)
{
    const int64_t above_zero = 2000;
    return ((217706 * q + (above_zero << 16)) >> 16) - above_zero;
}

/* A fraction with one bit more than it keeps, to nearest, upwards at half. */
static uint64_t rounded(uint64_t fraction)
{
    return (fraction + (fraction & 1)) >> 1;
}

/* The bits of a number below the normal ones; shift: how far its fraction lies below them. */
static uint64_t subnormal(uint64_t fraction, int64_t shift)
{
    return shift >= 64 ? 0 : rounded(fraction >> shift);
}

/* Does the number lie exactly between two doubles? Only these powers of ten can; the fraction has
 * one bit more than it keeps, and `behind` are the bits that it leaves out. */
static bool is_tie(product p, int64_t q, uint64_t behind)
{
    return p.low <= 1 && q >= -4 && q <= 23 && behind == 0;
}

/* The bits of digits * 10^q as a double, q in the table, digits > 0; false = 128 bits do not
 * tell. */
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
        fraction &= ~UINT64_C(1); /* the lower one is even */
    /* the leading bit, 1, adds 1 to the exponent, and so does a fraction that becomes 2 */
    const uint64_t rest = rounded(fraction), largest = (uint64_t)LARGEST_EXPONENT << FRACTION;
    const uint64_t all = ((uint64_t)(exponent - 1) << FRACTION) + rest;
    *bits = all < largest ? all : largest;
    return true;
}

/* The same for any digits and any q. */
static bool find_bits(uint64_t digits, int64_t q, uint64_t *bits)
{
    *bits = 0;
    if (digits == 0 || q < PLM_LOWEST_POWER)
        return true;
    *bits = (uint64_t)LARGEST_EXPONENT << FRACTION;
    return q > PLM_HIGHEST_POWER || nearest(digits, q, bits);
}

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

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A run of digits, behind the point or before it; *kept counts those that are in d, from the first
 * that is not 0. */
static const char *read_digits(const char *at, bool behind, plm_decimal *d, int *kept)
{
    for (; is_digit(*at); at++) {
        const unsigned digit = (unsigned)(*at - '0');
        if (*kept < MOST_DIGITS) {
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

/* What stands behind an e; at stays at the e where no digit follows. */
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
