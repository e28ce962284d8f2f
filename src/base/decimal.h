/* Decimal numbers become the nearest doubles, as strtod finds them, many times faster. */
#ifndef PLM_BASE_DECIMAL_H
#define PLM_BASE_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

/* digits * 10^exponent, with its sign. */
typedef struct {
    uint64_t digits; /* the first ones, at most 19 */
    int64_t exponent;
    bool negative;
    bool more; /* others, not all of them 0, stood behind the last of the digits */
} plm_decimal;

/* Reads [+-] digits [. digits] [e [+-] digits], with a digit before or behind the point, and
 * returns where it ends: at the first byte that belongs to no such number. NULL = there is none. */
const char *plm_decimal_read(const char *text, plm_decimal *out);

/* The nearest double, ties to even, infinite where it is too large; false = that takes more than
 * 19 digits or 128 bits to tell, which is rare: ask strtod. */
bool plm_decimal_double(const plm_decimal *d, double *out);

/* ---- eight digits at once ---- */

/* Eight bytes, the first one lowest, whatever the machine's order is. */
static inline uint64_t plm_eight_bytes(const char *at)
{
    const unsigned char *p = (const unsigned char *)at;
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
           (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
           (uint64_t)p[7] << 56;
}

/* Are all eight of them digits? */
static inline bool plm_eight_are_digits(uint64_t eight)
{
    const uint64_t high = UINT64_C(0xF0F0F0F0F0F0F0F0), six = UINT64_C(0x0606060606060606);
    return ((eight & high) | ((eight + six) & high) >> 4) == UINT64_C(0x3333333333333333);
}

/* The number that eight digits stand for: neighbours become pairs, pairs fours, fours the eight. */
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
