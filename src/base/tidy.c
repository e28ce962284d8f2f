/* Removes the temporary files PATH.XXXXXXXX.part (place.c) that programs left when they were
 * killed. */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "base/stream.h"

/* Digits in the name of a temporary file. */
enum { DIGITS = 8 };

/* True if `name` is STEM.XXXXXXXX.part, where STEM is the first `length` bytes of stem and each X
 * is a hexadecimal digit in lower case. */
static bool is_temporary_of(const char *stem, size_t length, const char *name)
{
    if (strncmp(name, stem, length) != 0 || name[length] != '.')
        return false;
    const char *digits = name + length + 1;
    return strspn(digits, "0123456789abcdef") == DIGITS && strcmp(digits + DIGITS, ".part") == 0;
}

/* Removes the temporary files of `path` in its open folder. If a file cannot be removed, the others
 * are still removed, and the error is returned. */
static plm_status remove_temporaries(plm *w, const char *path, DIR *folder)
{
    const char *stem = path + plm_path_folder_length(path);
    const size_t whole = strlen(stem), length = whole < PLM_PATH_STEM ? whole : PLM_PATH_STEM;
    plm_status status = PLM_OK;
    for (const struct dirent *e = readdir(folder); e != NULL; e = readdir(folder))
        if (is_temporary_of(stem, length, e->d_name) &&
            unlinkat(dirfd(folder), e->d_name, 0) != 0 && errno != ENOENT)
            status = plm_fail_system(w, errno, "cannot remove an old temporary file of", path);
    return status;
}

/* Follows the links of the path first, as temporary files are in the folder of the real file. */
plm_status plm_file_tidy(plm *w, const char *path)
{
    char *whole = NULL, name[PATH_MAX];
    if (w == NULL || path == NULL)
        return plm_fail(w, PLM_E_ORDER, "plm_file_tidy", "give a runtime and a path",
                        "an argument is NULL");
    PLM_TRY(plm_path_find(w, path, &whole));
    plm_path_folder(whole, name);
    DIR *folder = opendir(name);
    plm_status status = folder != NULL
                            ? remove_temporaries(w, whole, folder)
                            : plm_fail_system(w, errno, "cannot read the folder of", path);
    if (folder != NULL)
        closedir(folder);
    plm_release(w, whole);
    return status;
}
