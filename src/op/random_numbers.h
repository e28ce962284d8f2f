/* Random numbers for the elements of a step, 64 at a time. A number is a function of (seed, node,
 * update, row of the epoch, element). So it is the same on any number of threads and any
 * instruction set, and backward can draw it again. */
#ifndef PLM_OP_RANDOM_NUMBERS_H
#define PLM_OP_RANDOM_NUMBERS_H

#include "base/random.h"
#include "graph/op.h"

enum { PLM_NUMBERS = 64 }; /* drawn at once: 16 blocks of Philox */

/* The key and stream of all random numbers of a step in this update; compute it once, before the
 * rows. seed: a seed of the step's own, which gives the same numbers in any place of any net; below
 * 0 = the run's seed and the step's node. */
plm_random plm_step_random(const plm_step *s, int64_t seed);
/* The random numbers of elements [64 chunk, 64 chunk + 64) of a row of the batch. */
void plm_step_numbers(const plm_step *s, const plm_random *r, int64_t row, size_t chunk,
                      uint32_t out[PLM_NUMBERS]);
/* Standard normal deviates for the same elements (Box and Muller, 1958), each made from two random
 * numbers of 32 bits. */
void plm_step_normals(const plm_step *s, const plm_random *r, int64_t row, size_t chunk,
                      plm_real out[PLM_NUMBERS]);

#endif
