/* File names in specs: where they begin, and whether they may leave a folder. */
#ifndef PLM_BASE_PATHS_H
#define PLM_BASE_PATHS_H

#include "base/fields.h"

/* Where the relative names of files in a spec begin. */
typedef struct {
    const char *path; /* NULL = where the program runs */
    bool inside;      /* the files must lie in it: no absolute name, no "..", no link */
} plm_folder;

/* A row of a field table: the name of a file. */
#define PLM_FIELD_FILE(type_, name_, fallback_, help_)                                             \
    PLM_FIELD_OF(type_, name_, PLM_TEXT, fallback_, "file", help_)

/* folder/path, or path where it is absolute, empty or NULL; NULL = no memory. In the arena. */
const char *plm_path_below(plm_arena *a, const char *folder, const char *path);
/* plm_kind_bind; the files of the kind (PLM_FIELD_FILE) begin in the folder. E_SPEC for one that
 * would lie outside of a folder that it may not leave. */
PLM_CHECKED plm_status plm_kind_bind_below(plm_arena *a, const char *family, const plm_spec *s,
                                           const plm_folder *folder, const plm_kind **kind,
                                           const void **config);

#endif
