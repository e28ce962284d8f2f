/* shuffle: puts the rows in a new random order in every epoch. The order is a function of (seed,
 * epoch). Rows in memory are permuted as a whole (Fisher and Yates). Streamed rows are mixed in a
 * window of `buffer` rows: each row that is read replaces a random row of the window, and the
 * replaced row is returned. */
#include <string.h>

#include "data/data.h"

typedef struct {
    int64_t buffer, seed; /* buffer: number of rows of the window, if streamed. seed: -1 = the seed
                           * of the runtime */
} shuffle;

enum { WINDOW_ROWS = 16384, WINDOW_BYTES = 1 << 28 };

static const plm_field fields[] = {
    PLM_FIELD(shuffle, buffer, PLM_INT, "0", 0, 1e9,
              "number of rows of the window for a streamed file, 0 = automatic; rows in memory are "
              "always mixed as a whole"),
    PLM_FIELD(shuffle, seed, PLM_INT, "-1", 0, 9e15,
              "seed of the random order; none = the seed of the run"),
    {0}};

/* The window for a streamed file. */
typedef struct {
    /* rows: for each part [capacity][width], in the file's element type. spare: memory for one
     * row */
    char *rows[PLM_PARTS], *spare;
    int64_t capacity, count; /* rows that fit, rows that are in it */
    bool filled;             /* true = the first rows of this epoch were read into the window */
    plm_random random;       /* draws the row that leaves the window next */
} window;

/* Opens the random stream of this epoch. Each shuffle of a pipeline has its own stream of random
 * numbers, which depends on its position in the pipeline. */
static plm_random open_random(const plm_transform *t, int64_t epoch)
{
    const shuffle *c = t->config;
    uint32_t before = 0;
    for (int i = 0; i < t->number; i++)
        before += t->data->transform[i].kind->role == PLM_TRANSFORM_MIXES;
    return plm_random_open(plm_data_seed(t->data, c->seed), PLM_RANDOM_SHUFFLE, before,
                           (uint32_t)epoch);
}

/* For rows in memory: permutes the order of an epoch. */
static void mix(const plm_transform *t, int64_t epoch, plm_order *order)
{
    plm_random r = open_random(t, epoch);
    for (int64_t i = order->count - 1; i > 0; i--) {
        const int64_t j = (int64_t)plm_random_below(&r, (uint64_t)i + 1);
        const int64_t kept = order->row[i];
        order->row[i] = order->row[j];
        order->row[j] = kept;
    }
}

/* Returns the number of parts of the source. */
static int parts(const plm_transform *t)
{
    return plm_source_parts(t->data->source);
}

/* Returns the number of rows of the window: as set; otherwise WINDOW_ROWS, or as many as fit in
 * WINDOW_BYTES if these are fewer. Never more rows than the file has. */
static int64_t choose_capacity(const plm_transform *t)
{
    const shuffle *c = t->config;
    size_t bytes = 1;
    for (int i = 0; i < parts(t); i++)
        bytes += plm_flow_row_bytes(t->data, i);
    const int64_t fitting = (int64_t)((size_t)WINDOW_BYTES / bytes);
    int64_t rows = c->buffer > 0 ? c->buffer : fitting < WINDOW_ROWS ? fitting : WINDOW_ROWS;
    if (t->data->source->rows >= 0 && rows > t->data->source->rows)
        rows = t->data->source->rows;
    return rows > 0 ? rows : 1;
}

/* Streamed: allocates the window. */
static plm_status settle(plm_transform *t)
{
    plm_data *d = t->data;
    if (!d->source->streamed)
        return PLM_OK;
    window *v = plm_arena_take(&d->arena, sizeof *v);
    if (!v)
        return PLM_E_MEMORY;
    t->state = v;
    v->capacity = choose_capacity(t);
    size_t widest = 0;
    for (int i = 0; i < parts(t); i++) {
        const size_t bytes = plm_flow_row_bytes(d, i);
        widest = bytes > widest ? bytes : widest;
        v->rows[i] = plm_arena_array(&d->arena, (size_t)v->capacity, bytes);
        if (!v->rows[i])
            return PLM_E_MEMORY;
    }
    v->spare = plm_arena_take(&d->arena, widest);
    return v->spare ? PLM_OK : PLM_E_MEMORY;
}

/* Streamed: empties the window for a new epoch. */
static plm_status start(plm_transform *t, int64_t epoch)
{
    window *v = t->state;
    v->count = 0;
    v->filled = false;
    v->random = open_random(t, epoch);
    return PLM_OK;
}

/* Streamed: fills the window with the first rows. */
static plm_status fill_window(plm_transform *t, window *v)
{
    void *place[PLM_PARTS] = {0};
    while (v->count < v->capacity) {
        int64_t got = 0;
        for (int i = 0; i < parts(t); i++)
            place[i] = v->rows[i] + (size_t)v->count * plm_flow_row_bytes(t->data, i);
        PLM_TRY(plm_flow_pull(t->data, t->number, v->capacity - v->count, place, &got));
        v->count += got;
        if (got == 0)
            break;
    }
    v->filled = true;
    return PLM_OK;
}

/* Exchanges row k of `out` and row j of the window. */
static void exchange(const plm_transform *t, window *v, void *const out[PLM_PARTS], int64_t k,
                     int64_t j)
{
    for (int i = 0; i < parts(t); i++) {
        const size_t bytes = plm_flow_row_bytes(t->data, i);
        char *mine = v->rows[i] + (size_t)j * bytes, *theirs = (char *)out[i] + (size_t)k * bytes;
        memcpy(v->spare, mine, bytes);
        memcpy(mine, theirs, bytes);
        memcpy(theirs, v->spare, bytes);
    }
}

/* Streamed: reads the next rows and exchanges each for a random row of the window. */
static plm_status pull(plm_transform *t, int64_t most, void *const out[PLM_PARTS], int64_t *got)
{
    window *v = t->state;
    if (!v->filled)
        PLM_TRY(fill_window(t, v));
    PLM_TRY(plm_flow_pull(t->data, t->number, most, out, got));
    for (int64_t k = 0; k < *got; k++)
        exchange(t, v, out, k, (int64_t)plm_random_below(&v->random, (uint64_t)v->count));
    /* no more rows to read: return the rows of the window, in random order */
    for (; *got < most && v->count > 0; (*got)++) {
        const int64_t j = (int64_t)plm_random_below(&v->random, (uint64_t)v->count);
        v->count--;
        for (int i = 0; i < parts(t); i++) {
            const size_t bytes = plm_flow_row_bytes(t->data, i);
            char *mine = v->rows[i] + (size_t)j * bytes;
            memcpy((char *)out[i] + (size_t)*got * bytes, mine, bytes);
            memmove(mine, v->rows[i] + (size_t)v->count * bytes, bytes);
        }
    }
    return PLM_OK;
}

extern const plm_transform_kind plm_transform_shuffle;
const plm_transform_kind plm_transform_shuffle = {
    .kind = {.name = "shuffle",
             .help = "puts the rows in a new random order in every epoch",
             .notes = "The same seed and epoch give the same order on any machine. A streamed file "
                      "is mixed within a window: the larger the buffer, the better the mixing.",
             .config_size = sizeof(shuffle),
             .fields = fields,
             .examples =
                 PLM_LIST("digits | shuffle | batch(32)", "digits | shuffle(4096, seed=7)")},
    .role = PLM_TRANSFORM_MIXES,
    .settle = settle,
    .mix = mix,
    .start = start,
    .pull = pull,
};
