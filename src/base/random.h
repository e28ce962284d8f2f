/* Random numbers from a counter: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as
 * 1, 2, 3", SC 2011). A number is a function of (key, counter), so it is the same on any thread, in
 * any order, and after a resume. */
#ifndef PLM_BASE_RANDOM_H
#define PLM_BASE_RANDOM_H

#include <stdint.h>

/* What random numbers are used for. It is part of the key, so that no two uses share numbers. */
typedef enum {
    PLM_RANDOM_INITIALIZER = 1,
    PLM_RANDOM_SHUFFLE,
    PLM_RANDOM_SPLIT,
    PLM_RANDOM_NOISE,
    PLM_RANDOM_TEST,
    PLM_RANDOM_BOOTSTRAP,
    PLM_RANDOM_IMPORTANCE,
    PLM_RANDOM_MIXUP,
    PLM_RANDOM_LABELS,
    PLM_RANDOM_SEARCH
} plm_random_use;

/* Computes four random numbers from a counter and a key. */
void plm_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* A stream of random numbers. The key is made from the seed and the use. The upper half of the
 * counter has two numbers that the user of the stream chooses: stream and substream, such as layer,
 * epoch or step. */
typedef struct {
    uint32_t key[2];
    uint32_t high[2];  /* upper half of the counter: stream, substream */
    uint64_t next;     /* lower half of the counter, for the next block */
    uint32_t block[4]; /* the numbers made last */
    int left;          /* number of numbers at the end of block that are not used yet */
} plm_random;

/* Starts a stream at its first number. */
plm_random plm_random_open(uint64_t seed, plm_random_use use, uint32_t stream, uint32_t substream);
/* Returns the next 32 random bits. */
uint32_t plm_random_next(plm_random *r);
/* Returns a uniform number in [0, 1) with 53 random bits. */
double plm_random_uniform(plm_random *r);
/* Returns log(x) for an x > 0 that is not subnormal, exact to about the last bit. It has the same
 * bits with any libm. */
double plm_logarithm(double x);
/* Returns a standard normal number, by Box-Muller with our own logarithm, sine and cosine, so that
 * it has the same bits with any libm. */
double plm_random_normal(plm_random *r);
/* Returns a uniform whole number in [0, n), without bias. n >= 1. */
uint64_t plm_random_below(plm_random *r, uint64_t n);

#endif
