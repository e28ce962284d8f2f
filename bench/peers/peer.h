/* The frame of peers in C: the workloads, their rows, the timing loop. A peer sets its net up
 * from `work`, then calls peer_run with a function that trains on the rows from `row` on and
 * returns their mean loss, and peer_latency with one that predicts the first row. Command line:
 * WORKLOAD THREADS MODE SECS DATADIR [first]. */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

typedef struct {
    const char *name;
    int widths, width[22], batch;
    float rate;
} peer_work;

static const peer_work peer_works[] = {
    {"W1", 4, {784, 300, 100, 10}, 32, 0.01f},
    {"W2", 4, {784, 300, 100, 10}, 256, 1e-3f},
    {"W3",
     22,
     {784, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100,
      100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 10},
     32,
     0.01f},
    {"W4", 5, {1024, 1024, 1024, 1024, 10}, 128, 3e-4f},
    {"W5", 4, {16, 32, 32, 1}, 32, 1e-3f},
};

typedef struct {
    peer_work work;
    int threads, first, rows, inputs, outputs;
    const char *mode;
    double seconds;
    float *x, *y;         /* y: numbers of W5 */
    unsigned char *label; /* classes of the others */
} peer;

static double peer_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double peer_used(void)
{
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
           1e-6 * (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec);
}

static void *peer_file(const char *folder, const char *letter, int width, size_t *bytes)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s%d.bin", folder, letter, width);
    FILE *f = fopen(path, "rb");
    void *data = NULL;
    if (f != NULL && fseek(f, 0, SEEK_END) == 0) {
        *bytes = (size_t)ftell(f);
        rewind(f);
        data = malloc(*bytes);
    }
    if (data == NULL || fread(data, 1, *bytes, f) != *bytes) {
        perror(path);
        exit(1);
    }
    fclose(f);
    return data;
}

static void peer_rows(peer *p, const char *folder)
{
    size_t bytes = 0, labels = 0;
    if (p->first) { /* one batch, made here */
        p->rows = p->work.batch;
        p->x = calloc((size_t)p->rows * (size_t)p->inputs, sizeof *p->x);
        p->y = calloc((size_t)p->rows, sizeof *p->y);
        p->label = calloc((size_t)p->rows, 1);
        for (int i = 0; i < p->rows * p->inputs; i++)
            p->x[i] = (float)(i * 31 % 101) / 50.0f - 1.0f;
        return;
    }
    p->x = peer_file(folder, "x", p->inputs, &bytes);
    p->rows = (int)(bytes / sizeof(float) / (size_t)p->inputs);
    if (p->outputs == 1)
        p->y = peer_file(folder, "y", p->inputs, &labels);
    else
        p->label = peer_file(folder, "y", p->inputs, &labels);
}

static peer peer_open(int argc, char **argv)
{
    peer p = {0};
    for (size_t i = 0; argc > 5 && i < sizeof peer_works / sizeof *peer_works; i++)
        if (strcmp(peer_works[i].name, argv[1]) == 0)
            p.work = peer_works[i];
    if (p.work.name == NULL) {
        fprintf(stderr, "usage: %s WORKLOAD THREADS MODE SECS DATADIR [first]\n", argv[0]);
        exit(2);
    }
    p.threads = (int)strtol(argv[2], NULL, 10);
    p.mode = argv[3];
    p.seconds = strtod(argv[4], NULL);
    p.first = argc > 6;
    p.inputs = p.work.width[0];
    p.outputs = p.work.width[p.work.widths - 1];
    peer_rows(&p, argv[5]);
    return p;
}

/* What the rows from `row` on should give: one number each, or 10 of which that of the class is
 * 1. */
static inline void peer_targets(const peer *p, int row, float *y)
{
    for (int i = 0; i < p->work.batch; i++)
        for (int k = 0; k < p->outputs; k++)
            y[i * p->outputs + k] =
                p->outputs == 1 ? p->y[row + i] : (float)(p->label[row + i] == k);
}

static void peer_run(const peer *p, float (*step)(int row))
{
    enum { HEAD = 10 };
    const int whole = p->rows / p->work.batch * p->work.batch;
    double first = step(0), last = 0, elapsed = 0;
    int row = p->work.batch % whole, head = 1;
    long steps = 0;
    printf("FIRST %.6f\n", peer_now());
    fflush(stdout);
    if (p->first)
        exit(0);
    for (const double t = peer_now(); peer_now() - t < 0.2 * p->seconds || head < 3; head++) {
        const float loss = step(row);
        first += head < HEAD ? loss : 0;
        row = (row + p->work.batch) % whole;
    }
    const double cpu = peer_used(), begun = peer_now();
    for (; elapsed < p->seconds; elapsed = peer_now() - begun, steps++) {
        last = step(row);
        row = (row + p->work.batch) % whole;
    }
    printf("RESULT sps=%.1f cpu=%.2f l0=%.4f l1=%.4f steps=%ld\n",
           (double)steps * p->work.batch / elapsed, (peer_used() - cpu) / elapsed,
           first / (head < HEAD ? head : HEAD), last, steps);
}

static inline void peer_latency(const peer *p, void (*predict)(void))
{
    enum { WARM = 100, TIMED = 3000 };
    double begun = 0;
    if (strcmp(p->work.name, "W1") != 0)
        return;
    for (int i = -WARM; i < TIMED; i++) {
        begun = i == 0 ? peer_now() : begun;
        predict();
    }
    printf("LAT us=%.2f\n", (peer_now() - begun) / TIMED * 1e6);
}

#endif
