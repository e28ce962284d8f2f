/* The function of Philox4x32-10 (random.h), inlined, so that a loop over counters is vectorized. */
#ifndef PLM_BASE_PHILOX_H
#define PLM_BASE_PHILOX_H

#include <stdint.h>

/* Computes four random numbers from a counter and a key. There are ten rounds. Each round
 * multiplies two words of the counter, mixes the halves of the products with the other two words
 * and the key, and adds a constant to the key. */
static inline __attribute__((always_inline)) void plm_philox_mix(const uint32_t counter[4],
                                                                 const uint32_t key[2],
                                                                 uint32_t out[4])
{
    /* the multipliers (table 2 of the paper by Salmon et al., see random.h), and the two constants
     * that each round adds to the key (section 3.3) */
    const uint32_t multiplier0 = 0xD2511F53u, multiplier1 = 0xCD9E8D57u;
    const uint32_t weyl0 = 0x9E3779B9u, weyl1 = 0xBB67AE85u;
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        const uint64_t p0 = (uint64_t)multiplier0 * c0, p1 = (uint64_t)multiplier1 * c2;
        const uint32_t n0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0, n2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c0 = n0;
        c1 = (uint32_t)p1;
        c2 = n2;
        c3 = (uint32_t)p0;
        k0 += weyl0;
        k1 += weyl1;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

#endif
