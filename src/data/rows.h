/* Rows of numbers in text that lies in memory, read quickly where they are simple. What is not (a
 * fault, a quoted cell of several lines, a number in an unusual form) is left to cells.h, which
 * reads everything and tells what is wrong. No memory is taken and no error recorded: any thread
 * may read. */
#ifndef PLM_DATA_ROWS_H
#define PLM_DATA_ROWS_H

#include "data/data.h"

/* The text must lie in a block that goes on so far before its first byte and behind its last. */
enum { PLM_ROWS_MARGIN = 64 };

/* How the rows of a table look. */
typedef struct {
    const char *isa;     /* of the kernel table */
    char delimiter;      /* ' ' = any run of blanks */
    size_t columns;      /* of each row */
    const int *part;     /* [columns] of the source; -1 = the column is not read */
    const size_t *place; /* [columns] in the part */
    int parts;
    int weight;        /* the part whose numbers must be 0 or more; -1 = none */
    size_t most_bytes; /* of a row; 0 = any */
} plm_rows_shape;

/* Where rows go, and how many there were. */
typedef struct {
    float *out[PLM_PARTS];  /* the next row of each part */
    size_t step[PLM_PARTS]; /* numbers from a row to the next; 0 = all at the same place */
    double *exact;          /* the next row in double, all columns of it */
    int64_t exact_rows;     /* how many are wanted in double */
    int64_t most, rows;     /* rows wanted, rows read */
    int64_t lines;          /* line ends behind what was read */
} plm_rows_sink;

/* A row more was written: the sink goes to the next. */
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
    PLM_ROWS_ENOUGH, /* as many rows as were wanted, or the next one begins at the limit or later */
    PLM_ROWS_SHORT,  /* the next row's end is not there */
    PLM_ROWS_ODD     /* the next row is not simple */
} plm_rows_stop;

/* Reads rows from text[*at .. end), those that begin before `limit`; *at becomes the beginning of
 * the first that is not read. */
plm_rows_stop plm_rows_read(const plm_rows_shape *s, const char *text, size_t *at, size_t limit,
                            size_t end, plm_rows_sink *sink);

/* The number that text[0 .. length) is, as plm_cell_number reads it; NaN = it is none, or not a
 * simple one. */
double plm_rows_number(const char *text, size_t length);

#endif
