/* Reads simple rows of a table's file by all threads. The file is divided into blocks of equal
 * size, of which several are read at a time:
 *
 *     1. All threads split the text of the blocks into rows, assuming that no quoted cell crosses
 *        the beginning of a block.
 *     2. One thread goes through the blocks in order. If the first row of a block does not begin
 *        where the previous rows ended, the block begins within quotes: its rows are read again, in
 *        order. So are rows that are not simple: rows with errors, repeated headers, totals, notes,
 *        comments, and rows after blank lines.
 *     3. All threads store the cells of the blocks (plm_store_take).
 *
 * So rows and errors are the same as if the file was read in order, with any number of threads. If
 * many rows are not simple, the rest of the file is read in order. */
#include "data/table_rows.h"

#include <stdatomic.h>
#include <string.h>

#include "base/threads.h"
#include "data/blank.h"

enum {
    BLOCK = 1 << 17,      /* min bytes of a block */
    MOST_BLOCK = 1 << 24, /* max bytes of a block */
    TAIL = 1 << 14,       /* min number of bytes that are read after a block, for the end of its
                           * last row */
    ROWS = 4,             /* approximate min number of rows of a block */
    EACH = 2,             /* number of blocks per thread that are read at a time */
    TRIED = 8             /* number of blocks after which it is decided whether most rows are simple
                           * */
};

/* A block. Its rows are those that begin in it. Positions are in bytes of text from the beginning
 * of the file. */
typedef struct {
    int64_t from, to;   /* the places of the block */
    int64_t begin, end; /* begin: position of its first row, -1 = none. end: position of the
                            * first row that was not read */
    int64_t lines;      /* number of line ends of its rows */
    /* number of empty rows (no cell has a value) after the last row with a value */
    int64_t empty;
    bool filled;           /* a row has a value */
    bool ascii;            /* its rows are ASCII */
    plm_records records;   /* the text */
    plm_store_batch batch; /* its rows */
    int64_t *line;         /* [batch.most] the lines on which the rows begin, from 0 */
} block;

/* A file that is being read. */
typedef struct {
    plm_table_rows *rows;
    plm_table_file *f;
    int64_t start, size; /* start: position of the first row. size: bytes of text of the file */
    int64_t bytes, tail; /* bytes: number of bytes of a block. tail: number of bytes that are read
                          * after it */
    int64_t next;        /* number of the next block */
    block *block;        /* [room] blocks that are read at the same time, `count` of them */
    size_t room, count;
    atomic_size_t claimed; /* how many of them threads have taken */
    /* [room] the rows of blocks that are accepted but not stored yet, `takes` of them */
    plm_store_batch **taken;
    size_t takes;
    int64_t place, line; /* how far the file is read: the next position, and its line */
    /* judged: number of blocks that were read. whole: number of those whose rows were all read by
     * threads */
    int64_t judged, whole;
    bool odd; /* too many rows are not simple */
} reading;

/* ---- a block ---- */

/* Copies the cells of a record into the batch. */
static void add_row(block *b)
{
    const plm_records *r = &b->records;
    plm_batch_cell *cell = b->batch.cell + b->batch.rows * r->cells;
    const bool empty = plm_table_row_is_empty(r);
    for (size_t i = 0; i < r->cells; i++)
        cell[i] = (plm_batch_cell){(uint32_t)r->cell[i].from, (uint32_t)r->cell[i].to};
    b->line[b->batch.rows++] = r->line;
    b->empty = empty ? b->empty + 1 : 0;
    b->filled |= !empty;
}

/* Reads the text of a block and the bytes after it. Returns the number of bytes up to the first
 * that is not a complete UTF-8 character. */
static size_t read_text(const reading *x, block *b, int64_t from)
{
    char *text = plm_records_block_text(&b->records);
    const int64_t wanted = b->to + x->tail - from, left = x->size - from;
    const size_t got =
        plm_reader_at(x->f->records.reader, from + (int64_t)x->f->records.decoder.mark, text,
                      (size_t)(wanted < left ? wanted : left));
    text[got] = '\0';
    return plm_decode_letters(text, got);
}

/* Splits a block into rows, up to the first row that is not simple. The first row begins after the
 * first line end, which may be the byte before the block. */
static void split_block(const reading *x, block *b)
{
    const int64_t from = b->from - (b->from > x->start);
    plm_records *r = &b->records;
    b->begin = -1;
    b->batch.rows = 0;
    b->empty = 0;
    b->filled = false;
    const size_t n = read_text(x, b, from);
    const size_t first = from < b->from ? plm_behind_line_end(plm_records_block_text(r), n) : 0;
    if (first >= n || from + (int64_t)first >= b->to)
        return;
    size_t at = first;
    int64_t lines = 0;
    plm_records_block_begin(r, first, n);
    while (from + (int64_t)at < b->to && b->batch.rows < b->batch.most &&
           plm_records_block_next(r) && plm_table_row_is_plain(x->f, r)) {
        add_row(b);
        at = plm_records_block_at(r);
        lines = r->next_line;
    }
    b->begin = from + (int64_t)first;
    b->end = from + (int64_t)at;
    b->lines = lines;
    b->ascii = plm_decode_ascii(b->batch.text + first, at - first) == at - first;
}

/* The work of a thread: splits the next block until none is left. */
static void split_blocks(void *argument, int thread, int threads)
{
    reading *x = argument;
    (void)thread, (void)threads;
    for (;;) {
        const size_t k = atomic_fetch_add(&x->claimed, 1);
        if (k >= x->count)
            return;
        split_block(x, &x->block[k]);
    }
}

/* ---- in order ---- */

/* Stores the rows of the accepted blocks. */
static plm_status store(reading *x)
{
    const size_t takes = x->takes;
    x->takes = 0;
    return takes > 0 ? plm_store_take(x->f->store, x->taken, takes) : PLM_OK;
}

/* Returns the number of rows in the store, including those of accepted blocks. */
static int64_t rows_of(const reading *x)
{
    int64_t rows = x->f->store->rows;
    for (size_t i = 0; i < x->takes; i++)
        rows += (int64_t)x->taken[i]->rows;
    return rows;
}

/* Makes space for the rows of a block. The final number of rows is estimated from the rows so
 * far. */
static plm_status reserve(reading *x, const block *b)
{
    plm_store *t = x->f->store;
    const int64_t rows = rows_of(x) + (int64_t)b->batch.rows;
    if (rows <= t->capacity)
        return PLM_OK;
    PLM_TRY(store(x));
    t->expected = (int64_t)((double)x->size / (double)b->end * (double)rows);
    while (rows > t->capacity)
        PLM_TRY(plm_store_grow(t, x->f->name));
    return PLM_OK;
}

/* Accepts the rows that a thread has read from a block, as the next rows of the table. */
static plm_status take(reading *x, block *b)
{
    plm_store *t = x->f->store;
    if (b->batch.rows == 0)
        return PLM_OK;
    PLM_TRY(plm_store_flush(t)); /* rows that were read in order */
    PLM_TRY(reserve(x, b));
    const int64_t row = rows_of(x);
    for (size_t i = 0; i < b->batch.rows; i++)
        t->line[row + (int64_t)i] = x->line + b->line[i];
    x->taken[x->takes++] = &b->batch;
    x->rows->empty = b->filled ? b->empty : x->rows->empty + b->empty;
    if (!b->ascii)
        x->f->records.decoder.encoding = PLM_ENCODING_UTF8;
    x->place = b->end;
    x->line += b->lines;
    return PLM_OK;
}

/* Reads rows in order, until one begins at position `place` or later. */
static plm_status read_in_order(reading *x, int64_t place)
{
    plm_records *r = &x->f->records;
    PLM_TRY(store(x));
    if (plm_records_place(r) != x->place)
        PLM_TRY(plm_records_go(r, x->place, x->line));
    PLM_TRY(plm_table_rows_until(x->rows, place));
    x->place = plm_records_place(r);
    x->line = r->next_line;
    return PLM_OK;
}

/* True if the rows of a block may follow the rows read so far. Only then do they begin where those
 * end, no line that may be a note or a total waits for the next row, and the encoding is UTF-8. */
static bool may_take(const reading *x, const block *b)
{
    const plm_encoding encoding = x->f->records.decoder.encoding;
    return b->begin == x->place && x->rows->notes == 0 && x->rows->waits == 0 &&
           (encoding == PLM_ENCODING_AUTO || encoding == PLM_ENCODING_UTF8);
}

/* Counts blocks, and those whose rows were all read by threads. If these are too few, x->odd is
 * set. */
static void judge(reading *x, const block *b)
{
    x->judged++;
    x->whole += x->place >= b->to;
    x->odd = x->judged >= TRIED && 2 * x->whole < x->judged;
}

/* Goes through the blocks in order. */
static plm_status put_in_order(reading *x)
{
    for (size_t i = 0; i < x->count && !x->odd; i++) {
        block *b = &x->block[i];
        if (may_take(x, b))
            PLM_TRY(take(x, b));
        judge(x, b);
        if (x->place < b->to)
            PLM_TRY(read_in_order(x, b->to < x->size ? b->to : INT64_MAX));
    }
    return store(x);
}

/* Chooses the next blocks. A block that is entirely inside a long row has no rows. */
static void choose(reading *x)
{
    for (x->count = 0; x->count < x->room; x->next++) {
        const int64_t from = x->start + x->next * x->bytes, to = from + x->bytes;
        if (from >= x->size)
            return;
        if (to > x->place) {
            x->block[x->count].from = from;
            x->block[x->count++].to = to < x->size ? to : x->size;
        }
    }
}

/* ---- memory ---- */

/* Allocates a block. Each block has its own reader, which shares no state with others, so threads
 * need no lock. Its capacity for rows is the largest possible: a row has at least one byte for each
 * column. */
static plm_status open_block(const reading *x, block *b)
{
    const plm_records *all = &x->f->records;
    const size_t room = (size_t)(x->bytes + x->tail) + 1;
    b->records = (plm_records){.w = x->f->w,
                               .isa = all->isa,
                               .delimiter = all->delimiter,
                               .quotes = all->quotes,
                               .columns = all->columns,
                               .most_bytes = all->most_bytes};
    PLM_TRY(plm_records_block_open(&b->records, room + 1, x->f->columns));
    PLM_TRY(plm_store_batch_open(x->f->store, &b->batch, room / x->f->columns + 1));
    b->batch.text = plm_records_block_text(&b->records);
    b->line = plm_allocate_array(x->f->w, b->batch.most, sizeof *b->line);
    return b->line ? PLM_OK : PLM_E_MEMORY;
}

/* Allocates EACH blocks per thread, so that a thread that has finished early can take another
 * block. */
static plm_status open_blocks(reading *x, size_t threads)
{
    x->room = EACH * threads;
    x->block = plm_allocate_array(x->f->w, x->room, sizeof *x->block);
    x->taken = plm_allocate_array(x->f->w, x->room, sizeof(plm_store_batch *));
    if (!x->block || !x->taken)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < x->room; i++)
        PLM_TRY(open_block(x, &x->block[i]));
    return PLM_OK;
}

/* Frees the blocks. The runtime of a reader is removed while a block is split (records_block.c),
 * and is needed again to free its memory. Blocks that were not opened are all 0, which can be
 * freed, too. */
static void close_blocks(reading *x)
{
    for (size_t i = 0; x->block && i < x->room; i++) {
        x->block[i].records.w = x->f->w;
        plm_records_close(&x->block[i].records);
        plm_store_batch_free(x->f->store, &x->block[i].batch);
        plm_release(x->f->w, x->block[i].line);
    }
    plm_release(x->f->w, x->block);
    plm_release(x->f->w, x->taken);
}

/* ---- all together ---- */

/* Chooses the size of blocks by the length of the first row. */
static void choose_size(reading *x)
{
    const plm_records *r = &x->f->records;
    const size_t n = r->end - r->at, behind = plm_behind_line_end(r->text + r->at, n);
    const int64_t row = (int64_t)(behind < n ? behind : n);
    x->bytes = ROWS * row < BLOCK ? BLOCK : ROWS * row < MOST_BLOCK ? ROWS * row : MOST_BLOCK;
    x->tail = 2 * row < TAIL ? TAIL : 2 * row < x->bytes ? 2 * row : x->bytes;
    if (x->f->block_bytes > 0) {
        x->bytes = x->f->block_bytes;
        x->tail = x->f->block_bytes;
    }
}

/* True if a file may be read in blocks: it is plain text in UTF-8, with several blocks. */
static bool has_blocks(const reading *x)
{
    const plm_records *r = &x->f->records;
    const plm_encoding encoding = r->decoder.encoding;
    return !plm_reader_compressed(r->reader) && x->size - x->start > x->bytes &&
           (encoding == PLM_ENCODING_AUTO || encoding == PLM_ENCODING_UTF8);
}

/* Reads all blocks, or stops early if most of the blocks contain rows that are not simple (see the
 * head of the file): the rest is then read in order. */
static plm_status read_blocks(reading *x, plm_pool *pool)
{
    const int threads = pool ? plm_pool_threads(pool) : 1;
    PLM_TRY(open_blocks(x, (size_t)threads));
    while (x->place < x->size && !x->odd) {
        choose(x);
        if (x->count == 0)
            break;
        atomic_init(&x->claimed, 0);
        if (pool)
            plm_parallel(pool, threads, split_blocks, x);
        else
            split_blocks(x, 0, 1);
        PLM_TRY(put_in_order(x));
    }
    return plm_records_place(&x->f->records) == x->place
               ? PLM_OK
               : plm_records_go(&x->f->records, x->place, x->line);
}

/* Reads rows by all threads, as far as they are simple. Does nothing if the file is short,
 * compressed or not in UTF-8. */
static plm_status read_simple(plm_table_rows *b)
{
    const plm_records *r = &b->f->records;
    reading x = {.rows = b, .f = b->f, .start = plm_records_place(r), .line = r->next_line};
    x.size = plm_reader_size(r->reader) - (int64_t)r->decoder.mark;
    x.place = x.start;
    choose_size(&x);
    if (!has_blocks(&x))
        return PLM_OK;
    const plm_status status = read_blocks(&x, b->f->w->pool);
    close_blocks(&x);
    return status;
}

/* Reads all rows. Simple rows are read by blocks first; the remaining ones are read row by row. */
plm_status plm_table_file_rows(plm_table_file *f)
{
    plm_table_rows b = {.f = f};
    plm_status status = plm_table_rows_begin(&b);
    status = status < 0 ? status : read_simple(&b);
    status = status < 0 ? status : plm_table_rows_until(&b, INT64_MAX);
    return plm_table_rows_end(&b, status);
}
