/* Loads a whole table. A plain file is divided into blocks of equal size, which the threads share,
 * in three steps:
 *
 *     1. All threads count the line ends of the blocks. There are at most as many rows as lines, so
 *        the memory for the table can be allocated at once, and the position of each block's rows
 *        in the table is known.
 *     2. All threads read the blocks with the fast reader (rows.h), assuming that every line is a
 *        row.
 *     3. One thread goes through the blocks in order and corrects those for which this was wrong. A
 *        block whose first row does not begin where the previous block ended begins within quotes:
 *        its rows are read again, in order. Rows after blank lines are moved up in the table. Rows
 *        that are not simple are read cell by cell.
 *
 * So the table, and the first error, are the same as if the file was read in order. A compressed
 * file, or one that is not a regular file, is read in order (csv_chunks.c). */
#include "data/csv.h"

#include <stdatomic.h>
#include <string.h>

#include "base/threads.h"
#include "data/blank.h"
#include "kernel/scan.h"

enum {
    BLOCK = 1 << 19,      /* min bytes of a block */
    MOST_BLOCK = 1 << 24, /* max bytes of a block */
    /* min number of bytes that are read after a block, for the end of its last row */
    TAIL = 1 << 16,
    ROWS_OF_BLOCK = 16 /* approximate number of rows of a block if rows are long */
};

/* A block of the file. The rows that begin in a block are its rows. Positions are in bytes from the
 * beginning of the file. */
typedef struct {
    int64_t begin; /* position of the block's first row; -1 = no row was read */
    int64_t end;   /* position of the first row that was not read */
    int64_t first; /* number of the block's first row, assuming that each line before it is one row
                    * */
    /* rows: number of rows read. lines: number of line ends, at first as counted in step 1, later
     * as passed while rows were read */
    int64_t rows, lines;
} block;

/* A table that is being loaded. */
typedef struct {
    plm_source *s;
    plm_csv *t;          /* the columns and the form of the rows; threads only read them */
    int64_t start, size; /* start: position of the first row in the file. size: of the file */
    int64_t bytes, tail; /* number of bytes of a block, and number of bytes that are read after it
                          * */
    block *block;        /* [blocks + 1]; the last has only `first` */
    int64_t blocks;      /* number of blocks */
    int64_t capacity;    /* rows that the tables have memory for */
    int64_t collected;   /* number of rows at the top whose values are also stored as doubles */
    char *buffer;        /* [threads][buffer_bytes] the block that each thread is reading */
    size_t buffer_bytes; /* bytes of the buffer of one thread */
    atomic_int_least64_t next; /* the next block that a thread takes */
    /* The tables are complete up to here: position in the file, its line, and number of rows. */
    int64_t place, line, row;
} load;

/* ---- blocks ---- */

/* Returns the position at which block k begins; for k = blocks, the end of the file. */
static int64_t block_place(const load *l, int64_t k)
{
    return k < l->blocks ? l->start + k * l->bytes : l->size;
}

/* Reads the bytes [from, to) of the file into a thread's buffer, and adds a NUL. *got: the number
 * of bytes read; fewer at the end of the file. */
static char *read_block(const load *l, int thread, int64_t from, int64_t to, size_t *got)
{
    char *text = l->buffer + (size_t)thread * l->buffer_bytes + PLM_ROWS_MARGIN;
    to = to < l->size ? to : l->size;
    *got = plm_reader_at(l->t->cells.reader, from, text, (size_t)(to - from));
    text[*got] = '\0';
    return text;
}

/* Counts the line ends after which a row of block k may begin. This includes the last byte before
 * the block, since a row may begin with the first byte of the block. */
static void count_block(load *l, int thread, int64_t k)
{
    size_t got = 0;
    const int64_t from = block_place(l, k) - (k > 0), to = block_place(l, k + 1);
    const char *text = read_block(l, thread, from, to + 1, &got);
    const size_t most = (size_t)(to - from) - (k + 1 < l->blocks);
    l->block[k].lines = (int64_t)plm_scan_line_ends(l->t->shape.isa, text, got < most ? got : most);
}

/* Makes a sink that writes up to `most` rows into the tables, from row number `row` on. Those of
 * the first rows that are also stored in double are written into `first`, too. */
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

/* Reads the rows that begin in block k, assuming that every line before the block is a row and that
 * no quoted cell crosses its beginning; put_in_order checks both later. The first row begins after
 * the first line end, which may be the last byte before the block. Stops at a row that is not
 * simple. */
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
    size_t at = k > 0 ? plm_behind_line_end(text, got) : 0;
    if (at >= got || from + (int64_t)at >= to)
        return;
    plm_rows_sink sink = sink_of_rows(l, b->first, most);
    b->begin = from + (int64_t)at;
    (void)plm_rows_read(&l->t->shape, text, &at, (size_t)(to - from), got, &sink);
    b->end = from + (int64_t)at;
    b->rows = sink.rows;
    b->lines = sink.lines;
}

/* Calls `take` for the next block that no thread has taken, until none is left. */
static void take_blocks(load *l, int thread, void (*take)(load *l, int thread, int64_t k))
{
    for (;;) {
        const int64_t k = atomic_fetch_add(&l->next, 1);
        if (k >= l->blocks)
            return;
        take(l, thread, k);
    }
}

/* The work of a thread in step 1: counts the line ends of blocks. */
static void count_blocks(void *argument, int thread, int threads)
{
    (void)threads;
    take_blocks(argument, thread, count_block);
}

/* The work of a thread in step 2: reads the rows of blocks. */
static void parse_blocks(void *argument, int thread, int threads)
{
    (void)threads;
    take_blocks(argument, thread, parse_block);
}

/* ---- putting blocks in order ---- */

/* Moves the rows from number `from` on within the tables, so that they follow the last complete
 * row. */
static void move_rows(load *l, int64_t from, int64_t rows)
{
    for (int i = 0; i < l->t->shape.parts; i++) {
        float *number = l->s->table[i].owned;
        const size_t width = l->s->table[i].width;
        memmove(number + (size_t)l->row * width, number + (size_t)from * width,
                (size_t)rows * width * sizeof *number);
    }
}

/* Appends the rows of a block to the complete rows of the tables. Their doubles are kept only if
 * `first` has the doubles of all rows before them. */
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

/* Reads rows one by one, after the last complete row, until a row begins at position `limit` or
 * later. */
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
        return plm_fail(&l->s->w, PLM_E_IO, t->cells.path,
                        "run the command again while no program changes the file",
                        "the file was changed while it was read");
    return PLM_OK;
}

/* Step 3: completes the tables block by block. The rows that a thread has read are valid if the
 * first of them begins where the last complete row ends. Rows that the thread did not read, or that
 * are not valid, are read again in order. */
static plm_status put_in_order(load *l)
{
    const int64_t line = l->t->cells.next_line;
    l->place = l->start;
    l->line = line;
    for (int64_t k = 0; k < l->blocks && l->place < l->size; k++) {
        const block *b = &l->block[k];
        if (b->begin == l->place)
            keep_rows(l, b);
        if (l->place < block_place(l, k + 1))
            PLM_TRY(read_in_order(l, k + 1 < l->blocks ? block_place(l, k + 1) : INT64_MAX));
    }
    l->s->rows = l->row;
    plm_csv_keep_lines(l->s, l->t, line, l->line - line);
    return PLM_OK;
}

/* ---- memory ---- */

/* Sets the number of each block's first row, and allocates memory for all rows. The number of rows
 * is at most the number of lines. It is also limited by the size of the file, since each cell has
 * at least one byte (its delimiter or line end). */
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
        if (!plm_source_take_rows(l->s, &l->s->table[i], l->capacity))
            return PLM_E_MEMORY;
    double *exact = NULL;
    return plm_collect_rows(&t->first, l->capacity, &exact, &l->collected);
}

/* Allocates the list of blocks, and a buffer for each thread: a block, its tail, and the margins of
 * the fast reader. */
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

/* Runs the three steps. */
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

/* Divides the file, loads its blocks, then frees the buffers. If the file is shorter than a block,
 * the block is made as short as the file. */
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

/* Chooses the block size for a plain file: a block has about ROWS_OF_BLOCK rows if all rows are as
 * long as the last line that was read, within the bounds BLOCK and MOST_BLOCK. The tail has two
 * such rows, but is at most half a block and at least TAIL. */
plm_status plm_csv_load(plm_source *s, plm_csv *t)
{
    const int64_t size = plm_reader_size(t->cells.reader), row = (int64_t)t->cells.length;
    if (plm_reader_compressed(t->cells.reader) || size <= plm_cells_place(&t->cells))
        return plm_csv_load_chunks(s, t);
    int64_t bytes = row * ROWS_OF_BLOCK;
    bytes = bytes < BLOCK ? BLOCK : bytes < MOST_BLOCK ? bytes : MOST_BLOCK;
    const int64_t tail = 2 * row < bytes / 2 ? 2 * row : bytes / 2;
    return plm_csv_load_cut(s, t, bytes, tail > TAIL ? tail : TAIL);
}
