/* Reads separated text (CSV, RFC 4180) row by row. Each row is returned as the texts of its cells,
 * with the number of the line on which the row begins. This reader accepts every valid row; rows.h
 * is a faster one for simple rows of numbers, and works on the same bytes (plm_cells_rows). */
#ifndef PLM_DATA_CELLS_H
#define PLM_DATA_CELLS_H

#include "base/stream.h"
#include "base/text.h"
#include "data/rows.h"

/* Stands for the end of the file where a byte is expected. */
enum { PLM_CELLS_END = -1 };

/* State while a text is read. The caller sets w, reader, path and the settings, then calls
 * plm_cells_open. */
typedef struct {
    plm *w;
    plm_reader *reader;
    const char *path; /* path of the file, for messages */
    /* settings */
    char delimiter; /* ' ' = any run of spaces and tabs */
    int64_t skip;   /* number of lines to skip at the top of the file */
    /* limits for one row: more cells or bytes are an error. 0 = no limit */
    size_t most_cells, most_bytes;
    /* the row that plm_cells_next read last */
    char *text;    /* [length] the texts of the row's cells, each terminated by a NUL */
    size_t *start; /* [cells] the index in `text` at which each cell begins */
    size_t cells;  /* number of cells */
    int64_t line;  /* the line of the file on which the row begins, from 1 */
    /* private */
    char *block, *piece; /* piece: bytes of the file. block: the allocated memory, which has a
                          * margin on both sides of `piece` */
    size_t at, end;      /* piece[at .. end) was read from the file, but not consumed yet */
    int64_t before;      /* bytes of the file before the piece */
    bool over;           /* the file has no bytes behind the piece */
    int64_t next_line;   /* the line of the file to which piece[at] belongs, from 1 */
    /* length: used bytes of `text`. text_room, cell_room: capacities, in bytes of `text` and
     * elements of `start` */
    size_t length, text_room, cell_room;
    bool cell_quoted; /* true = the last cell that was begun is in quotes */
} plm_cells;

/* Allocates the buffers and goes to the first line after `skip` lines. */
PLM_CHECKED plm_status plm_cells_open(plm_cells *c);
/* Goes back to the first line after `skip` lines. */
PLM_CHECKED plm_status plm_cells_rewind(plm_cells *c);
/* Reads the next row, and skips blank lines before it; *got = false at the end of the file. Errors:
 * E_FORMAT for wrong quotes and zero bytes, E_DATA for a row that exceeds a limit. */
PLM_CHECKED plm_status plm_cells_next(plm_cells *c, bool *got);
/* Returns the position of the next byte to be read, in bytes from the beginning of the file.
 * Between two calls of plm_cells_next, the next row, or a blank line before it, begins at this
 * position. */
int64_t plm_cells_place(const plm_cells *c);
/* Continues reading at a position that plm_cells_place has returned. line: the line of the file at
 * this position. */
PLM_CHECKED plm_status plm_cells_go(plm_cells *c, int64_t place, int64_t line);
/* Reads simple rows of numbers into the sink by the fast reader (plm_rows_read), from the current
 * position on. Only rows that begin before position `limit` of the file are read. *stop: why
 * reading stopped. ODD = the next row needs plm_cells_next, which also detects the end of the file;
 * ENOUGH = the sink is full, or the limit is reached. It is never SHORT. */
PLM_CHECKED plm_status plm_cells_rows(plm_cells *c, const plm_rows_shape *shape, int64_t limit,
                                      plm_rows_sink *sink, plm_rows_stop *stop);
/* Sets *out to the next byte of the file without consuming it; PLM_CELLS_END at the end of the
 * file. */
PLM_CHECKED plm_status plm_cells_peek(plm_cells *c, int *out);
/* Consumes the byte that plm_cells_peek has returned, which must not be the end of the file. */
static inline void plm_cells_take(plm_cells *c)
{
    c->at++;
}
/* Guesses the delimiter from the first line that is not blank, then goes back to the first line.
 * *out is the most frequent of tab ; | , or, if the line has none of these, ' ' (blanks).
 * (delimiter.c) */
PLM_CHECKED plm_status plm_cells_guess(plm_cells *c, char *out);
/* Sets the delimiter: a character, the name of one, or "auto", which guesses it. Errors: E_SPEC at
 * `where`. (delimiter.c) */
PLM_CHECKED plm_status plm_cells_delimiter(plm_cells *c, const char *where, const char *given);
/* Closes the reader, frees the buffers and clears everything but w. */
void plm_cells_close(plm_cells *c);

/* ---- the content of one cell (cell_words.c) ---- */

/* Sets *out to the number of a cell that contains one decimal number and nothing else. NaN and
 * infinity are accepted as numbers, hexadecimal numbers are not. False: the cell contains something
 * else. */
bool plm_cell_number(const char *cell, double *out);

/* Returns a hint for an error about a cell that is not a number, as a static text. target: the cell
 * belongs to a column of targets. */
const char *plm_cell_hint(const char *cell, bool target);

#endif
