/* A table in separated text (CSV), whose rows become the parts of a source, as float32.
 * source/csv.c opens the file and assigns the columns; csv_rows.c reads rows in order; csv_load.c
 * reads a whole table with all threads, csv_chunks.c reads a table whose length is unknown;
 * csv_lines.c finds the lines of rows. */
#ifndef PLM_DATA_CSV_H
#define PLM_DATA_CSV_H

#include "data/cells.h"
#include "data/columns.h"
#include "data/rounding.h"

/* The state of a csv source. */
typedef struct {
    plm_cells cells;     /* the text, and how far it is read */
    plm_columns columns; /* the part that each column belongs to */
    /* form of the rows for the fast reader: which column belongs to which part */
    plm_rows_shape shape;
    /* values of the first rows as doubles, to warn if float32 loses digits */
    plm_collected_rows first;
    int64_t row; /* number of rows read since the beginning of the table */
    /* the line of the first row, if each later line is one row; 0 = this is not so, or unknown */
    int64_t first_line;
} plm_csv;

/* Returns the text of a cell in the row that plm_cells_next read last. */
static inline const char *plm_csv_cell_text(const plm_csv *t, size_t column)
{
    return t->cells.text + t->cells.start[column];
}

/* Sets t->shape for the fast reader. The columns must be assigned, and the delimiter set. */
plm_rows_shape plm_csv_shape(const plm_source *s, const plm_csv *t);
/* Reads rows in order, from the current position on, until the sink is full or the next row begins
 * at position `limit` of the file or later. *over = the file ended earlier. Errors: E_DATA for a
 * wrong row or cell, with row, line and column; all errors of plm_cells_next. */
PLM_CHECKED plm_status plm_csv_read(plm_source *s, plm_csv *t, int64_t limit, plm_rows_sink *sink,
                                    bool *over);
/* Reads all rows into the source's tables. The current position must be that of the first row. A
 * file that is not compressed is read by all threads. */
PLM_CHECKED plm_status plm_csv_load(plm_source *s, plm_csv *t);
/* Reads all rows into the source's tables from a file whose size, and so the max number of rows, is
 * unknown. The file is read in order, in chunks. (csv_chunks.c) */
PLM_CHECKED plm_status plm_csv_load_chunks(plm_source *s, plm_csv *t);
/* Reads all rows into the source's tables from a plain file that is divided into blocks of `bytes`
 * bytes. The thread that reads a block also reads `tail` bytes after it, for the end of the block's
 * last row. Rows and errors do not depend on the division. */
PLM_CHECKED plm_status plm_csv_load_cut(plm_source *s, plm_csv *t, int64_t bytes, int64_t tail);

/* ---- the file, and the lines of rows (csv_lines.c) ---- */

/* Opens the file and its reader of cells, and moves to the first row. */
PLM_CHECKED plm_status plm_csv_open(plm_csv *t);
/* Closes the file, but keeps the settings, so that it can be opened again. */
void plm_csv_close(plm_csv *t);
/* Moves to a row by reading all rows before it, since rows differ in length. */
PLM_CHECKED plm_status plm_csv_seek(plm_csv *t, int64_t row);
/* Makes a sink that drops the rows: each overwrites the previous one. */
PLM_CHECKED plm_status plm_csv_sink(plm_source *s, plm_arena *a, plm_rows_sink *out);
/* Called after the table is loaded: stores what is needed to compute the lines of rows. first: the
 * line on which the table begins. lines: number of its line ends. The file must be open. */
void plm_csv_keep_lines(const plm_source *s, plm_csv *t, int64_t first, int64_t lines);
/* Sets the lines of rows, which are in ascending order, see plm_source_kind. If the table has blank
 * lines or cells with line ends, the file is read once more. Lines stay 0 if that fails: the file
 * may be deleted, and lines are only used in messages. */
void plm_csv_lines(plm_source *s, int count, const int64_t *row, int64_t *line);

#endif
