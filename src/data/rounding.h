/* Warns about columns that lose digits when they are converted to float32. Time stamps and long ids
 * often differ only in digits that float32 does not have: many distinct numbers of such a column
 * become equal. */
#ifndef PLM_DATA_ROUNDING_H
#define PLM_DATA_ROUNDING_H

#include "data/data.h"

/* Max number of values that are checked: in one column, and in all columns together. */
enum { PLM_LOOKED_AT = 65536, PLM_LOOKED_AT_ALL = 1 << 20 };

/* The first rows of a table, in their types before the conversion to float32. */
typedef struct {
    const void *number; /* [rows, width] */
    plm_dtype element;
    int64_t rows;
    size_t width;
    const char *table;         /* its name: a path, "x" */
    const char *const *column; /* [width] names; NULL = columns are numbered */
    const int *part;           /* [width] the part of each column, -1 = none; NULL = all are used */
    int weight;                /* the part of the weights, which is not checked; -1 = none */
} plm_first_rows;

/* Returns the number of rows that are checked in a table of this width, at least 1. */
int64_t plm_rows_looked_at(size_t width);
/* Warns about each column in which more than 1 % of the distinct numbers become equal as float32.
 * After three such columns, a single warning gives the number of the others. Decimals are ignored
 * if their rounding error is below 1/10,000 of the column's standard deviation. Takes linear time.
 * */
PLM_CHECKED plm_status plm_rounding_look(plm_source *s, const plm_first_rows *r);
/* Calls plm_rounding_look for the inputs and targets of a source; reads the first rows of a
 * streamed source. */
PLM_CHECKED plm_status plm_rounding_look_at_source(plm_source *s);

/* The first rows of a table as doubles, collected while it is read. Zero-initialise it, then set w,
 * width, and `most`, the number of rows to collect (0 = none). */
typedef struct {
    plm *w;
    size_t width;
    int64_t most, rows, capacity;
    double *number; /* [rows, width] */
} plm_collected_rows;

/* Sets *out to zeroed memory for the next rows to be collected, at most `rows`, and *wanted to
 * the number of rows that it holds. The caller adds the number of rows that it has written to
 * c->rows. */
PLM_CHECKED plm_status plm_collect_rows(plm_collected_rows *c, int64_t rows, double **out,
                                        int64_t *wanted);
/* Frees the rows that were collected. */
void plm_collected_free(plm_collected_rows *c);

#endif
