/* Threads that never lose: a training by one thread, by all of them in each step, and by as many
 * as the library chooses, in turns within one process:
 *     threads [-r ROUNDS] [-s SECONDS] [-t THREADS]
 * For each net it prints the samples a second of one thread, and for the other two the ratio to
 * it: median, least and most over the rounds, and the number of threads that was chosen. */
#define _POSIX_C_SOURCE 200809L

#include <plummet.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { ONE, ALL, CHOSEN, FORMS, MOST_ROUNDS = 99, MOST_ROWS = 256, MOST_WIDTH = 784 };

typedef struct {
    const char *name, *layer, *optimizer;
    int layers, inputs, rows;
} net;

static const net nets[] = {
    {"20 layers of 100", "dense(100, activation=elu)", "sgd(0.0001, momentum=0.9)", 20, 784, 32},
    {"20 layers of 100, batch normalization",
     "dense(100, use_bias=false)|batch_normalization|activation(silu)", "adam(0.0001)", 20, 784,
     32},
    {"3 layers of 300", "dense(300, activation=relu)", "sgd(0.0001, momentum=0.9)", 3, 784, 32},
    {"3 layers of 256, batch 256", "dense(256, activation=relu)", "adam(0.0001)", 3, 784, 256},
};

typedef struct {
    plm *w;
    plm_model *m;
} training;

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void give_up(const plm *w)
{
    const plm_error *e = plm_last_error(w);
    fprintf(stderr, "threads: %s: %s; %s\n", e->where, e->what, e->hint);
    exit(1);
}

/* Adds the layers that a text names, with '|' between them. */
static void add_layers(plm_model *m, const char *text)
{
    for (;;) {
        int length = 0;
        while (text[length] != '\0' && text[length] != '|')
            length++;
        plm_add(m, "%.*s", length, text);
        if (text[length] == '\0')
            return;
        text += length + 1;
    }
}

static training begin(const net *n, int form, int threads)
{
    training t = {0};
    t.w = plm_open(PLM_OPTIONS(.threads = form == ONE ? 1 : threads, .fixed_threads = form == ALL));
    t.m = plm_model_new(t.w);
    plm_add(t.m, "input(%d)", n->inputs);
    for (int i = 0; i < n->layers; i++)
        add_layers(t.m, n->layer);
    plm_add(t.m, "dense(10, activation=softmax)");
    if (plm_compile(t.m, n->optimizer, "sparse_categorical_crossentropy", NULL) < 0)
        give_up(t.w);
    return t;
}

/* Samples a second. */
static double train(const training *t, const net *n, double seconds)
{
    static float x[MOST_ROWS * MOST_WIDTH], y[MOST_ROWS];
    for (int i = 0; i < n->rows * n->inputs; i++)
        x[i] = (float)(i * 31 % 101) / 50.0f - 1.0f;
    for (int i = 0; i < n->rows; i++)
        y[i] = (float)(i % 10);
    const plm_batch b = {.rows = n->rows,
                         .inputs = 1,
                         .targets = 1,
                         .input = {{x, PLM_F32, 2, {n->rows, n->inputs}}},
                         .target = {{y, PLM_F32, 1, {n->rows}}}};
    const double from = seconds_now();
    double now = from;
    int64_t rows = 0;
    for (; now - from < seconds; now = seconds_now(), rows += n->rows)
        if (plm_train_batch(t->m, &b, NULL, 0) < 0)
            give_up(t->w);
    return (double)rows / (now - from);
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_median(const char *format, double *list, int count)
{
    qsort(list, (size_t)count, sizeof *list, by_size);
    printf(format, list[count / 2], list[0], list[count - 1]);
}

static void measure(const net *n, int threads, int rounds, double seconds)
{
    static double speed[MOST_ROUNDS], all[MOST_ROUNDS], chosen[MOST_ROUNDS];
    training t[FORMS];
    int last = 0;
    for (int form = 0; form < FORMS; form++) {
        t[form] = begin(n, form, threads);
        train(&t[form], n, seconds);
    }
    for (int r = 0; r < rounds; r++) {
        double here[FORMS];
        for (int i = 0; i < FORMS; i++) {
            const int form = r % 2 ? FORMS - 1 - i : i;
            here[form] = train(&t[form], n, seconds);
        }
        speed[r] = here[ONE];
        all[r] = here[ALL] / here[ONE];
        chosen[r] = here[CHOSEN] / here[ONE];
    }
    last = plm_model_threads(t[CHOSEN].m);
    printf("%s, batch %d:", n->name, n->rows);
    print_median(" one thread %.0f (%.0f-%.0f) samples/s;", speed, rounds);
    print_median(" all %.2f (%.2f-%.2f);", all, rounds);
    print_median(" chosen %.2f (%.2f-%.2f),", chosen, rounds);
    printf(" now %d\n", last);
    for (int form = 0; form < FORMS; form++) {
        plm_model_free(t[form].m);
        plm_close(t[form].w);
    }
}

int main(int argc, char **argv)
{
    int rounds = 11, threads = 0;
    double seconds = 0.2;
    for (int c = 0; (c = getopt(argc, argv, "r:s:t:")) != -1;) {
        if (c == 'r')
            rounds = atoi(optarg);
        else if (c == 's')
            seconds = atof(optarg);
        else if (c == 't')
            threads = atoi(optarg);
        else
            return 2;
    }
    rounds = rounds < 1 ? 1 : rounds > MOST_ROUNDS ? MOST_ROUNDS : rounds;
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++)
        measure(&nets[i], threads, rounds, seconds);
    return 0;
}
