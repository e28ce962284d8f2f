/* Adds rows to a table. Rows are collected in a batch; then their cells are read column by column,
 * by all threads. So the memory that a column needs stays in the cache, even in a table of
 * thousands of columns. Threads also look up texts that the column has already. A new text needs
 * memory, which only one thread may allocate, so it is only marked; afterwards one thread stores
 * the marked cells in order. Several batches may be read at once: then each thread reads whole
 * batches. */
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "base/threads.h"
#include "table/plain.h"
#include "table/store.h"

/* CELLS, ROWS: max number of cells and of rows of a batch. TEXT: a batch is full when its texts
 * have this many bytes. FEW: a batch with fewer cells is read by one thread. BITS: bits of a word
 * in the bitmap of marked cells. */
enum { CELLS = 1 << 14, TEXT = 1 << 18, ROWS = 1 << 12, FEW = 1 << 10, BITS = 64 };

/* ---- memory ---- */

/* Allocates the batch in which rows are collected that come one by one. */
static plm_status open_batch(plm_store *t)
{
    const size_t rows = CELLS / t->columns;
    PLM_TRY(plm_store_batch_open(t, &t->batch, rows < 1 ? 1 : rows > ROWS ? ROWS : rows));
    t->text_room = TEXT;
    t->length = PLM_STORE_MARGIN;
    t->batch.text = plm_allocate(t->arena.w, t->text_room);
    return t->batch.text ? PLM_OK : PLM_E_MEMORY;
}

/* Ensures that the batch has space for n more bytes of text, a line end and a margin. Errors:
 * E_DATA for a row above 1 GiB. */
static plm_status reserve_text(plm_store *t, size_t n, const char *where)
{
    plm_store_batch *b = &t->batch;
    size_t room = t->text_room;
    if (n > 1 << 30)
        return plm_fail(t->arena.w, PLM_E_DATA, where, "check that the file is a table of text",
                        "a row of the table has %zu bytes, more than 1 GiB", n);
    while (room - t->length < n + 1 + PLM_STORE_MARGIN)
        room *= 2;
    if (room == t->text_room)
        return PLM_OK;
    char *larger = plm_allocate(t->arena.w, room);
    if (larger == NULL)
        return PLM_E_MEMORY;
    memcpy(larger, b->text, t->length);
    plm_release(t->arena.w, b->text);
    b->text = larger;
    t->text_room = room;
    return PLM_OK;
}

/* ---- numbers ---- */

/* Reads a cell as a plain number, such as 12 or -1.5. out->group: see plm_plain. False: the cell is
 * no plain number. */
static inline bool read_plain(const char *s, size_t n, plm_plain *out)
{
    const unsigned first = (unsigned char)*s, digit = first - '0';
    if (n == 1 && digit < 10) { /* fast path: in a table of bytes, most cells have one digit */
        *out = (plm_plain){.number = digit};
        return true;
    }
    return n > 0 && first <= '9' && plm_plain_number(s, n, out);
}

/* Prepares a column for the rows of a batch: marks no cell, and gives each cell the code
 * PLM_CODE_PLAIN. */
static void begin_column(const plm_store *t, const plm_store_batch *b, size_t column)
{
    const plm_raw_column *c = &t->column[column];
    memset(b->odd + column * b->marks, 0, (b->rows + BITS - 1) / BITS * sizeof *b->odd);
    b->sum[column] = (plm_batch_sum){.texts = 0};
    for (size_t i = 0; i < b->rows && c->code != NULL; i++)
        c->code[b->first + (int64_t)i] = PLM_CODE_PLAIN;
}

/* Stores the cells of a column in rows [first, last), except those that need new memory. These are
 * marked, and their number is NaN until add_others stores them. */
static void read_cells(const plm_store *t, const plm_store_batch *b, size_t column, size_t first,
                       size_t last)
{
    const plm_raw_column *c = &t->column[column];
    const plm_batch_cell *cell = b->cell + first * t->columns + column;
    double *number = c->number + b->first;
    uint64_t *odd = b->odd + column * b->marks;
    plm_batch_sum sum = b->sum[column];
    for (size_t i = first; i < last; i++, cell += t->columns) {
        const char *s = b->text + cell->from;
        const size_t n = cell->to - cell->from;
        plm_plain p;
        if (!c->keep && read_plain(s, n, &p) && !(p.group && t->keep_groups)) {
            number[i] = p.number;
            sum.points += p.point && !p.group;
            sum.groups += p.group;
        } else if (!plm_store_known(t, column, b->first + (int64_t)i, s, n, &sum)) {
            odd[i / BITS] |= UINT64_C(1) << i % BITS;
            number[i] = (double)NAN;
        }
    }
    b->sum[column] = sum;
}

/* Reads the columns [from, to) of a batch. If there are many columns, only few rows are read at a
 * time, so that the texts of neighbouring columns are still in the cache. */
static void read_range(const plm_store *t, const plm_store_batch *b, size_t from, size_t to)
{
    enum { MANY = 64, FEW_ROWS = 16 };
    const size_t rows = to - from > MANY ? FEW_ROWS : b->rows;
    for (size_t k = from; k < to; k++)
        begin_column(t, b, k);
    for (size_t first = 0; first < b->rows; first += rows)
        for (size_t k = from; k < to; k++)
            read_cells(t, b, k, first, first + rows < b->rows ? first + rows : b->rows);
}

/* Work that the threads share: each column of each batch is one item. Item k is column k % columns
 * of batch k / columns. A thread takes several neighbouring columns of the same batch at once. */
typedef struct {
    const plm_store *t;
    plm_store_batch *const *batch;
    size_t count;       /* number of columns of all batches */
    atomic_size_t next; /* the next column that a thread takes */
    size_t grain;       /* number of columns that it takes at once */
} sharing;

/* The work of a thread: reads the next columns of the batches until none is left. */
static void read_columns(void *argument, int thread, int threads)
{
    sharing *s = argument;
    (void)thread, (void)threads;
    for (;;) {
        const size_t columns = s->t->columns, first = atomic_fetch_add(&s->next, s->grain);
        if (first >= s->count)
            return;
        const size_t from = first % columns, to = from + s->grain;
        read_range(s->t, s->batch[first / columns], from, to < columns ? to : columns);
    }
}

/* Reads the columns of all batches. */
static void read_batches(const plm_store *t, plm_store_batch *const *batch, size_t count)
{
    plm_pool *pool = t->arena.w->pool;
    const size_t threads =
        pool != NULL && (size_t)t->taken * t->columns >= FEW ? (size_t)plm_pool_threads(pool) : 1;
    sharing s = {.t = t, .batch = batch, .count = count * t->columns};
    s.grain = count > 1 ? t->columns : 1 + t->columns / (8 * threads);
    atomic_init(&s.next, 0);
    if (threads > 1)
        plm_parallel(pool, (int)threads, read_columns, &s);
    else
        read_columns(&s, 0, 1);
}

/* ---- all cells ---- */

/* Stores the marked cells of a column. */
static plm_status add_others(plm_store *t, const plm_store_batch *b, size_t column)
{
    const uint64_t *odd = b->odd + column * b->marks;
    for (size_t i = 0; i < b->rows; i++) {
        if (odd[i / BITS] == 0)
            i |= BITS - 1; /* none of these */
        else if (odd[i / BITS] >> i % BITS & 1) {
            const plm_batch_cell *cell = &b->cell[i * t->columns + column];
            PLM_TRY(plm_store_other(t, column, b->first + (int64_t)i, b->text + cell->from,
                                    cell->to - cell->from));
        }
    }
    return PLM_OK;
}

/* Adds the counts of a batch to those of the columns, and stores the marked cells. */
static plm_status finish(plm_store *t, const plm_store_batch *b)
{
    for (size_t i = 0; i < t->columns; i++) {
        plm_raw_column *c = &t->column[i];
        c->texts += b->sum[i].texts;
        c->missing += b->sum[i].missing;
        c->na += b->sum[i].na;
        c->points += b->sum[i].points;
        c->groups += b->sum[i].groups;
        PLM_TRY(add_others(t, b, i));
    }
    return PLM_OK;
}

/* Adds batches to the columns. All threads store the cells that need no memory; then one thread
 * stores the cells with new texts in the order of the rows, so that codes are numbered by first
 * appearance. */
plm_status plm_store_take(plm_store *t, plm_store_batch *const *batch, size_t count)
{
    t->taken = 0;
    for (size_t i = 0; i < count; i++) {
        batch[i]->first = t->rows + t->taken;
        t->taken += (int64_t)batch[i]->rows;
    }
    read_batches(t, batch, count);
    for (size_t i = 0; i < count; i++)
        PLM_TRY(finish(t, batch[i]));
    t->rows += t->taken;
    t->taken = 0;
    return PLM_OK;
}

/* Adds the collected rows to the columns. The buffer for texts is then filled from its start again.
 * */
plm_status plm_store_flush(plm_store *t)
{
    plm_store_batch *b = &t->batch;
    if (b->rows == 0)
        return PLM_OK;
    PLM_TRY(plm_store_take(t, &b, 1));
    b->rows = 0;
    t->length = PLM_STORE_MARGIN;
    return PLM_OK;
}

/* Copies the row into the batch. */
plm_status plm_store_add(plm_store *t, int64_t line, const char *text, const plm_cell_span *cell,
                         const char *where)
{
    plm_store_batch *b = &t->batch;
    const size_t from = cell[0].from, n = cell[t->columns - 1].to - from;
    if (b->text == NULL)
        PLM_TRY(open_batch(t));
    if (b->rows == b->most || t->length >= TEXT || plm_store_is_full(t))
        PLM_TRY(plm_store_flush(t));
    if (plm_store_is_full(t))
        PLM_TRY(plm_store_grow(t, where));
    PLM_TRY(reserve_text(t, n, where));
    memcpy(b->text + t->length, text + from, n);
    plm_batch_cell *to = b->cell + b->rows * t->columns;
    const uint32_t shift = (uint32_t)(t->length - from); /* numbers without a sign may wrap */
    for (size_t i = 0; i < t->columns; i++)
        to[i] = (plm_batch_cell){(uint32_t)cell[i].from + shift, (uint32_t)cell[i].to + shift};
    t->length += n;
    /* A line end follows the row, so that reading its last number does not continue in the next
     * row. */
    b->text[t->length++] = '\n';
    t->line[t->rows + (int64_t)b->rows++] = line;
    return PLM_OK;
}
