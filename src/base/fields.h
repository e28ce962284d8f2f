/* Field tables. A table binds the arguments of a spec to the members of a plain C struct. The same
 * table gives validation with "did you mean", help, the man page and JSON. */
#ifndef PLM_BASE_FIELDS_H
#define PLM_BASE_FIELDS_H

#include "base/kinds.h"

/* Binds the arguments of s to config: first the defaults, then the arguments.
 * what: the family's name for messages, such as "layer".
 * config: kind->config_size zeroed bytes.
 * common, common_config: a second table and its struct, for keys that all kinds of the family
 * share; these can only be given by key. common may be NULL.
 * Errors: E_SPEC that names the key, the value, the range and the nearest known key. */
PLM_CHECKED plm_status plm_fields_bind(plm_arena *a, const char *what, const plm_kind *kind,
                                       const plm_spec *s, void *config, const plm_field *common,
                                       void *common_config);

/* Finds the kind of a spec in a family, allocates its config in the arena and binds the arguments
 * of the spec to the config. Errors: E_SPEC, E_MEMORY. */
PLM_CHECKED plm_status plm_kind_bind(plm_arena *a, const char *family, const plm_spec *s,
                                     const plm_kind **kind, const void **config);
/* Finds the kind of a spec in a family, allocates its config in the arena and binds the arguments
 * of the spec: the kind's own to the config, those that all kinds of the family share
 * (plm_family.common) to the struct `common`. */
PLM_CHECKED plm_status plm_kind_bind_common(plm_arena *a, const char *family, const plm_spec *s,
                                            const plm_kind **kind, const void **config,
                                            void *common);
/* Adds text, wrapped into lines of at most 80 columns that all have this indent. (describe.c) */
void plm_text_wrapped(plm_text *t, const char *text, size_t indent);
/* Adds to t the help of one entry of a family, such as the layer dense: fields, formula, notes,
 * source, examples; 80 columns. */
void plm_kind_describe(plm_text *t, const plm_family *family, const plm_kind *kind);
/* Adds a family of kinds, such as all layers, as a JSON array; one == NULL: adds all families of
 * the runtime. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_families_json(plm_text *t, const plm_family *one);
/* Adds a list of the kinds of a family: each line has the name and the help of a kind. */
void plm_family_describe(plm_text *t, const plm_family *family);

#endif
