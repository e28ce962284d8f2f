/* Converts decimal numbers to the nearest doubles, as strtod does, many times faster. */
#ifndef PLM_BASE_DECIMAL_H
#define PLM_BASE_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The number digits * 10^exponent, with a sign. */
typedef struct {
    uint64_t digits; /* the first digits, at most 19 */
    int64_t exponent;
    bool negative;
    bool more; /* true = more digits followed, not all of them 0 */
} plm_decimal;

/* Reads [+-] digits [. digits] [e [+-] digits], with a digit before or after the point. Returns
 * the first byte after the number; NULL = there is no number. */
const char *plm_decimal_read(const char *text, plm_decimal *out);

/* Converts a decimal number to the nearest double, ties to even; infinite if the number is too
 * large. Returns false in the rare cases that need more than 19 digits or 128 bits: then use
 * strtod. */
bool plm_decimal_double(const plm_decimal *d, double *out);

/* Converts a decimal number whose digits are below 2^53 and whose power of ten is from -22 to 22.
 * Digits and power are then exact doubles, so one multiplication or division gives the nearest
 * double (Clinger, "How to Read Floating Point Numbers Accurately", 1990). Returns false for other
 * numbers. */
static inline bool plm_decimal_quick(uint64_t digits, int64_t exponent, bool negative, double *out)
{
    enum { EXACT_BITS = 53, EXACT_POWER = 22 };
    static const double power[EXACT_POWER + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                  1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (digits >> EXACT_BITS != 0 || exponent < -EXACT_POWER || exponent > EXACT_POWER)
        return false;
    const double whole = (double)(int64_t)digits;
    const double value = exponent < 0 ? whole / power[-exponent] : whole * power[exponent];
    uint64_t bits; /* the sign is set without a branch, which the CPU would often predict wrong */
    memcpy(&bits, &value, sizeof bits);
    bits |= (uint64_t)negative << 63;
    memcpy(out, &bits, sizeof *out);
    return true;
}

/* Converts by plm_decimal_quick if that can, else by plm_decimal_double. False = use strtod. */
static inline bool plm_decimal_value(const plm_decimal *d, double *out)
{
    return (!d->more && plm_decimal_quick(d->digits, d->exponent, d->negative, out)) ||
           plm_decimal_double(d, out);
}

/* ---- eight digits at once ---- */

/* Loads eight bytes into a word, the first byte into the lowest bits, whatever the machine's byte
 * order is. */
static inline uint64_t plm_eight_bytes(const char *at)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t eight; /* compilers do not always see that the loop below is one load */
    memcpy(&eight, at, sizeof eight);
#else
    uint64_t eight = 0;
    for (int i = 0; i < 8; i++)
        eight |= (uint64_t)(unsigned char)at[i] << 8 * i;
#endif
    return eight;
}

/* True if all eight bytes are digits. Digits are 0x30 to 0x39, the only bytes whose upper half is 3
 * and stays 3 when 6 is added. */
static inline bool plm_eight_are_digits(uint64_t eight)
{
    const uint64_t high = UINT64_C(0xF0F0F0F0F0F0F0F0), six = UINT64_C(0x0606060606060606);
    return ((eight & high) | ((eight + six) & high) >> 4) == UINT64_C(0x3333333333333333);
}

/* Returns the number that eight digits stand for; eight: the digits as loaded by plm_eight_bytes.
 * Neighbouring digits are combined into two-digit numbers, these into four-digit numbers, and these
 * into the result. */
static inline uint64_t plm_eight_value(uint64_t eight)
{
    eight -= UINT64_C(0x3030303030303030);
    eight = eight * 10 + (eight >> 8);
    const uint64_t pairs = UINT64_C(0x000000FF000000FF);
    const uint64_t outer = (eight & pairs) * (100 + (UINT64_C(1000000) << 32));
    const uint64_t inner = (eight >> 16 & pairs) * (1 + (UINT64_C(10000) << 32));
    return (outer + inner) >> 32 & UINT64_C(0xFFFFFFFF);
}

#endif
