/* For bench programs that time kernels: figures and how they are written down, work on one
 * thread or two, the limit that is measured beside it. Include after defining _POSIX_C_SOURCE. */
#ifndef BENCH_TURNS_H
#define BENCH_TURNS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/kernel.h"

#include "peak.h"

enum { ROUNDS_MOST = 99, ISA_MOST = 4, NUMBERS = 2000, LINE = 16 };

typedef struct {
    const plm_kernels *isa[ISA_MOST];
    int isas, rounds, threads;
    const char *only;
    FILE *table;
} options;

/* ---- figures ---- */

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* What is found at `part` of the way from the least to the most; sorts. */
static double quantile(double *x, int count, double part)
{
    qsort(x, (size_t)count, sizeof *x, by_size);
    return x[(int)(part * (count - 1) + 0.5)];
}

/* One kernel on one instruction set: a rate, and the limit measured in the same rounds. */
typedef struct {
    const char *kernel, *shape, *isa, *unit;
    int threads, rounds;
    double *rate, *share; /* of each round; share 0 = without a limit */
} figures;

static void report(const options *o, const figures *f)
{
    const double rate = quantile(f->rate, f->rounds, 0.5),
                 share = 100 * quantile(f->share, f->rounds, 0.5);
    const double low = 100 * quantile(f->share, f->rounds, 0.25),
                 high = 100 * quantile(f->share, f->rounds, 0.75);
    const double slow = quantile(f->rate, f->rounds, 0.25),
                 fast = quantile(f->rate, f->rounds, 0.75);
    printf("%-26s %-15s %-7s %d %8.2f %-10s", f->kernel, f->shape, f->isa, f->threads, rate,
           f->unit);
    if (share > 0)
        printf(" %6.1f %% (%.1f to %.1f)", share, low, high);
    printf("\n");
    fflush(stdout);
    if (o->table != NULL)
        fprintf(o->table, "%s\t%s\t%s\t%d\t%s\t%.4g\t%.4g\t%.4g\t%.4g\t%.4g\t%.4g\n", f->kernel,
                f->shape, f->isa, f->threads, f->unit, rate, slow, fast, share, low, high);
}

static bool wanted(const options *o, const char *kernel)
{
    return o->only == NULL || strncmp(kernel, o->only, strlen(o->only)) == 0;
}

/* ---- work on one thread or two ---- */

typedef void work(const void *what, int part, int parts);

/* The second thread, asked by a number that rises. */
typedef struct {
    work *run;
    const void *what;
    size_t calls;
    double seconds;
    atomic_int asked, done;
    pthread_t thread;
} helper;

static double seconds_of(work *run, const void *what, size_t calls, int part, int parts)
{
    const double begun = now();
    for (size_t i = 0; i < calls; i++)
        run(what, part, parts);
    return (now() - begun) / (double)calls;
}

static void *help(void *at)
{
    helper *h = at;
    for (int turn = 1;; turn++) {
        while (atomic_load(&h->asked) < turn)
            ;
        if (h->run == NULL)
            return NULL;
        h->seconds = seconds_of(h->run, h->what, h->calls, 1, 2);
        atomic_store(&h->done, turn);
    }
}

/* Seconds of one call, over `calls` of them, on as many threads as there are: h NULL = one. */
static double time_of(helper *h, work *run, const void *what, size_t calls)
{
    if (h == NULL)
        return seconds_of(run, what, calls, 0, 1);
    h->run = run;
    h->what = what;
    h->calls = calls;
    const int turn = atomic_fetch_add(&h->asked, 1) + 1;
    const double own = seconds_of(run, what, calls, 0, 2);
    while (atomic_load(&h->done) < turn)
        ;
    return own > h->seconds ? own : h->seconds;
}

/* So many that the clock does not matter, and no more than a slice of the scheduler. */
static size_t calls_of(work *run, const void *what)
{
    run(what, 0, 1);
    const double once = seconds_of(run, what, 3, 0, 1);
    return once > 3e-4 ? 1 : (size_t)(3e-4 / (once + 1e-9)) + 1;
}

static float *numbers(size_t count)
{
    void *block = NULL;
    if (posix_memalign(&block, 64, (count + LINE) * sizeof(float)) != 0) {
        fputs("kernels: out of memory\n", stderr);
        exit(1);
    }
    float *x = block;
    for (size_t i = 0; i < count; i++)
        x[i] = (float)((i * 2654435761u >> 7) % 4001) / 1000.0f - 2.0f;
    return x;
}

/* ---- limits ---- */

static void run_peak(const void *what, int part, int parts)
{
    (void)part, (void)parts;
    (*(peak_function *const *)what)();
}

/* Fused multiply-adds a second of all threads, or 0. */
static double peak_rate(helper *h, peak_function *peak)
{
    if (peak == NULL || h == NULL)
        return peak ? peak_now(peak) : 0;
    double most = 0;
    for (int i = 0; i < 4; i++) {
        const double rate = peak() / time_of(h, run_peak, &peak, 1);
        most = rate > most ? rate : most;
    }
    return 2 * most;
}

#endif
