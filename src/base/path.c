/* Handles the paths of files that are to be written: links, folders, and the names of open
 * descriptors. */
#define _XOPEN_SOURCE 700 /* readlink */
#include "base/path.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/stream.h"
#include "base/system.h"

/* Maximum number of links that are followed; more links count as a circle. */
enum { MAX_LINKS = 40 };

/* Returns the number N of an open descriptor that a path such as /dev/fd/N names; -1 = none. N has
 * at most 6 digits. */
int plm_path_descriptor(const char *path)
{
    static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
    if (strcmp(path, "/dev/stdout") == 0)
        return STDOUT_FILENO;
    if (strcmp(path, "/dev/stderr") == 0)
        return STDERR_FILENO;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        const size_t length = strlen(folders[i]);
        if (strncmp(path, folders[i], length) != 0)
            continue;
        const size_t digits = strspn(path + length, "0123456789");
        if (digits > 0 && digits < 7 && path[length + digits] == '\0')
            return (int)strtol(path + length, NULL, 10);
    }
    return -1;
}

/* Returns the length of the part of the path that names the folder, with its slash; 0 = there is
 * none. */
size_t plm_path_folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? (size_t)(slash - path) + 1 : 0;
}

/* Replaces a path by the target of the link that it names, repeatedly, until the target is not a
 * link. The last target need not exist. Names of open descriptors are not followed. Returns 0 or an
 * errno. */
static int follow_links(char at[PATH_MAX])
{
    char target[PATH_MAX];
    for (int i = 0; i < MAX_LINKS; i++) {
        const ssize_t n = plm_path_descriptor(at) < 0 ? readlink(at, target, sizeof target) : -1;
        if (n < 0)
            return 0;
        const size_t folder = target[0] == '/' ? 0 : plm_path_folder_length(at);
        if (folder + (size_t)n >= PATH_MAX)
            return ENAMETOOLONG;
        memcpy(at + folder, target, (size_t)n);
        at[folder + (size_t)n] = '\0';
    }
    return ELOOP;
}

/* Copies a path without slashes at its end, and follows its links. False = that is not possible. */
static bool find_target(const char *path, char out[PATH_MAX])
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    if (length == 0 || length >= PATH_MAX)
        return false;
    memcpy(out, path, length);
    out[length] = '\0';
    return follow_links(out) == 0;
}

/* Two paths that exist are compared by what they lead to. Of files that do not exist yet, the
 * folders are compared, and the names in them. */
bool plm_path_writes_same(const char *a, const char *b)
{
    char one[PATH_MAX], other[PATH_MAX], folder[PATH_MAX], second[PATH_MAX];
    if (plm_path_is_same(a, b))
        return plm_path_is_file(a) || plm_path_is_folder(a);
    if (plm_path_exists(a) || plm_path_exists(b) || !find_target(a, one) || !find_target(b, other))
        return false;
    plm_path_folder(one, folder);
    plm_path_folder(other, second);
    return strcmp(one, other) == 0 ||
           (plm_path_is_same(folder, second) &&
            strcmp(one + plm_path_folder_length(one), other + plm_path_folder_length(other)) == 0);
}

/* Follows the links in a copy of the path. */
plm_status plm_path_find(plm *w, const char *path, char **out)
{
    char at[PATH_MAX];
    const size_t length = strlen(path);
    int error = length == 0 ? ENOENT : length >= sizeof at ? ENAMETOOLONG : 0;
    if (error == 0) {
        memcpy(at, path, length + 1);
        error = follow_links(at);
    }
    if (error != 0)
        return plm_fail_system(w, error, "cannot write", path);
    *out = plm_duplicate(w, at);
    return *out != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Writes the folder of a path to out, with the slash; "." if the path has no folder. */
void plm_path_folder(const char *path, char out[PATH_MAX])
{
    snprintf(out, PATH_MAX, "%.*s", (int)plm_path_folder_length(path), path);
    if (out[0] == '\0')
        snprintf(out, PATH_MAX, ".");
}

/* Fails if this process may not write the file or, if there is none, may not create it in its
 * folder. */
plm_status plm_check_writable(plm *w, const char *path)
{
    char folder[PATH_MAX];
    if (strlen(path) >= sizeof folder)
        return plm_fail_system(w, ENAMETOOLONG, "cannot open", path);
    plm_path_folder(path, folder);
    if (plm_path_is_writable(plm_path_exists(path) ? path : folder))
        return PLM_OK;
    return plm_fail_system(w, errno, "cannot open", path);
}
