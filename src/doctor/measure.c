/* Sums the outputs of layers over rows. Each column is summed in the order of the rows, so that the
 * bits depend neither on threads nor on the instruction set. Squares are summed in double, since
 * vanishing gradients are below 1e-20, and float32 cannot represent their squares. */
#include "doctor/measure.h"

#include <math.h>
#include <string.h>

#include "kernel/per_isa.h"

/* Adds the values of one row x [count] to `sum`, and their squares to `square`. */
static PLM_BODY void moments_body(double *restrict sum, double *restrict square,
                                  const plm_real *restrict x, size_t count)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++) {
        const double value = (double)x[i];
        sum[i] += value;
        square[i] += value * value;
    }
}
PLM_PER_ISA(moments,
            (const char *isa, double *restrict sum, double *restrict square,
             const plm_real *restrict x, size_t count),
            (sum, square, x, count))

/* Counts the values of one row x [count] that are 0, those that are at most `low` or at least
 * `high`, and updates the largest absolute values. */
static PLM_BODY void counts_body(plm_real *restrict zero, plm_real *restrict below,
                                 plm_real *restrict above, plm_real *restrict largest,
                                 const plm_real *restrict x, size_t count, const plm_real *range)
{
    const plm_real low = range[0], high = range[1];
    for (size_t i = 0; i < PLM_WHOLE(count); i++) {
        const plm_real value = x[i], size = value < 0 ? -value : value;
        zero[i] += size > 0 ? (plm_real)0 : (plm_real)1;
        below[i] += value <= low ? (plm_real)1 : (plm_real)0;
        above[i] += value >= high ? (plm_real)1 : (plm_real)0;
        largest[i] = size > largest[i] ? size : largest[i];
    }
}
PLM_PER_ISA(counts,
            (const char *isa, plm_real *restrict zero, plm_real *restrict below,
             plm_real *restrict above, plm_real *restrict largest, const plm_real *restrict x,
             size_t count, const plm_real *range),
            (zero, below, above, largest, x, count, range))

/* Marks the columns of one row x [count] that are not 0. */
static PLM_BODY void mark_body(plm_real *restrict seen, const plm_real *restrict x, size_t count)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++)
        seen[i] = x[i] > 0 || x[i] < 0 ? (plm_real)1 : seen[i];
}
PLM_PER_ISA(mark,
            (const char *isa, plm_real *restrict seen, const plm_real *restrict x, size_t count),
            (seen, x, count))

/* Allocates the sums for layers with at most `width` columns. */
plm_status plm_sums_open(plm_sums *c, plm_arena *a, size_t width)
{
    width = (width + PLM_LANES - 1) / PLM_LANES * PLM_LANES;
    *c = (plm_sums){.width = width,
                    .sum = plm_arena_array(a, width, sizeof(double)),
                    .square = plm_arena_array(a, width, sizeof(double)),
                    .zero = plm_arena_array(a, width, sizeof(plm_real)),
                    .low = plm_arena_array(a, width, sizeof(plm_real)),
                    .high = plm_arena_array(a, width, sizeof(plm_real)),
                    .largest = plm_arena_array(a, width, sizeof(plm_real))};
    return c->sum && c->square && c->zero && c->low && c->high && c->largest ? PLM_OK
                                                                             : PLM_E_MEMORY;
}

/* Sets the first `width` sums to 0. */
static void clear(plm_sums *c, size_t width)
{
    memset(c->sum, 0, width * sizeof *c->sum);
    memset(c->square, 0, width * sizeof *c->square);
    memset(c->zero, 0, width * sizeof *c->zero);
    memset(c->low, 0, width * sizeof *c->low);
    memset(c->high, 0, width * sizeof *c->high);
    memset(c->largest, 0, width * sizeof *c->largest);
}

/* Combines the sums of all columns into the measurements of a layer, `out`. lines: number of rows
 * that were added. */
static void fold(const plm_sums *c, size_t width, double lines, plm_reading *out)
{
    const double count = lines * (double)width;
    double sum = 0, square = 0, zero = 0, low = 0, high = 0, largest = 0, between = 0;
    for (size_t i = 0; i < width; i++) {
        between += fmax(c->square[i] / lines - c->sum[i] / lines * (c->sum[i] / lines), 0);
        sum += c->sum[i];
        square += c->square[i];
        zero += (double)c->zero[i];
        low += (double)c->low[i];
        high += (double)c->high[i];
        largest = (double)c->largest[i] > largest ? (double)c->largest[i] : largest;
    }
    out->mean = sum / count;
    out->variance = fmax(square / count - out->mean * out->mean, 0);
    out->finite = isfinite(square);
    out->largest = out->finite ? largest : INFINITY;
    out->between = between / (double)width;
    out->zero = zero / count;
    out->low = low / count;
    out->high = high / count;
}

/* Returns the number of columns that are summed: the width, rounded up to whole vectors. */
static size_t whole(const plm_shape *s)
{
    return ((size_t)s->width + PLM_LANES - 1) / PLM_LANES * PLM_LANES;
}

/* Returns the root mean square of the gradient dz over `lines` contiguous vectors along the last
 * axis. */
static double rms(plm_sums *c, const char *isa, const plm_shape *s, const plm_real *dz,
                  int64_t lines)
{
    double square = 0;
    clear(c, whole(s));
    for (int64_t i = 0; i < lines; i++)
        moments(isa, c->sum, c->square, dz + i * s->stride, whole(s));
    for (int64_t i = 0; i < s->width; i++)
        square += c->square[i];
    return sqrt(square / ((double)lines * (double)s->width));
}

/* Measures a layer: the outputs of the first rows of the batch, their gradient and, for activations
 * whose units can die, which units were not 0 in any row. Padding is summed, too, since whole
 * vectors are faster, but these sums are not used. */
void plm_spot_measure(plm_sums *c, const char *isa, const plm_spot_values *v, plm_reading *out)
{
    const plm_shape *s = v->shape_a, *z = v->shape_z;
    const plm_real range[2] = {(plm_real)v->spot->low, (plm_real)v->spot->high};
    const int64_t looked = v->rows < PLM_LOOK_ROWS ? v->rows : PLM_LOOK_ROWS,
                  lines = looked * s->lines;
    out->units = s->width;
    out->rms_dz = v->dz != NULL ? rms(c, isa, z, v->dz, looked * z->lines) : (double)NAN;
    if (v->a == NULL)
        return;
    clear(c, whole(s));
    for (int64_t i = 0; i < lines; i++) {
        moments(isa, c->sum, c->square, v->a + i * s->stride, whole(s));
        counts(isa, c->zero, c->low, c->high, c->largest, v->a + i * s->stride, whole(s), range);
    }
    fold(c, (size_t)s->width, (double)lines, out);
    for (int64_t i = 0; v->seen != NULL && i < v->rows * s->lines; i++)
        mark(isa, v->seen, v->a + i * s->stride, whole(s));
}
