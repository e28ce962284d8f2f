/* Words of other libraries, Keras and PyTorch above all: which of our words means the same, and
 * which of their arguments are taken although we have no such argument. The table itself is in
 * nn/foreign_words.c; it makes hints for unknown names, and a page of the guide. */
#ifndef PLM_BASE_FOREIGN_H
#define PLM_BASE_FOREIGN_H

#include "base/kinds.h"

/* A kind that has another name here, or does not exist here. */
typedef struct {
    const char *library; /* the library that uses the word: "PyTorch" */
    const char *family;  /* the family in which people write it: "layer" */
    const char *words;   /* its names, "a|b"; case and '_' do not matter */
    const char *ours;    /* text to write in plummet: "dense(UNITS)" */
} plm_foreign_kind;

/* An argument that has another name here, or does not exist here. */
typedef struct {
    const char *library;
    const char *family; /* NULL = every family */
    const char *kinds;  /* our names of the kinds that it belongs to, "a|b"; NULL = all */
    const char *words;  /* its names, "a|b" */
    /* The values "a|b" with which the argument is taken and has no effect, since plummet does the
     * same without it. "*" = any value. NULL = none. */
    const char *taken;
    const char *ours; /* text to write in plummet, or why the argument does not exist */
} plm_foreign_key;

/* The table: both lists end with a row of zeros. */
typedef struct plm_foreign {
    const plm_foreign_kind *kinds;
    const plm_foreign_key *keys;
} plm_foreign;

/* Returns the row of a kind that another library calls `name`; NULL = there is none. */
const plm_foreign_kind *plm_foreign_kind_find(const plm *w, const char *family, const char *name);
/* Returns the row of an argument `key` of our kind `kind`. Rows that name the kind go before rows
 * of the family, and those before rows of all families. NULL = there is none. */
const plm_foreign_key *plm_foreign_key_find(const plm *w, const char *family, const char *kind,
                                            const char *key);
/* True if the argument is taken with this value. */
bool plm_foreign_takes(plm_arena *a, const plm_foreign_key *key, const plm_spec *value);
/* Adds all rows as text, a table for each library: what they write, and what to write here.
 * (foreign_print.c) */
void plm_foreign_describe(plm_text *t, const plm *w);

#endif
