/* Checks and stores the values of fields, and reports errors of a bind. Only the files that
 * implement fields.h use it. */
#ifndef PLM_BASE_VALUES_H
#define PLM_BASE_VALUES_H

#include "base/kinds.h"

/* The arena that gets the values of a bind, and the names that its errors mention. */
typedef struct {
    plm_arena *a;
    const char *what; /* "layer" */
    const plm_kind *kind;
} plm_binder;

/* Checks the value that a user gave for a field and stores it in the struct `config`. */
PLM_CHECKED plm_status plm_bind_value(const plm_binder *b, const plm_field *f, const plm_spec *s,
                                      void *config);
/* Stores the default of a field in the struct; a required field stays zero. */
PLM_CHECKED plm_status plm_bind_default(const plm_binder *b, const plm_field *f, void *config);
/* True if the default of a field means "unset", since no user may give that value. Users then
 * write `none` for it. */
bool plm_default_is_none(const plm_field *f);
/* Fails with E_SPEC, what and hint. column: column of the error in the spec, from 1; 0 = not known.
 * Frees both texts. */
PLM_CHECKED plm_status plm_bind_fail(const plm_binder *b, int column, plm_text *what,
                                     plm_text *hint);

#endif
