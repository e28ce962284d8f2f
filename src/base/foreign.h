/* Names that other libraries, above all Keras and PyTorch, use for kinds and arguments: which name
 * of plummet means the same, and which arguments are accepted without effect. The table itself is
 * in nn/foreign_words.c; hints for unknown names and a page of the guide are made from it. */
#ifndef PLM_BASE_FOREIGN_H
#define PLM_BASE_FOREIGN_H

#include "base/kinds.h"

/* Stands for the library of names that many people use, but no library. */
#define PLM_NO_LIBRARY "other"

/* A kind of another library that has another name in plummet, or does not exist in plummet. */
typedef struct {
    const char *library; /* the library that uses the name: "PyTorch"; or PLM_NO_LIBRARY */
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

/* An argument by position that means something else in another library than in plummet. */
typedef struct {
    const char *library;
    const char *family;
    const char *kinds; /* plummet's names of the kinds, "a|b" */
    const char *words; /* the names that people write for them, "a|b"; NULL = every name */
    int at;            /* its position, from 1; 0 = any */
    /* the values that show that it is meant, "a|b": whole = a whole number from 1 on, number,
     * tiny = a positive number below 0.001, list, flag = true or false, text = a text or a name,
     * alone = a number that is the only argument */
    const char *values;
    const char *argument; /* its name in the library */
    const char *ours;     /* what to write in plummet */
} plm_foreign_place;

/* The table of names in other libraries. The lists end with a row of zeros. */
typedef struct plm_foreign {
    const plm_foreign_kind *kinds;
    const plm_foreign_key *keys;
    const plm_foreign_place *places;
} plm_foreign;

/* Returns the row of a kind that another library calls `name`; NULL = there is none. */
const plm_foreign_kind *plm_foreign_kind_find(const plm *w, const char *family, const char *name);
/* Returns the row of a kind of any family that another library calls `name`; NULL = none. */
const plm_foreign_kind *plm_foreign_kind_any(const plm *w, const char *name);
/* Adds a hint: "Keras's NAME: OURS", or "NAME: OURS" for a name of no library. */
void plm_foreign_advise(plm_text *hint, const char *library, const char *name, const char *ours);
/* Returns the row of an argument `key` of our kind `kind`. If several rows fit, a row that names
 * the kind comes before a row for the whole family, and that before a row for all families. NULL =
 * there is none. */
const plm_foreign_key *plm_foreign_key_find(const plm *w, const char *family, const char *kind,
                                            const char *key);
/* Returns the row of the argument at position `at`, from 0, of a spec of our kind `kind`, if its
 * value shows that another library's argument is meant; NULL = it does not. */
const plm_foreign_place *plm_foreign_place_find(const plm *w, const char *family,
                                                const plm_kind *kind, const plm_spec *s, size_t at);
/* True if the argument is accepted with this value, without effect. */
bool plm_foreign_takes(plm_arena *a, const plm_foreign_key *key, const plm_spec *value);
/* Adds all rows as text, a table for each library, with the names in the library and what to write
 * in plummet. (foreign_print.c) */
void plm_foreign_describe(plm_text *t, const plm *w);

#endif
