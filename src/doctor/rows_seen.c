/* Hashes of rows and a sample of rows. Two different rows have the same 64-bit hash about once in
 * 2^64 pairs, so equal hashes are regarded as equal rows. There may be too many rows to keep them
 * all, so two summaries are made in one pass. The hashes of all rows tell which rows occur twice,
 * and which occur in both training and validation. The sample has every stride-th row; when it is
 * full, every second row is dropped and the stride doubled, so that the sample is evenly spread
 * over any number of rows, without random numbers. */
#include "doctor/rows_seen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE_ROWS = 512, SAMPLE_NUMBERS = 1 << 20 };

/* Returns the number of values of one row of a view [rows, ...]. */
int64_t plm_view_width(const plm_view *v)
{
    int64_t width = 1;
    for (int i = 1; i < v->rank; i++)
        width *= v->dims[i];
    return width;
}

/* ---- hashes ---- */

/* Mixes bits into a hash. The step is invertible, so different rows rarely get the same hash. */
static uint64_t mix(uint64_t hash, uint64_t bits)
{
    hash = (hash ^ bits) * 0x9E3779B97F4A7C15U;
    return hash ^ hash >> 29;
}

/* Returns the bits of a number. -0 has the bits of 0. */
static uint32_t bits_of(float value)
{
    uint32_t bits;
    value += 0.0F;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Mixes values into a hash, two in each step. It uses four hashes, each for every fourth pair, so
 * that the processor can compute them in parallel. */
static uint64_t mix_row(uint64_t hash, const float *x, int64_t count)
{
    uint64_t part[4] = {1, 2, 3, 4};
    int64_t i = 0;
    for (; i + 8 <= count; i += 8)
        for (int k = 0; k < 4; k++)
            part[k] =
                mix(part[k], (uint64_t)bits_of(x[i + 2 * k + 1]) << 32 | bits_of(x[i + 2 * k]));
    for (int k = 0; i < count; i++, k++)
        part[k % 4] = mix(part[k % 4], bits_of(x[i]));
    for (int k = 0; k < 4; k++)
        hash = mix(hash, part[k]);
    return hash;
}

/* capacity: the most rows that are hashed. */
plm_status plm_row_hashes_open(plm_row_hashes *h, plm_arena *a, int64_t capacity)
{
    *h = (plm_row_hashes){.capacity = capacity};
    h->hash = plm_arena_array(a, (size_t)capacity + 1, sizeof *h->hash);
    h->input = plm_arena_array(a, (size_t)capacity + 1, sizeof *h->input);
    return h->hash != NULL && h->input != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Adds the hashes of the rows of a batch. Targets are hashed, too: two rows with equal inputs and
 * different targets count as different. */
void plm_row_hashes_add(plm_row_hashes *h, const plm_batch *b)
{
    for (int64_t i = 0; i < b->rows && h->count < h->capacity; i++) {
        uint64_t hash = 1;
        for (int k = 0; k < b->inputs; k++) {
            const int64_t width = plm_view_width(&b->input[k]);
            hash = mix_row(hash, (const float *)b->input[k].data + i * width, width);
        }
        h->input[h->count] = hash;
        for (int k = 0; k < b->targets; k++) {
            const int64_t width = plm_view_width(&b->target[k]);
            hash = mix_row(hash, (const float *)b->target[k].data + i * width, width);
        }
        h->hash[h->count++] = hash;
    }
}

/* Compares two hashes for qsort. */
static int by_hash(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Sorts hashes byte by byte, from the lowest byte on (radix sort): there is no comparison, of which
 * a processor would mispredict every second one. other: [count], scratch memory. */
static void sort_hashes(uint64_t *hash, uint64_t *other, int64_t count)
{
    enum { BYTES = 8 }; /* an even number, so that the sorted hashes end where they began */
    uint64_t *now = hash, *next = other;
    for (int byte = 0; byte < BYTES; byte++) {
        int64_t place[257] = {0};
        const int shift = 8 * byte;
        for (int64_t i = 0; i < count; i++)
            place[(now[i] >> shift & 255) + 1]++;
        for (int k = 0; k < 256; k++)
            place[k + 1] += place[k];
        for (int64_t i = 0; i < count; i++)
            next[place[now[i] >> shift & 255]++] = now[i];
        uint64_t *sorted = next;
        next = now;
        now = sorted;
    }
}

/* Returns how many of the sorted hashes are different. */
static int64_t count_different(const uint64_t *hash, int64_t count)
{
    int64_t different = 0;
    for (int64_t i = 0; i < count; i++)
        different += i == 0 || hash[i] != hash[i - 1];
    return different;
}

/* Equal hashes are neighbours afterwards. If all rows are different, their inputs are not compared:
 * they are taken as different, too. */
plm_status plm_row_hashes_sort(plm_row_hashes *h, plm_arena *a, int64_t *different, int64_t *inputs)
{
    uint64_t *work = plm_arena_array(a, (size_t)h->count + 1, sizeof *work);
    *different = *inputs = 0;
    if (work == NULL)
        return PLM_E_MEMORY;
    sort_hashes(h->hash, work, h->count);
    *different = *inputs = count_different(h->hash, h->count);
    if (*different == h->count)
        return PLM_OK;
    sort_hashes(h->input, work, h->count);
    *inputs = count_different(h->input, h->count);
    return PLM_OK;
}

/* Counts the rows that also occur in h, which must be sorted; `other` may be in any order. */
int64_t plm_row_hashes_common(const plm_row_hashes *h, const plm_row_hashes *other)
{
    int64_t common = 0;
    for (int64_t i = 0; i < other->count && h->count > 0; i++)
        common +=
            bsearch(&other->hash[i], h->hash, (size_t)h->count, sizeof *h->hash, by_hash) != NULL;
    return common;
}

/* ---- the sample ---- */

/* Allocates a sample. For rows with many columns the sample has fewer rows, so that its memory is
 * bounded. */
plm_status plm_row_sample_open(plm_row_sample *s, plm_arena *a, int64_t columns)
{
    const int64_t rows = columns > 0 ? SAMPLE_NUMBERS / columns : 0;
    *s = (plm_row_sample){
        .capacity = rows < SAMPLE_ROWS ? rows : SAMPLE_ROWS, .columns = columns, .stride = 1};
    s->value = plm_arena_array(a, (size_t)(s->capacity * columns) + 1, sizeof *s->value);
    s->target = plm_arena_array(a, (size_t)s->capacity + 1, sizeof *s->target);
    return s->value != NULL && s->target != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Drops every second row of a full sample. From now on half as many rows are added. */
static void thin_out(plm_row_sample *s)
{
    const size_t bytes = (size_t)s->columns * sizeof *s->value;
    int64_t kept = 0;
    for (int64_t i = 0; i < s->count; i += 2, kept++) {
        memmove(s->value + kept * s->columns, s->value + i * s->columns, bytes);
        s->target[kept] = s->target[i];
    }
    s->count = kept;
    s->stride *= 2;
}

/* Of equal numbers the first one. */
int64_t plm_row_largest(const float *row, int64_t width)
{
    int64_t most = 0;
    for (int64_t j = 1; j < width; j++)
        most = row[j] > row[most] ? j : most;
    return most;
}

/* Returns the first target of row i as one number: the class of a one-hot row, otherwise its first
 * value. */
static float target_of(const plm_batch *b, int64_t i)
{
    if (b->targets == 0)
        return 0;
    const int64_t width = plm_view_width(&b->target[0]);
    const float *row = (const float *)b->target[0].data + i * width;
    return width > 1 ? (float)plm_row_largest(row, width) : row[0];
}

/* Adds to the sample those rows of a batch whose number is a multiple of the stride. Dropping rows
 * may change the stride, so a row is tested again afterwards. */
void plm_row_sample_add(plm_row_sample *s, const plm_batch *b)
{
    for (int64_t i = 0; i < b->rows && s->capacity > 1; i++, s->seen++) {
        if (s->seen % s->stride != 0)
            continue;
        if (s->count == s->capacity)
            thin_out(s);
        if (s->seen % s->stride != 0)
            continue;
        s->target[s->count] = target_of(b, i);
        float *to = s->value + s->count++ * s->columns;
        for (int k = 0; k < b->inputs; k++) {
            const int64_t width = plm_view_width(&b->input[k]);
            memcpy(to, (const float *)b->input[k].data + i * width, (size_t)width * sizeof *to);
            to += width;
        }
    }
}

/* Returns the bits of a number as a key, changed so that keys as unsigned integers have the same
 * order as the numbers. */
static uint32_t key_of(float value)
{
    const uint32_t bits = bits_of(value);
    return bits & 0x80000000U ? ~bits : bits | 0x80000000U;
}

/* Returns the number of a key. */
static double number_of(uint32_t key)
{
    const uint32_t bits = key & 0x80000000U ? key & 0x7FFFFFFFU : ~key;
    float value;
    memcpy(&value, &bits, sizeof value);
    return (double)value;
}

/* Sorts keys byte by byte, from the lowest byte on (radix sort). A byte that all keys share is
 * skipped: floats of small whole numbers have zeros in their low bytes. other: [count], scratch
 * memory. */
static void sort_keys(uint32_t *key, uint32_t *other, int64_t count)
{
    uint32_t *now = key, *next = other;
    for (int shift = 0; shift < 32; shift += 8) {
        int64_t place[257] = {0};
        for (int64_t i = 0; i < count; i++)
            place[(now[i] >> shift & 255) + 1]++;
        if (count == 0 || place[(now[0] >> shift & 255) + 1] == count)
            continue;
        for (int k = 0; k < 256; k++)
            place[k + 1] += place[k];
        for (int64_t i = 0; i < count; i++)
            next[place[now[i] >> shift & 255]++] = now[i];
        uint32_t *sorted = next;
        next = now;
        now = sorted;
    }
    if (now != key)
        memcpy(key, now, (size_t)count * sizeof *key);
}

/* Returns the median distance of sorted numbers from their median: removes the value at the end
 * that is farther from the median until half of the numbers remain. */
static double spread_of(const uint32_t *key, int64_t count, double median)
{
    int64_t low = 0, high = count - 1;
    double farthest = 0;
    while (high - low + 1 > count / 2) {
        const double below = median - number_of(key[low]), above = number_of(key[high]) - median;
        farthest = below > above ? below : above;
        low += below > above;
        high -= !(below > above);
    }
    return farthest;
}

/* Describes the target as plm_row_sample_describe does a column, without testing whether all values
 * are different. work: memory for two keys per row, for sorting. */
void plm_row_sample_target(const plm_row_sample *s, uint32_t *work, double *median, double *spread)
{
    if (s->count == 0)
        return;
    for (int64_t i = 0; i < s->count; i++)
        work[i] = key_of(s->target[i]);
    sort_keys(work, work + s->count, s->count);
    *median = number_of(work[s->count / 2]);
    *spread = spread_of(work, s->count, *median);
}

/* Describes a column. The keys of floats are sorted as unsigned integers. The spread is the median
 * distance from the median (MAD), which a few extreme values do not change. */
void plm_row_sample_describe(const plm_row_sample *s, int64_t column, uint32_t *work,
                             plm_data_column *out)
{
    out->distinct = s->count > 1;
    if (s->count == 0)
        return;
    for (int64_t i = 0; i < s->count; i++)
        work[i] = key_of(s->value[i * s->columns + column]);
    sort_keys(work, work + s->count, s->count);
    out->values = 1;
    for (int64_t i = 1; i < s->count; i++)
        out->values += work[i - 1] < work[i];
    out->distinct = out->distinct && out->values == s->count;
    out->median = number_of(work[s->count / 2]);
    out->spread = spread_of(work, s->count, out->median);
}
