/* How near gathering shuffled rows comes to memory's own speed: `gather`. Each case is one epoch
 * over a table larger than the caches, rows in random order, against a memcpy of as many bytes
 * from memory in order into a batch that stays in cache. Medians over the rounds, one thread. */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "data/data.h"

enum { ROUNDS = 9 };

typedef struct {
    const char *name;
    plm_dtype element;
    size_t width, rows, batch;
} table;

static const table tables[] = {
    {"images of bytes, 784", PLM_U8, 784, 60000, 32},
    {"images of bytes, 3072", PLM_U8, 3072, 30000, 32},
    {"float32, 784", PLM_F32, 784, 60000, 32},
    {"float32, 784", PLM_F32, 784, 60000, 256},
    {"float32, 64", PLM_F32, 64, 500000, 32},
    {"float32, 16", PLM_F32, 16, 2000000, 32},
    {"float32, 1", PLM_F32, 1, 8000000, 256},
    {"double, 64", PLM_F64, 64, 300000, 32},
};

/* Time of this thread alone. */
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *take(size_t bytes)
{
    void *block = plm_allocate(NULL, bytes); /* as data takes it */
    if (block == NULL) {
        fputs("out of memory\n", stderr);
        exit(1);
    }
    memset(block, 1, bytes);
    return block;
}

static int64_t *shuffled(size_t rows)
{
    int64_t *row = take(rows * sizeof *row);
    uint64_t state = 1;
    for (size_t i = 0; i < rows; i++)
        row[i] = (int64_t)i;
    for (size_t i = rows - 1; i > 0; i--) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        const size_t j = (size_t)(state >> 33) % (i + 1);
        const int64_t kept = row[i];
        row[i] = row[j];
        row[j] = kept;
    }
    return row;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(const char *isa, const table *t)
{
    const size_t bytes = t->width * plm_element_size(t->element);
    char *rows = take(t->rows * bytes);
    int64_t *row = shuffled(t->rows);
    float *out = take(t->batch * t->width * sizeof(double)); /* room for either */
    double gather[ROUNDS], copy[ROUNDS];
    for (int r = 0; r < ROUNDS; r++) {
        double begun = now();
        for (size_t at = 0; at + t->batch <= t->rows; at += t->batch)
            plm_element_gather(isa, t->element, out, rows, t->width, row + at, t->batch);
        gather[r] = (now() - begun) / (double)t->rows;
        begun = now();
        for (size_t at = 0; at + t->batch <= t->rows; at += t->batch)
            memcpy(out, rows + at * bytes, t->batch * bytes);
        copy[r] = (now() - begun) / (double)t->rows;
    }
    qsort(gather, ROUNDS, sizeof *gather, by_size);
    qsort(copy, ROUNDS, sizeof *copy, by_size);
    printf("%-22s batch %4zu  %8.1f ns a row (%.1f to %.1f), %5.2f GB/s of rows, memcpy in order "
           "%8.1f ns: %5.2f times\n",
           t->name, t->batch, 1e9 * gather[ROUNDS / 2], 1e9 * gather[1], 1e9 * gather[ROUNDS - 2],
           1e-9 * (double)bytes / gather[ROUNDS / 2], 1e9 * copy[ROUNDS / 2],
           gather[ROUNDS / 2] / copy[ROUNDS / 2]);
    plm_release(NULL, rows);
    plm_release(NULL, row);
    plm_release(NULL, out);
}

int main(void)
{
    const char *isa = plm_isa_available(0);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        measure(isa, &tables[i]);
    return 0;
}
