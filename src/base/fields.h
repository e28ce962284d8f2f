/* Field tables: a table binds a spec to a plain C struct and also makes validation with "did you
 * mean", help, man page and JSON. */
#ifndef PLM_BASE_FIELDS_H
#define PLM_BASE_FIELDS_H

#include "base/kinds.h"

/* Binds the arguments of s to config (config_size zeroed bytes, filled with defaults first).
 * `common` is a second table, bound to common_config by key only (may be NULL): keys all members
 * of a family share. Errors: E_SPEC naming key, value, range and the nearest known key. what =
 * "layer", "optimizer": for messages. */
PLM_CHECKED plm_status plm_fields_bind(plm_arena *a, const char *what, const plm_kind *kind,
                                       const plm_spec *s, void *config, const plm_field *common,
                                       void *common_config);

/* Find + allocate + bind in one: *config lives in the arena. */
PLM_CHECKED plm_status plm_kind_bind(plm_arena *a, const char *family, const plm_spec *s,
                                     const plm_kind **kind, const void **config);
/* The same, with what all kinds of the family share (plm_family.common) bound to the struct
 * `common`. */
PLM_CHECKED plm_status plm_kind_bind_common(plm_arena *a, const char *family, const plm_spec *s,
                                            const plm_kind **kind, const void **config,
                                            void *common);
/* Help text of one kind (fields, formula, notes, source, examples), 80 columns. */
void plm_kind_describe(plm_text *t, const plm_family *family, const plm_kind *kind);
/* Adds a family, or all families of the runtime (one = NULL), as a JSON array. E_MEMORY. */
PLM_CHECKED plm_status plm_families_json(plm_text *t, const plm_family *one);
/* A list of a family: name and help, one a line. */
void plm_family_describe(plm_text *t, const plm_family *family);

#endif
