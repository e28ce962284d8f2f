/* Keys: unsigned integers with the order of numbers. They are sorted byte by byte, from the lowest
 * one on (radix sort; Knuth, The Art of Computer Programming 3, 5.2.5, 1973): there is no
 * comparison, of which a processor would mispredict every second one. */
#ifndef PLM_BASE_NUMBER_KEYS_H
#define PLM_BASE_NUMBER_KEYS_H

#include <stddef.h>
#include <stdint.h>

/* Returns a key of a number. Keys as unsigned integers have the order of the numbers; -0 has the
 * key of 0. A NaN is before or after all numbers. */
uint32_t plm_key_of_number(float value);
/* Returns the number of a key. */
float plm_number_of_key(uint32_t key);

/* Sorts keys. scratch: [count]. */
void plm_sort_keys(uint32_t *key, uint32_t *scratch, size_t count);
/* Sorts by the bits from `first_bit` on, a multiple of 8; keys that are equal there keep their
 * order. scratch: [count]. */
void plm_sort_wide_keys(uint64_t *key, uint64_t *scratch, size_t count, int first_bit);

#endif
