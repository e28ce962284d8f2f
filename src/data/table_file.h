/* Reads the file of a table with types into raw columns: lines before the header, the header, the
 * rows, and lines after the rows. Warnings name the lines that are skipped. */
#ifndef PLM_DATA_TABLE_FILE_H
#define PLM_DATA_TABLE_FILE_H

#include "data/records.h"
#include "table/schema.h"

/* State while a file is read. The caller sets everything above `private`. */
typedef struct {
    plm *w;
    plm_arena *arena;        /* gets the names of the columns */
    const char *path;        /* of the file */
    const char *name;        /* as the user gave it, for messages */
    plm_store *store;        /* gets the cells; its settings say how they are read */
    const plm_schema *known; /* of the model; NULL = there is none */
    /* in the columns that are `literal` in this schema, marks such as NA are words and not missing
     * cells; NULL = in no column */
    const plm_schema *literal;
    bool keep_others; /* true = keep the texts of the columns that are not inputs of the
                              * model `known` */
    /* settings */
    const char *delimiter, *header, *encoding, *quotes, *comments; /* "auto" = found out */
    int64_t skip; /* number of lines to skip at the top; -1 = title lines are detected */
    /* number of lines that were skipped in the training of the model, if skip is not set: they are
     * skipped if the file has them; 0 = none */
    int64_t model_skip;
    const char *table, *query; /* for a database: the table or the query whose rows are read; "" =
                                * not set */
    size_t most_cells, most_bytes;
    int64_t block_bytes; /* number of bytes of the blocks that threads read, for tests; 0 = chosen
                          * automatically */
    /* private */
    plm_records records;
    size_t columns;
    const char **title; /* [columns] names of the columns; NULL = the file has no header */
    int64_t first_line; /* the line that the first row begins on */
    int64_t separator;  /* 1 = the first line is sep=; */
    /* The first lines of the file (the sample): number of their bytes, and of those that are not
     * blank. */
    size_t bytes;
    int64_t lines;
    bool whole; /* the sample is the whole file */
} plm_table_file;

/* Reads the file. Errors: E_DATA, E_FORMAT with line and column. */
PLM_CHECKED plm_status plm_table_file_read(plm_table_file *f);

/* ---- parts; only for table_*.c ---- */

/* Finds delimiter, number of columns, header and first row. (table_head.c) */
PLM_CHECKED plm_status plm_table_file_head(plm_table_file *f);
/* Reads the first record, at the top of the file. *begins: true if the table begins there, although
 * f->model_skip lines were skipped in the training of the model; if the record is a row of data, a
 * warning says so. (table_skip.c) */
PLM_CHECKED plm_status plm_table_file_begins(plm_table_file *f, bool *begins);
/* Makes the columns of the store, with their names. (table_columns.c) */
PLM_CHECKED plm_status plm_table_file_columns(plm_table_file *f);
/* Reads all rows from first_line on. (table_blocks.c) */
PLM_CHECKED plm_status plm_table_file_rows(plm_table_file *f);
/* Reads a file of JSON lines. (table_json.c) */
PLM_CHECKED plm_status plm_table_file_json(plm_table_file *f);
/* Reads a table of an SQLite database, or the rows of a query. Errors: E_UNSUPPORTED if the build
 * lacks SQLite. (table_sqlite.c) */
PLM_CHECKED plm_status plm_table_file_sqlite(plm_table_file *f);
/* Reads a .npy file, or an .npz archive. (table_npy.c) */
PLM_CHECKED plm_status plm_table_file_npy(plm_table_file *f, bool archive);
/* True if the sample of a file begins with a JSON object. */
bool plm_table_is_json(const char *text, size_t n);
/* Narrows text[*from .. *to) by blanks and line ends, which do not belong to a cell. */
void plm_table_trim(const char *text, size_t *from, size_t *to);
/* A row that is assembled from texts, for files that are not separated text. (table_texts.c) */
typedef struct {
    plm_table_file *f;
    plm_text text; /* the texts of the row, with margins */
    /* [columns of the file] the cells; the first `cells` are in use */
    plm_cell_span *cell;
    double *number; /* [columns of the file] values of cells that are numbers in the file; NaN = the
                     * cell is a text */
    size_t cells;
} plm_table_texts;
/* Makes the raw columns, and the memory of a row. f->title and f->columns must be set. */
PLM_CHECKED plm_status plm_table_texts_open(plm_table_texts *r, plm_table_file *f);
/* Begins a row. */
void plm_table_texts_begin(plm_table_texts *r);
/* Appends a cell, text[n], without the blanks at its ends. */
void plm_table_texts_add(plm_table_texts *r, const char *text, size_t n);
/* Appends a cell that is a number in the file. For whole numbers use plm_table_texts_add_whole,
 * which is exact. */
void plm_table_texts_add_real(plm_table_texts *r, double x);
void plm_table_texts_add_whole(plm_table_texts *r, long long x);
/* Adds the row to the raw columns. line: for messages. */
PLM_CHECKED plm_status plm_table_texts_end(plm_table_texts *r, int64_t line);
/* Frees the memory of a row; r->f must be set. */
void plm_table_texts_close(plm_table_texts *r);
/* Sets f->columns to the most frequent number of cells in a line of the sample text[n], if half of
 * its lines have it; otherwise, or if the user has set how many lines are skipped, to 0: the number
 * of cells in the first line decides then. (table_guess.c) */
void plm_sample_columns(plm_table_file *f, const char *text, size_t n);
/* Counts the lines of the sample text[n] into f->bytes, lines and whole. (table_guess.c) */
void plm_sample_count(plm_table_file *f, const char *text, size_t n);
/* True if the file, whose sample was counted, may have this number of rows; false if that is not
 * known. (table_guess.c) */
bool plm_sample_has_rows(const plm_table_file *f, int64_t rows);
/* True if the first cells of the rows are taken as their names, which have no name in line `line`:
 * it has one name less than the first row has cells. cell: the first cell of that row. Warns of it,
 * unless a model reads the table. (table_guess.c) */
bool plm_table_row_names(const plm_table_file *f, int64_t line, const char *cell);
/* Guesses the delimiter of a sample. */
char plm_sample_delimiter(const char *text, size_t n, bool whole);

#endif
