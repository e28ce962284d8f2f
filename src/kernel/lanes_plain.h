/* The vector functions of the kernels in plain C: types and functions for 16 lanes, in which the
 * kernels (*_body.h) are written; each instruction set has its own version. In plain C the lanes
 * are an array, and each lane is computed by itself. This file defines what every other version
 * must do: names and meanings are the same in all of them. An operation rounds once, as IEEE 754
 * says. min and max are a comparison and a choice, so the result is NaN if the second argument is
 * NaN, but not if only the first one is. Lanes that are not loaded are zero. */
#include <math.h>
#include <string.h>

/* Marks the functions of this file. The compiler may call them instead of inlining them, which
 * would take long to compile (20 s under a sanitizer instead of 2 s). */
#define PLAIN static __attribute__((unused))

typedef struct {
    plm_real lane[PLM_LANES];
} lanes;

/* The result of a comparison, lane by lane. */
typedef struct {
    bool lane[PLM_LANES];
} choice;

/* 16 sums in double. */
typedef struct {
    double lane[PLM_LANES];
} wide;

/* for each lane i */
#define PLM_EACH for (int i = 0; i < PLM_LANES; i++)

#ifdef PLM_DOUBLE
PLAIN plm_real number_fused(plm_real a, plm_real b, plm_real c)
{
    return fma(a, b, c);
}
#else
PLAIN plm_real number_fused(plm_real a, plm_real b, plm_real c)
{
    return fmaf(a, b, c);
}

/* The bits of a float as a number. */
PLAIN uint32_t number_bits(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* Returns the float with these bits. */
PLAIN float number_from_bits(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}
#endif

/* Loads 16 numbers; no alignment is needed. */
PLAIN lanes lanes_load(const plm_real *x)
{
    lanes y;
    PLM_EACH y.lane[i] = x[i];
    return y;
}

PLAIN void lanes_store(plm_real *y, lanes x)
{
    PLM_EACH y[i] = x.lane[i];
}

/* Loads the first `count` numbers, 0 <= count <= 16. The other lanes are 0, and memory after the
 * `count` numbers is not read. */
PLAIN lanes lanes_load_part(const plm_real *x, size_t count)
{
    lanes y;
    PLM_EACH y.lane[i] = (size_t)i < count ? x[i] : 0;
    return y;
}

/* Stores the first `count` lanes, 0 <= count <= 16, and writes nothing after them. */
PLAIN void lanes_store_part(plm_real *y, lanes x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        y[i] = x.lane[i];
}

/* Returns 16 lanes that are all x. */
PLAIN lanes lanes_fill(plm_real x)
{
    lanes y;
    PLM_EACH y.lane[i] = x;
    return y;
}

PLAIN lanes lanes_add(lanes a, lanes b)
{
    PLM_EACH a.lane[i] = a.lane[i] + b.lane[i];
    return a;
}

PLAIN lanes lanes_subtract(lanes a, lanes b)
{
    PLM_EACH a.lane[i] = a.lane[i] - b.lane[i];
    return a;
}

PLAIN lanes lanes_multiply(lanes a, lanes b)
{
    PLM_EACH a.lane[i] = a.lane[i] * b.lane[i];
    return a;
}

PLAIN lanes lanes_divide(lanes a, lanes b)
{
    PLM_EACH a.lane[i] = a.lane[i] / b.lane[i];
    return a;
}

/* Returns the square root, rounded once. (The root of a float in double, rounded to float, is the
 * same number.) */
PLAIN lanes lanes_sqrt(lanes x)
{
    PLM_EACH x.lane[i] = (plm_real)sqrt((double)x.lane[i]);
    return x;
}

/* Returns a * b + c, rounded once. */
PLAIN lanes lanes_fused(lanes a, lanes b, lanes c)
{
    PLM_EACH a.lane[i] = number_fused(a.lane[i], b.lane[i], c.lane[i]);
    return a;
}

/* Returns c - a * b, rounded once. */
PLAIN lanes lanes_fused_minus(lanes a, lanes b, lanes c)
{
    PLM_EACH a.lane[i] = number_fused(-a.lane[i], b.lane[i], c.lane[i]);
    return a;
}

/* Returns a > b ? a : b, lane by lane; so the result is b if a or b is NaN. */
PLAIN lanes lanes_max(lanes a, lanes b)
{
    PLM_EACH a.lane[i] = a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i];
    return a;
}

/* Returns a < b ? a : b, lane by lane; so the result is b if a or b is NaN. */
PLAIN lanes lanes_min(lanes a, lanes b)
{
    PLM_EACH a.lane[i] = a.lane[i] < b.lane[i] ? a.lane[i] : b.lane[i];
    return a;
}

PLAIN lanes lanes_absolute(lanes x)
{
    PLM_EACH x.lane[i] = (plm_real)fabs(x.lane[i]);
    return x;
}

/* Returns x, or 0 if |x| < PLM_TINY; a NaN stays NaN. */
PLAIN lanes lanes_flushed(lanes x)
{
    PLM_EACH x.lane[i] = plm_flushed(x.lane[i]);
    return x;
}

/* Returns factor x, or 0 if |x| < PLM_TINY; a NaN stays NaN. factor: finite, not below 0. */
PLAIN lanes lanes_multiply_flushed(lanes factor, lanes x)
{
    PLM_EACH x.lane[i] = plm_magnitude(x.lane[i]) < PLM_TINY ? 0 : factor.lane[i] * x.lane[i];
    return x;
}

PLAIN lanes lanes_negate(lanes x)
{
    PLM_EACH x.lane[i] = -x.lane[i];
    return x;
}

/* Returns |magnitude| with the sign of `sign`. */
PLAIN lanes lanes_with_sign(lanes magnitude, lanes sign)
{
    PLM_EACH magnitude.lane[i] = (plm_real)copysign(magnitude.lane[i], sign.lane[i]);
    return magnitude;
}

/* a < b lane by lane; false if one of them is NaN. */
PLAIN choice lanes_less(lanes a, lanes b)
{
    choice c;
    PLM_EACH c.lane[i] = a.lane[i] < b.lane[i];
    return c;
}

/* True in the first `count` lanes. */
PLAIN choice lanes_first(size_t count)
{
    choice c;
    PLM_EACH c.lane[i] = (size_t)i < count;
    return c;
}

/* Returns `yes` in lanes where c is true, and `no` elsewhere. */
PLAIN lanes lanes_pick(choice c, lanes yes, lanes no)
{
    PLM_EACH yes.lane[i] = c.lane[i] ? yes.lane[i] : no.lane[i];
    return yes;
}

#ifndef PLM_DOUBLE
/* Returns 2^n for a whole n from -126 to 127. t = n + 127 + 0x1.8p23; the lowest bits of t are the
 * exponent bits of 2^n. */
PLAIN lanes lanes_power_of_two(lanes t)
{
    PLM_EACH t.lane[i] = number_from_bits(number_bits(t.lane[i]) << 23);
    return t;
}

/* Returns x * 2^n for a whole n from -126 to 127. The caller gives n and t, since some instruction
 * sets need n and others t; t is the argument of lanes_power_of_two. */
PLAIN lanes lanes_scale(lanes x, lanes n, lanes t)
{
    (void)n;
    return lanes_multiply(x, lanes_power_of_two(t));
}

/* Returns x * 2^n for a whole n from -252 to 254 and an x near 1. t = n + 254 + 0x1.8p23. It
 * multiplies by two powers of two. The exponent bits of the first are half of n + 254, rounded
 * down; the second has the rest. The first product is exact, so the result is rounded once. */
PLAIN lanes lanes_scale_far(lanes x, lanes n, lanes t)
{
    (void)n;
    PLM_EACH
    {
        const uint32_t whole = number_bits(t.lane[i]), half = whole >> 1;
        x.lane[i] =
            x.lane[i] * number_from_bits(half << 23) * number_from_bits((whole - half) << 23);
    }
    return x;
}

/* Splits a normal x > 0 into m 2^e with sqrt(1/2) <= m < sqrt(2). Returns m, and sets *e.
 * 0x3F3504F3 are the bits of sqrt(1/2). */
PLAIN lanes lanes_split(lanes x, lanes *e)
{
    PLM_EACH
    {
        const int32_t offset = (int32_t)(number_bits(x.lane[i]) - 0x3F3504F3u);
        e->lane[i] = (float)(offset >> 23);
        x.lane[i] = number_from_bits(((uint32_t)offset & 0x7FFFFFu) + 0x3F3504F3u);
    }
    return x;
}
#endif

/* Returns the sum of the lanes, always in this order: lane i + lane (i + 8), then the same with 4,
 * 2 and 1. */
PLAIN plm_real lanes_fold_sum(lanes x)
{
    for (int half = PLM_LANES / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++)
            x.lane[i] = x.lane[i] + x.lane[i + half];
    return x.lane[0];
}

/* Returns the maximum of the lanes, in the order of lanes_fold_sum. */
PLAIN plm_real lanes_fold_max(lanes x)
{
    for (int half = PLM_LANES / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++)
            x.lane[i] = x.lane[i] > x.lane[i + half] ? x.lane[i] : x.lane[i + half];
    return x.lane[0];
}

PLAIN wide wide_zero(void)
{
    wide w;
    PLM_EACH w.lane[i] = 0;
    return w;
}

/* Adds 16 lanes to 16 sums in double. */
PLAIN wide wide_add(wide w, lanes x)
{
    PLM_EACH w.lane[i] = w.lane[i] + (double)x.lane[i];
    return w;
}

/* w + x^2. The square of a float is exact in double, so a fused multiply-add gives the same bits as
 * two steps. */
PLAIN wide wide_add_square(wide w, lanes x)
{
    PLM_EACH w.lane[i] = fma((double)x.lane[i], (double)x.lane[i], w.lane[i]);
    return w;
}

/* Returns the sum of 16 sums, in the order of lanes_fold_sum. */
PLAIN double wide_fold(wide w)
{
    for (int half = PLM_LANES / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++)
            w.lane[i] = w.lane[i] + w.lane[i + half];
    return w.lane[0];
}

/* Computes to[j][i] = from[i][j] for 16 x 16 numbers; strides in numbers. */
PLAIN void lanes_transpose(plm_real *to, size_t to_stride, const plm_real *from, size_t from_stride)
{
    for (size_t j = 0; j < PLM_LANES; j++)
        for (size_t i = 0; i < PLM_LANES; i++)
            to[j * to_stride + i] = from[i * from_stride + j];
}

/* ---- the counters of the generator Philox: a word of 8 counters, each in the lower half of 64
 * bits ---- */

typedef struct {
    uint64_t lane[PLM_LANES / 2];
} blocks;

#define PLM_EACH_BLOCK for (uint32_t i = 0; i < PLM_LANES / 2; i++)

/* The word x in all 8 blocks. */
PLAIN blocks blocks_fill(uint32_t x)
{
    blocks y;
    PLM_EACH_BLOCK y.lane[i] = x;
    return y;
}

/* The words first, first + 1, ..., first + 7. */
PLAIN blocks blocks_count(uint32_t first)
{
    blocks y;
    PLM_EACH_BLOCK y.lane[i] = first + i;
    return y;
}

/* The products of the words with a factor, each with all 64 bits. */
PLAIN blocks blocks_multiply(blocks a, uint32_t factor)
{
    PLM_EACH_BLOCK a.lane[i] = (a.lane[i] & 0xFFFFFFFFu) * factor;
    return a;
}

/* The exclusive or of the upper halves of the products, of c and of the key. */
PLAIN blocks blocks_mix(blocks product, blocks c, uint32_t key)
{
    PLM_EACH_BLOCK c.lane[i] ^= product.lane[i] >> 32 ^ key;
    return c;
}

/* Stores the lower halves of 8 words, 32 bits each. */
PLAIN void blocks_store(uint32_t *y, blocks x)
{
    PLM_EACH_BLOCK y[i] = (uint32_t)x.lane[i];
}

/* Ends every function that code outside of the kernels calls; registers.h says why. */
PLAIN void lanes_leave(void)
{
    PLM_CLEAN_BASE();
}
