/* Finds the nearest rows of each row, and measures whether their targets agree. A net learns from
 * what similar rows have in common. If they have nothing in common, it can only memorize rows. At
 * most 512 rows are compared, fewer if they have many columns. */
#include "doctor/neighbours.h"

#include <math.h>
#include <string.h>

#include "kernel/per_isa.h"

enum { NEAREST = 5, LEAST_ROWS = 100, MAX_WORK = 32000000 };

/* The rows to compare. */
typedef struct {
    int64_t rows, columns, stride;
    const char *isa;
    /* [rows][stride] the rows, scaled to standard deviation 1 and padded with zeros */
    float *x;
    float *distance;  /* [rows] of one row */
    const float *y;   /* [rows] */
    int64_t *nearest; /* [rows][NEAREST] */
} rows;

enum { LANES = 16 };

/* Sets out[count] to the squared distances of a row from all rows x [count, stride]. Each is
 * computed as LANES sums, which are added in a fixed order. stride: a multiple of LANES. */
static PLM_BODY void distances_body(float *restrict out, const float *restrict row,
                                    const float *restrict x, size_t count, size_t stride)
{
    for (size_t i = 0; i < count; i++) {
        float sum[LANES] = {0}, all = 0;
        for (size_t j = 0; j < PLM_WHOLE(stride); j += LANES)
            for (size_t k = 0; k < LANES; k++) {
                const float d = row[j + k] - x[i * stride + j + k];
                sum[k] += d * d;
            }
        for (size_t k = 0; k < LANES; k++)
            all += sum[k];
        out[i] = all;
    }
}
PLM_PER_ISA(distances,
            (const char *isa, float *restrict out, const float *restrict row,
             const float *restrict x, size_t count, size_t stride),
            (out, row, x, count, stride))

/* Finds the nearest rows of row i; of rows with the same distance, the first. */
static void find_nearest(const rows *r, int64_t i)
{
    float best[NEAREST];
    int64_t *at = r->nearest + i * NEAREST, count = 0;
    distances(r->isa, r->distance, r->x + i * r->stride, r->x, (size_t)r->rows, (size_t)r->stride);
    for (int64_t k = 0; k < r->rows; k++) {
        if (k == i)
            continue;
        const float d = r->distance[k];
        int64_t to = count < NEAREST ? count++ : NEAREST;
        for (; to > 0 && d < best[to - 1]; to--)
            if (to < NEAREST) {
                best[to] = best[to - 1];
                at[to] = at[to - 1];
            }
        if (to < NEAREST) {
            best[to] = d;
            at[to] = k;
        }
    }
}

/* True if two numbers are the same class. */
static bool same(float a, float b)
{
    return !(a < b) && !(a > b);
}

/* True if row i has the class that most of its neighbours have; if two classes are equally
 * frequent, the class of the nearest row. */
static bool is_hit(const rows *r, int64_t i)
{
    const int64_t *at = r->nearest + i * NEAREST;
    int most = 0, votes = 0;
    for (int k = 0; k < NEAREST; k++) {
        int own = 0;
        for (int j = 0; j < NEAREST; j++)
            own += same(r->y[at[j]], r->y[at[k]]);
        most = own > votes ? k : most;
        votes = own > votes ? own : votes;
    }
    return same(r->y[at[most]], r->y[i]);
}

/* Measures the agreement of classes: how much more often neighbours have the same class than two
 * rows drawn at random. */
static void compare_classes(const rows *r, plm_neighbours *out)
{
    double hits = 0, agree = 0, chance = 0;
    const double n = (double)r->rows;
    for (int64_t i = 0; i < r->rows; i++) {
        hits += is_hit(r, i);
        for (int k = 0; k < NEAREST; k++)
            agree += same(r->y[r->nearest[i * NEAREST + k]], r->y[i]);
        for (int64_t k = 0; k < r->rows; k++)
            chance += k != i && same(r->y[k], r->y[i]);
    }
    chance /= n * (n - 1);
    out->hits = hits / n;
    out->beyond =
        (agree / (n * NEAREST) - chance) / sqrt(fmax(chance * (1 - chance), 1e-9) / (n * NEAREST));
}

/* Measures the agreement of a regression target: its correlation with the mean of the
 * neighbours. */
static void compare_numbers(const rows *r, plm_neighbours *out)
{
    double mean = 0, yy = 0, zz = 0, yz = 0, error = 0, means = 0;
    const double n = (double)r->rows;
    for (int64_t i = 0; i < r->rows; i++) {
        mean += (double)r->y[i] / n;
        for (int k = 0; k < NEAREST; k++)
            means += (double)r->y[r->nearest[i * NEAREST + k]] / (n * NEAREST);
    }
    for (int64_t i = 0; i < r->rows; i++) {
        double z = 0;
        const double y = (double)r->y[i] - mean;
        for (int k = 0; k < NEAREST; k++)
            z += (double)r->y[r->nearest[i * NEAREST + k]] / NEAREST;
        error += ((double)r->y[i] - z) * ((double)r->y[i] - z);
        yy += y * y;
        zz += (z - means) * (z - means);
        yz += y * (z - means);
    }
    out->hits = yy > 0 ? 1 - error / yy : (double)NAN;
    out->beyond = yy > 0 && zz > 0 ? yz / sqrt(yy * zz) * sqrt(n) : (double)NAN;
}

/* Copies the sample, with each column divided by its standard deviation. Constant columns become
 * 0. */
static void scale(const plm_row_sample *s, const plm_data_facts *f, rows *r)
{
    for (int64_t i = 0; i < r->rows; i++)
        for (int64_t j = 0; j < r->columns; j++) {
            const plm_data_column *c = &f->column[j];
            r->x[i * r->stride + j] =
                c->deviation > 0
                    ? (float)(((double)s->value[i * s->columns + j] - c->mean) / c->deviation)
                    : 0;
        }
}

plm_status plm_neighbours_find(const plm_row_sample *s, plm_arena *a, plm_data_facts *f)
{
    rows r = {.rows = s->count, .columns = s->columns, .y = s->target};
    f->near = (plm_neighbours){0};
    while (r.rows > 0 && r.rows * r.rows > MAX_WORK / r.columns)
        r.rows -= r.rows / 16 + 1;
    if (r.rows < LEAST_ROWS || f->classes == 1)
        return PLM_OK;
    r.isa = a->w->kernel->isa;
    r.stride = (r.columns + LANES - 1) / LANES * LANES;
    r.x = plm_arena_array(a, (size_t)(r.rows * r.stride), sizeof *r.x);
    r.distance = plm_arena_array(a, (size_t)r.rows, sizeof *r.distance);
    r.nearest = plm_arena_array(a, (size_t)(r.rows * NEAREST), sizeof *r.nearest);
    if (r.x == NULL || r.distance == NULL || r.nearest == NULL)
        return PLM_E_MEMORY;
    scale(s, f, &r);
    for (int64_t i = 0; i < r.rows; i++)
        find_nearest(&r, i);
    f->near.rows = r.rows;
    if (f->classes > 1)
        compare_classes(&r, &f->near);
    else
        compare_numbers(&r, &f->near);
    return PLM_OK;
}
