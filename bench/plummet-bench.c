/* plummet on the workloads on which training libraries are compared:
 *     plummet-bench WORK THREADS MODE SECS DATADIR [first]
 * WORK: W1 to W5 of the table below, W2+batch_norm and other variants, or a net by its widths
 * and batch such as 784-300-100-10:32 or 784-100*20-10:32 (selu, momentum; rows made in memory),
 * or a net by its layers, as bench/peers/workloads.py writes it:
 * INPUTS;BATCH;TARGETS;OPTIMIZER;FLOP;WARM;LAYER;LAYER..., TARGETS one of classes, numbers, self
 * (rows between 0 and 1 are their own targets), WARM seconds of training before the timing.
 * MODE: "-" or an instruction set. Prints FIRST (end of the first step on the monotonic clock),
 * RESULT (samples/s, FLOP of a sample, share of a core used, losses of the first and last steps,
 * steps), LAT, the time of one row through the net, and on several threads OWN, the speed against
 * one thread, and the threads that the library uses now. Data: DATADIR/{x,y}{784,1024,16}.bin,
 * float32 rows, labels as bytes (W5: float32). */
#define _POSIX_C_SOURCE 200809L
#include <plummet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "rows.h"

enum { LAYERS = 256 };

typedef struct {
    const char *name, *widths, *activation, *optimizer;
    int batch;
} workload;

static const workload workloads[] = {
    {"W1", "784-300-100-10", "elu", "sgd(0.01, momentum=0.9)", 32},
    {"W2", "784-300-100-10", "elu", "adam(1e-3)", 256},
    {"W3", "784-100*20-10", "elu", "sgd(0.01, momentum=0.9)", 32},
    {"W4", "1024-1024*3-10", "elu", "adam(3e-4)", 128},
    {"W5", "16-32*2-1", "relu", "adam(1e-3)", 32},
};

/* What may be said behind a workload's name: layers after each hidden one, another optimizer. */
typedef struct {
    const char *name, *after, *optimizer;
    bool bare; /* the hidden layers have no bias and no activation: what follows has them */
} variant;

static const variant variants[] = {
    {"batch_norm", "batch_normalization", NULL, false},
    {"batch_norm_before", "batch_normalization", NULL, true},
    {"dropout", "dropout(0.2)", NULL, false},
    {"global_clipnorm", NULL, "adam(1e-3, global_clipnorm=1)", false},
    {"adamw", NULL, "adamw(1e-3)", false},
};

typedef struct {
    workload w;
    variant v;
    bool made; /* rows are made, not read */
    /* a net by its layers: the text, cut at ";"; its layers, twice, since build_layers cuts them */
    char *given, *layers, *layers_again;
    const char *targets, *isa; /* isa: NULL = the best one */
    double flop, warm;
    int width[LAYERS], widths;
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
    fprintf(stderr, "plummet-bench: %s: %s: %s; %s\n", what, e->where, e->what, e->hint);
    exit(1);
}

static void usage(void)
{
    fprintf(stderr, "usage: plummet-bench W1[+dropout]|...|WIDTH-WIDTH*TIMES-...:BATCH THREADS "
                    "MODE SECS DATADIR [first]\n");
    exit(2);
}

/* ---- what is said ---- */

/* "100" or "100*20"; returns what follows. */
static const char *read_width(bench *b, const char *text)
{
    char *end = NULL;
    const long width = strtol(text, &end, 10);
    const long times = *end == '*' ? strtol(end + 1, &end, 10) : 1;
    if (width < 1 || times < 1 || times + b->widths > LAYERS || strchr("-:", *end) == NULL)
        usage();
    for (long i = 0; i < times; i++)
        b->width[b->widths++] = (int)width;
    return end;
}

/* "784-100*20-10" */
static void read_widths(bench *b, const char *text)
{
    while (*text != '\0' && *text != ':') {
        text = read_width(b, text);
        text += *text == '-';
    }
    if (b->widths < 2)
        usage();
}

static void read_variant(bench *b, const char *name)
{
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++)
        if (strcmp(variants[i].name, name) == 0)
            b->v = variants[i];
    if (b->v.name == NULL)
        usage();
    if (b->v.optimizer != NULL)
        b->w.optimizer = b->v.optimizer;
}

/* The next piece of a text cut at ";". */
static char *piece(char **rest)
{
    char *begin = *rest, *end = begin + strcspn(begin, ";");
    *rest = *end == ';' ? end + 1 : end;
    *end = '\0';
    if (*begin == '\0')
        usage();
    return begin;
}

/* The number in "dense(10000, ...)". */
static int units_of(const char *layer)
{
    return strncmp(layer, "dense(", 6) == 0 ? (int)strtol(layer + 6, NULL, 10) : 0;
}

/* INPUTS;BATCH;TARGETS;OPTIMIZER;FLOP;WARM;LAYER;... */
static void read_layers(bench *b, const char *text)
{
    char *rest = b->given = strdup(text);
    if (rest == NULL)
        exit(1);
    b->width[0] = (int)strtol(piece(&rest), NULL, 10);
    b->w = (workload){.name = "layers", .batch = (int)strtol(piece(&rest), NULL, 10)};
    b->targets = piece(&rest);
    b->w.optimizer = piece(&rest);
    b->flop = strtod(piece(&rest), NULL);
    b->warm = strtod(piece(&rest), NULL);
    b->layers = rest;
    b->layers_again = strdup(rest);
    if (b->layers_again == NULL)
        exit(1);
    const char *last = strrchr(rest, ';') ? strrchr(rest, ';') + 1 : rest;
    b->width[1] = units_of(last);
    b->widths = 2;
    if (b->width[0] < 1 || b->w.batch < 1 || b->width[1] < 1)
        usage();
}

static void read_work(bench *b, const char *text)
{
    const size_t length = strcspn(text, "+:");
    if (strchr(text, ';') != NULL) {
        read_layers(b, text);
        return;
    }
    for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++)
        if (strlen(workloads[i].name) == length && strncmp(workloads[i].name, text, length) == 0)
            b->w = workloads[i];
    if (b->w.name == NULL) {
        b->w = (workload){"net", text, "selu", "sgd(1e-5, momentum=0.9)", 0};
        b->made = true;
        if (text[length] != ':' || (b->w.batch = (int)strtol(text + length + 1, NULL, 10)) < 1)
            usage();
    } else if (text[length] == '+') {
        read_variant(b, text + length + 1);
    }
    read_widths(b, b->w.widths);
}

static int inputs(const bench *b)
{
    return b->width[0];
}
static int outputs(const bench *b)
{
    return b->width[b->widths - 1];
}

/* Of training one sample: 6 for each multiply-add of the forward pass, less the gradient of the
 * input. */
static double flop(const bench *b)
{
    double sum = b->layers ? b->flop : -2.0 * b->width[0] * b->width[1];
    for (int i = 1; i < b->widths && b->layers == NULL; i++)
        sum += 6.0 * b->width[i - 1] * b->width[i];
    return sum;
}

/* ---- data ---- */

/* Rows that need no file: for a first step, and for nets of any width. Where there are many,
 * they repeat. */
static void make_rows(bench *b, int64_t rows)
{
    enum { DIFFERENT = 1 << 18 };
    unsigned state = 1;
    const size_t count = (size_t)rows * (size_t)inputs(b);
    b->rows = rows;
    b->x = aligned_alloc(64, (count * sizeof *b->x + 63) / 64 * 64);
    b->y = calloc((size_t)rows, sizeof *b->y);
    for (size_t i = 0; b->x != NULL && i < count; i++)
        b->x[i] = i < DIFFERENT ? nearly_normal(&state) : b->x[i - DIFFERENT];
    for (int64_t i = 0; b->y != NULL && i < rows; i++)
        b->y[i] = (float)(i % outputs(b));
}

static void read_rows(bench *b, const char *folder)
{
    size_t bytes = 0, label_bytes = 0;
    b->x = read_file(folder, "x", inputs(b), &bytes);
    b->rows = (int64_t)(bytes / sizeof(float) / (size_t)inputs(b));
    void *y = read_file(folder, "y", inputs(b), &label_bytes);
    if (label_bytes == (size_t)b->rows * sizeof(float)) {
        b->y = y;
        return;
    }
    b->y = calloc((size_t)b->rows, sizeof *b->y);
    for (int64_t i = 0; b->y != NULL && i < b->rows; i++)
        b->y[i] = ((unsigned char *)y)[i];
    free(y);
}

/* For nets by their layers: rows between 0 and 1, labels of as many classes as there are. */
static void fit_rows(bench *b)
{
    const size_t count = (size_t)b->rows * (size_t)inputs(b);
    if (strcmp(b->targets, "self") == 0)
        for (size_t i = 0; i < count; i++) {
            const float x = 0.5f + 0.25f * b->x[i];
            b->x[i] = x < 0 ? 0 : x > 1 ? 1 : x;
        }
    if (strcmp(b->targets, "classes") == 0)
        for (int64_t i = 0; i < b->rows; i++)
            b->y[i] = outputs(b) > 10 ? (float)(i * 7919 % outputs(b))
                                      : (float)((int)b->y[i] % outputs(b));
}

/* ---- the net ---- */

static void add_hidden(bench *b, int width)
{
    const char *initializer = b->made ? "lecun_normal" : "glorot_uniform";
    if (b->v.bare)
        plm_add(b->model, "dense(%d, use_bias=false)", width);
    else
        plm_add(b->model, "dense(%d, activation=%s, kernel_initializer=%s)", width, b->w.activation,
                initializer);
    if (b->v.after != NULL)
        plm_add(b->model, "%s", b->v.after);
    if (b->v.bare)
        plm_add(b->model, "activation(%s)", b->w.activation);
}

static plm *open_runtime(const bench *b, int threads)
{
    return plm_open(PLM_OPTIONS(.threads = threads, .seed = 1, .isa = b->isa,
                                .tuning = getenv("BENCH_TUNING")));
}

static void build_layers(bench *b)
{
    char *rest = b->layers;
    const char *loss = strcmp(b->targets, "classes") == 0   ? "sparse_categorical_crossentropy"
                       : strcmp(b->targets, "numbers") == 0 ? "mse"
                                                            : "binary_crossentropy";
    b->model = plm_model_new(b->runtime);
    plm_add(b->model, "input(%d)", inputs(b));
    while (*rest != '\0')
        plm_add(b->model, "%s", piece(&rest));
    if (plm_compile(b->model, b->w.optimizer, loss, NULL) < 0)
        give_up(b, "compile");
}

static void build(bench *b)
{
    const bool classes = outputs(b) > 1;
    b->model = plm_model_new(b->runtime);
    plm_add(b->model, "input(%d)", inputs(b));
    for (int i = 1; i < b->widths - 1; i++)
        add_hidden(b, b->width[i]);
    plm_add(b->model, classes ? "dense(%d, activation=softmax)" : "dense(%d)", outputs(b));
    if (plm_compile(b->model, b->w.optimizer, classes ? "sparse_categorical_crossentropy" : "mse",
                    NULL) < 0)
        give_up(b, "compile");
}

static double step(bench *b)
{
    plm_log log;
    const int64_t whole = b->rows / b->w.batch * b->w.batch;
    plm_batch batch = {.rows = b->w.batch, .inputs = 1, .targets = 1};
    batch.input[0] = (plm_view){b->x + b->row * inputs(b), PLM_F32, 2, {b->w.batch, inputs(b)}};
    batch.target[0] = (plm_view){b->y + b->row, PLM_F32, 1, {b->w.batch}};
    if (b->layers != NULL && strcmp(b->targets, "self") == 0)
        batch.target[0] = batch.input[0];
    if (plm_train_batch(b->model, &batch, &log, 1) < 0)
        give_up(b, "step");
    b->row = (b->row + b->w.batch) % whole;
    return log.value;
}

/* ---- measuring ---- */

static void run(bench *b, double seconds)
{
    enum { TAIL = 10, TIMED = 10 };
    double first = 0, tail[TAIL] = {0}, elapsed = 0, last = 0;
    int head = 0;
    int64_t steps = 0, rounds = 0;
    for (const double t = now(); now() - t < 0.2 * seconds + b->warm || head < TAIL; head++) {
        const double loss = step(b);
        first += head < TAIL ? loss / TAIL : 0;
    }
    const double cpu = used(), begin = now();
    for (; elapsed < seconds; elapsed = now() - begin, rounds++) {
        /* long steps: look at the clock */
        const int many = elapsed / (double)(steps + 1) > seconds / 50 ? 1 : TIMED;
        for (int i = 0; i < many; i++)
            tail[rounds % TAIL] = step(b);
        steps += many;
    }
    const int counted = rounds < TAIL ? (int)rounds : TAIL;
    for (int i = 0; i < counted; i++)
        last += tail[i] / counted;
    printf("RESULT sps=%.1f flop=%.6g cpu=%.2f l0=%.4f l1=%.4f steps=%lld\n",
           (double)steps * b->w.batch / elapsed, flop(b), (used() - cpu) / elapsed, first, last,
           (long long)steps);
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Steps a second in a block of steps, after one that warms the caches. */
static double block(bench *b, double seconds)
{
    int64_t steps = 0;
    double elapsed = 0;
    step(b);
    for (const double t = now(); elapsed < seconds; elapsed = now() - t)
        for (int i = 0; i < 4; i++, steps++)
            step(b);
    return (double)steps / elapsed;
}

/* Trains the net on its threads and a second one on one thread, in turns within this process, for
 * `seconds` each. A turn is so short that both meet the same clock rate: runs of whole processes
 * differ by a third on a virtual machine even where both use one thread. */
static void against_one(const bench *b, double seconds)
{
    enum { BLOCKS = 21 };
    bench many = *b, one = *b;
    double ratio[BLOCKS];
    if (plm_threads(b->runtime) == 1)
        return;
    one.runtime = open_runtime(b, 1);
    one.layers = one.layers_again;
    if (one.runtime == NULL)
        exit(1);
    (one.layers != NULL ? build_layers : build)(&one);
    block(&one, seconds / BLOCKS);
    for (int i = 0; i < BLOCKS; i++) {
        const bool first = i % 2 == 0;
        const double a = block(first ? &many : &one, seconds / BLOCKS);
        const double c = block(first ? &one : &many, seconds / BLOCKS);
        ratio[i] = first ? a / c : c / a;
    }
    qsort(ratio, BLOCKS, sizeof *ratio, by_size);
    printf("OWN own=%.3f used=%d\n", ratio[BLOCKS / 2], plm_model_threads(b->model));
    plm_model_free(one.model);
    plm_close(one.runtime);
}

static void latency(bench *b)
{
    enum { WARM = 100, TIMED = 3000 };
    float *y = calloc((size_t)outputs(b), sizeof *y);
    const plm_view x = {b->x, PLM_F32, 2, {1, inputs(b)}};
    plm_view out = {y, PLM_F32, 2, {1, outputs(b)}};
    double begin = 0;
    for (int i = -WARM; i < TIMED; i++) {
        if (i == 0)
            begin = now();
        if (plm_predict(b->model, &x, &out) < 0)
            give_up(b, "predict");
    }
    printf("LAT us=%.2f\n", (now() - begin) / TIMED * 1e6);
    free(y);
}

/* Rows of a net by its widths: 64 MiB at most, but two batches at least. */
static int64_t rows_to_make(const bench *b, bool first)
{
    const int64_t some = (INT64_C(64) << 20) / (4 * (int64_t)inputs(b)), batch = b->w.batch;
    if (first)
        return batch;
    return some > 16 * batch ? 16 * batch : some > 2 * batch ? some : 2 * batch;
}

int main(int argc, char **argv)
{
    bench b = {0};
    if (argc < 6)
        usage();
    read_work(&b, argv[1]);
    b.isa = strcmp(argv[3], "-") == 0 ? NULL : argv[3];
    b.runtime = open_runtime(&b, (int)strtol(argv[2], NULL, 10));
    const bool first = argc > 6;
    if (b.made || first)
        make_rows(&b, rows_to_make(&b, first));
    else
        read_rows(&b, argv[5]);
    if (b.runtime == NULL || b.x == NULL || b.y == NULL)
        return 1;
    if (b.layers != NULL)
        fit_rows(&b);
    if (b.layers != NULL)
        build_layers(&b);
    else
        build(&b);
    step(&b);
    printf("FIRST %.6f\n", now());
    fflush(stdout);
    if (!first) {
        run(&b, strtod(argv[4], NULL));
        against_one(&b, strtod(argv[4], NULL));
        if (strcmp(b.w.name, "W1") == 0)
            latency(&b);
    }
    plm_model_free(b.model);
    plm_close(b.runtime);
    free(b.layers_again);
    free(b.given);
    free(b.x);
    free(b.y);
    return 0;
}
