/* Intervals of metrics by the bootstrap. A sample consists of as many rows as there are, drawn at
 * random with replacement. The metrics of many such samples are computed, and their quantiles are
 * the ends of the intervals.
 *
 * A metric on a few hundred rows is an estimate, and the interval says how far it may be off. The
 * bootstrap needs no formula for the metric, so it works for F1 and AUC as well as for the mean
 * error. All metrics are computed on the same samples, each sample from random numbers of its own,
 * so that the result does not depend on their order. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "assess/assessment.h"
#include "base/random.h"

/* Draws a sample: count[i] = how often row i is in it. */
static void draw(const plm_bootstrap *b, int sample, uint32_t *count)
{
    plm_random r = plm_random_open(b->seed, PLM_RANDOM_BOOTSTRAP, (uint32_t)sample, 0);
    memset(count, 0, (size_t)b->rows * sizeof *count);
    for (int64_t i = 0; i < b->rows; i++)
        count[plm_random_below(&r, (uint64_t)b->rows)]++;
}

/* Compares two numbers for qsort, smaller ones first. */
static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Returns the quantile of ascending value[count], interpolated linearly between two values. */
static double quantile(const double *value, int count, double share)
{
    const double at = share * (count - 1);
    const int low = (int)at;
    const double rest = at - low;
    return low + 1 < count ? value[low] * (1 - rest) + value[low + 1] * rest : value[low];
}

/* Sets the interval of metric k from all samples, drawn[times][figures]. Samples in which the
 * metric is not defined are left out. room: [times], memory for this. */
static void set_interval(const plm_bootstrap *b, const double *drawn, int k, double *room,
                         plm_interval *out)
{
    int count = 0;
    for (int i = 0; i < b->times; i++) {
        const double value = drawn[(size_t)i * (size_t)b->figures + (size_t)k];
        if (!isnan(value))
            room[count++] = value;
    }
    out->low = out->high = (double)NAN;
    if (count < 2)
        return;
    qsort(room, (size_t)count, sizeof *room, by_size);
    out->low = quantile(room, count, 0.025);
    out->high = quantile(room, count, 0.975);
}

/* The values themselves are those of all rows, each counted once; only the ends of the intervals
 * come from samples. */
plm_status plm_bootstrap_run(const plm_bootstrap *b, plm_interval *out)
{
    const size_t figures = (size_t)b->figures;
    uint32_t *count = plm_arena_array(b->a, (size_t)b->rows + 1, sizeof *count);
    double *drawn = plm_arena_array(b->a, (size_t)b->times * figures + 1, sizeof *drawn);
    double *room = plm_arena_array(b->a, (size_t)b->times + figures, sizeof *room);
    if (!count || !drawn || !room)
        return PLM_E_MEMORY;
    for (int64_t i = 0; i < b->rows; i++)
        count[i] = 1;
    b->measure(b->self, count, room);
    for (size_t k = 0; k < figures; k++)
        out[k].value = room[k];
    for (int i = 0; i < b->times; i++) {
        draw(b, i, count);
        b->measure(b->self, count, drawn + (size_t)i * figures);
    }
    for (int k = 0; k < b->figures; k++)
        set_interval(b, drawn, k, room, &out[k]);
    return PLM_OK;
}
