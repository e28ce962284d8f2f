/* Loads a whole table. A plain file is cut into blocks. All threads first count line ends. That
 * bounds the number of rows, so memory is allocated once and each block knows where its rows go.
 * Then the threads read the blocks as if every line was a row. The result is checked in order: a
 * block that does not begin where the one before it ended was cut within quotes, and is read anew;
 * rows behind blank lines move up; rows that are not simple are read cell by cell. So the result,
 * and the first error, are the same as those of reading in order.
 *
 * A file that is compressed, or is no regular file, is read in order, chunk by chunk. */
#include "data/csv.h"

#include <stdatomic.h>
#include <string.h>

#include "base/threads.h"
#include "kernel/scan.h"

enum {
    BLOCK = 1 << 19,
    MOST_BLOCK = 1 << 24,
    TAIL = 1 << 16, /* bytes read behind a block, since its last row may end there */
    ROWS_OF_BLOCK = 16,
    CHUNK = 1 << 22,
    FIRST_ROWS = 256
};

typedef struct {
    int64_t begin; /* the place of its first row; -1 = none was read */
    int64_t end;   /* the place of the first row that was not read */
    int64_t first; /* the number of its first row if every line before it is a row */
    int64_t rows, lines;
} block;

typedef struct {
    plm_source *s;
    plm_csv *t;
    int64_t start, size; /* the place in the file where rows begin, and the size of the file */
    int64_t bytes, tail; /* how many bytes a block has, and how many are read behind it */
    block *block;        /* [blocks + 1]; the last has only `first` */
    int64_t blocks;
    int64_t capacity;  /* rows */
    int64_t collected; /* rows that are wanted in double */
    char *buffer;      /* one for each thread */
    size_t buffer_bytes;
    atomic_int_least64_t next; /* the next block to be taken */
    /* how far the table is complete: the place in the file, its line, and the row */
    int64_t place, line, row;
} load;

/* ---- blocks ---- */

static int64_t block_place(const load *l, int64_t k)
{
    return k < l->blocks ? l->start + k * l->bytes : l->size;
}

/* Reads from a place into a thread's buffer, and adds a 0 byte. */
static char *read_block(const load *l, int thread, int64_t from, int64_t to, size_t *got)
{
    char *text = l->buffer + (size_t)thread * l->buffer_bytes + PLM_ROWS_MARGIN;
    to = to < l->size ? to : l->size;
    *got = plm_reader_at(l->t->cells.reader, from, text, (size_t)(to - from));
    text[*got] = '\0';
    return text;
}

/* Counts the line ends behind which a row of block k may begin. The byte before the block is one of
 * those looked at, since a row may begin with the first byte of the block. */
static void count_block(load *l, int thread, int64_t k)
{
    size_t got = 0;
    const int64_t from = block_place(l, k) - (k > 0), to = block_place(l, k + 1);
    const char *text = read_block(l, thread, from, to + 1, &got);
    const size_t most = (size_t)(to - from) - (k + 1 < l->blocks);
    l->block[k].lines = (int64_t)plm_scan_line_ends(l->t->shape.isa, text, got < most ? got : most);
}

/* Returns the index behind the first line end of text[0 .. n). */
static size_t behind_line_end(const char *text, size_t n)
{
    size_t i = 0;
    while (i < n && text[i] != '\n' && (text[i] != '\r' || text[i + 1] == '\n'))
        i++;
    return i + 1;
}

static plm_rows_sink sink_of_rows(const load *l, int64_t row, int64_t most)
{
    plm_rows_sink sink = {.most = most};
    for (int i = 0; i < l->t->shape.parts; i++) {
        const plm_table *part = &l->s->table[i];
        sink.out[i] = (float *)part->owned + (size_t)row * part->width;
        sink.step[i] = part->width;
    }
    if (row < l->collected) {
        sink.exact = l->t->first.number + (size_t)row * l->t->columns.count;
        sink.exact_rows = l->collected - row;
    }
    return sink;
}

static void parse_block(load *l, int thread, int64_t k)
{
    block *b = &l->block[k];
    size_t got = 0;
    const int64_t from = block_place(l, k) - (k > 0), to = block_place(l, k + 1);
    const int64_t next = l->block[k + 1].first;
    const int64_t most = (next < l->capacity ? next : l->capacity) - b->first;
    b->begin = -1;
    if (most <= 0)
        return;
    const char *text = read_block(l, thread, from, to + l->tail, &got);
    size_t at = k > 0 ? behind_line_end(text, got) : 0;
    if (at >= got || from + (int64_t)at >= to)
        return;
    plm_rows_sink sink = sink_of_rows(l, b->first, most);
    b->begin = from + (int64_t)at;
    (void)plm_rows_read(&l->t->shape, text, &at, (size_t)(to - from), got, &sink);
    b->end = from + (int64_t)at;
    b->rows = sink.rows;
    b->lines = sink.lines;
}

/* Calls `take` for the next free block until none is left. */
static void take_blocks(load *l, int thread, void (*take)(load *l, int thread, int64_t k))
{
    for (;;) {
        const int64_t k = atomic_fetch_add(&l->next, 1);
        if (k >= l->blocks)
            return;
        take(l, thread, k);
    }
}

static void count_blocks(void *argument, int thread, int threads)
{
    (void)threads;
    take_blocks(argument, thread, count_block);
}

static void parse_blocks(void *argument, int thread, int threads)
{
    (void)threads;
    take_blocks(argument, thread, parse_block);
}

/* ---- in order ---- */

static void move_rows(load *l, int64_t from, int64_t rows)
{
    for (int i = 0; i < l->t->shape.parts; i++) {
        float *number = l->s->table[i].owned;
        const size_t width = l->s->table[i].width;
        memmove(number + (size_t)l->row * width, number + (size_t)from * width,
                (size_t)rows * width * sizeof *number);
    }
}

/* Moves the rows of a block to their final place. Their doubles are moved, too, if those of all
 * rows before are there. */
static void keep_rows(load *l, const block *b)
{
    plm_collected_rows *c = &l->t->first;
    const int64_t there = l->collected - b->first, exact = there < b->rows ? there : b->rows;
    if (b->first != l->row)
        move_rows(l, b->first, b->rows);
    if (c->rows == l->row && exact > 0) {
        memmove(c->number + (size_t)c->rows * c->width, c->number + (size_t)b->first * c->width,
                (size_t)exact * c->width * sizeof *c->number);
        c->rows += exact;
    }
    l->row += b->rows;
    l->line += b->lines;
    l->place = b->end;
}

/* Continues reading in order up to a place. */
static plm_status read_in_order(load *l, int64_t limit)
{
    plm_csv *t = l->t;
    bool over = false;
    plm_rows_sink sink = sink_of_rows(l, l->row, l->capacity - l->row);
    if (t->first.rows < l->row)
        sink.exact_rows = 0;
    const int64_t exact = sink.exact_rows;
    if (plm_cells_place(&t->cells) != l->place)
        PLM_TRY(plm_cells_go(&t->cells, l->place, l->line));
    t->row = l->row;
    PLM_TRY(plm_csv_read(l->s, t, limit, &sink, &over));
    t->first.rows += exact - sink.exact_rows;
    l->row += sink.rows;
    l->line = t->cells.next_line;
    l->place = over ? INT64_MAX : plm_cells_place(&t->cells);
    if (!over && l->place < l->size && l->row == l->capacity)
        return plm_fail(&l->s->w, PLM_E_IO, t->cells.path, "read it once more",
                        "the file was changed while it was read");
    return PLM_OK;
}

static plm_status put_in_order(load *l)
{
    l->place = l->start;
    l->line = l->t->cells.next_line;
    for (int64_t k = 0; k < l->blocks && l->place < l->size; k++) {
        const block *b = &l->block[k];
        if (b->begin == l->place)
            keep_rows(l, b);
        if (l->place < block_place(l, k + 1))
            PLM_TRY(read_in_order(l, k + 1 < l->blocks ? block_place(l, k + 1) : INT64_MAX));
    }
    l->s->rows = l->row;
    return PLM_OK;
}

/* ---- memory ---- */

/* Sets the number of each block's first row, and allocates memory for all rows. There are at most
 * as many rows as lines, and as the file has bytes for, with a byte for each cell. */
static plm_status take_rows(load *l)
{
    plm_csv *t = l->t;
    int64_t lines = 0;
    for (int64_t k = 0; k < l->blocks; k++) {
        l->block[k].first = lines + (k > 0);
        lines += l->block[k].lines;
    }
    const int64_t most = (l->size - l->start) / (int64_t)t->columns.count + 1;
    l->capacity = lines + 1 < most ? lines + 1 : most;
    l->block[l->blocks].first = l->capacity;
    for (int i = 0; i < t->shape.parts; i++)
        if (!plm_source_table(l->s, &l->s->table[i], l->capacity))
            return PLM_E_MEMORY;
    double *exact = NULL;
    return plm_collect_rows(&t->first, l->capacity, &exact, &l->collected);
}

static plm_status take_buffers(load *l, int threads)
{
    size_t bytes = 0;
    l->buffer_bytes = (size_t)(l->bytes + l->tail) + 2 * PLM_ROWS_MARGIN + 64;
    if (!plm_checked_multiply(l->buffer_bytes, (size_t)threads, &bytes))
        return plm_fail_memory(&l->s->w, l->t->cells.path);
    l->buffer = plm_allocate_unset(&l->s->w, bytes);
    l->block = plm_allocate_array(&l->s->w, (size_t)l->blocks + 1, sizeof *l->block);
    return l->buffer && l->block ? PLM_OK : PLM_E_MEMORY;
}

static plm_status load_blocks(load *l)
{
    plm *w = &l->s->w;
    const int most = plm_pool_threads(w->pool);
    const int threads = l->blocks < most ? (int)l->blocks : most;
    PLM_TRY(take_buffers(l, threads));
    atomic_init(&l->next, 0);
    plm_parallel(w->pool, threads, count_blocks, l);
    PLM_TRY(take_rows(l));
    atomic_init(&l->next, 0);
    plm_parallel(w->pool, threads, parse_blocks, l);
    return put_in_order(l);
}

plm_status plm_csv_load_cut(plm_source *s, plm_csv *t, int64_t bytes, int64_t tail)
{
    load l = {.s = s,
              .t = t,
              .start = plm_cells_place(&t->cells),
              .size = plm_reader_size(t->cells.reader),
              .bytes = bytes,
              .tail = tail};
    l.blocks = (l.size - l.start + bytes - 1) / bytes;
    if (l.blocks == 1)
        l.bytes = l.size - l.start;
    const plm_status status = load_blocks(&l);
    plm_release(&s->w, l.buffer);
    plm_release(&s->w, l.block);
    return status;
}

/* ---- chunks ---- */

/* Some rows. `number` holds all rows of the first part, then all rows of the second, and so on. */
typedef struct chunk {
    struct chunk *next;
    int64_t rows, capacity;
    float *number;
} chunk;

/* Makes a chunk with room for as many rows as were read so far, but for CHUNK bytes at most. */
static chunk *new_chunk(plm_source *s, int64_t rows)
{
    size_t width = 0, numbers = 0;
    for (int i = 0; i < plm_source_parts(s); i++)
        width += s->table[i].width;
    const int64_t most = (int64_t)(CHUNK / (width * sizeof(float)));
    rows = rows < FIRST_ROWS ? FIRST_ROWS : rows;
    rows = rows < most ? rows : most > 0 ? most : 1;
    chunk *c = plm_allocate(&s->w, sizeof *c);
    if (c && plm_checked_multiply((size_t)rows, width * sizeof(float), &numbers))
        c->number = plm_allocate_unset(&s->w, numbers);
    if (c && c->number) {
        c->capacity = rows;
        return c;
    }
    plm_release(&s->w, c);
    return NULL;
}

static void free_chunk(plm_source *s, chunk *c)
{
    plm_release(&s->w, c->number);
    plm_release(&s->w, c);
}

static plm_status fill_chunk(plm_source *s, plm_csv *t, chunk *c, bool *over)
{
    plm_rows_sink sink = {.most = c->capacity};
    float *number = c->number;
    for (int i = 0; i < plm_source_parts(s); i++) {
        sink.out[i] = number;
        sink.step[i] = s->table[i].width;
        number += (size_t)c->capacity * s->table[i].width;
    }
    PLM_TRY(plm_collect_rows(&t->first, c->capacity, &sink.exact, &sink.exact_rows));
    const int64_t exact = sink.exact_rows;
    PLM_TRY(plm_csv_read(s, t, INT64_MAX, &sink, over));
    t->first.rows += exact - sink.exact_rows;
    c->rows = sink.rows;
    s->rows += sink.rows;
    return PLM_OK;
}

static plm_status fill_chunks(plm_source *s, plm_csv *t, chunk **first)
{
    chunk **last = first;
    s->rows = 0;
    for (bool over = false; !over; last = &(*last)->next) {
        *last = new_chunk(s, s->rows);
        if (!*last)
            return PLM_E_MEMORY;
        PLM_TRY(fill_chunk(s, t, *last, &over));
    }
    for (int i = 0; i < plm_source_parts(s); i++)
        if (!plm_source_table(s, &s->table[i], s->rows))
            return PLM_E_MEMORY;
    return PLM_OK;
}

static void copy_chunk(plm_source *s, const chunk *c, int64_t row)
{
    const float *from = c->number;
    for (int i = 0; i < plm_source_parts(s); i++) {
        const size_t width = s->table[i].width;
        memcpy((float *)s->table[i].owned + (size_t)row * width, from,
               (size_t)c->rows * width * sizeof *from);
        from += (size_t)c->capacity * width;
    }
}

/* Reads all rows into chunks, then copies them into the tables. Each chunk is freed as soon as it
 * is copied. */
static plm_status load_chunks(plm_source *s, plm_csv *t)
{
    chunk *first = NULL;
    int64_t row = 0;
    const plm_status status = fill_chunks(s, t, &first);
    for (chunk *c = first, *next = NULL; c; c = next) {
        if (status >= 0)
            copy_chunk(s, c, row);
        row += c->rows;
        next = c->next;
        free_chunk(s, c);
    }
    return status;
}

/* Chooses the size of blocks: they hold ROWS_OF_BLOCK rows if all rows are as long as the line that
 * was read last. */
plm_status plm_csv_load(plm_source *s, plm_csv *t)
{
    const int64_t size = plm_reader_size(t->cells.reader), row = (int64_t)t->cells.length;
    if (plm_reader_compressed(t->cells.reader) || size <= plm_cells_place(&t->cells))
        return load_chunks(s, t);
    int64_t bytes = row * ROWS_OF_BLOCK;
    bytes = bytes < BLOCK ? BLOCK : bytes < MOST_BLOCK ? bytes : MOST_BLOCK;
    const int64_t tail = 2 * row < bytes / 2 ? 2 * row : bytes / 2;
    return plm_csv_load_cut(s, t, bytes, tail > TAIL ? tail : TAIL);
}
