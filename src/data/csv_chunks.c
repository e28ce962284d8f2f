/* Loads a table whose number of rows is unknown: a compressed file, or one that is not a regular
 * file. Rows are read in order into a list of chunks, which grow with the number of rows up to
 * CHUNK bytes, so that no row is moved while the list grows. The tables are allocated after the
 * last row was read. */
#include <string.h>

#include "data/csv.h"

enum {
    CHUNK = 1 << 22, /* max bytes of a chunk, unless a single row needs more */
    FIRST_ROWS = 256 /* rows of the first chunk */
};

/* Some rows of a file that is read in order. `number` holds [capacity][width] values of the first
 * part, then the values of the second part, and so on. */
typedef struct chunk {
    struct chunk *next;     /* in the order of the file */
    int64_t rows, capacity; /* rows that are filled; rows that fit */
    float *number;
} chunk;

/* Makes a chunk for as many rows as were read so far: at least FIRST_ROWS, at most CHUNK bytes.
 * NULL = no memory. */
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

/* Frees one chunk, but not the chunks that follow it in the list. */
static void free_chunk(plm_source *s, chunk *c)
{
    plm_release(&s->w, c->number);
    plm_release(&s->w, c);
}

/* Reads the next rows of the file into a chunk; *over = the file has ended. */
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

/* Reads all rows into a list of chunks that begins at *first, then allocates the tables. The caller
 * frees the list, even after an error. */
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
        if (!plm_source_take_rows(s, &s->table[i], s->rows))
            return PLM_E_MEMORY;
    return PLM_OK;
}

/* Copies the rows of a chunk into the tables, from row number `row` on. */
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
plm_status plm_csv_load_chunks(plm_source *s, plm_csv *t)
{
    chunk *first = NULL;
    int64_t row = 0;
    const int64_t line = t->cells.next_line;
    const plm_status status = fill_chunks(s, t, &first);
    for (chunk *c = first, *next = NULL; c; c = next) {
        if (status >= 0)
            copy_chunk(s, c, row);
        row += c->rows;
        next = c->next;
        free_chunk(s, c);
    }
    if (status >= 0)
        plm_csv_keep_lines(s, t, line, t->cells.next_line - line);
    return status;
}
