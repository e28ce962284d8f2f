/* Hashes of rows and a sample of rows. There may be too many rows to keep them all, so two
 * summaries are made in one pass. The hashes of all rows tell which rows occur twice, and which
 * occur in both training and validation. The sample has every stride-th row; when it is full, every
 * second row is dropped and the stride doubled, so that the sample is evenly spread over any number
 * of rows, without random numbers. */
#include "doctor/rows_seen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number_keys.h"
#include "data/row_hash.h"

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
            hash =
                plm_hash_numbers(hash, (const float *)b->input[k].data + i * width, (size_t)width);
        }
        h->input[h->count] = hash;
        for (int k = 0; k < b->targets; k++) {
            const int64_t width = plm_view_width(&b->target[k]);
            hash =
                plm_hash_numbers(hash, (const float *)b->target[k].data + i * width, (size_t)width);
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

/* Equal hashes are neighbours afterwards. If all rows are different, their inputs are not compared:
 * they are taken as different, too. */
plm_status plm_row_hashes_sort(plm_row_hashes *h, plm_arena *a, int64_t *different, int64_t *inputs)
{
    uint64_t *work = plm_arena_array(a, (size_t)h->count + 1, sizeof *work);
    *different = *inputs = 0;
    if (work == NULL)
        return PLM_E_MEMORY;
    *different = *inputs = (int64_t)plm_hashes_different(h->hash, work, (size_t)h->count);
    if (*different < h->count)
        *inputs = (int64_t)plm_hashes_different(h->input, work, (size_t)h->count);
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

/* Row i of the sample is the row at position i * stride of the epoch. */
plm_status plm_row_sample_place(plm_row_sample *s, plm_arena *a, const plm_data *d)
{
    int64_t *place = plm_arena_array(a, (size_t)s->count + 1, sizeof *place);
    if (place == NULL)
        return PLM_E_MEMORY;
    s->place = place;
    for (int64_t i = 0; i < s->count && s->place != NULL; i++) {
        place[i] = plm_data_row(d, i * s->stride);
        s->place = place[i] < 0 ? NULL : place;
    }
    return PLM_OK;
}

/* Returns the median distance of sorted numbers from their median: removes the value at the end
 * that is farther from the median until half of the numbers remain. */
static double spread_of(const uint32_t *key, int64_t count, double median)
{
    int64_t low = 0, high = count - 1;
    double farthest = 0;
    while (high - low + 1 > count / 2) {
        const double below = median - (double)plm_number_of_key(key[low]),
                     above = (double)plm_number_of_key(key[high]) - median;
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
        work[i] = plm_key_of_number(s->target[i]);
    plm_sort_keys(work, work + s->count, (size_t)s->count);
    *median = (double)plm_number_of_key(work[s->count / 2]);
    *spread = spread_of(work, s->count, *median);
}

/* True if no value is below 0 and the logarithms of those above 0 have no outliers: no two
 * neighbouring ones above the median are farther apart than twice the range of the middle half. So
 * are incomes, the sizes of towns, or how often a word is in a text, which is often 0. most: the
 * largest value of all rows; if it is not in the sample, others between may not be either, so that
 * its distance counts half. */
static bool is_skewed(const uint32_t *key, int64_t count, double most)
{
    enum { FEW = 20 };
    for (; count > 0 && !((double)plm_number_of_key(key[0]) > 0); count--)
        key++;
    if (count < FEW)
        return false;
    const double low = (double)plm_number_of_key(key[count / 4]),
                 high = (double)plm_number_of_key(key[3 * count / 4]);
    if (!(high > low))
        return false;
    double far = log(most / (double)plm_number_of_key(key[count - 1])) / 2;
    for (int64_t i = count / 2; i + 1 < count; i++)
        far = fmax(far,
                   log((double)plm_number_of_key(key[i + 1]) / (double)plm_number_of_key(key[i])));
    return far < 2 * log(high / low);
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
        work[i] = plm_key_of_number(s->value[i * s->columns + column]);
    plm_sort_keys(work, work + s->count, (size_t)s->count);
    out->values = 1;
    for (int64_t i = 1; i < s->count; i++)
        out->values += work[i - 1] < work[i];
    out->distinct = out->distinct && out->values == s->count;
    out->median = (double)plm_number_of_key(work[s->count / 2]);
    out->spread = spread_of(work, s->count, out->median);
    out->quarter[0] = (double)plm_number_of_key(work[s->count / 4]);
    out->quarter[1] = (double)plm_number_of_key(work[3 * s->count / 4]);
    out->skewed = out->min >= 0 && is_skewed(work, s->count, out->max);
}
