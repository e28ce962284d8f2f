/* Counter-based random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy
 * as 1, 2, 3", SC 2011). A number is a function of (key, counter): the same on any thread, in
 * any order, after any resume. */
#ifndef PLM_BASE_RANDOM_H
#define PLM_BASE_RANDOM_H

#include <stdint.h>

/* What a stream of numbers is for; part of the key, so that no two uses share numbers. */
typedef enum {
    PLM_RANDOM_INITIALIZER = 1,
    PLM_RANDOM_SHUFFLE,
    PLM_RANDOM_SPLIT,
    PLM_RANDOM_NOISE,
    PLM_RANDOM_TEST
} plm_random_use;

/* Four numbers from a counter and a key. */
void plm_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* A stream: the seed and use make the key, stream and substream (layer, epoch, step, ...) the
 * high counter. */
typedef struct {
    uint32_t key[2];
    uint32_t high[2];
    uint64_t next; /* low counter of the next block */
    uint32_t block[4];
    int left; /* numbers left in block */
} plm_random;

plm_random plm_random_open(uint64_t seed, plm_random_use use, uint32_t stream, uint32_t substream);
uint32_t plm_random_next(plm_random *r);
/* Uniform in [0, 1) with 53 bits. */
double plm_random_uniform(plm_random *r);
/* Standard normal, by Box-Muller with our own logarithm, sine and cosine: the same bits on any
 * libm. */
double plm_random_normal(plm_random *r);
/* Uniform whole number in [0, n), n >= 1, without bias. */
uint64_t plm_random_below(plm_random *r, uint64_t n);

#endif
