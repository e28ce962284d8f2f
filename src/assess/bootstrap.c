/* Intervals of metrics by the bootstrap. A sample consists of as many rows as the data has, drawn
 * at random with replacement. The metrics of many such samples are computed, and their quantiles
 * are the ends of the intervals. A metric on a few hundred rows is an estimate, and the interval
 * says how far it may be off. The bootstrap needs no formula for the metric, so it works for F1 and
 * AUC as well as for the mean error. All metrics are computed on the same samples. Each sample has
 * its own stream of random numbers, so that the result does not depend on the order of the samples
 * or on the number of threads. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "assess/assessment.h"
#include "base/philox.h"
#include "base/random.h"
#include "base/threads.h"
#include "kernel/per_isa.h"

/* BLOCKS: number of blocks of four random numbers that are generated at a time. */
enum { LANES = PLM_LANES_OF_SAMPLES, BLOCKS = 32 };

/* What the threads share. */
typedef struct {
    const plm_bootstrap *b;
    plm_counts *count; /* [threads][rows] */
    /* the metrics of all samples: [b->times, rounded up to a multiple of LANES][b->figures] */
    double *drawn;
} sampling;

/* Computes the next BLOCKS blocks of a random stream, of four numbers each: out[k][i] is number k
 * of block i. */
static PLM_BODY void make_blocks_body(const plm_random *restrict r,
                                      uint32_t (*restrict out)[BLOCKS])
{
    for (uint32_t i = 0; i < BLOCKS; i++) {
        const uint64_t at = r->next + i;
        const uint32_t counter[4] = {(uint32_t)at, (uint32_t)(at >> 32), r->high[0], r->high[1]};
        uint32_t number[4];
        plm_philox_mix(counter, r->key, number);
        for (int k = 0; k < 4; k++)
            out[k][i] = number[k];
    }
}
PLM_PER_ISA(make_blocks,
            (const char *isa, const plm_random *restrict r, uint32_t (*restrict out)[BLOCKS]),
            (r, out))

/* Draws one sample of b->rows rows: for each row i that is drawn, count[i].of[lane] becomes 1
 * larger. The rows are the same as by b->rows calls of plm_random_below, which would take
 * longer. */
static void draw(const plm_bootstrap *b, int sample, int lane, plm_counts *count)
{
    uint32_t number[4][BLOCKS];
    plm_random r = plm_random_open(b->seed, PLM_RANDOM_BOOTSTRAP, (uint32_t)sample, 0);
    int64_t left = b->rows;
    const uint32_t rows = (uint32_t)left, least = left > UINT32_MAX ? 0 : (0u - rows) % rows;
    for (; left >= 4 * BLOCKS && b->rows <= UINT32_MAX; r.next += BLOCKS) {
        make_blocks(b->a->w->options.isa, &r, number);
        for (int i = 0; i < 4 * BLOCKS; i++) {
            const uint64_t product = (uint64_t)number[i % 4][i / 4] * rows;
            if ((uint32_t)product < least)
                continue;
            count[product >> 32].of[lane]++;
            left--;
        }
    }
    for (; left > 0; left--)
        count[plm_random_below(&r, (uint64_t)b->rows)].of[lane]++;
}

/* Draws and measures this thread's part of the samples. */
static void measure_part(void *argument, int thread, int threads)
{
    const sampling *s = argument;
    const plm_bootstrap *b = s->b;
    plm_counts *count = s->count + (size_t)thread * (size_t)b->rows;
    int64_t first = 0, last = 0;
    plm_share((b->times + LANES - 1) / LANES, 1, thread, threads, &first, &last);
    for (int sample = (int)first * LANES; sample < (int)last * LANES; sample += LANES) {
        memset(count, 0, (size_t)b->rows * sizeof *count);
        for (int lane = 0; lane < LANES && sample + lane < b->times; lane++)
            draw(b, sample + lane, lane, count);
        b->measure(b->self, thread, count, s->drawn + (size_t)sample * (size_t)b->figures);
    }
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
 * metric is not defined are left out. room: [times], scratch memory. */
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

/* Sets the number of threads. Each thread needs memory for the counts of all rows, so fewer threads
 * are used for many rows. */
void plm_bootstrap_plan(plm_bootstrap *b)
{
    enum { MOST_COUNTS = 1 << 22 };
    const int64_t most = MOST_COUNTS / (b->rows + 1), groups = (b->times + LANES - 1) / LANES;
    b->threads = plm_pool_threads(b->a->w->pool);
    b->threads = b->threads < most ? b->threads : most > 1 ? (int)most : 1;
    b->threads = b->threads < groups ? b->threads : (int)groups;
}

/* Computes metrics and intervals. The metrics are computed on all rows, each used once; only the
 * ends of the intervals come from samples. */
plm_status plm_bootstrap_run(const plm_bootstrap *b, plm_interval *out)
{
    const size_t figures = (size_t)b->figures, rows = (size_t)b->rows + 1;
    sampling s = {.b = b,
                  .count = plm_arena_array(b->a, rows * (size_t)b->threads, sizeof *s.count),
                  .drawn =
                      plm_arena_array(b->a, ((size_t)b->times + LANES) * figures, sizeof *s.drawn)};
    double *room = plm_arena_array(b->a, (size_t)b->times + LANES * figures, sizeof *room);
    if (!s.count || !s.drawn || !room)
        return PLM_E_MEMORY;
    for (int64_t i = 0; i < b->rows; i++)
        s.count[i].of[0] = 1;
    b->measure(b->self, 0, s.count, room);
    for (size_t k = 0; k < figures; k++)
        out[k].value = room[k];
    plm_parallel(b->a->w->pool, b->threads, measure_part, &s);
    for (int k = 0; k < b->figures; k++)
        set_interval(b, s.drawn, k, room, &out[k]);
    return PLM_OK;
}
