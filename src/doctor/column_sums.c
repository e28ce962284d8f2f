/* Sums the columns of data. Columns are independent of each other, so the loops over a row can be
 * vectorized and have the same bits with every instruction set. */
#include "doctor/column_sums.h"

#include "kernel/per_isa.h"

/* whole: every float32 of at least this size is a whole number. rounder: adding it to a double and
 * subtracting it again rounds the double to a whole number. */
static const double whole = 8388608, rounder = 6755399441055744;

/* Allocates the sums. All arrays are [columns], so that each loop runs over one or two of them. */
plm_status plm_column_sums_open(plm_column_sums *s, plm_arena *a, int64_t columns)
{
    const size_t count = (size_t)columns + 1;
    *s = (plm_column_sums){.columns = columns,
                           .first = plm_arena_array(a, count, sizeof(double)),
                           .sum = plm_arena_array(a, count, sizeof(double)),
                           .square = plm_arena_array(a, count, sizeof(double)),
                           .product = plm_arena_array(a, count, sizeof(double)),
                           .min = plm_arena_array(a, count, sizeof(float)),
                           .max = plm_arena_array(a, count, sizeof(float)),
                           .broken = plm_arena_array(a, count, sizeof(float)),
                           .equal = plm_arena_array(a, count, sizeof(float))};
    return s->first && s->sum && s->square && s->product && s->min && s->max && s->broken &&
                   s->equal
               ? PLM_OK
               : PLM_E_MEMORY;
}

/* Stores the first row. Differences from it are summed up instead of the values: sums of squares of
 * large numbers that are nearly equal would lose precision. */
void plm_column_sums_begin(plm_column_sums *s, int64_t at, const float *x, int64_t width)
{
    for (int64_t j = 0; j < width; j++) {
        s->first[at + j] = (double)x[j];
        s->min[at + j] = s->max[at + j] = x[j];
    }
}

/* Adds the differences between a row x [count] and the first row, and their squares. */
static PLM_BODY void moments_body(double *restrict sum, double *restrict square,
                                  const double *restrict first, const float *restrict x,
                                  size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const double from = (double)x[i] - first[i];
        sum[i] += from;
        square[i] += from * from;
    }
}
PLM_PER_ISA(moments,
            (const char *isa, double *restrict sum, double *restrict square,
             const double *restrict first, const float *restrict x, size_t count),
            (sum, square, first, x, count))

/* Updates min and max with a row x [count], and marks columns with a value that is not a whole
 * number. */
static PLM_BODY void range_body(float *restrict min, float *restrict max, float *restrict broken,
                                const float *restrict x, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const double value = (double)x[i], rounded = (value + rounder) - rounder;
        const bool small = value < whole && value > -whole;
        min[i] = x[i] < min[i] ? x[i] : min[i];
        max[i] = x[i] > max[i] ? x[i] : max[i];
        broken[i] = small && (rounded < value || rounded > value) ? 1.0F : broken[i];
    }
}
PLM_PER_ISA(range,
            (const char *isa, float *restrict min, float *restrict max, float *restrict broken,
             const float *restrict x, size_t count),
            (min, max, broken, x, count))

/* For a row x [count] and its target, adds the products of their differences from the first row,
 * and counts the columns that are equal to the target. */
static PLM_BODY void products_body(double *restrict product, float *restrict equal,
                                   const double *restrict first, const float *restrict x,
                                   size_t count, float y, double from_y)
{
    for (size_t i = 0; i < count; i++) {
        product[i] += ((double)x[i] - first[i]) * from_y;
        equal[i] += x[i] < y || x[i] > y ? 0.0F : 1.0F;
    }
}
PLM_PER_ISA(products,
            (const char *isa, double *restrict product, float *restrict equal,
             const double *restrict first, const float *restrict x, size_t count, float y,
             double from_y),
            (product, equal, first, x, count, y, from_y))

void plm_column_sums_add(plm_column_sums *s, const char *isa, int64_t at, const float *x,
                         int64_t width)
{
    moments(isa, s->sum + at, s->square + at, s->first + at, x, (size_t)width);
    range(isa, s->min + at, s->max + at, s->broken + at, x, (size_t)width);
}

/* Adds a row and its target. `equal` counts, for each column, the rows in which it equals the
 * target: a column that always does reveals the target. */
void plm_column_sums_add_target(plm_column_sums *s, const char *isa, int64_t at, const float *x,
                                int64_t width, float y, double from_y)
{
    products(isa, s->product + at, s->equal + at, s->first + at, x, (size_t)width, y, from_y);
}
