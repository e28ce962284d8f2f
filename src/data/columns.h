/* Decides for each column of a table to which part of a source (an input, a target or the weights)
 * it belongs, and its index in the rows of that part. */
#ifndef PLM_DATA_COLUMNS_H
#define PLM_DATA_COLUMNS_H

#include "data/data.h"

/* The columns of a table, and the parts to which they are assigned. */
typedef struct {
    size_t count;            /* number of columns */
    const char *const *name; /* [count]; NULL = the table has no header */
    int *part;               /* [count] the part of each column; -1 = none */
    size_t *place;           /* [count] the index of each column within its part */
    bool run;                /* while columns are assigned: true = a range 'a:b' was used */
} plm_columns;

/* The columns in a spec. A column is written as its name or as its number from 0 (negative = from
 * the last); 'a:b' is a range of columns, both ends included. A list is one part with several
 * values per row; a list of lists is several parts. */
typedef struct {
    const plm_spec *inputs; /* NULL = all columns that are neither target nor weight */
    const plm_spec *target; /* NULL = no targets */
    const plm_spec *weight; /* one column; NULL = no weights */
} plm_columns_given;

/* ---- finding columns (column_find.c) ---- */

/* Finds the column with this name: an exact match or, if there is none, a match that ignores case
 * and underscores. False: there is no match. */
bool plm_columns_find_name(const plm_columns *c, const char *text, size_t *out);
/* Finds the columns first .. last of an entry: a single column, or a range 'a:b'. Errors: E_SPEC
 * for a column that does not exist, a name that several columns share, a range that is backwards.
 * */
PLM_CHECKED plm_status plm_columns_find(plm_source *s, const plm_columns *c, const plm_spec *given,
                                        size_t *first, size_t *last);
/* Appends the hint for an unknown column: "did you mean 'age'? columns: size, rooms, age", cut off
 * at the capacity of a hint. If the table has no header, the hint has the range of column numbers.
 * name: what was searched for; NULL = a number. */
void plm_columns_advise(plm_text *hint, const plm_columns *c, const char *name);

/* ---- assigning columns (columns.c) ---- */

/* Returns a copy of a cell in the arena, for the name of a column. A cell that is not UTF-8 is
 * assumed to be Latin-1 and converted. NULL = no memory. */
const char *plm_column_name(plm_arena *a, const char *cell);
/* Sets *out to true if the table's first line, which is in c->name, has the name of every input
 * column that the model was trained on. False if the model has no column names. */
PLM_CHECKED plm_status plm_columns_are_known(plm_source *s, const plm_columns *c, bool *out);
/* Fills part and place, and the source's inputs, targets, weighted and tables (float32, called
 * `name`, with an unknown number of rows). What the spec does not set follows from s->known.
 * Errors: E_SPEC for columns that do not exist or are used twice; E_DATA if no input is left, or if
 * a column of the model is missing. */
PLM_CHECKED plm_status plm_columns_choose(plm_source *s, plm_columns *c,
                                          const plm_columns_given *given, const char *name);
/* Returns a text, in the source's arena, that names the columns of the parts first .. first + count
 * - 1, for messages: "size, rooms", or without a header "columns 0 to 3". "" if count is 0. NULL =
 * no memory. (column_words.c) */
const char *plm_columns_words(plm_source *s, const plm_columns *c, int first, int count);

#endif
