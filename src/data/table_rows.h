/* State while the rows of a table's file are read: table_rows.c reads them in order, table_blocks.c
 * reads blocks of simple rows by all threads. */
#ifndef PLM_DATA_TABLE_ROWS_H
#define PLM_DATA_TABLE_ROWS_H

#include "data/table_file.h"

/* Max bytes of a line that are quoted in a message. */
enum { PLM_NOTE_TOLD = 40 };

/* The state while rows are read. */
typedef struct {
    plm_table_file *f;
    /* lines with too few cells, which may be notes at the end of the file: their number, and the
     * first one */
    int64_t notes, note_line;
    size_t note_cells;
    char note[PLM_NOTE_TOLD + 1];
    /* a line of totals, which is kept here until the next row is read */
    plm_text total;
    plm_cell_span *cell; /* [columns] */
    int64_t total_line;  /* 0 = there is none */
    /* number of empty rows (no cell has a value) since the last row with a value */
    int64_t empty;
    int64_t headers, header_line; /* number of repeated headers, and the line of the first one */
    int64_t comments, comment_line;
    /* lines between rows that look like totals but are kept as rows: their number, and the first
     * one */
    int64_t totals, totals_line;
} plm_table_rows;

/* Moves to the first row. b: only f must be set. (table_rows.c) */
PLM_CHECKED plm_status plm_table_rows_begin(plm_table_rows *b);
/* Reads rows in order, from the current position of the file, until one begins at position `place`
 * or later, or the file ends. Errors: all errors of rows. (table_rows.c) */
PLM_CHECKED plm_status plm_table_rows_until(plm_table_rows *b, int64_t place);
/* True if the record, which has a cell for each column, is neither a repeated header nor a line of
 * totals. (table_rows.c) */
bool plm_table_row_is_plain(const plm_table_file *f, const plm_records *r);
/* True if no cell of the record has a value. (table_rows.c) */
bool plm_table_row_is_empty(const plm_records *r);
/* Warns of all skipped lines, and frees the memory. status: of reading the rows; returned if it is
 * an error. (table_rows.c) */
PLM_CHECKED plm_status plm_table_rows_end(plm_table_rows *b, plm_status status);

#endif
