/* Adds rows to a table. Rows are collected in a batch; then their cells are read column by column,
 * by all threads. So the memory that a column needs stays in the cache, also in a table of
 * thousands of columns. A cell that is no plain number is only marked; afterwards one thread takes
 * these cells in order, since texts need memory, which only one thread may take. */
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "base/threads.h"
#include "table/plain.h"
#include "table/store.h"

/* CELLS, ROWS: max number of cells and of rows of a batch. TEXT: a batch ends when its texts have
 * this many bytes. FEW: one thread reads a batch with fewer cells. BITS: bits of a word of
 * marks. */
enum { CELLS = 1 << 14, TEXT = 1 << 18, ROWS = 1 << 12, FEW = 1 << 10, BITS = 64 };

/* ---- memory ---- */

/* Allocates the memory of a batch. */
static plm_status open_batch(plm_store *t)
{
    plm_store_batch *b = &t->batch;
    const size_t rows = CELLS / t->columns;
    b->most = rows < 1 ? 1 : rows > ROWS ? ROWS : rows;
    b->marks = (b->most + BITS - 1) / BITS;
    b->text_room = TEXT;
    b->length = PLM_STORE_MARGIN;
    b->cell = plm_allocate_array(t->arena.w, b->most * t->columns, sizeof *b->cell);
    b->odd = plm_allocate_array(t->arena.w, b->marks * t->columns, sizeof *b->odd);
    b->text = plm_allocate(t->arena.w, b->text_room);
    return b->cell && b->odd && b->text ? PLM_OK : PLM_E_MEMORY;
}

/* Makes space for n more bytes of text, a line end and a margin. Errors: E_DATA for a row above
 * 1 GiB. */
static plm_status reserve_text(plm_store *t, size_t n, const char *where)
{
    plm_store_batch *b = &t->batch;
    size_t room = b->text_room;
    if (n > 1 << 30)
        return plm_fail(t->arena.w, PLM_E_DATA, where, "check that it is a table of text",
                        "a row has %zu bytes, more than 1 GiB", n);
    while (room - b->length < n + 1 + PLM_STORE_MARGIN)
        room *= 2;
    if (room == b->text_room)
        return PLM_OK;
    char *larger = plm_allocate(t->arena.w, room);
    if (larger == NULL)
        return PLM_E_MEMORY;
    memcpy(larger, b->text, b->length);
    plm_release(t->arena.w, b->text);
    b->text = larger;
    b->text_room = room;
    return PLM_OK;
}

/* ---- numbers ---- */

/* Reads a cell as a plain number. out->group: see plm_plain. False: the cell is no plain number. */
static inline bool read_plain(const char *s, size_t n, plm_plain *out)
{
    const unsigned first = (unsigned char)*s, digit = first - '0';
    if (n == 1 && digit < 10) { /* a frequent case: most cells in tables of bytes have one digit */
        *out = (plm_plain){.number = digit};
        return true;
    }
    return n > 0 && first <= '9' && plm_plain_number(s, n, out);
}

/* Reads the plain numbers of a column, and marks its other cells. */
static void read_column(plm_store *t, size_t column)
{
    const plm_store_batch *b = &t->batch;
    plm_raw_column *c = &t->column[column];
    const plm_batch_cell *cell = b->cell + column;
    double *number = c->number + t->rows;
    uint64_t *odd = b->odd + column * b->marks;
    int64_t points = 0, groups = 0;
    memset(odd, 0, b->marks * sizeof *odd);
    for (size_t i = 0; i < b->rows; i++, cell += t->columns) {
        plm_plain p;
        if (c->keep || !read_plain(b->text + cell->from, cell->to - cell->from, &p) ||
            (p.group && t->keep_groups)) {
            odd[i / BITS] |= UINT64_C(1) << i % BITS;
            number[i] = (double)NAN;
            continue;
        }
        number[i] = p.number;
        points += p.point && !p.group;
        groups += p.group;
    }
    c->points += points;
    c->groups += groups;
    for (size_t i = 0; i < b->rows && c->code != NULL; i++)
        c->code[t->rows + (int64_t)i] = PLM_CODE_PLAIN;
}

/* The columns that the threads share. */
typedef struct {
    plm_store *t;
    atomic_size_t next; /* the next column that a thread takes */
    size_t grain;       /* number of columns that it takes at once */
} sharing;

/* The work of a thread: reads the next columns until none is left. */
static void read_columns(void *argument, int thread, int threads)
{
    sharing *s = argument;
    (void)thread, (void)threads;
    for (;;) {
        const size_t first = atomic_fetch_add(&s->next, s->grain), last = first + s->grain;
        for (size_t i = first; i < last && i < s->t->columns; i++)
            read_column(s->t, i);
        if (last >= s->t->columns)
            return;
    }
}

/* Reads the plain numbers of all columns. */
static void read_numbers(plm_store *t)
{
    plm_pool *pool = t->arena.w->pool;
    const size_t threads =
        pool != NULL && t->batch.rows * t->columns >= FEW ? (size_t)plm_pool_threads(pool) : 1;
    sharing s = {.t = t, .grain = 1 + t->columns / (8 * threads)};
    atomic_init(&s.next, 0);
    if (threads > 1)
        plm_parallel(pool, (int)threads, read_columns, &s);
    else
        read_columns(&s, 0, 1);
}

/* ---- all cells ---- */

/* Adds the cells of a column that are not plain numbers. */
static plm_status add_others(plm_store *t, size_t column)
{
    const plm_store_batch *b = &t->batch;
    const uint64_t *odd = b->odd + column * b->marks;
    for (size_t i = 0; i < b->rows; i++) {
        if (odd[i / BITS] == 0)
            i |= BITS - 1; /* none of these */
        else if (odd[i / BITS] >> i % BITS & 1) {
            const plm_batch_cell *cell = &b->cell[i * t->columns + column];
            PLM_TRY(plm_store_other(t, column, t->rows + (int64_t)i, b->text + cell->from,
                                    cell->to - cell->from));
        }
    }
    return PLM_OK;
}

/* Reads the numbers of all columns first, by all threads, then the cells that are no plain numbers,
 * in the order of the rows: codes are numbered by first appearance. */
plm_status plm_store_flush(plm_store *t)
{
    plm_store_batch *b = &t->batch;
    if (b->rows == 0)
        return PLM_OK;
    read_numbers(t);
    for (size_t i = 0; i < t->columns; i++)
        PLM_TRY(add_others(t, i));
    t->rows += (int64_t)b->rows;
    b->rows = 0;
    b->length = PLM_STORE_MARGIN;
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
    if (b->rows == b->most || b->length >= TEXT || plm_store_is_full(t))
        PLM_TRY(plm_store_flush(t));
    if (plm_store_is_full(t))
        PLM_TRY(plm_store_grow(t, where));
    PLM_TRY(reserve_text(t, n, where));
    memcpy(b->text + b->length, text + from, n);
    plm_batch_cell *to = b->cell + b->rows * t->columns;
    const uint32_t shift = (uint32_t)(b->length - from); /* numbers without a sign may wrap */
    for (size_t i = 0; i < t->columns; i++)
        to[i] = (plm_batch_cell){(uint32_t)cell[i].from + shift, (uint32_t)cell[i].to + shift};
    b->length += n;
    b->text[b->length++] = '\n'; /* so that the last number does not continue in the next row */
    t->line[t->rows + (int64_t)b->rows++] = line;
    return PLM_OK;
}
