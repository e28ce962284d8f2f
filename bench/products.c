/* Large matrix products, as a dense layer of K inputs and N units does them for M rows:
 *     products M K N THREADS ISA|- SECONDS
 * NN: y = x W, cut by rows; NT: dx = dy W', from the transposed copy that training keeps; TN: dW
 * = x' dy, cut by rows of W, with x packed where that is faster here. Prints for each
 * "PRODUCT layout=NN gflops=...". Threads split the work as those of a training step do. */
#define _POSIX_C_SOURCE 200809L
#include <plummet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/system.h"
#include "base/threads.h"
#include "kernel/kernel.h"
#include "op/product.h"

typedef struct {
    const plm_kernels *k;
    plm_gemm g;
    size_t cut;    /* rows of C are cut at multiples of it */
    size_t a_next; /* from a row of C to the next: numbers of A and C */
    size_t c_next;
} product;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static float *numbers(size_t count)
{
    float *x = plm_system_block((count * sizeof *x + 63) / 64 * 64, 64);
    if (x == NULL) {
        fputs("products: out of memory\n", stderr);
        exit(1);
    }
    for (size_t i = 0; i < count; i++)
        x[i] = (float)((i * 2654435761u >> 7) % 4001) / 4000.0f - 0.5f;
    return x;
}

/* Rows are an odd number of cache lines apart, as those of a net's values. */
static size_t stride_of(size_t width)
{
    return 16 * ((width + 15) / 16 | 1);
}

static size_t panels_of(size_t width)
{
    return (width + 15) / 16;
}

static void part(void *argument, int thread, int threads)
{
    const product *p = argument;
    plm_gemm g = p->g;
    int64_t first = 0, last = 0;
    plm_share((int64_t)g.rows, (int64_t)p->cut, thread, threads, &first, &last);
    g.a += (size_t)first * p->a_next;
    g.c += (size_t)first * p->c_next;
    g.rows = (size_t)(last - first);
    if (g.rows > 0)
        p->k->gemm(&g);
}

static void measure(const char *layout, product *p, plm_pool *pool, int threads, double seconds)
{
    const double flop = 2.0 * (double)p->g.rows * (double)p->g.depth * (double)p->g.panels * 16;
    int64_t calls = -1; /* the first one warms up */
    double begun = 0, elapsed = 0;
    for (; calls < 3 || elapsed < seconds; calls++) {
        if (calls == 0)
            begun = now();
        plm_parallel(pool, threads, part, p);
        elapsed = calls >= 0 ? now() - begun : 0;
    }
    printf("PRODUCT layout=%s gflops=%.2f calls=%lld\n", layout,
           1e-9 * flop * (double)calls / elapsed, (long long)calls);
}

/* C [m, n] = A [m, k] B, B in panels. */
static product rows_by_panels(const plm_kernels *kernels, size_t m, size_t k, size_t n)
{
    return (product){.k = kernels,
                     .g = {.a = numbers(m * stride_of(k)),
                           .a_row = stride_of(k),
                           .a_step = 1,
                           .b = numbers(k * panels_of(n) * 16),
                           .b_panel = k * 16,
                           .b_step = 16,
                           .c = numbers(m * stride_of(n)),
                           .c_row = stride_of(n),
                           .c_panel = 16,
                           .rows = m,
                           .panels = panels_of(n),
                           .depth = k},
                     .cut = 1,
                     .a_next = stride_of(k),
                     .c_next = stride_of(n)};
}

/* C [k, n] in panels = x' dy with x [m, k] and dy [m, n]. */
static product columns_by_rows(const plm_kernels *kernels, size_t m, size_t k, size_t n)
{
    return (product){.k = kernels,
                     .g = {.a = numbers(m * stride_of(k)),
                           .a_row = 1,
                           .a_step = stride_of(k),
                           .b = numbers(m * stride_of(n)),
                           .b_panel = 16,
                           .b_step = stride_of(n),
                           .c = numbers(k * panels_of(n) * 16),
                           .c_row = 16,
                           .c_panel = k * 16,
                           .rows = k,
                           .panels = panels_of(n),
                           .depth = m},
                     .cut = 16,
                     .a_next = 1,
                     .c_next = 16};
}

static void release(const product *p)
{
    plm_system_free((void *)(uintptr_t)p->g.a);
    plm_system_free((void *)(uintptr_t)p->g.b);
    plm_system_free(p->g.c);
}

int main(int argc, char **argv)
{
    if (argc < 7) {
        fputs("usage: products M K N THREADS ISA|- SECONDS\n", stderr);
        return 2;
    }
    const size_t m = strtoul(argv[1], NULL, 10), k = strtoul(argv[2], NULL, 10),
                 n = strtoul(argv[3], NULL, 10);
    const int threads = (int)strtol(argv[4], NULL, 10);
    plm *w = plm_open(
        PLM_OPTIONS(.threads = threads, .isa = strcmp(argv[5], "-") == 0 ? NULL : argv[5]));
    if (w == NULL || plm_isa(w) == NULL || m * k * n == 0)
        return 1;
    const double seconds = strtod(argv[6], NULL);
    product nn = rows_by_panels(w->kernel, m, k, n), nt = rows_by_panels(w->kernel, m, n, k);
    product tn = columns_by_rows(w->kernel, m, k, n);
    if (plm_packing_pays(w, w->kernel, m, k, &tn.g.pack_a) < 0)
        return 1;
    measure("NN", &nn, w->pool, threads, seconds);
    measure("NT", &nt, w->pool, threads, seconds);
    measure("TN", &tn, w->pool, threads, seconds);
    release(&nn), release(&nt), release(&tn);
    plm_close(w);
    return 0;
}
