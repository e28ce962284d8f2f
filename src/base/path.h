/* Handles the paths of files that are to be written. Internal to base/. */
#ifndef PLM_BASE_PATH_H
#define PLM_BASE_PATH_H

#include <limits.h>

#include "base/runtime.h"

/* The name of a temporary file begins with the first bytes of the file's name, at most this
 * number. */
enum { PLM_PATH_STEM = 240 };

/* Returns the number of the open descriptor that a path names: N for /dev/fd/N and
 * /proc/self/fd/N, 1 for /dev/stdout, 2 for /dev/stderr; -1 = none. */
int plm_path_descriptor(const char *path);
/* Returns the length of the folder in a path, with the slash; 0 = no folder. */
size_t plm_path_folder_length(const char *path);
/* Writes the folder of a path to out, with the slash; "." if the path has no folder. */
void plm_path_folder(const char *path, char out[PATH_MAX]);
/* Finds the file that a write to `path` would change: symbolic links are followed. The file need
 * not exist.
 * out: the caller frees it by plm_release.
 * Errors: E_IO for links in a circle and for paths that are too long. */
PLM_CHECKED plm_status plm_path_find(plm *w, const char *path, char **out);

#endif
