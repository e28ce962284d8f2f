/* Draws random numbers for the elements of a step, 64 at a time. A number is a function of (seed,
 * node, update, row of the epoch, element). So the number is the same on any number of threads and
 * any instruction set, and a backward pass can draw it again. */
#ifndef PLM_OP_RANDOM_NUMBERS_H
#define PLM_OP_RANDOM_NUMBERS_H

#include "base/random.h"
#include "graph/op.h"

enum { PLM_NUMBERS = 4 * PLM_DRAW }; /* max number of random numbers that one call gives */

/* Returns the key and the stream of all random numbers of a step in this update. Call it once,
 * before the loop over rows. A seed >= 0 is the op's own: it gives the same numbers wherever the op
 * is in a net. For a seed < 0 the seed of the run and the number of the node are used. */
plm_random plm_step_random(const plm_step *s, int64_t seed);
/* Draws the random numbers of elements [at, at + count) of a row of the batch; elements are counted
 * with the padding of the row's vectors. at is a multiple of PLM_DRAW, and count is at most
 * PLM_NUMBERS. Writes count numbers, rounded up to a multiple of PLM_DRAW, to `out`. */
void plm_step_numbers(const plm_step *s, const plm_random *r, int64_t row, size_t at, size_t count,
                      uint32_t *out);
/* Draws standard normal deviates for the same elements (Box and Muller, 1958). Two random numbers
 * of 32 bits give two deviates. */
void plm_step_normals(const plm_step *s, const plm_random *r, int64_t row, size_t at, size_t count,
                      plm_real out[PLM_NUMBERS]);

#endif
