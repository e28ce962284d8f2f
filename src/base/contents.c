/* Reads a whole file into memory or into a text, and writes a whole file from memory. Reading calls
 * the system directly; writing goes through plm_file, so that the old file stays until the new one
 * is complete. */
#define _POSIX_C_SOURCE 200809L
#include "base/contents.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "base/stream.h"
#include "base/system.h"

/* Opens a file, again and again if a signal interrupts the call: open() then fails with EINTR, as
 * for a FIFO or a file on a network. */
int plm_open_to_read(const char *path)
{
    int file;
    do
        file = open(path, O_RDONLY | O_CLOEXEC);
    while (file < 0 && errno == EINTR);
    return file;
}

/* Returns what is at the path if it is not a file or folder, in words; NULL = it is, or nothing is
 * there. */
static const char *kind_of_special(const char *path)
{
    struct stat about;
    if (stat(path, &about) != 0 || S_ISREG(about.st_mode) || S_ISDIR(about.st_mode))
        return NULL;
    return S_ISFIFO(about.st_mode) ? "a pipe" : S_ISSOCK(about.st_mode) ? "a socket" : "a device";
}

/* Fails if the path is neither a file nor a folder. */
plm_status plm_check_regular(plm *w, const char *path, const char *what)
{
    const char *kind = kind_of_special(path);
    if (!kind)
        return PLM_OK;
    const plm_status status =
        plm_fail(w, PLM_E_IO, path, "write it to a file first, and name that file",
                 "this is %s, but %s can be read only from a file", kind, what);
    plm_fail_line(w, path, 0);
    return status;
}

/* True if the path names an open descriptor, which may be a pipe. */
static bool is_open_already(const char *path)
{
    return plm_path_descriptor(path) >= 0 || strcmp(path, PLM_STANDARD_INPUT) == 0;
}

/* Reads n bytes, or fewer if the file ends before. Returns the number of bytes read; -1 = failed,
 * see errno. */
static ssize_t read_all(int file, char *out, size_t n)
{
    size_t got = 0;
    while (got < n) {
        const ssize_t more = read(file, out + got, n - got);
        if (more < 0 && errno == EINTR)
            continue;
        if (more < 0)
            return -1;
        if (more == 0)
            break;
        got += (size_t)more;
    }
    return (ssize_t)got;
}

/* Moves a text of `capacity` bytes to a zeroed block of twice the size and releases the old block.
 * NULL = no memory. */
static char *enlarge(plm *w, char *text, size_t capacity)
{
    char *longer = plm_allocate(w, 2 * capacity);
    if (longer)
        memcpy(longer, text, capacity);
    plm_release(w, text);
    return longer;
}

/* Reads an open file into memory that is doubled whenever it is full. Reading stops early, at some
 * point after `limit` bytes, if the file is longer than that. The last byte of the memory stays 0,
 * so a 0 follows the text. Returns NULL and sets errno on failure. */
static char *contents_of(plm *w, int file, size_t limit, size_t *length)
{
    size_t capacity = 4096;
    ssize_t got = 0;
    char *text = plm_allocate(w, capacity);
    while (text && (got = read_all(file, text + *length, capacity - 1 - *length)) > 0) {
        *length += (size_t)got;
        if (*length > limit || *length < capacity - 1)
            break;
        text = enlarge(w, text, capacity);
        capacity *= 2;
    }
    if (!text)
        errno = ENOMEM;
    if (got >= 0)
        return text;
    const int error = errno;
    plm_release(w, text);
    errno = error;
    return NULL;
}

/* Reads the file at a path: opens, reads and closes it. errno is kept, as close may change it. */
char *plm_contents(plm *w, const char *path, size_t limit, size_t *length)
{
    *length = 0;
    if (!is_open_already(path) && kind_of_special(path)) {
        errno = ESPIPE;
        return NULL;
    }
    const int file = plm_open_to_read(path);
    if (file < 0)
        return NULL;
    char *text = contents_of(w, file, limit, length);
    const int error = errno;
    close(file);
    errno = error;
    return text;
}

/* Adds the bytes of a file to a text, reading 4 KiB at a time. */
plm_status plm_read_text(plm *w, const char *path, plm_text *out)
{
    char block[4096];
    ssize_t n = 0;
    if (kind_of_special(path))
        return PLM_OK;
    const int file = plm_open_to_read(path);
    if (file < 0)
        return errno == ENOENT ? PLM_OK : plm_fail_system(w, errno, "cannot open", path);
    while ((n = read(file, block, sizeof block)) > 0 || (n < 0 && errno == EINTR))
        if (n > 0)
            plm_text_append(out, block, (size_t)n);
    const plm_status status = n < 0         ? plm_fail_system(w, errno, "cannot read", path)
                              : out->failed ? PLM_E_MEMORY
                                            : PLM_OK;
    close(file);
    return status;
}

/* Writes a new file and commits it; only the commit replaces the old file. */
plm_status plm_write_whole(plm *w, const char *path, const char *text, size_t length)
{
    plm_file *f = plm_file_open(w, path);
    if (!f)
        return plm_last_error(w)->status;
    const plm_status status = plm_file_write(f, text, length);
    if (status >= 0)
        return plm_file_commit(f);
    plm_file_abandon(f);
    return status;
}
