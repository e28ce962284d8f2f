/* Philox4x32-10 and the distributions made from it. Every distribution is a fixed formula of IEEE
 * operations in double (sqrt included), so the same key and counter give the same bits with any
 * compiler and libm. For this the compiler must not contract a * b + c to a fused operation.
 *
 * If a generator kept a state, each number would depend on how many were drawn before. Philox
 * (Salmon, Moraes, Dror and Shaw, Parallel random numbers: as easy as 1, 2, 3, 2011) computes
 * numbers from a key and a counter alone, so every thread can compute those it needs, in any
 * order. */
#include "base/random.h"

#include <math.h>
#include <string.h>

#include "base/philox.h"

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=off")
#endif

/* Computes four random numbers. The rounds of Philox are in base/philox.h, since the kernels
 * compute them in vectors, too. */
void plm_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    plm_philox_mix(counter, key, out);
}

/* Makes the key from the seed and the use. Streams of the same seed and use have the same key; they
 * differ in the upper half of the counter. */
plm_random plm_random_open(uint64_t seed, plm_random_use use, uint32_t stream, uint32_t substream)
{
    /* key and seed have 64 bits each, so one block of Philox mixes the use into the seed */
    const uint32_t counter[4] = {(uint32_t)seed, (uint32_t)(seed >> 32), (uint32_t)use, 0};
    const uint32_t key[2] = {0, 0};
    uint32_t folded[4];
    plm_philox(counter, key, folded);
    return (plm_random){.key = {folded[0], folded[1]}, .high = {stream, substream}};
}

/* Returns the next number of the block; makes a new block of four numbers if all are used. */
uint32_t plm_random_next(plm_random *r)
{
    if (r->left == 0) {
        const uint32_t counter[4] = {(uint32_t)r->next, (uint32_t)(r->next >> 32), r->high[0],
                                     r->high[1]};
        plm_philox(counter, r->key, r->block);
        r->next++;
        r->left = 4;
    }
    return r->block[4 - r->left--];
}

/* Returns a uniform number in [0, 1): joins 27 and 26 random bits, then divides by 2^53. */
double plm_random_uniform(plm_random *r)
{
    const uint32_t high = plm_random_next(r) >> 5, low = plm_random_next(r) >> 6;
    return ((double)high * 67108864.0 + (double)low) * (1.0 / 9007199254740992.0);
}

/* The coefficients of the series in plm_logarithm, the last one first: 1/23, 1/21, ... 1/3. */
static const double odd_inverse[] = {1.0 / 23, 1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13,
                                     1.0 / 11, 1.0 / 9,  1.0 / 7,  1.0 / 5,  1.0 / 3};

/* x = m 2^e with m in [sqrt(1/2), sqrt(2)), so
 * log x = e log 2 + log m.
 * log m = 2 (f + f^3/3 + f^5/5 + ... + f^23/23) with f = (m - 1) / (m + 1), |f| < 0.172. These
 * terms make log m exact to the last bit of a double. */
double plm_logarithm(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof(bits));
    int exponent = (int)(bits >> 52) - 1023;
    bits = (bits & 0xFFFFFFFFFFFFFu) | (uint64_t)1023 << 52;
    double m;
    memcpy(&m, &bits, sizeof(m));
    if (m > 1.4142135623730951) {
        m *= 0.5;
        exponent++;
    }
    const double f = (m - 1) / (m + 1), q = f * f;
    double sum = 0;
    for (int k = 0; k < 11; k++)
        sum = q * (odd_inverse[k] + sum);
    /* ln 2 is split in two parts, so that exponent * (upper part) is exact */
    return (double)exponent * 0x1.62e42fefap-1 +
           (2 * f + (2 * f * sum + (double)exponent * 0x1.cf79abc9e3b39p-40));
}

/* The coefficients of the Taylor series: sin x = x (1 - x^2/3! + x^4/5! - ...), cos x = 1 - x^2/2!
 * + x^4/4! - ...; the last term comes first. */
static const double sine_terms[] = {
    1.0 / 355687428096000.0, -1.0 / 1307674368000.0, 1.0 / 6227020800.0, -1.0 / 39916800.0,
    1.0 / 362880.0,          -1.0 / 5040.0,          1.0 / 120.0,        -1.0 / 6.0};
static const double cosine_terms[] = {-1.0 / 6402373705728000.0,
                                      1.0 / 20922789888000.0,
                                      -1.0 / 87178291200.0,
                                      1.0 / 479001600.0,
                                      -1.0 / 3628800.0,
                                      1.0 / 40320.0,
                                      -1.0 / 720.0,
                                      1.0 / 24.0,
                                      -0.5};

/* Returns sin x for |x| <= pi/4. */
static double sine(double x)
{
    const double q = x * x;
    double sum = 0;
    for (int k = 0; k < 8; k++)
        sum = q * (sine_terms[k] + sum);
    return x + x * sum;
}

/* Returns cos x for |x| <= pi/4. */
static double cosine(double x)
{
    const double q = x * x;
    double sum = 0;
    for (int k = 0; k < 9; k++)
        sum = q * (cosine_terms[k] + sum);
    return 1 + sum;
}

/* Returns cos(2 pi u) for u in [0, 1). First u is split into the nearest quarter of the circle and
 * a rest; this is exact. Then the rest is multiplied by pi, which rounds. */
static double cosine_of_turns(double u)
{
    const double quarters = u * 4;
    const int nearest = (int)(quarters + 0.5);
    const double x = (quarters - nearest) * 1.5707963267948966;
    switch (nearest % 4) {
    case 0:
        return cosine(x);
    case 1:
        return -sine(x);
    case 2:
        return -cosine(x);
    default:
        return sine(x);
    }
}

/* Returns a standard normal number, by Box-Muller with our own logarithm, sine and cosine, so that
 * it has the same bits with any libm. Box and Muller, A note on the generation of random normal
 * deviates, 1958. The method gives two numbers, of which one is used, so that each number takes two
 * draws. */
double plm_random_normal(plm_random *r)
{
    const double u = 1 - plm_random_uniform(r); /* in (0, 1], so its logarithm is finite */
    const double v = plm_random_uniform(r);
    return sqrt(-2 * plm_logarithm(u)) * cosine_of_turns(v);
}

/* Returns a uniform whole number in [0, n). Draws random bits until a draw is accepted; the
 * rejected draws would make some results more likely than others. */
uint64_t plm_random_below(plm_random *r, uint64_t n)
{
    if (n <= 1)
        return 0;
    /* Lemire 2019: the result is the upper half of a product; few draws are rejected, and only
     * those whose lower half is below n need the division */
    if (n <= UINT32_MAX) {
        const uint32_t width = (uint32_t)n;
        uint64_t product = (uint64_t)plm_random_next(r) * width;
        if ((uint32_t)product < width)
            for (const uint32_t min = (0u - width) % width; (uint32_t)product < min;)
                product = (uint64_t)plm_random_next(r) * width;
        return product >> 32;
    }
    /* 2^64 mod n; draws below this number are rejected, as they would make some results more
     * likely */
    const uint64_t min = (0u - n) % n;
    for (;;) {
        const uint64_t high = plm_random_next(r);
        const uint64_t x = high << 32 | plm_random_next(r);
        if (x >= min)
            return x % n;
    }
}
