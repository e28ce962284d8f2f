/* Digits that numbers lose on their way to float32. Time stamps and long ids differ only in digits
 * that float32 does not have: many different numbers of such a column become one. */
#ifndef PLM_DATA_ROUNDING_H
#define PLM_DATA_ROUNDING_H

#include "data/data.h"

/* Of a column, at most this many first numbers are looked at; of all columns together, at most
 * PLM_LOOKED_AT_ALL. */
enum { PLM_LOOKED_AT = 65536, PLM_LOOKED_AT_ALL = 1 << 20 };

/* The first rows of a table as they are before they become float32. */
typedef struct {
    const void *number; /* [rows, width] */
    plm_element element;
    int64_t rows;
    size_t width;
    const char *table;         /* its name: a path, "x" */
    const char *const *column; /* [width] names, or NULL = numbers stand for them */
    const int *part;           /* [width] part of each column, -1 = none; NULL = all are used */
    int weight;                /* the part of the weights, which is not looked at; -1 = none */
} plm_first_rows;

/* How many rows of this width are looked at: 1 at least. */
int64_t plm_rows_looked_at(size_t width);
/* Warns of each column where more than 1 % of the different numbers fall together as float32, the
 * first three one by one. Decimals whose rounding error is below 1/10,000 of the column's standard
 * deviation are left alone. In linear time. */
PLM_CHECKED plm_status plm_rounding_look(plm_source *s, const plm_first_rows *r);
/* The same for every input and target of a source: of the rows in memory, or of the first that a
 * streamed one reads. */
PLM_CHECKED plm_status plm_rounding_look_at_source(plm_source *s);

/* First rows of doubles that are collected while a table is read. Zero-initialise, then set w and
 * width; most = 0 collects nothing. */
typedef struct {
    plm *w;
    size_t width;
    int64_t most, rows, room;
    double *number; /* [rows, width] */
} plm_collected_rows;

/* The place of the next row, zeroed; *out = NULL when there are enough. */
PLM_CHECKED plm_status plm_collect_row(plm_collected_rows *c, double **out);
void plm_collected_free(plm_collected_rows *c);

#endif
