/* A fast reader for rows of numbers in separated text that is already in memory. It reads simple
 * rows only. It stops at any other row: at a row with an error, with a quoted cell of several
 * lines, or with a number in an unusual form. The caller then reads that row by cells.h, which
 * accepts every valid row and reports errors. The reader allocates nothing and records no error, so
 * any thread may use it. */
#ifndef PLM_DATA_ROWS_H
#define PLM_DATA_ROWS_H

#include "data/data.h"

/* Number of bytes before and after the text that must be readable, since the reader loads 8 or 64
 * bytes at once. Their values do not matter. */
enum { PLM_ROWS_MARGIN = 64 };

/* The form of a table's rows for the reader: columns, limits, and the part of the source to which
 * each column belongs (columns.h). */
typedef struct {
    const char *isa;     /* instruction set: plm_kernels.isa */
    char delimiter;      /* ' ' = any run of spaces and tabs */
    size_t columns;      /* number of cells in each row */
    const int *part;     /* [columns] the part of each column; -1 = the column is not read */
    const size_t *place; /* [columns] the index of each column within its part */
    int parts;           /* number of parts of the source */
    int weight;          /* the part whose values must be 0 or more (the weights); -1 = none */
    size_t most_bytes;   /* limit for the bytes of a row; 0 = none */
} plm_rows_shape;

/* A destination of rows: the memory for the next row, the number of rows to read, and the number of
 * rows read. */
typedef struct {
    float *out[PLM_PARTS]; /* where the next row of each part is written */
    /* number of floats between two rows; 0 = each row overwrites the previous one */
    size_t step[PLM_PARTS];
    /* [columns] memory for the next row as doubles; columns that belong to no part are not
     * written */
    double *exact;
    int64_t exact_rows; /* number of rows that are still to be stored as doubles; 0 = none */
    int64_t most, rows; /* most: number of rows to read. rows: number of rows read */
    int64_t lines;      /* number of line ends passed, including those of blank lines */
} plm_rows_sink;

/* Moves the sink to the memory of its next row, after a row was written. */
static inline void plm_rows_advance(const plm_rows_shape *s, plm_rows_sink *sink)
{
    for (int i = 0; i < s->parts; i++)
        sink->out[i] += sink->step[i];
    if (sink->exact_rows > 0) {
        sink->exact += s->columns;
        sink->exact_rows--;
    }
    sink->rows++;
}

/* Why reading stopped. */
typedef enum {
    PLM_ROWS_ENOUGH, /* all requested rows are read, or the next row begins at the limit or later */
    PLM_ROWS_SHORT,  /* the text ends before the next row does */
    PLM_ROWS_ODD     /* the next row is not simple: read it by cells.h */
} plm_rows_stop;

/* Reads rows from text[*at .. end) into the sink, as long as they begin before index `limit`. *at
 * is set to the beginning of the first row that was not read. Some numbers of that row may have
 * been written to the memory of the sink's next row; they are overwritten later. */
plm_rows_stop plm_rows_read(const plm_rows_shape *s, const char *text, size_t *at, size_t limit,
                            size_t end, plm_rows_sink *sink);

/* Returns the number in text[0 .. length), the same that plm_cell_number returns. NaN = the text is
 * not a number, or it is written in a form that this reader leaves to plm_cell_number. */
double plm_rows_number(const char *text, size_t length);

/* The digits of a number: `count` digits, the last `behind` of which are after the decimal
 * point. */
typedef struct {
    size_t count, behind;
    bool has_point, negative;
} plm_rows_digits;

/* Returns the same as plm_rows_number, for numbers of other forms or with more than eight digits.
 * d: the digits that plm_rows_number found. */
double plm_rows_number_more(const char *text, size_t length, const plm_rows_digits *d);

#endif
