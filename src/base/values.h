/* What the files of fields.h share: values of fields, faults of a bind. For base/ only. */
#ifndef PLM_BASE_VALUES_H
#define PLM_BASE_VALUES_H

#include "base/kinds.h"

/* A bind under way: what every fault names. */
typedef struct {
    plm_arena *a;
    const char *what; /* "layer" */
    const plm_kind *kind;
} plm_binder;

/* Checks a user's value and puts it into the struct `config`. */
PLM_CHECKED plm_status plm_bind_value(const plm_binder *b, const plm_field *f, const plm_spec *s,
                                      void *config);
/* Puts the default of a field into the struct; a required one stays zero. */
PLM_CHECKED plm_status plm_bind_default(const plm_binder *b, const plm_field *f, void *config);
/* Does the default of a field stand for "nothing", which no value of a user can be? Then `none`
 * says so. */
bool plm_default_is_none(const plm_field *f);
/* E_SPEC at a column (0 = none) with texts that were built; both are freed. */
PLM_CHECKED plm_status plm_bind_fail(const plm_binder *b, int column, plm_text *what,
                                     plm_text *hint);

#endif
