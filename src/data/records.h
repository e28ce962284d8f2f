/* Records of separated text (CSV, RFC 4180) as slices of a buffer. They are found quickly by a
 * scanner that marks 64 bytes at a time (kernel/scan.h). Records are used for tables with types,
 * whose cells may contain any text; rows.h reads rows of numbers. The rules are those of cells.h.
 * */
#ifndef PLM_DATA_RECORDS_H
#define PLM_DATA_RECORDS_H

#include "data/decode.h"
#include "table/store.h"

/* State while a text is read. The caller sets w, reader, path, the encoding of `decoder` and the
 * settings, then calls plm_records_open. */
typedef struct {
    plm *w;
    plm_reader *reader;
    const char *path; /* for messages */
    plm_decoder decoder;
    /* settings */
    const char *isa; /* instruction set: plm_kernels.isa */
    char delimiter;  /* ' ' = any run of spaces and tabs */
    bool quotes;     /* quotes enclose cells; false = quotes are ordinary characters */
    bool comments;   /* skip lines that begin with # */
    /* number of cells of a row, with which missing quotes are detected: a record of several lines
     * is an error if each line looks like a row. 0 = unknown, or such records are allowed */
    size_t columns;
    size_t most_cells, most_bytes; /* limits for one record: more cells or bytes are an error */
    /* the record that plm_records_next read last: cell i is text[cell[i].from .. cell[i].to) */
    const char *text;
    plm_cell_span *cell; /* [cells] */
    size_t cells;
    int64_t line;         /* the line of the file on which the record begins, from 1 */
    int64_t inner;        /* number of line ends within its cells */
    int64_t inner_line;   /* the line on which the record's first cell with a line end begins */
    bool hash;            /* it begins with # */
    bool behind_blank;    /* a blank line is before it */
    int64_t passed;       /* number of comments that were skipped so far */
    int64_t first_passed; /* the line of the first of them */
    /* private */
    char *block;    /* [room] the allocated memory with margins on both sides; `text` begins after
                     * the first margin */
    uint64_t *mask; /* [room / 64] marks of text[0 .. end) */
    size_t room, at, end, cell_room;
    int64_t before; /* bytes of text before the buffer */
    /* word: index of the current word of `mask`. marks: bits of that word that are not used yet */
    size_t word;
    uint64_t bits;
    int64_t next_line;
    bool over, escapes;
} plm_records;

/* Allocates the buffers, and moves to the first line. */
PLM_CHECKED plm_status plm_records_open(plm_records *r);
/* Goes back to the first line. */
PLM_CHECKED plm_status plm_records_rewind(plm_records *r);
/* Reads the next record, and skips blank lines before it; *got = false at the end. Errors: E_FORMAT
 * for wrong quotes and zero bytes, E_DATA for a record that exceeds a limit. */
PLM_CHECKED plm_status plm_records_next(plm_records *r, bool *got);
/* Reads a line as text[n] without its line end, without splitting it. The text is valid until the
 * next call. *got = false at the end. */
PLM_CHECKED plm_status plm_records_line(plm_records *r, const char **text, size_t *n, bool *got);
/* Skips a line. */
PLM_CHECKED plm_status plm_records_skip(plm_records *r, bool *got);
/* Returns the next bytes of the text, at most 64 KiB, without consuming them; *n = their number.
 * The last line may be cut off. */
PLM_CHECKED plm_status plm_records_sample(plm_records *r, const char **out, size_t *n);
/* Continues at a position, returned by plm_records_place, of a plain file in UTF-8. line: the line
 * of the file that begins there, from 1. */
PLM_CHECKED plm_status plm_records_go(plm_records *r, int64_t place, int64_t line);
/* Returns the number of bytes of text before the next record. */
int64_t plm_records_place(const plm_records *r);
/* Returns a copy of the text of a cell, terminated by a NUL, in the arena. NULL = no memory. */
const char *plm_records_copy(const plm_records *r, plm_arena *a, size_t cell);
/* Frees the buffers and closes the reader. */
void plm_records_close(plm_records *r);

/* ---- records of a block of the file, in memory (records_block.c) ---- */

/* Allocates a buffer for blocks of up to `room` bytes, and cells for records of `columns` cells.
 * Zero-initialise *r, then set w and the settings. plm_records_close frees it. */
PLM_CHECKED plm_status plm_records_block_open(plm_records *r, size_t room, size_t columns);
/* Returns the buffer, [room], into which the caller writes the text. */
char *plm_records_block_text(plm_records *r);
/* Begins to read text[at .. end) of the buffer. Its lines are numbered from 0. */
void plm_records_block_begin(plm_records *r, size_t at, size_t end);
/* Reads the next record, if it is simple: it ends within the block, has one cell for each column
 * and no error, is not blank and does not begin with #. False: it must be read by plm_records_next.
 * Allocates nothing and records no error, so any thread may call it. */
bool plm_records_block_next(plm_records *r);
/* Returns the index in the buffer at which the next record begins. */
static inline size_t plm_records_block_at(const plm_records *r)
{
    return r->at;
}

#endif
