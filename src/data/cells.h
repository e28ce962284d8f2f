/* Cells of separated text (CSV, RFC 4180): rows come one after another, with the line they begin
 * on. */
#ifndef PLM_DATA_CELLS_H
#define PLM_DATA_CELLS_H

#include "base/stream.h"
#include "base/text.h"
#include "data/rows.h"

/* Text that is read row by row. Set w, reader and path, then plm_cells_open. */
typedef struct {
    plm *w;
    plm_reader *reader;
    const char *path;
    char delimiter;                /* ' ' = any run of blanks */
    int64_t skip;                  /* lines left out at the top */
    size_t most_cells, most_bytes; /* of a row; more are an error. 0 = as many as there are */
    /* the row that was read last */
    char *text;    /* its cells, each ended by 0 */
    size_t *start; /* where each begins in text */
    size_t cells;
    int64_t line; /* on which it begins, from 1 */
    /* inside */
    char *block,
        *piece; /* bytes of the file, piece within block: piece[at..end) are not yet used */
    size_t at, end;
    int64_t before; /* bytes of the file before the piece */
    bool over;      /* the file has no more */
    int64_t next_line;
    size_t length, text_room, cell_room;
    bool cell_quoted;
} plm_cells;

/* Takes memory and goes to the first line. */
PLM_CHECKED plm_status plm_cells_open(plm_cells *c);
/* Back to the first line after `skip` lines. */
PLM_CHECKED plm_status plm_cells_rewind(plm_cells *c);
/* The next row that is not blank; *got = false at the end. E_FORMAT for broken quotes and bytes
 * that are no text. */
PLM_CHECKED plm_status plm_cells_next(plm_cells *c, bool *got);
/* Where the next row, or a blank line before it, begins in the file. */
int64_t plm_cells_place(const plm_cells *c);
/* Goes to such a place, which is on this line. */
PLM_CHECKED plm_status plm_cells_go(plm_cells *c, int64_t place, int64_t line);
/* Reads the rows that are simple, quickly, from where the text stands (plm_rows_read): those that
 * begin before the place `limit` of the file. The next row is to be read by plm_cells_next where it
 * stops at ODD; at ENOUGH there may be more. */
PLM_CHECKED plm_status plm_cells_rows(plm_cells *c, const plm_rows_shape *shape, int64_t limit,
                                      plm_rows_sink *sink, plm_rows_stop *stop);
/* The delimiter of the line the file stands at: the most frequent of tab ; | , or else blanks. */
PLM_CHECKED plm_status plm_cells_guess(plm_cells *c, char *out);
void plm_cells_close(plm_cells *c);

/* The decimal number a whole cell holds (NaN and infinity are numbers, too, hexadecimal digits are
 * none); false = it holds something else. */
bool plm_cell_number(const char *cell, double *out);

/* Does it stand for a value that is missing: NA, null, ?, -? */
bool plm_cell_is_missing(const char *cell);
/* How to mend a cell that is no number, in static words; target: it is an answer. */
const char *plm_cell_hint(const char *cell, bool target);

#endif
