/* What the files of fields.h share: values of fields, words, faults of a bind. For base/ only. */
#ifndef PLM_BASE_VALUES_H
#define PLM_BASE_VALUES_H

#include "base/fields.h"

/* A bind under way: what every fault names. */
typedef struct {
    plm_arena *a;
    const char *what; /* "layer" */
    const plm_kind *kind;
} plm_binder;

/* Checks a user's value and puts it into the struct `config`. */
plm_status plm_bind_value(const plm_binder *b, const plm_field *f, const plm_spec *s, void *config);
/* Puts the default of a field into the struct; a required one stays zero. */
plm_status plm_bind_default(const plm_binder *b, const plm_field *f, void *config);
/* E_SPEC at a column (0 = none) with texts that were built; both are freed. */
plm_status plm_bind_fail(const plm_binder *b, int column, plm_text *what, plm_text *mend);
/* Adds "did you mean relu?", or "known: a, b, c" as far as there is room for them. */
void plm_bind_advise(plm_text *t, const char *name, const char *const *names, size_t count);

/* The next word of a list "a|b|c", its length in *length; NULL at the end. *list moves on. */
const char *plm_word_next(const char **list, size_t *length);
/* The word of list (NULL = empty) that equals name, its length in *length; NULL = none. */
const char *plm_word_find(const char *list, const char *name, size_t *length);
/* The family of that name in the runtime, or NULL. */
const plm_family *plm_family_find(const plm *w, const char *name);

#endif
