/* What this machine can do now, against which the rest is measured:
 *     peak [ISA|- [THREADS [SECONDS [BYTES]]]]
 * Prints "PEAK gflops=... isa=... threads=...": the best of loops of fused multiply-adds, each
 * timed by its thread's own clock, summed over threads that run at the same time. With two
 * threads and more also "PASS ns=...": the time in which a cache line goes to another core and
 * back, on which the meetings of threads depend. With BYTES also "READ us=...": the time in
 * which one thread reads so many bytes that it has just read, once, from the cache they fit in. */
#define _POSIX_C_SOURCE 200809L
#include <plummet.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cores.h"

#include "peak.h"

enum { THREADS = 256, LINE_BYTES = 64 };

typedef struct {
    peak_function *peak;
    double seconds, most;
    pthread_t thread;
} worker;

static void *watch_peak(void *argument)
{
    worker *w = argument;
    for (const double begun = now(); now() - begun < w->seconds;) {
        const double rate = peak_now(w->peak);
        w->most = rate > w->most ? rate : w->most;
    }
    return NULL;
}

static double peak_of_threads(peak_function *peak, int threads, double seconds)
{
    static worker all[THREADS];
    double sum = 0;
    for (int i = 0; i < threads; i++) {
        all[i] = (worker){.peak = peak, .seconds = seconds};
        if (i > 0 && pthread_create(&all[i].thread, NULL, watch_peak, &all[i]) != 0)
            threads = i;
    }
    (void)watch_peak(&all[0]);
    for (int i = 1; i < threads; i++)
        (void)pthread_join(all[i].thread, NULL);
    for (int i = 0; i < threads; i++)
        sum += all[i].most;
    return sum;
}

/* ---- a line back and forth ---- */

enum { PASSES = 20000, PATIENCE = 1000 };

static void pass(atomic_int *turn, int mine, int next)
{
    for (int spins = 0; atomic_load_explicit(turn, memory_order_acquire) != mine;)
        if (++spins > PATIENCE) /* the other has no core now */
            (void)sched_yield();
    atomic_store_explicit(turn, next, memory_order_release);
}

typedef struct {
    atomic_int turn;
    int core[2];
    bool pinned;
} line;

static void *answer(void *argument)
{
    line *l = argument;
    if (l->pinned)
        plm_core_pin(l->core[1]);
    for (int i = 0; i < PASSES; i++)
        pass(&l->turn, 1, 0);
    return NULL;
}

/* Nanoseconds there and back; the median of pieces of 100, so that a lost core does not count. */
static double passing(void)
{
    enum { PIECE = 100, PIECES = PASSES / PIECE };
    double took[PIECES];
    line l = {0};
    pthread_t other;
    l.pinned = plm_cores_plan(2, l.core);
    if (pthread_create(&other, NULL, answer, &l) != 0)
        return -1;
    if (l.pinned)
        plm_core_pin(l.core[0]);
    for (int k = 0; k < PIECES; k++) {
        struct timespec begun, ended;
        clock_gettime(CLOCK_MONOTONIC, &begun);
        for (int i = 0; i < PIECE; i++)
            pass(&l.turn, 0, 1);
        clock_gettime(CLOCK_MONOTONIC, &ended);
        took[k] = (1e9 * (double)(ended.tv_sec - begun.tv_sec) +
                   (double)(ended.tv_nsec - begun.tv_nsec)) /
                  PIECE;
    }
    (void)pthread_join(other, NULL);
    for (int i = 1; i < PIECES; i++) /* sorts */
        for (int k = i; k > 0 && took[k] < took[k - 1]; k--) {
            const double higher = took[k - 1];
            took[k - 1] = took[k];
            took[k] = higher;
        }
    return took[PIECES / 2];
}

/* Reads every line whole; the sums only keep the compiler from leaving it out. Compiled for AVX2
 * as well. */
static inline __attribute__((always_inline)) uint64_t lines_body(const uint64_t *x, size_t lines)
{
    uint64_t sum[16] = {0}, all = 0;
    for (size_t i = 0; i + 1 < lines; i += 2)
        for (size_t k = 0; k < 16; k++)
            sum[k] += x[8 * i + k];
    for (size_t k = 0; k < 16; k++)
        all ^= sum[k];
    return all;
}

static uint64_t lines_plain(const uint64_t *x, size_t lines)
{
    return lines_body(x, lines);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static uint64_t lines_avx2(const uint64_t *x, size_t lines)
{
    return lines_body(x, lines);
}
#else
#define lines_avx2 lines_plain
#endif

/* The least of many readings, in microseconds; less than 0 = no memory. */
static double reading(size_t bytes, bool avx2)
{
    enum { READINGS = 400 };
    const size_t lines = (bytes + LINE_BYTES - 1) / LINE_BYTES;
    uint64_t *x = aligned_alloc(LINE_BYTES, lines * LINE_BYTES);
    volatile uint64_t kept = 0;
    double least = -1;
    for (size_t i = 0; x != NULL && i < lines * 8; i++)
        x[i] = i;
    for (int i = 0; x != NULL && i < READINGS; i++) {
        const double begun = now();
        kept = kept + (avx2 ? lines_avx2 : lines_plain)(x, lines);
        const double took = now() - begun;
        least = least < 0 || took < least ? took : least;
    }
    free(x);
    return 1e6 * least;
}

int main(int argc, char **argv)
{
    const char *isa = argc > 1 && strcmp(argv[1], "-") != 0 ? argv[1] : plm_isa_available(0);
    const int threads = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 1;
    const double seconds = argc > 3 ? strtod(argv[3], NULL) : 0.5;
    peak_function *peak = isa != NULL ? peak_of(isa) : NULL;
    if (peak == NULL || threads < 1 || threads > THREADS) {
        fprintf(stderr, "usage: peak [avx512|avx2|neon|- [THREADS [SECONDS [BYTES]]]]\n");
        return 2;
    }
    printf("PEAK gflops=%.1f isa=%s threads=%d\n", 2e-9 * peak_of_threads(peak, threads, seconds),
           isa, threads);
    if (threads > 1)
        printf("PASS ns=%.0f\n", passing());
    if (argc > 4)
        printf("READ us=%.2f\n",
               reading((size_t)strtoull(argv[4], NULL, 10), strncmp(isa, "avx", 3) == 0));
    return 0;
}
