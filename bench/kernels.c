/* How near the kernels come to the machine:
 *     kernels [-r ROUNDS] [-t 1|2] [-k NAME] [-o FILE] [ISA[,ISA]]
 * Matrix products in the forms in which a layer needs them, as a share of the peak of fused
 * multiply-adds; all others as numbers a nanosecond in the first cache, as a share of what
 * copying (or only reading) reaches there. The limits are measured in the same round as the
 * kernel, instruction sets take turns, figures are medians over the rounds with quartiles; time
 * is that of the thread alone, of the slower one with -t 2 (products only). -k: only kernels
 * whose name begins so. -o: the same as a table of tab-separated columns, with a head, for
 * programs. */
#define _POSIX_C_SOURCE 200809L

#include <unistd.h>

#include "base/cores.h"
#include "op/product.h"

#include "functions.h"
#include "turns.h"

/* ---- products ---- */

/* Of a layer x [batch, in] -> [batch, out]: y = x W + b; dx = dy W'; dW = x' dy, whole, and in
 * the chunks of W that the optimizer takes from the cache. */
typedef enum { FORWARD, INPUT_GRADIENT, WEIGHT_GRADIENT, WEIGHT_CHUNKS, FORMS } form;
static const char *const form_names[FORMS] = {"gemm_forward", "gemm_input_gradient",
                                              "gemm_weight_gradient", "gemm_weight_chunks"};

static const struct {
    size_t batch, in, out;
    unsigned forms, two; /* bits of forms; whether it is worth a second thread */
} layers[] = {{512, 4096, 4096, 15, 1}, {128, 2048, 2048, 15, 1}, {128, 1024, 1024, 15, 1},
              {256, 784, 300, 15, 1},   {32, 784, 300, 15, 1},    {32, 300, 100, 15, 0},
              {32, 100, 10, 15, 0},     {32, 64, 32, 15, 0},      {8, 16, 16, 15, 0},
              {1, 784, 300, 1, 0}};

typedef struct {
    const plm_kernels *k;
    plm_gemm g;
    form form;
    float *scratch[2];
} product;

/* Rows of activations are padded to an odd number of lines. */
static size_t padded(size_t width)
{
    return LINE * (((width + LINE - 1) / LINE) | 1);
}

static void run_chunks(const product *p, plm_gemm g, int part)
{
    const size_t rows = g.rows, panels = g.panels;
    const bool turns = p->k->packs_from > 0 && g.depth >= p->k->packs_from;
    const size_t wide = plm_chunk_panels(turns, plm_second_cache() / sizeof(plm_real));
    g.pack_a = turns;
    const plm_gemm whole = g;
    g.c = p->scratch[part];
    g.c_panel = PLM_CHUNK_ROWS * LINE;
    for (size_t j = 0; j < panels; j += wide)
        for (size_t i = 0; i < rows; i += PLM_CHUNK_ROWS) {
            g.rows = rows - i < PLM_CHUNK_ROWS ? rows - i : PLM_CHUNK_ROWS;
            g.panels = panels - j < wide ? panels - j : wide;
            g.a = whole.a + i * g.a_row;
            g.b = whole.b + j * g.b_panel;
            p->k->gemm(&g);
        }
}

/* Two threads share the batch, or the rows of W. */
static void run_product(const void *what, int part, int parts)
{
    const product *p = what;
    plm_gemm g = p->g;
    const size_t grain = p->form >= WEIGHT_GRADIENT ? LINE : 1;
    const size_t half = (g.rows / (size_t)parts + grain - 1) / grain * grain,
                 first = part ? half : 0;
    g.rows = part || parts == 1 ? g.rows - first : half;
    g.a += first * g.a_row;
    g.c += first * g.c_row;
    if (p->form == WEIGHT_CHUNKS)
        run_chunks(p, g, part);
    else
        p->k->gemm(&g);
}

/* One product on each instruction set in turn. */
static void product_turns(const options *o, helper *h, product *p, const char *shape)
{
    static double rate[ISA_MOST][ROUNDS_MOST], share[ISA_MOST][ROUNDS_MOST];
    const double fused = (double)p->g.rows * (double)p->g.depth * (double)p->g.panels * LINE;
    p->k = o->isa[0];
    const size_t calls = calls_of(run_product, p);
    for (int r = 0; r < o->rounds; r++)
        for (int i = 0; i < o->isas; i++) {
            peak_function *peak = peak_of(o->isa[i]->isa);
            p->k = o->isa[i];
            time_of(h, run_product, p, 1);
            const double before = peak_rate(h, peak),
                         done = fused / time_of(h, run_product, p, calls);
            const double after = peak_rate(h, peak), limit = before > after ? before : after;
            rate[i][r] = 2e-9 * done;
            share[i][r] = limit > 0 ? done / limit : 0;
        }
    for (int i = 0; i < o->isas; i++) {
        const figures f = {form_names[p->form], shape,     o->isa[i]->isa, "GFLOP/s",
                           h ? 2 : 1,           o->rounds, rate[i],        share[i]};
        report(o, &f);
    }
}

static void product_bench(const options *o, helper *h, size_t layer, form as)
{
    const size_t batch = layers[layer].batch, in = layers[layer].in, out = layers[layer].out;
    const bool gradient = as >= WEIGHT_GRADIENT;
    const size_t from = as == INPUT_GRADIENT ? out : in, to = as == INPUT_GRADIENT ? in : out;
    const size_t panels = (to + LINE - 1) / LINE, wide = padded(to), a_stride = padded(from);
    float *a = numbers(batch * a_stride), *b = numbers((gradient ? batch : from) * wide);
    float *c = numbers((gradient ? in : batch) * wide), *start = numbers(wide);
    product p = {.g = {.a = a, .b = b, .c = c, .panels = panels}, .form = as};
    p.scratch[0] = numbers(PLM_CHUNK_ROWS * PLM_CHUNK_WIDEST * LINE);
    p.scratch[1] = numbers(PLM_CHUNK_ROWS * PLM_CHUNK_WIDEST * LINE);
    if (gradient) {
        p.g.rows = in, p.g.depth = batch;
        p.g.a_row = 1, p.g.a_step = a_stride;
        p.g.b_panel = LINE, p.g.b_step = wide;
        p.g.c_row = LINE, p.g.c_panel = LINE * in;
    } else {
        p.g.rows = batch, p.g.depth = from;
        p.g.a_row = a_stride, p.g.a_step = 1;
        p.g.b_panel = from * LINE, p.g.b_step = LINE;
        p.g.c_row = wide, p.g.c_panel = LINE;
        p.g.start = as == FORWARD ? start : NULL;
    }
    char shape[64];
    snprintf(shape, sizeof shape, "%zux%zux%zu", batch, in, out);
    product_turns(o, h, &p, shape);
    free(a), free(b), free(c), free(start), free(p.scratch[0]), free(p.scratch[1]);
}

static void products_bench(const options *o, helper *h)
{
    for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++)
        for (int f = 0; f < FORMS; f++)
            if (layers[i].forms >> f & 1 && wanted(o, form_names[f]) &&
                (h == NULL || layers[i].two))
                product_bench(o, h, i, (form)f);
}

/* ---- reading, as fast as sums of columns go, in each cache and beyond ---- */

typedef struct {
    const plm_kernels *k;
    const float *x[2];
    size_t rows; /* of 64 numbers */
} reading;

static void run_read(const void *what, int part, int parts)
{
    const reading *p = what;
    float sums[64];
    (void)parts;
    p->k->column_sum(sums, p->x[part], p->rows, 64, 64);
    __asm__ volatile("" : : "r"(sums) : "memory");
}

static void reading_bench(const options *o, helper *h)
{
    static const size_t kibibytes[] = {16, 512, 8192, 131072};
    static double rate[ROUNDS_MOST], share[ROUNDS_MOST];
    for (size_t s = 0; wanted(o, "read") && s < sizeof kibibytes / sizeof kibibytes[0]; s++) {
        const size_t count = kibibytes[s] * 1024 / sizeof(float);
        float *own = numbers(count), *other = h ? numbers(count) : NULL;
        const reading p = {o->isa[0], {own, other}, count / 64};
        const size_t calls = calls_of(run_read, &p);
        for (int r = 0; r < o->rounds; r++) {
            time_of(h, run_read, &p, 1);
            rate[r] = 1e-9 * (double)(count * sizeof(float)) * (h ? 2 : 1) /
                      time_of(h, run_read, &p, calls);
            share[r] = 0;
        }
        char shape[32];
        snprintf(shape, sizeof shape, "%zu KiB", kibibytes[s]);
        const figures f = {"read",    shape,     o->isa[0]->isa, "GB/s",
                           h ? 2 : 1, o->rounds, rate,           share};
        report(o, &f);
        free(own), free(other);
    }
}

static void peak_bench(const options *o, helper *h)
{
    static double rate[ROUNDS_MOST], share[ROUNDS_MOST];
    for (int i = 0; wanted(o, "peak") && i < o->isas; i++) {
        for (int r = 0; r < o->rounds; r++) {
            rate[r] = 2e-9 * peak_rate(h, peak_of(o->isa[i]->isa));
            share[r] = 0;
        }
        const figures f = {"peak",    "",        o->isa[i]->isa, "GFLOP/s",
                           h ? 2 : 1, o->rounds, rate,           share};
        report(o, &f);
    }
}

static void all(const options *o, helper *h)
{
    peak_bench(o, h);
    reading_bench(o, h);
    products_bench(o, h);
}

static void all_on_two(const options *o)
{
    helper h = {.run = run_read};
    if (pthread_create(&h.thread, NULL, help, &h) != 0) {
        fputs("kernels: no second thread\n", stderr);
        exit(1);
    }
    all(o, &h);
    h.run = NULL;
    atomic_fetch_add(&h.asked, 1);
    pthread_join(h.thread, NULL);
}

/* ---- what was asked for ---- */

static void usage(void)
{
    fputs("usage: kernels [-r ROUNDS] [-t 1|2] [-k NAME] [-o FILE] [ISA[,ISA]]\ninstruction sets "
          "here:",
          stderr);
    for (int i = 0; plm_kernels_name(i); i++)
        fprintf(stderr, " %s", plm_kernels_name(i));
    fputs("\n", stderr);
    exit(2);
}

/* "avx512,avx2": each name in its turn. */
static void choose_isas(options *o, const char *names)
{
    while (*names != '\0' && o->isas < ISA_MOST) {
        const size_t length = strcspn(names, ",");
        char name[16] = "";
        if (length < sizeof name)
            memcpy(name, names, length);
        o->isa[o->isas] = plm_kernels_find(name);
        if (o->isa[o->isas++] == NULL) {
            fprintf(stderr, "kernels: no instruction set \"%s\" in this build or on this machine\n",
                    name);
            usage();
        }
        names += length + (names[length] == ',');
    }
}

/* The best two or so of this machine; plain C alone only where there is nothing else. */
static void choose_best(options *o)
{
    for (int i = 0; i < ISA_MOST && plm_kernels_name(i) &&
                    (i == 0 || strcmp(plm_kernels_name(i), "plain") != 0);
         i++)
        o->isa[o->isas++] = plm_kernels_find(plm_kernels_name(i));
}

static FILE *open_table(const char *path)
{
    FILE *f = fopen(path, "w");
    if (f == NULL) {
        perror(path);
        exit(1);
    }
    return f;
}

static options read_options(int argc, char **argv)
{
    options o = {.rounds = 7, .threads = 1};
    for (int c; (c = getopt(argc, argv, "r:t:k:o:")) != -1;)
        switch (c) {
        case 'r':
            o.rounds = (int)strtol(optarg, NULL, 10);
            break;
        case 't':
            o.threads = (int)strtol(optarg, NULL, 10);
            break;
        case 'k':
            o.only = optarg;
            break;
        case 'o':
            o.table = open_table(optarg);
            break;
        default:
            usage();
        }
    if (optind + 1 < argc || o.rounds < 1 || o.rounds > ROUNDS_MOST || o.threads < 1 ||
        o.threads > 2)
        usage();
    if (optind < argc)
        choose_isas(&o, argv[optind]);
    else
        choose_best(&o);
    return o;
}

int main(int argc, char **argv)
{
    const options o = read_options(argc, argv);
    if (o.table != NULL)
        fputs("kernel\tshape\tisa\tthreads\tunit\trate\trate_low\trate_high\tshare\tshare_"
              "low\tshare_high\n",
              o.table);
    printf("%-26s %-15s %-7s %s %8s %-10s %s\n", "kernel", "shape", "isa", "t", "median", "unit",
           "of the limit: peak, or copying in the first cache");
    if (o.threads == 1) {
        all(&o, NULL);
        functions_bench(&o);
    } else {
        all_on_two(&o);
    }
    return o.table != NULL && fclose(o.table) != 0;
}
