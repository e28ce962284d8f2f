/* The same words, rows and seed give the same model file, byte for byte, whatever does the
 * arithmetic:
 *     bits [--few] [NAME ...]    each configuration (default: all) on 1 to 8 threads, every
 *                                instruction set of this machine, updates fused into the
 *                                backward pass and gradients stored whole, all threads in
 *                                each step or numbers of threads by turns
 *     bits --hashes [NAME ...]   a hash of each file, to compare builds and machines
 *     bits --list                the names
 *     bits --missing             kinds that no configuration names; fails when there are any
 * --few: fewer numbers of threads, for slow builds. */
#define _POSIX_C_SOURCE 200809L
#include "configurations.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fields.h"
#include "model/model.h"

/* Of the battery: threads are used even where they do not pay. */
void battery_force_threads(plm_plan *plan);
/* All threads and fewer by turns. */
void battery_force_turns(plm_plan *plan);

enum { ROWS = 100, WIDTH = 70, NUMBERS = 3, LARGEST = 1 << 20 };

typedef struct {
    unsigned char *bytes;
    size_t length;
} content;

/* How a training is done; the file must not depend on it. */
typedef struct {
    int threads;
    const char *isa;
    bool stored;
    bool turns;     /* numbers of threads take turns */
    bool packed;    /* weight gradients pack x first, if there are rows enough */
    bool streamed;  /* products stream matrices that do not fit into the cache */
    bool roots;     /* Adam computes half of its square roots by multiply-adds */
    size_t cache;   /* numbers of the second-level cache; 0 = the machine's */
    int chunk_rows; /* max rows of a chunk of W; 0 = the usual number */
} way;

typedef struct {
    float x[ROWS * WIDTH], numbers[ROWS * NUMBERS];
    unsigned char label[ROWS];
} rows;

static rows *make_rows(void)
{
    rows *r = malloc(sizeof *r);
    uint32_t state = 7;
    for (int i = 0; r != NULL && i < ROWS; i++) {
        r->label[i] = (unsigned char)(i * 7 % 10);
        for (int k = 0; k < WIDTH; k++) {
            state = state * 1664525u + 1013904223u;
            r->x[i * WIDTH + k] =
                (float)(state >> 8) / 16777216.0f + (k % 10 == r->label[i] ? 1.0f : 0.0f) - 0.5f;
        }
        for (int k = 0; k < NUMBERS; k++)
            r->numbers[i * NUMBERS + k] = (float)((i + 3 * k) % 11) / 10.0f;
    }
    return r;
}

static void give_up(const bits_configuration *c, const plm *w)
{
    const plm_error *e = plm_last_error(w);
    printf("%s: %s: %s (%s)\n", c->name, e->where, e->what, e->hint);
    exit(1);
}

static void must(const bits_configuration *c, const plm *w, bool good)
{
    if (!good)
        give_up(c, w);
}

static plm_model *build(const bits_configuration *c, plm *w, const way *how)
{
    plm_model *m = plm_model_new(w);
    plm_plan *plan = NULL;
    plm_add(m, "input(%d)", WIDTH);
    for (const char *const *layer = c->layer; *layer != NULL; layer++)
        plm_add(m, "%s", *layer);
    must(c, w, plm_compile(m, c->optimizer, c->loss, c->metrics) >= 0);
    if (how->stored) {
        m->fused = false;
        must(c, w, plm_parameters_slots(m, 0, true) >= 0);
    }
    w->tuning.packing = how->packed ? 1 : -1;
    w->tuning.streaming = how->streamed ? 1 : -1;
    w->tuning.roots = how->roots ? 1 : -1;
    w->tuning.chunk_rows = how->chunk_rows;
    w->second_cache = how->cache > 0 ? how->cache : w->second_cache;
    must(c, w, plm_model_plan(m, PLM_PLAN_TRAIN, ROWS, &plan) >= 0);
    (how->turns ? battery_force_turns : battery_force_threads)(plan);
    return m;
}

static plm_data *open_rows(const bits_configuration *c, plm *w, rows *r)
{
    const bool classes = c->target == BITS_CLASSES;
    const plm_view x = {r->x, PLM_F32, 2, {ROWS, WIDTH}};
    const plm_view y = {classes ? (void *)r->label : (void *)r->numbers,
                        classes ? PLM_U8 : PLM_F32,
                        classes ? 1 : 2,
                        {ROWS, NUMBERS}};
    return plm_data_arrays(w, &x, &y, c->transforms);
}

static void read_file(const char *path, content *out)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || (out->length = fread(out->bytes, 1, LARGEST, file)) == LARGEST ||
        fclose(file) != 0) {
        perror(path);
        exit(1);
    }
    remove(path);
}

/* Appends the history to the content: loss, metrics, gradient norm of each epoch. */
static void add_history(const bits_configuration *c, const plm *w, const plm_model *m, content *out)
{
    plm_history h = {0};
    must(c, w, plm_model_history(m, &h) >= 0);
    const size_t bytes = (size_t)(h.rows * h.columns) * sizeof *h.value;
    must(c, w, out->length + bytes < LARGEST);
    memcpy(out->bytes + out->length, h.value, bytes);
    out->length += bytes;
}

/* Trains two epochs and saves. */
static void train(const bits_configuration *c, const way *how, rows *r, content *out)
{
    char path[64];
    snprintf(path, sizeof path, "/tmp/plummet-bits-%ld.safetensors", (long)getpid());
    plm *w = plm_open(
        PLM_OPTIONS(.threads = how->threads, .seed = 11, .isa = how->isa, .unpinned = true));
    plm_model *m = build(c, w, how);
    plm_data *d = open_rows(c, w, r);
    must(c, w, d != NULL);
    const plm_plan *forced = m->plan[PLM_PLAN_TRAIN];
    must(c, w, plm_fit(m, d, PLM_FIT(.epochs = 2)) >= 0);
    if (m->plan[PLM_PLAN_TRAIN] != forced) {
        printf("%s: the training made a plan of its own\n", c->name);
        exit(1);
    }
    must(c, w, plm_model_save(m, path, NULL) >= 0);
    read_file(path, out);
    add_history(c, w, m, out);
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
}

static bool same(const content *a, const content *b)
{
    return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

/* Every way against the first; returns how many differ. */
static int compare(const bits_configuration *c, rows *r, bool few, content *first, content *other)
{
    int differences = 0, ways = 0;
    const way plainest = {.threads = 1, .isa = "plain"};
    train(c, &plainest, r, first);
    for (int k = 0; plm_isa_available(k) != NULL; k++)
        for (int threads = 1; threads <= 8; threads += few && threads > 1 ? 3 : 1)
            for (int form = 0; form <= (threads == 2 || threads == 5 ? 3 : 1); form++) {
                static const size_t caches[] = {0, 1, (size_t)1 << 40};
                static const int chunk_rows[] = {0, 48, 192, 144};
                const way how = {threads,
                                 plm_isa_available(k),
                                 form % 2 != 0,
                                 form >= 2,
                                 (threads + form) % 2 != 0,
                                 (threads + form) % 3 == 1,
                                 (threads + form / 2) % 2 != 0,
                                 caches[(threads + form) % 3],
                                 chunk_rows[(threads + 2 * form + form / 2) % 4]};
                train(c, &how, r, other);
                ways++;
                if (same(first, other))
                    continue;
                printf("%s: %d threads%s with %s, gradients %s, x packed %d, streamed %d, roots by "
                       "multiply-adds %d, chunks of %d, cache %zu: another file than 1 thread "
                       "with plain, fused\n",
                       c->name, threads, how.turns ? " and fewer by turns" : "", how.isa,
                       how.stored ? "stored" : "fused", how.packed, how.streamed, how.roots,
                       how.chunk_rows, how.cache);
                differences++;
            }
    printf("%s: %d ways, %d differ\n", c->name, ways, differences);
    return differences;
}

/* FNV-1a, 64 bits (Fowler, Noll, Vo 1991). */
static uint64_t hash_of(const content *c)
{
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < c->length; i++)
        hash = (hash ^ c->bytes[i]) * 1099511628211u;
    return hash;
}

/* A comparison that could not tell files apart would be worth nothing. */
static int tells_apart(rows *r, content *first, content *other)
{
    const way how = {.threads = 2};
    train(&bits_configurations[0], &how, r, first);
    r->x[0] += 1e-3f;
    train(&bits_configurations[0], &how, r, other);
    r->x[0] -= 1e-3f;
    if (first->length == other->length && !same(first, other))
        return 0;
    printf("another row gives the same file, or another length\n");
    return 1;
}

/* ---- kinds that no configuration names ---- */

/* first_only: a layer's own word, not those of its arguments. */
static bool names(const char *text, const plm_kind *kind, bool first_only)
{
    char word[64];
    while (*text != '\0') {
        size_t length = 0;
        while (isalnum((unsigned char)text[length]) || text[length] == '_')
            length++;
        snprintf(word, sizeof word, "%.*s", (int)length, text);
        if (length > 0 && length < sizeof word && plm_kind_named(kind, word))
            return true;
        text += first_only ? strlen(text) : length + (text[length] != '\0');
    }
    return false;
}

static bool configured(const plm_kind *kind, bool layers)
{
    for (const bits_configuration *c = bits_configurations; c->name != NULL; c++) {
        if (!layers && (names(c->optimizer, kind, false) || names(c->loss, kind, false) ||
                        names(c->metrics, kind, false)))
            return true;
        for (const char *const *layer = c->layer; *layer != NULL; layer++)
            if (names(*layer, kind, layers))
                return true;
    }
    return false;
}

static int missing_of(const plm_family *family)
{
    static const char *const without_words[] = {"input", "linear", "glorot_uniform", "zeros",
                                                "constant"};
    int count = 0;
    for (const plm_kind *const *kind = family->kinds; *kind != NULL; kind++) {
        bool said = configured(*kind, strcmp(family->name, "layer") == 0);
        for (size_t i = 0; i < sizeof without_words / sizeof *without_words; i++)
            said = said || strcmp((*kind)->name, without_words[i]) == 0;
        if (!said)
            printf("no configuration of tests/bits/configurations.c has the %s %s\n", family->name,
                   (*kind)->name);
        count += !said;
    }
    return count;
}

static int missing(void)
{
    static const char *const families[] = {"layer",       "optimizer",  "loss",
                                           "metric",      "activation", "initializer",
                                           "regularizer", "constraint", "schedule"};
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    int count = 0;
    for (const plm_family *f = w->families; f->name != NULL; f++)
        for (size_t i = 0; i < sizeof families / sizeof *families; i++)
            count += strcmp(f->name, families[i]) == 0 ? missing_of(f) : 0;
    plm_close(w);
    return count != 0;
}

static const bits_configuration *find(const char *name)
{
    for (const bits_configuration *c = bits_configurations; c->name != NULL; c++)
        if (strcmp(c->name, name) == 0)
            return c;
    fprintf(stderr, "bits: no configuration \"%s\"; see bits --list\n", name);
    exit(2);
}

typedef enum { COMPARE, COMPARE_FEW, HASHES, LIST, MISSING } task;

static task task_of(const char *option)
{
    if (option[0] != '-')
        return COMPARE;
    if (strcmp(option, "--few") == 0)
        return COMPARE_FEW;
    return strcmp(option, "--hashes") == 0    ? HASHES
           : strcmp(option, "--missing") == 0 ? MISSING
                                              : LIST;
}

static int do_one(task what, const bits_configuration *c, rows *r, content *first, content *other)
{
    const way how = {.threads = 1};
    if (what == LIST) {
        printf("%s\n", c->name);
    } else if (what == HASHES) {
        train(c, &how, r, first);
        printf("%s %016" PRIx64 "\n", c->name, hash_of(first));
    } else {
        return compare(c, r, what == COMPARE_FEW, first, other);
    }
    return 0;
}

/* The configurations that are named, or all. */
static int do_named(task what, char **name, int count, rows *r, content *first, content *other)
{
    int differences = 0;
    for (const bits_configuration *c = bits_configurations; count == 0 && c->name != NULL; c++)
        differences += do_one(what, c, r, first, other);
    for (int i = 0; i < count; i++)
        differences += do_one(what, find(name[i]), r, first, other);
    return differences;
}

int main(int argc, char **argv)
{
    const task what = task_of(argc > 1 ? argv[1] : "");
    const int at = what == COMPARE ? 1 : 2;
    rows *r = make_rows();
    content first = {.bytes = malloc(LARGEST)}, other = {.bytes = malloc(LARGEST)};
    if (r == NULL || first.bytes == NULL || other.bytes == NULL)
        return 1;
    int differences = what == MISSING       ? missing()
                      : what <= COMPARE_FEW ? tells_apart(r, &first, &other)
                                            : 0;
    if (what != MISSING)
        differences += do_named(what, argv + at, argc > at ? argc - at : 0, r, &first, &other);
    free(first.bytes);
    free(other.bytes);
    free(r);
    return differences != 0;
}
