/* File names in specs refer to a folder, which they may be forbidden to leave. */
#ifndef PLM_BASE_PATHS_H
#define PLM_BASE_PATHS_H

#include "base/fields.h"

/* The folder to which relative file names in a spec refer. */
typedef struct {
    const char *path; /* NULL = the current folder of the process, without checks */
    bool inside;      /* true = files must be inside: absolute names, ".." and links are errors */
} plm_folder;

/* Makes a row of a field table for the name of a file. */
#define PLM_FIELD_FILE(type_, name_, fallback_, help_)                                             \
    PLM_FIELD_OF(type_, name_, PLM_TEXT, fallback_, "file", help_)

/* Returns folder/path in the arena, or path itself if it is absolute, empty or NULL. NULL = no
 * memory. */
const char *plm_path_below(plm_arena *a, const char *folder, const char *path);
/* Finds the kind of a spec and binds its arguments to a config in the arena. Relative file names
 * among the arguments (PLM_FIELD_FILE) refer to a folder. Errors: those of plm_kind_bind; E_SPEC
 * for a file outside of the folder if folder->inside. */
PLM_CHECKED plm_status plm_kind_bind_below(plm_arena *a, const char *family, const plm_spec *s,
                                           const plm_folder *folder, const plm_kind **kind,
                                           const void **config);

#endif
