/* State while the rows of a table's file are read: table_rows.c reads them in order, table_blocks.c
 * reads blocks of simple rows by all threads. */
#ifndef PLM_DATA_TABLE_ROWS_H
#define PLM_DATA_TABLE_ROWS_H

#include "data/table_file.h"

/* Max bytes of a line that are quoted in a message. */
enum { PLM_NOTE_TOLD = 40 };

/* What a record with a cell for each column is. PLAIN: a row. TOTAL, NOTE, EMPTY: no row if only
 * such lines follow it. */
typedef enum { PLM_ROW_PLAIN, PLM_ROW_TOTAL, PLM_ROW_NOTE, PLM_ROW_EMPTY } plm_row_kind;

/* A line that waits until it is known whether a row follows. */
typedef struct {
    int64_t line;
    plm_row_kind kind;
    plm_cell_span *cell; /* [columns] its cells in plm_table_rows.text */
} plm_waiting;

/* The state while rows are read. */
typedef struct {
    plm_table_file *f;
    /* lines with too few cells, which may be notes at the end of the file: their number, and the
     * first one */
    int64_t notes, note_line;
    size_t note_cells;
    char note[PLM_NOTE_TOLD + 1];
    /* lines of totals, padded notes, and the empty rows after them: [waits], of which `marked` are
     * not empty; text: that of their cells */
    plm_waiting *waiting;
    size_t waits, marked, waiting_room;
    plm_text text;
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
/* Warns of all skipped lines, and frees the memory. status: of reading the rows; returned if it is
 * an error. (table_rows.c) */
PLM_CHECKED plm_status plm_table_rows_end(plm_table_rows *b, plm_status status);

/* ---- lines that wait (table_waiting.c) ---- */

/* Returns the index of the first cell that is not empty; r->cells = all cells are empty. */
size_t plm_table_first_filled(const plm_records *r);
/* Copies the beginning of a cell. */
void plm_table_quote(const plm_records *r, size_t cell, char out[PLM_NOTE_TOLD + 1]);
/* True if the record repeats the names of the columns. */
bool plm_table_is_header(const plm_table_file *f, const plm_records *r);
/* True if no cell of the record has a value. */
bool plm_table_row_is_empty(const plm_records *r);
/* True if the record, which has a cell for each column, is surely a row: neither a repeated header,
 * nor totals, nor a note. */
bool plm_table_row_is_plain(const plm_table_file *f, const plm_records *r);
/* Finds out what the record is, which has a cell for each column. Errors: those of storing the rows
 * before it. */
PLM_CHECKED plm_status plm_table_row_kind(plm_table_rows *b, plm_row_kind *out);
/* True if a record of this kind may wait: it is no row, and not too many wait already. */
bool plm_table_may_wait(const plm_table_rows *b, plm_row_kind kind);
/* Lets the record wait. */
PLM_CHECKED plm_status plm_table_wait(plm_table_rows *b, plm_row_kind kind);
/* Adds all lines that wait as rows. Errors: as plm_store_add. */
PLM_CHECKED plm_status plm_table_add_waiting(plm_table_rows *b);
/* Counts a line that looks like totals but is kept as a row. */
void plm_table_count_total(plm_table_rows *b, int64_t line);
/* Returns the number of empty rows that wait. */
int64_t plm_table_waiting_empty(const plm_table_rows *b);
/* Warns that the lines that wait are left out, since they are at the end of the table. */
void plm_table_warn_waiting(const plm_table_rows *b);

#endif
