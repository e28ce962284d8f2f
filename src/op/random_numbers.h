/* Random numbers for the elements of a step, 64 at a time. A number is a function of (seed, node,
 * update, row of the epoch, element). So it is the same on any number of threads and any
 * instruction set, and backward can draw it again. */
#ifndef PLM_OP_RANDOM_NUMBERS_H
#define PLM_OP_RANDOM_NUMBERS_H

#include "base/random.h"
#include "graph/op.h"

enum { PLM_NUMBERS = 4 * PLM_DRAW }; /* drawn at once, at most */

/* The key and stream of all random numbers of a step in this update; compute it once, before the
 * rows. seed: a seed of the step's own, which gives the same numbers in any place of any net; below
 * 0 = the run's seed and the step's node. */
plm_random plm_step_random(const plm_step *s, int64_t seed);
/* The random numbers of elements [at, at + count) of a row of the batch. at is a multiple of
 * PLM_DRAW, count at most PLM_NUMBERS; out gets count numbers rounded up to a multiple of
 * PLM_DRAW. */
void plm_step_numbers(const plm_step *s, const plm_random *r, int64_t row, size_t at, size_t count,
                      uint32_t *out);
/* Standard normal deviates for the same elements (Box and Muller, 1958): two random numbers of 32
 * bits make two deviates. */
void plm_step_normals(const plm_step *s, const plm_random *r, int64_t row, size_t at, size_t count,
                      plm_real out[PLM_NUMBERS]);

#endif
