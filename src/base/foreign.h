/* Names that other libraries, above all Keras and PyTorch, use for kinds and arguments: which name
 * of plummet means the same, and which arguments are accepted without effect. The table itself is
 * in nn/foreign_words.c; hints for unknown names and a page of the guide are made from it. */
#ifndef PLM_BASE_FOREIGN_H
#define PLM_BASE_FOREIGN_H

#include "base/kinds.h"

/* A kind of another library that has another name in plummet, or does not exist in plummet. */
typedef struct {
    const char *library; /* the library that uses the name: "PyTorch" */
    const char *family;  /* the family in which people write it: "layer" */
    const char *words;   /* names of the kind in the library, "a|b"; case and '_' do not matter */
    const char *ours;    /* text to write in plummet: "dense(UNITS)" */
} plm_foreign_kind;

/* An argument of another library that has another name in plummet, or does not exist in plummet. */
typedef struct {
    const char *library;
    const char *family; /* NULL = every family; "run file" = a key of run files */
    const char *kinds;  /* plummet's names of the kinds that have the argument, "a|b"; NULL = all */
    const char *words;  /* its names, "a|b" */
    /* The values "a|b" that are accepted without effect, since plummet does the same without the
     * argument. "*" = any value. NULL = none. */
    const char *taken;
    const char *ours; /* what to write in plummet in place of this argument, or why plummet has no
                       * such argument */
} plm_foreign_key;

/* The table of names in other libraries. Both lists end with a row of zeros. */
typedef struct plm_foreign {
    const plm_foreign_kind *kinds;
    const plm_foreign_key *keys;
} plm_foreign;

/* Returns the row of a kind that another library calls `name`; NULL = there is none. */
const plm_foreign_kind *plm_foreign_kind_find(const plm *w, const char *family, const char *name);
/* Returns the row of an argument `key` of our kind `kind`. If several rows fit, a row that names
 * the kind comes before a row for the whole family, and that before a row for all families. NULL =
 * there is none. */
const plm_foreign_key *plm_foreign_key_find(const plm *w, const char *family, const char *kind,
                                            const char *key);
/* True if the argument is accepted with this value, without effect. */
bool plm_foreign_takes(plm_arena *a, const plm_foreign_key *key, const plm_spec *value);
/* Adds all rows as text, a table for each library, with the names in the library and what to write
 * in plummet. (foreign_print.c) */
void plm_foreign_describe(plm_text *t, const plm *w);

#endif
