/* The raw cells of a table, column by column, as they are read: numbers as double, words by their
 * place in a list of the column's different words. */
#ifndef PLM_TABLE_STORE_H
#define PLM_TABLE_STORE_H

#include "base/index.h"

/* Max number of different words of a column that are kept. A column with more holds free text,
 * identifiers, numbers or dates. */
enum { PLM_STORE_WORDS = 20000 };

/* A raw column. */
typedef struct {
    const char *name; /* NULL = the table has no header */
    /* [rows] the number or the date (seconds since 1970) of a cell; NaN = missing; infinite = the
     * cell is another word */
    double *number;
    /* [rows] the place of the cell's text in `word`; -1 = missing. NULL = there are too many
     * different words */
    int32_t *code;
    const char **word; /* [words] the different texts, by first appearance */
    size_t words, word_room;
    plm_index find;                          /* from a text to its place in `word` */
    int64_t numbers, dates, others, missing; /* number of cells of each kind */
    int64_t whole;                           /* number of cells that are whole numbers */
    int64_t steps;           /* number of cells that are 1 above the cell of the row before */
    int64_t letters, blanks; /* of cells that are words: bytes, and blanks among them */
    double low, high;        /* smallest and largest number or date */
    int64_t odd_row;         /* the first row with another word; -1 = none */
    const char *odd;         /* that word */
} plm_raw_column;

/* A table. Zero-initialise it, set arena, then call plm_store_open. */
typedef struct {
    plm_arena arena;
    plm_raw_column *column; /* [columns] */
    size_t columns;
    bool header;
    int64_t rows, capacity;
    int64_t *line; /* [rows] the line of the file that a row begins on */
} plm_store;

/* Makes an empty table. */
PLM_CHECKED plm_status plm_store_open(plm_store *t, size_t columns);
/* Appends a row. cell(context, i) returns the text of cell i, which is copied. */
PLM_CHECKED plm_status plm_store_add(plm_store *t, int64_t line, const char *text,
                                     const size_t *start);
void plm_store_free(plm_store *t);

/* Reads a cell as a number: "12", "-1.5e3", "12 %", "$2.50". False: it is none. (cell.c) */
bool plm_table_number(const char *cell, double *out);
/* True if the cell is empty or a common mark of a missing value: NA, null, ?, - and others. */
bool plm_table_missing(const char *cell);
/* Reads a date, with or without a time, as seconds since 1970: "2024-01-31", "2024-01",
 * "31.12.2024", "2024-01-31 12:30:00". False: it is none. (date.c) */
bool plm_table_date(const char *cell, double *seconds);
/* The parts of a time: share of the year, of the week (Monday = 0) and of the day that are over,
 * each from 0 to 1. */
typedef struct {
    double year, week, day;
} plm_date_parts;
plm_date_parts plm_table_date_parts(double seconds);
/* True if the time is the beginning of the first day of a month. */
bool plm_table_first_of_month(double seconds);
/* Sine and cosine of a full turn times `share`, from 0 to 1, made of + - * / so that all machines
 * give the same bits. */
void plm_table_turn(double share, double *sine, double *cosine);
/* True if the first line of a table holds names of columns: first[columns] are its cells,
 * second[columns] those of the second line, or NULL. (header.c) */
bool plm_table_has_header(const char *const *first, const char *const *second, size_t columns);

#endif
