/* Which column of a table belongs to which part of a source. */
#ifndef PLM_DATA_COLUMNS_H
#define PLM_DATA_COLUMNS_H

#include "data/data.h"

typedef struct {
    size_t count;            /* columns of the table */
    const char *const *name; /* NULL = the table has no header */
    int *part;               /* of each column: its part; -1 = in none */
    size_t *place;           /* of each column: its number in the part */
    bool run;                /* some were said as a run */
} plm_columns;

/* What was said of them. A column is said by its name or its number from 0 (negative = from the
 * end); 'a:b' is a run of columns, both included. A list is one part of several numbers a row; a
 * list of lists is several parts. */
typedef struct {
    const plm_spec *inputs; /* NULL = all that is neither target nor weight */
    const plm_spec *target; /* NULL = no targets */
    const plm_spec *weight; /* one column; NULL = no weights */
} plm_columns_said;

/* A cell as a name: UTF-8, and what is not is taken as Latin-1. NULL = no memory. */
const char *plm_column_name(plm_arena *a, const char *cell);
/* Does the first line of a table hold all names that a model knows? *out = false where it knows
 * none. */
PLM_CHECKED plm_status plm_columns_are_known(plm_source *s, const plm_columns *c, bool *out);
/* Fills part and place, and the source's inputs, targets, weighted and float32 tables, called
 * `name`, of unknown rows. What the words leave open goes by what the source knows (s->known).
 * Errors: E_SPEC for columns that are not there or said twice, E_DATA when no input is left or
 * one that is known is not there. */
PLM_CHECKED plm_status plm_columns_choose(plm_source *s, plm_columns *c,
                                          const plm_columns_said *said, const char *name);
/* Names or numbers of the columns in the parts first .. first + count - 1, for messages: "size,
 * rooms", "columns 0 to 3", without a part "". NULL = no memory. */
const char *plm_columns_words(plm_source *s, const plm_columns *c, int first, int count);

#endif
