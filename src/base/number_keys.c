/* Keys of numbers and their sort, see number_keys.h. */
#include "base/number_keys.h"

#include <stdbool.h>
#include <string.h>

enum { BYTE = 8, VALUES = 256 }; /* bits of a byte; how many values it has */

static const uint32_t sign = 0x80000000U;

/* The bits of positive floats have their order; those of negative ones the opposite order. */
uint32_t plm_key_of_number(float value)
{
    uint32_t bits;
    value += 0.0F;
    memcpy(&bits, &value, sizeof bits);
    return bits & sign ? ~bits : bits | sign;
}

float plm_number_of_key(uint32_t key)
{
    const uint32_t bits = key & sign ? key & ~sign : ~key;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Turns counts of values into the place of the first key of each. place: [VALUES + 1], place[k + 1]
 * = how many keys have the value k. Returns false if all keys have the same value. */
static bool add_up(size_t *place, size_t count)
{
    for (int k = 0; k < VALUES; k++) {
        if (place[k + 1] == count)
            return false;
        place[k + 1] += place[k];
    }
    return true;
}

/* Sorts 32-bit keys. A byte that all keys share is skipped: floats of small whole numbers have
 * zeros in their low bytes. */
void plm_sort_keys(uint32_t *key, uint32_t *scratch, size_t count)
{
    uint32_t *now = key, *next = scratch;
    for (int shift = 0; shift < 4 * BYTE && count > 1; shift += BYTE) {
        size_t place[VALUES + 1] = {0};
        for (size_t i = 0; i < count; i++)
            place[(now[i] >> shift) % VALUES + 1]++;
        if (!add_up(place, count))
            continue;
        for (size_t i = 0; i < count; i++)
            next[place[(now[i] >> shift) % VALUES]++] = now[i];
        uint32_t *sorted = next;
        next = now;
        now = sorted;
    }
    if (now != key)
        memcpy(key, now, count * sizeof *key);
}

/* Does the same with 64-bit keys. */
void plm_sort_wide_keys(uint64_t *key, uint64_t *scratch, size_t count, int first_bit)
{
    uint64_t *now = key, *next = scratch;
    for (int shift = first_bit; shift < 8 * BYTE && count > 1; shift += BYTE) {
        size_t place[VALUES + 1] = {0};
        for (size_t i = 0; i < count; i++)
            place[(now[i] >> shift) % VALUES + 1]++;
        if (!add_up(place, count))
            continue;
        for (size_t i = 0; i < count; i++)
            next[place[(now[i] >> shift) % VALUES]++] = now[i];
        uint64_t *sorted = next;
        next = now;
        now = sorted;
    }
    if (now != key)
        memcpy(key, now, count * sizeof *key);
}
