/* Paths of files that are written. Internal to base/. */
#ifndef PLM_BASE_PATH_H
#define PLM_BASE_PATH_H

#include <limits.h>

#include "base/runtime.h"

/* A long name of a file is cut to so many bytes in the name of its temporary file. */
enum { PLM_PATH_STEM = 240 };

/* N of /dev/fd/N and /proc/self/fd/N, 1 and 2 of /dev/stdout and /dev/stderr; else -1. */
int plm_path_descriptor(const char *path);
/* How many characters of path are its folder, the slash included; 0 = the program's folder. */
size_t plm_path_folder_length(const char *path);
/* The folder of a path, "." where it names none. */
void plm_path_folder(const char *path, char out[PATH_MAX]);
/* The file that a path means when it is written: symbolic links are followed; what they name at
 * last need not be there. To be released. E_IO for links in a circle, and for paths too long. */
PLM_CHECKED plm_status plm_path_find(plm *w, const char *path, char **out);

#endif
