/* Hashes of rows, see row_hash.h. */
#include "data/row_hash.h"

#include <string.h>

#include "base/number_keys.h"

/* Mixes bits into a hash. The step is invertible, so different rows rarely get the same hash. */
static uint64_t mix(uint64_t hash, uint64_t bits)
{
    hash = (hash ^ bits) * 0x9E3779B97F4A7C15U;
    return hash ^ hash >> 29;
}

/* Returns the bits of a number. */
static uint32_t bits_of(float value)
{
    uint32_t bits;
    value += 0.0F;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Mixes two numbers in each step. It uses four hashes, each for every fourth pair, so that the
 * processor can compute them in parallel. */
uint64_t plm_hash_numbers(uint64_t hash, const float *x, size_t count)
{
    uint64_t part[4] = {1, 2, 3, 4};
    size_t i = 0;
    for (; i + 8 <= count; i += 8)
        for (size_t k = 0; k < 4; k++)
            part[k] =
                mix(part[k], (uint64_t)bits_of(x[i + 2 * k + 1]) << 32 | bits_of(x[i + 2 * k]));
    for (size_t k = 0; i < count; i++, k++)
        part[k % 4] = mix(part[k % 4], bits_of(x[i]));
    for (int k = 0; k < 4; k++)
        hash = mix(hash, part[k]);
    return hash;
}

size_t plm_hashes_different(uint64_t *hash, uint64_t *scratch, size_t count)
{
    size_t different = 0;
    plm_sort_wide_keys(hash, scratch, count, 0);
    for (size_t i = 0; i < count; i++)
        different += i == 0 || hash[i] != hash[i - 1];
    return different;
}
