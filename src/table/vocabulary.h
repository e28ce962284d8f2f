/* Vocabularies and types of columns, and errors about columns. Only for this folder. */
#ifndef PLM_TABLE_VOCABULARY_H
#define PLM_TABLE_VOCABULARY_H

#include "table/schema.h"

/* Gives a column all words of a raw column as its vocabulary, sorted: numbers by size, words by
 * their bytes. */
PLM_CHECKED plm_status plm_vocabulary_all(plm_arena *a, plm_column *c, const plm_raw_column *r);
/* Gives a column the words of some rows: the `most` most frequent ones, sorted. Of equally frequent
 * ones it takes the first in sorted order. c->rare = how many are left out. */
PLM_CHECKED plm_status plm_vocabulary_of(plm_arena *a, plm_column *c, const plm_raw_column *r,
                                         const int64_t *row, int64_t rows, size_t most);
/* Gives a column these words, which are sorted; the list is kept. */
PLM_CHECKED plm_status plm_vocabulary_set(plm_column *c, const char **word, size_t words);
/* Finds the type of a column by its cells, which are those of column i of the table. (types.c) */
PLM_CHECKED plm_status plm_column_find_type(plm_arena *a, plm_column *c, plm_store *t, size_t i);
/* Fails with E_SPEC: there is no column of this name. The hint is a similar name, or lists them. */
PLM_CHECKED plm_status plm_schema_fail_column(const plm_schema *s, const char *where,
                                              const char *name);

#endif
