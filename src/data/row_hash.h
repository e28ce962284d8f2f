/* Hashes of rows, by which equal rows are found. Different rows have the same hash of 64 bits about
 * once in 2^64 pairs, so equal hashes are regarded as equal rows. */
#ifndef PLM_DATA_ROW_HASH_H
#define PLM_DATA_ROW_HASH_H

#include <stddef.h>
#include <stdint.h>

/* Returns `hash` with the numbers x [count] mixed in. -0 counts as 0. Begin a row with 1. */
uint64_t plm_hash_numbers(uint64_t hash, const float *x, size_t count);

/* Sorts hashes and returns how many are different. scratch: [count]. */
size_t plm_hashes_different(uint64_t *hash, uint64_t *scratch, size_t count);

#endif
