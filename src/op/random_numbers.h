/* Random numbers of a step's elements, many at once: a number is a function of (seed, node,
 * update, row of the epoch, element), so it is the same on any number of threads and instruction
 * sets, and backward draws it again. */
#ifndef PLM_OP_RANDOM_NUMBERS_H
#define PLM_OP_RANDOM_NUMBERS_H

#include "base/random.h"
#include "graph/op.h"

enum { PLM_NUMBERS = 64 }; /* drawn at once: 16 blocks of Philox */

/* Key and stream of all numbers of a step in this update: worked out once, before the rows.
 * seed: the step's own, then the same numbers wherever it stands in whatever net; below 0 = the
 * run's. */
plm_random plm_step_random(const plm_step *s, int64_t seed);
/* The numbers of elements [64 chunk, 64 chunk + 64) of a batch row. */
void plm_step_numbers(const plm_step *s, const plm_random *r, int64_t row, size_t chunk,
                      uint32_t out[PLM_NUMBERS]);
/* The same as standard normal deviates (Box and Muller, 1958), each of two numbers of 32 bits. */
void plm_step_normals(const plm_step *s, const plm_random *r, int64_t row, size_t chunk,
                      plm_real out[PLM_NUMBERS]);

#endif
