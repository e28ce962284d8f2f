/* plummet on the workloads on which training libraries are compared:
 *     plummet-bench WORKLOAD THREADS MODE SECS DATADIR [first]
 * MODE: "-" or an instruction set ("avx2"). Prints FIRST (time of the first step's end on the monotonic clock) and RESULT
 * (samples/s, share of a core used, losses of the first and last steps, steps); on W1 also LAT, the time of one row
 * through the net. Data: DATADIR/{x,y}{784,1024,16}.bin, float32 rows, labels as bytes (W5: float32). */
#define _POSIX_C_SOURCE 200809L
#include <plummet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

typedef struct {
    const char *name, *optimizer, *loss;
    int input, batch, outputs, hidden_layers, hidden[20];
    const char *activation;
} workload;

static const workload workloads[] = {
    {"W1", "sgd(0.01, momentum=0.9)", "sparse_categorical_crossentropy", 784, 32, 10, 2, {300, 100}, "elu"},
    {"W2", "adam(1e-3)", "sparse_categorical_crossentropy", 784, 256, 10, 2, {300, 100}, "elu"},
    {"W3",
     "sgd(0.01, momentum=0.9)",
     "sparse_categorical_crossentropy",
     784,
     32,
     10,
     20,
     {100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100},
     "elu"},
    {"W4", "adam(3e-4)", "sparse_categorical_crossentropy", 1024, 128, 10, 3, {1024, 1024, 1024}, "elu"},
    {"W5", "adam(1e-3)", "mse", 16, 32, 1, 2, {32, 32}, "relu"},
};

typedef struct {
    const workload *w;
    plm *runtime;
    plm_model *model;
    float *x, *y;
    int64_t rows, row;
} bench;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double used(void)
{
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    return (double)r.ru_utime.tv_sec + (double)r.ru_stime.tv_sec +
           1e-6 * (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec);
}

static void give_up(const bench *b, const char *what)
{
    const plm_error *e = plm_last_error(b->runtime);
    fprintf(stderr, "plummet-bench: %s: %s: %s; %s\n", what, e->where, e->what, e->mend);
    exit(1);
}

static void *read_file(const char *folder, const char *letter, int width, size_t *bytes)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s%d.bin", folder, letter, width);
    FILE *f = fopen(path, "rb");
    long size = -1;
    if (f != NULL && fseek(f, 0, SEEK_END) == 0)
        size = ftell(f);
    void *data = size > 0 ? aligned_alloc(64, ((size_t)size + 63) / 64 * 64) : NULL;
    if (data == NULL || fseek(f, 0, SEEK_SET) != 0 || fread(data, 1, (size_t)size, f) != (size_t)size) {
        perror(path);
        exit(1);
    }
    fclose(f);
    *bytes = (size_t)size;
    return data;
}

/* Twelve uniform numbers make a nearly normal one: data for a first step need no file. */
static void make_batch(bench *b)
{
    unsigned state = 1;
    const size_t count = (size_t)b->w->batch * (size_t)b->w->input;
    b->rows = b->w->batch;
    b->x = aligned_alloc(64, (count * sizeof *b->x + 63) / 64 * 64);
    b->y = calloc((size_t)b->w->batch, sizeof *b->y);
    for (size_t i = 0; b->x != NULL && i < count; i++) {
        float sum = -6;
        for (int k = 0; k < 12; k++) {
            state = state * 1664525u + 1013904223u;
            sum += (float)(state >> 8) / 16777216.0f;
        }
        b->x[i] = sum;
    }
}

static void read_data(bench *b, const char *folder)
{
    size_t bytes = 0, label_bytes = 0;
    b->x = read_file(folder, "x", b->w->input, &bytes);
    b->rows = (int64_t)(bytes / sizeof(float) / (size_t)b->w->input);
    void *y = read_file(folder, "y", b->w->input, &label_bytes);
    if (label_bytes == (size_t)b->rows * sizeof(float)) {
        b->y = y;
        return;
    }
    b->y = calloc((size_t)b->rows, sizeof *b->y);
    for (int64_t i = 0; b->y != NULL && i < b->rows; i++)
        b->y[i] = ((unsigned char *)y)[i];
    free(y);
}

static void build(bench *b)
{
    b->model = plm_model_new(b->runtime);
    plm_add(b->model, "input(%d)", b->w->input);
    for (int i = 0; i < b->w->hidden_layers; i++)
        plm_add(b->model, "dense(%d, activation=%s)", b->w->hidden[i], b->w->activation);
    plm_add(b->model, b->w->outputs > 1 ? "dense(%d, activation=softmax)" : "dense(%d)", b->w->outputs);
    if (plm_compile(b->model, b->w->optimizer, b->w->loss, NULL) < 0)
        give_up(b, "compile");
}

static double step(bench *b)
{
    plm_log log;
    const int64_t whole = b->rows / b->w->batch * b->w->batch;
    plm_batch batch = {.rows = b->w->batch, .inputs = 1, .targets = 1};
    batch.input[0] = (plm_view){b->x + b->row * b->w->input, PLM_F32, 2, {b->w->batch, b->w->input}};
    batch.target[0] = (plm_view){b->y + b->row, PLM_F32, 1, {b->w->batch}};
    if (plm_train_batch(b->model, &batch, &log, 1) < 0)
        give_up(b, "step");
    b->row = (b->row + b->w->batch) % whole;
    return log.value;
}

static void run(bench *b, double seconds)
{
    double first = 0, last = 0, tail[10] = {0};
    int head = 0, tails = 0;
    int64_t steps = 0;
    for (const double t = now(); now() - t < 0.2 * seconds || head < 10; head++) {
        const double loss = step(b);
        first += head < 10 ? loss / 10 : 0;
    }
    const double cpu = used(), begin = now();
    double elapsed = 0;
    do {
        for (int i = 0; i < 10; i++)
            last = step(b);
        tail[tails++ % 10] = last;
        steps += 10;
        elapsed = now() - begin;
    } while (elapsed < seconds);
    const int counted = tails < 10 ? tails : 10;
    last = 0;
    for (int i = 0; i < counted; i++)
        last += tail[i] / counted;
    printf("RESULT sps=%.1f cpu=%.2f l0=%.4f l1=%.4f steps=%lld\n", (double)steps * b->w->batch / elapsed,
           (used() - cpu) / elapsed, first, last, (long long)steps);
}

static void latency(bench *b)
{
    float y[10];
    const plm_view x = {b->x, PLM_F32, 2, {1, b->w->input}};
    plm_view out = {y, PLM_F32, 2, {1, b->w->outputs}};
    double begin = 0;
    for (int i = -100; i < 3000; i++) {
        if (i == 0)
            begin = now();
        if (plm_predict(b->model, &x, &out) < 0)
            give_up(b, "predict");
    }
    printf("LAT us=%.2f\n", (now() - begin) / 3000 * 1e6);
}

int main(int argc, char **argv)
{
    bench b = {0};
    for (size_t i = 0; argc > 5 && i < sizeof workloads / sizeof *workloads; i++)
        if (strcmp(workloads[i].name, argv[1]) == 0)
            b.w = &workloads[i];
    if (b.w == NULL) {
        fprintf(stderr, "usage: plummet-bench W1|W2|W3|W4|W5 THREADS MODE SECS DATADIR [first]\n");
        return 2;
    }
    b.runtime = plm_open(PLM_OPTIONS(.threads = (int)strtol(argv[2], NULL, 10), .seed = 1,
                                     .isa = strcmp(argv[3], "-") == 0 ? NULL : argv[3]));
    if (argc > 6)
        make_batch(&b);
    else
        read_data(&b, argv[5]);
    if (b.runtime == NULL || b.x == NULL || b.y == NULL)
        return 1;
    build(&b);
    step(&b);
    printf("FIRST %.6f\n", now());
    fflush(stdout);
    if (argc <= 6) {
        run(&b, strtod(argv[4], NULL));
        if (strcmp(b.w->name, "W1") == 0)
            latency(&b);
    }
    plm_model_free(b.model);
    plm_close(b.runtime);
    free(b.x);
    free(b.y);
    return 0;
}
