/* How near the kernels come to the machine: `kernels [isa]`. Matrix products as a share of the peak of fused
 * multiply-adds that a loop of nothing else reaches in the same round (so noise of the machine hits both),
 * the other functions as numbers per nanosecond, in cache. Medians over the rounds, one thread. */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernel/kernel.h"

#include "peak.h"

enum { ROUNDS = 15, NUMBERS = 4000 };

/* Long enough for the clock, short enough to stay within one slice of the scheduler. */
static const double round_seconds = 2e-4;

static void *numbers(size_t count)
{
    void *block = NULL;
    if (posix_memalign(&block, 64, (count + 16) * sizeof(float)) != 0) {
        fputs("out of memory\n", stderr);
        exit(1);
    }
    float *x = block;
    for (size_t i = 0; i < count; i++)
        x[i] = (float)((i * 2654435761u >> 7) % 4001) / 1000.0f - 2.0f;
    return x;
}

/* ---- timing ---- */

typedef void work(const void *what);

/* Seconds of one call, measured over enough calls. */
static double seconds_of(work *run, const void *what, size_t calls)
{
    const double begun = now();
    for (size_t i = 0; i < calls; i++)
        run(what);
    return (now() - begun) / (double)calls;
}

static size_t calls_of(work *run, const void *what)
{
    run(what);
    const double once = seconds_of(run, what, 3);
    return once * 3 > round_seconds ? 3 : (size_t)(round_seconds / (once + 1e-9)) + 1;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *x, int n)
{
    qsort(x, (size_t)n, sizeof *x, by_size);
    return x[n / 2];
}

/* ---- matrix products ---- */

typedef struct {
    const char *name; /* of the layout */
    size_t rows, depth, panels;
    bool by_columns; /* x' dY: A by columns, B = rows, C packed */
} product_case;

static const product_case products[] = {
    {"x W", 32, 784, 19, false},   {"x W", 32, 304, 7, false},    {"x W", 32, 112, 1, false},
    {"x W", 256, 784, 19, false},  {"x W", 128, 1024, 64, false}, {"x W", 32, 100, 7, false},
    {"x W", 32, 16, 2, false},     {"x W", 8, 16, 1, false},      {"x W", 1, 784, 19, false},
    {"x W", 48, 784, 12, false},   {"x' dY", 48, 32, 19, true},   {"x' dY", 784, 32, 19, true},
    {"x' dY", 784, 256, 19, true}, {"x' dY", 304, 32, 7, true},   {"x' dY", 112, 32, 1, true},
    {"x' dY", 1024, 128, 64, true}};

typedef struct {
    const plm_kernels *k;
    plm_gemm g;
} product;

static void product_run(const void *what)
{
    const product *p = what;
    p->k->gemm(&p->g);
}

/* Rows of activations are padded to an odd number of lines. */
static size_t padded(size_t width)
{
    const size_t lines = (width + 15) / 16;
    return 16 * (lines | 1);
}

/* Times one product against the peak, round by round. */
static void product_time(const product *p, peak_function *peak, const char *name)
{
    const plm_gemm *g = &p->g;
    const double fused = (double)(g->rows * g->depth * g->panels * 16);
    const size_t calls = calls_of(product_run, p);
    double share[ROUNDS], rate[ROUNDS];
    for (int r = 0; r < ROUNDS; r++) {
        rate[r] = fused / seconds_of(product_run, p, calls);
        share[r] = peak ? rate[r] / peak_now(peak) : 0;
    }
    const double middle = median(share, ROUNDS); /* sorts */
    printf("%-7s gemm %-6s %5zu x %4zu x %4zu  %6.1f %% of peak (%5.1f to %5.1f), %7.2f fused/ns\n",
           p->k->isa, name, g->rows, g->depth, g->panels * 16, 100 * middle, 100 * share[ROUNDS / 4],
           100 * share[ROUNDS * 3 / 4], 1e-9 * median(rate, ROUNDS));
}

static void product_bench(const plm_kernels *k, peak_function *peak, const product_case *at)
{
    const size_t wide = padded(at->panels * 16), a_stride = padded(at->by_columns ? at->rows : at->depth);
    float *a = numbers((at->by_columns ? at->depth : at->rows) * a_stride);
    float *b = numbers(at->depth * wide), *c = numbers(at->rows * wide), *start = numbers(wide);
    product p = {k, {.a = a, .b = b, .c = c, .rows = at->rows, .panels = at->panels, .depth = at->depth}};
    if (at->by_columns) {
        p.g.a_row = 1, p.g.a_step = a_stride;
        p.g.b_panel = 16, p.g.b_step = wide;
        p.g.c_row = 16, p.g.c_panel = 16 * at->rows;
    } else {
        p.g.a_row = a_stride, p.g.a_step = 1;
        p.g.b_panel = at->depth * 16, p.g.b_step = 16;
        p.g.c_row = wide, p.g.c_panel = 16;
        p.g.start = start;
    }
    product_time(&p, peak, at->name);
    free(a), free(b), free(c), free(start);
}

/* ---- the rest: each a function without arguments over the buffers of one place ---- */

typedef struct {
    const plm_kernels *k;
    float *x, *y, *z;
    size_t width;   /* of a row of softmax */
    size_t stride;  /* the width, padded to 16 */
    double numbers; /* done in one call */
    int activation;
} place;

static const float settings[4] = {1, 6, 0, 0};

static void run_exp(const void *at)
{
    const place *p = at;
    p->k->exp(p->y, p->x, NUMBERS);
}
static void run_log(const void *at)
{
    const place *p = at;
    p->k->log(p->y, p->x, NUMBERS);
}
static void run_tanh(const void *at)
{
    const place *p = at;
    p->k->tanh(p->y, p->x, NUMBERS);
}
static void run_sigmoid(const void *at)
{
    const place *p = at;
    p->k->sigmoid(p->y, p->x, NUMBERS);
}
static void run_erf(const void *at)
{
    const place *p = at;
    p->k->erf(p->y, p->x, NUMBERS);
}
static void run_softplus(const void *at)
{
    const place *p = at;
    p->k->softplus(p->y, p->x, NUMBERS);
}
static void run_add(const void *at)
{
    const place *p = at;
    p->k->add(p->y, p->x, p->z, NUMBERS);
}
static void run_sum_squares(const void *at)
{
    const place *p = at;
    p->k->sum_squares(p->x, NUMBERS);
}

static void run_softmax(const void *at)
{
    const place *p = at;
    p->k->softmax(p->y, p->x, NUMBERS / p->stride, p->width, p->stride, p->stride, NULL);
}

static void run_softmax_gradient(const void *at)
{
    const place *p = at;
    p->k->softmax_backward(p->y, p->x, p->z, NUMBERS / p->stride, p->width, p->stride);
}

static void run_column_sum(const void *at)
{
    const place *p = at;
    p->k->column_sum(p->y, p->x, NUMBERS / 160, 160, 160);
}

static void run_transpose(const void *at)
{
    const place *p = at;
    for (size_t i = 0; i + 256 <= NUMBERS; i += 256)
        p->k->transpose16(p->y + i, 16, p->x + i, 16);
}

static void run_forward(const void *at)
{
    const place *p = at;
    p->k->activation[p->activation].forward(p->y, p->x, NUMBERS, settings);
}

static void run_backward(const void *at)
{
    const place *p = at;
    p->k->activation[p->activation].backward(p->y, p->z, p->x, NUMBERS, settings);
}

static double rate_of(work *run, const place *p)
{
    const size_t calls = calls_of(run, p);
    double rate[ROUNDS];
    for (int r = 0; r < ROUNDS; r++)
        rate[r] = 1e-9 * p->numbers / seconds_of(run, p, calls);
    return median(rate, ROUNDS);
}

static void functions_bench(place *p)
{
    const struct {
        const char *name;
        work *run;
        size_t width;
    } functions[] = {{"exp", run_exp, 0},
                     {"log", run_log, 0},
                     {"tanh", run_tanh, 0},
                     {"sigmoid", run_sigmoid, 0},
                     {"erf", run_erf, 0},
                     {"softplus", run_softplus, 0},
                     {"add", run_add, 0},
                     {"sum_squares", run_sum_squares, 0},
                     {"softmax of 10", run_softmax, 10},
                     {"softmax of 1000", run_softmax, 1000},
                     {"softmax_backward of 10", run_softmax_gradient, 10},
                     {"softmax_backward of 1000", run_softmax_gradient, 1000},
                     {"column_sum", run_column_sum, 0},
                     {"transpose16", run_transpose, 0}};
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        p->width = functions[i].width;
        p->stride = (p->width + 15) / 16 * 16;
        p->numbers = p->width ? (double)(NUMBERS / p->stride * p->width) : NUMBERS;
        printf("%-7s %-26s %6.2f numbers/ns\n", p->k->isa, functions[i].name, rate_of(functions[i].run, p));
    }
    static const char *const names[] = {
#define NAME(name, reads) #name,
        PLM_ACTIVATIONS(NAME)
#undef NAME
    };
    p->numbers = NUMBERS;
    for (p->activation = 0; p->activation < PLM_ACTIVATION_COUNT; p->activation++)
        printf("%-7s %-14s forward %6.2f, backward %6.2f numbers/ns\n", p->k->isa, names[p->activation],
               rate_of(run_forward, p), rate_of(run_backward, p));
}

int main(int argc, char **argv)
{
    const plm_kernels *k = plm_kernels_find(argc > 1 ? argv[1] : NULL);
    if (!k) {
        fprintf(stderr, "No kernels named \"%s\" on this machine; there are:", argv[1]);
        for (int i = 0; plm_kernels_name(i); i++)
            fprintf(stderr, " %s", plm_kernels_name(i));
        fputs("\n", stderr);
        return 2;
    }
    peak_function *peak = peak_of(k->isa);
    if (peak)
        printf("%-7s peak %.1f fused multiply-adds/ns\n", k->isa, 1e-9 * peak_now(peak));
    for (size_t i = 0; i < sizeof products / sizeof products[0]; i++)
        product_bench(k, peak, &products[i]);
    place p = {k, numbers(NUMBERS), numbers(NUMBERS), numbers(NUMBERS), 0, 0, 0, 0};
    functions_bench(&p);
    free(p.x), free(p.y), free(p.z);
    return 0;
}
