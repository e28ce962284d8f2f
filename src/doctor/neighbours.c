/* Finds the nearest rows of each row, and measures whether their targets agree. A net learns what
 * similar rows have in common. If their targets have nothing in common, it can only memorize rows.
 * At most 512 rows are compared, fewer if they have many columns. */
#include "doctor/near_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "kernel/per_isa.h"

enum { LEAST_ROWS = 100, MAX_WORK = 32000000 };

/* LANES: a multiple of the numbers in a vector register. BLOCK: rows whose distances are computed
 * together. */
enum { LANES = 16, BLOCK = 32 };

/* Sets out to the squared distances between a row and `count` others, rounded up to whole blocks.
 * x: the others by columns [columns, stride], so that a vector register has one column of several
 * rows, and nothing is added across it. */
static PLM_BODY void distances_body(float *restrict out, const float *restrict row,
                                    const float *restrict x, size_t count, size_t columns,
                                    size_t stride)
{
    for (size_t i = 0; i < count; i += BLOCK) {
        float sum[BLOCK] = {0};
        for (size_t j = 0; j < columns; j++)
            for (size_t k = 0; k < BLOCK; k++) {
                const float d = row[j] - x[j * stride + i + k];
                sum[k] += d * d;
            }
        memcpy(out + i, sum, sizeof sum);
    }
}
PLM_PER_ISA(distances,
            (const char *isa, float *restrict out, const float *restrict row,
             const float *restrict x, size_t count, size_t columns, size_t stride),
            (out, row, x, count, columns, stride))

/* Returns a key for a row at a distance: of two keys, the one of the nearer row is smaller, or of
 * two rows at the same distance the one of the first row. The bits of floats that are not negative
 * have the order of the floats. */
static uint64_t key_of(float distance, int64_t row)
{
    uint32_t bits;
    memcpy(&bits, &distance, sizeof bits);
    return (uint64_t)bits << 32 | (uint64_t)row;
}

/* Inserts a key into the list of the nearest rows of row i, in ascending order, if it is smaller
 * than the last one. Its place cannot be predicted, so the loop has no branches that depend on
 * it. */
static void offer(const plm_near_rows *r, int64_t i, uint64_t key)
{
    uint64_t *list = r->key + i * PLM_NEAREST;
    if (key >= list[PLM_NEAREST - 1])
        return;
    for (int k = 0; k < PLM_NEAREST; k++) {
        const uint64_t here = list[k], smaller = key < here ? key : here;
        key = key < here ? here : key;
        list[k] = smaller;
    }
}

/* Compares row i with all later rows. */
static void compare(const plm_near_rows *r, int64_t i)
{
    const float *own = r->x + i * r->stride;
    const int64_t count = r->rows - i - 1;
    if (count == 0)
        return;
    distances(r->isa, r->distance, own, r->by_column + i + 1, (size_t)count, (size_t)r->columns,
              (size_t)r->high);
    for (int64_t n = 0; n < count; n++) {
        offer(r, i, key_of(r->distance[n], i + 1 + n));
        offer(r, i + 1 + n, key_of(r->distance[n], i));
    }
}

/* Finds the nearest rows of each row. */
static void compare_all(const plm_near_rows *r)
{
    const int64_t pairs = r->rows * PLM_NEAREST;
    for (int64_t i = 0; i < pairs; i++)
        r->key[i] = UINT64_MAX;
    for (int64_t i = 0; i < r->rows; i++)
        compare(r, i);
    for (int64_t i = 0; i < pairs; i++) {
        const uint32_t bits = (uint32_t)(r->key[i] >> 32);
        memcpy(&r->best[i], &bits, sizeof bits);
        r->nearest[i] = (int64_t)(r->key[i] & UINT32_MAX);
    }
}

/* Compares two distances, for qsort. */
static int by_size(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Returns half the mean squared difference of the targets in the nearest tenth of all pairs of
 * neighbours. The targets of rows that are so similar differ only by their noise. NaN = even these
 * pairs are far apart, as with many columns. */
static double differ_nearest(const plm_near_rows *r)
{
    const size_t pairs = (size_t)(r->rows * PLM_NEAREST);
    float *sorted = r->distance; /* [rows * PLM_NEAREST] no longer needed */
    static const double near = 0.05;
    double sum = 0, count = 0;
    memcpy(sorted, r->best, pairs * sizeof *sorted);
    qsort(sorted, pairs, sizeof *sorted, by_size);
    const float limit = sorted[pairs / 10];
    for (size_t i = 0; i < pairs; i++) {
        const double d = (double)(r->y[r->nearest[i]] - r->y[(int64_t)i / PLM_NEAREST]);
        sum += r->best[i] <= limit ? d * d / 2 : 0;
        count += r->best[i] <= limit;
    }
    /* for any two rows, the mean squared distance is twice the number of columns */
    return (double)limit < near * 2 * (double)r->own ? sum / count : (double)NAN;
}

/* Estimates half the squared difference of the targets of two rows at distance 0: fits a line to
 * the means of the nearest, second nearest, ... neighbours (the gamma test of Stefansson et
 * al., 1997). */
static double differ_at_zero(const plm_near_rows *r)
{
    double d[PLM_NEAREST] = {0}, g[PLM_NEAREST] = {0}, md = 0, mg = 0, dd = 0, dg = 0;
    for (int64_t i = 0; i < r->rows; i++)
        for (int k = 0; k < PLM_NEAREST; k++) {
            const double y = (double)(r->y[r->nearest[i * PLM_NEAREST + k]] - r->y[i]);
            d[k] += (double)r->best[i * PLM_NEAREST + k] / (double)r->rows;
            g[k] += y * y / 2 / (double)r->rows;
        }
    for (int k = 0; k < PLM_NEAREST; k++) {
        md += d[k] / PLM_NEAREST;
        mg += g[k] / PLM_NEAREST;
    }
    for (int k = 0; k < PLM_NEAREST; k++) {
        dd += (d[k] - md) * (d[k] - md);
        dg += (d[k] - md) * (g[k] - mg);
    }
    return dd > 0 ? mg - dg / dd * md : (double)NAN;
}

/* Measures how well numbers as targets agree with the means of all rows around them. */
static double agree_around(const plm_near_rows *r)
{
    double y = 0, z = 0, yy = 0, zz = 0, yz = 0;
    const double n = (double)r->rows;
    for (int64_t i = 0; i < r->rows; i++) {
        int64_t list[PLM_NEAREST * (PLM_NEAREST + 1)];
        const int count = plm_near_around(r, i, list);
        double mean = 0;
        for (int k = 0; k < count; k++)
            mean += (double)r->y[list[k]] / count;
        const double own = (double)r->y[i];
        y += own / n;
        z += mean / n;
        yy += own * own / n;
        zz += mean * mean / n;
        yz += own * mean / n;
    }
    const double both = (yy - y * y) * (zz - z * z);
    return both > 0 ? (yz - y * z) / sqrt(both) * sqrt(n) : 0;
}

/* Measures how well numbers as targets agree: the correlation of each with the mean of its
 * neighbours. numbers: the targets are certainly no classes. */
static void compare_numbers(const plm_near_rows *r, bool numbers, plm_neighbours *out)
{
    double mean = 0, yy = 0, zz = 0, yz = 0, error = 0, means = 0;
    const double n = (double)r->rows;
    for (int64_t i = 0; i < r->rows; i++) {
        mean += (double)r->y[i] / n;
        for (int k = 0; k < PLM_NEAREST; k++)
            means += (double)r->y[r->nearest[i * PLM_NEAREST + k]] / (n * PLM_NEAREST);
    }
    for (int64_t i = 0; i < r->rows; i++) {
        double z = 0;
        const double y = (double)r->y[i] - mean;
        for (int k = 0; k < PLM_NEAREST; k++)
            z += (double)r->y[r->nearest[i * PLM_NEAREST + k]] / PLM_NEAREST;
        error += ((double)r->y[i] - z) * ((double)r->y[i] - z);
        yy += y * y;
        zz += (z - means) * (z - means);
        yz += y * (z - means);
    }
    out->r2 = yy > 0 ? 1 - error / yy : (double)NAN;
    if (!numbers)
        return;
    out->hits = out->r2;
    out->beyond = yy > 0 && zz > 0 ? yz / sqrt(yy * zz) * sqrt(n) : (double)NAN;
    out->wide = agree_around(r);
    /* the target is a number, so `beyond` has no upper bound, as it has for classes */
    out->most = INFINITY;
    /* both estimates are too high where the target is curved, so the lower one is used */
    const double at_zero = differ_at_zero(r), nearest = differ_nearest(r);
    out->noise = isnan(nearest) ? (double)NAN : fmax(fmin(at_zero, nearest), 0) * n / yy;
}

/* A column has outliers if its extremes are more than OUTLIER times the median distance away from
 * the median. Its scaled values are then limited to +-BOUND: one row must not make the others
 * nearly equal. */
enum { OUTLIER = 100, BOUND = 5 };

/* True if values have outliers. */
static bool has_outliers(double median, double spread, double min, double max)
{
    return spread > 0 && fmax(max - median, median - min) > OUTLIER * spread;
}

/* An id of a word becomes IDS columns of both signs, so that two different ids are about as far
 * from each other as two random numbers, whatever the ids are. Ids as numbers would be near if the
 * words are neighbours in the alphabet. */
enum { IDS = 8 };

/* Returns the number of columns into which a column is scaled. */
static int64_t width_of(const plm_data_column *c)
{
    return c->id ? IDS : 1;
}

/* Returns column k of the signs of an id. */
static double sign_of(double id, int64_t k)
{
    const uint32_t counter[4] = {(uint32_t)id, 0, 0, 0}, key[2] = {0, 0};
    uint32_t bits[4];
    plm_philox(counter, key, bits);
    return (bits[0] >> k & 1) != 0 ? 1 / sqrt(IDS) : -1 / sqrt(IDS);
}

/* Returns a number divided by the standard deviation of its column or, if the column has outliers,
 * by its median distance. In a constant column it becomes 0. */
static double scaled(const plm_data_column *c, double value)
{
    const bool far = has_outliers(c->median, c->spread, c->min, c->max);
    const double middle = far ? c->median : c->mean, unit = far ? 1.5 * c->spread : c->deviation,
                 own = unit > 0 ? (value - middle) / unit : 0;
    return far ? fmax(-BOUND, fmin(BOUND, own)) : own;
}

void plm_neighbours_scale(const plm_data_facts *f, const float *row, float *out)
{
    for (int64_t j = 0; j < f->columns; j++) {
        const plm_data_column *c = &f->column[j];
        for (int64_t k = 0; k < width_of(c); k++)
            *out++ = (float)(c->id ? sign_of((double)row[j], k) : scaled(c, (double)row[j]));
    }
}

/* Copies the sample, with each column scaled. */
static void scale(const plm_row_sample *s, const plm_data_facts *f, plm_near_rows *r)
{
    int64_t to = 0;
    for (int64_t j = 0; j < s->columns; j++) {
        const plm_data_column *c = &f->column[j];
        for (int64_t k = 0; k < width_of(c); k++, to++)
            for (int64_t i = 0; i < r->rows; i++) {
                const double value = (double)s->value[i * s->columns + j];
                r->x[i * r->stride + to] = r->by_column[to * r->high + i] =
                    (float)(c->id ? sign_of(value, k) : scaled(c, value));
            }
    }
}

/* Bounds targets that are outliers. */
static void bound_targets(const plm_data_facts *f, const plm_near_rows *r)
{
    const double unit = BOUND * f->target_spread;
    if (!has_outliers(f->target_median, f->target_spread, f->target_min, f->target_max))
        return;
    for (int64_t i = 0; i < r->rows; i++)
        r->y[i] =
            (float)fmax(f->target_median - unit, fmin(f->target_median + unit, (double)r->y[i]));
}

/* Allocates the memory for the rows. */
static plm_status open_rows(plm_arena *a, plm_near_rows *r)
{
    const size_t pairs = (size_t)(r->rows * PLM_NEAREST);
    r->isa = a->w->kernel->isa;
    r->stride = (r->columns + LANES - 1) / LANES * LANES;
    r->high = r->rows + BLOCK;
    r->x = plm_arena_array(a, (size_t)(r->rows * r->stride), sizeof *r->x);
    r->by_column = plm_arena_array(a, (size_t)(r->columns * r->high), sizeof *r->by_column);
    r->distance = plm_arena_array(a, pairs, sizeof *r->distance);
    r->nearest = plm_arena_array(a, pairs, sizeof *r->nearest);
    r->best = plm_arena_array(a, pairs, sizeof *r->best);
    r->key = plm_arena_array(a, pairs, sizeof *r->key);
    return r->x && r->by_column && r->distance && r->nearest && r->best && r->key ? PLM_OK
                                                                                  : PLM_E_MEMORY;
}

/* True if the words of some column are so many that most rows have too few others with their word.
 * The nearest rows then say little about the target. */
static bool has_rare_ids(const plm_row_sample *s, const plm_data_facts *f, int64_t rows)
{
    for (int64_t j = 0; j < s->columns; j++)
        if (f->column[j].id && f->column[j].values * (PLM_NEAREST + 1) > rows)
            return true;
    return false;
}

/* Measures how well the targets of neighbouring rows agree. All pairs are compared, so the work
 * grows with the square of the number of rows; rows are dropped until it is at most MAX_WORK, and
 * nothing is measured for very few rows. Columns are scaled first, as otherwise the one with the
 * largest values would determine all distances. */
plm_status plm_neighbours_find(const plm_row_sample *s, plm_arena *a, plm_data_facts *f)
{
    plm_near_rows r = {.rows = s->count, .own = s->columns, .y = s->target, .place = s->place};
    for (int64_t j = 0; j < s->columns; j++)
        r.columns += width_of(&f->column[j]);
    f->near = (plm_neighbours){.apart = NAN, .noise = NAN};
    while (r.rows > 0 && r.rows * r.rows > MAX_WORK / r.columns)
        r.rows -= r.rows / 16 + 1;
    if (r.rows < LEAST_ROWS || f->classes == 1 || has_rare_ids(s, f, r.rows))
        return PLM_OK;
    PLM_TRY(open_rows(a, &r));
    scale(s, f, &r);
    compare_all(&r);
    f->near.rows = r.rows;
    f->near.row = r.x;
    f->near.stride = r.stride;
    f->near.target = r.y;
    plm_near_copies(&r, f, &f->near);
    if (f->classes > 1) {
        plm_near_classes(&r, f->classes, &f->near);
        PLM_TRY(plm_near_order(&r, a, &f->near));
    } else {
        if (!has_outliers(f->target_median, f->target_spread, f->target_min, f->target_max))
            plm_near_units(&r, &f->near);
        bound_targets(f, &r);
    }
    compare_numbers(&r, f->classes <= 1, &f->near);
    return PLM_OK;
}
