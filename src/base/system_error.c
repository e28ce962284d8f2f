/* Describes errors of the system: the reason that the system gives, and a hint for frequent
 * errors. */
#undef _GNU_SOURCE /* with _GNU_SOURCE, string.h would declare another strerror_r */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#include <errno.h>
#include <string.h>

#include "base/stream.h"

/* Returns a hint for an error of the system; NULL = none. */
static const char *hint_of(int error)
{
    static const struct {
        int error;
        const char *hint;
    } known[] = {
        {ENOENT, "check the path: relative names begin in the current folder"},
        {EACCES, "check who may read or write the file"},
        {EPERM, "check who may read or write the file"},
        {EISDIR, "name a file, not a folder"},
        {ENOTDIR, "a part of the path is a file, not a folder"},
        {ENOSPC, "free space on the disk, or write elsewhere"},
        {EDQUOT, "your disk quota is used up: free space, or write elsewhere"},
        {EFBIG, "raise the limit of the size of files (ulimit -f), or write elsewhere"},
        {EROFS, "the disk is read-only: write elsewhere"},
        {EMFILE, "close other files, or raise the limit of open files (ulimit -n)"},
        {EBUSY, "the system is using the file, for example as a mount: write elsewhere"},
        {ELOOP, "give the path of the file itself: the links in this path lead in a circle"},
        {ENAMETOOLONG, "use a shorter name"},
        {ESPIPE, "give a file instead of a pipe, since the data is read or written more than once"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].error == error)
            return known[i].hint;
    return NULL;
}

/* Fails with the reason that the system gives, and a hint for errors that are frequent. */
plm_status plm_fail_system(plm *w, int error, const char *what, const char *path)
{
    static const char *const elsewhere =
        "check the path: relative names begin in the folder given by the run's key directory (in "
        "C: plm_options.directory), which directory=DIR changes";
    char reason[160] = "";
    const char *hint = error == ENOENT && w && w->options.directory ? elsewhere : hint_of(error);
    if (strerror_r(error, reason, sizeof(reason)) != 0)
        reason[0] = '\0';
    const plm_status status =
        plm_fail(w, PLM_E_IO, path, hint, "%s '%.400s': %s", what, path, reason);
    plm_fail_line(w, path, 0);
    return status;
}
