/* Files that appear whole or not at all: the path keeps the old file until the new one is on the
 * disk. The same functions append to files: if a write fails, such a file is cut back to its length
 * at the last flush, so that it never ends with a part of a line. Bytes are collected in a buffer,
 * so that small writes cost few calls of the system. */
#define _POSIX_C_SOURCE 200809L
#define _FILE_OFFSET_BITS 64
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/place.h"
#include "base/text.h"

/* Bytes of the buffer. */
enum { BLOCK = 1 << 16 };

/* A file that is being written, with a buffer of BLOCK bytes. */
struct plm_file {
    plm *w;
    plm_place place; /* the path, and the temporary file that is renamed at the end */
    bool appends;    /* made by plm_file_append */
    int64_t written; /* bytes that were given to the system */
    /* length of a regular file that is appended to, in bytes, at the last flush; -1 for any other
     * file */
    int64_t whole;
    plm_status fault;     /* the first error; every later write returns it */
    size_t filled;        /* bytes in the buffer */
    unsigned char *block; /* [BLOCK] the buffer */
};

/* ---- opening ---- */

/* Opens a file: for plm_file_append if `appends`, else for plm_file_open. NULL = failed, with the
 * error recorded. */
static plm_file *open_new(plm *w, const char *path, bool appends)
{
    if (w == NULL || w->fault < 0)
        return NULL;
    if (path == NULL) {
        (void)plm_fail(w, PLM_E_ORDER, appends ? "plm_file_append" : "plm_file_open",
                       "give the path of the file to write", "no path was given");
        return NULL;
    }
    plm_file *f = plm_allocate(w, sizeof *f);
    if (f == NULL)
        return NULL;
    *f = (plm_file){.w = w, .place = {.file = -1}, .appends = appends, .whole = -1};
    f->block = plm_allocate(w, BLOCK);
    plm_status status = f->block != NULL ? PLM_OK : PLM_E_MEMORY;
    if (status >= 0)
        status = appends ? plm_place_append(w, path, &f->place, &f->whole)
                         : plm_place_open(w, path, &f->place);
    if (status >= 0)
        return f;
    plm_file_abandon(f);
    return NULL;
}

/* Starts to write a file that appears whole or not at all. The new file replaces the old one when
 * it is committed. */
plm_file *plm_file_open(plm *w, const char *path)
{
    return open_new(w, path, false);
}

/* Opens a file so that new bytes follow the old ones. */
plm_file *plm_file_append(plm *w, const char *path)
{
    return open_new(w, path, true);
}

/* ---- writing ---- */

/* Stores the first error in f, so that the file can no longer be completed. Returns status. */
static plm_status keep_fault(plm_file *f, plm_status status)
{
    if (status < 0 && f->fault >= 0)
        f->fault = status;
    return status;
}

/* Fails since the system could not write n bytes; errno has the reason. A file that is appended to
 * is cut back to its length at the last flush, so that it does not end with a part of what was to
 * be written. */
static plm_status fail_writing(plm_file *f, size_t n)
{
    char what[96];
    const int error = errno;
    snprintf(what, sizeof what, "cannot write %zu bytes after the first %lld of", n,
             (long long)f->written);
    if (f->appends && f->whole >= 0 && ftruncate(f->place.file, (off_t)f->whole) != 0)
        f->whole = -1;
    return keep_fault(f, plm_fail_system(f->w, error, what, f->place.path));
}

/* Writes n bytes to the system, in as many calls as that takes. */
static plm_status write_all(plm_file *f, const unsigned char *data, size_t n)
{
    /* write may write less than it was given, or be interrupted by a signal */
    while (n > 0) {
        const ssize_t done = write(f->place.file, data, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return fail_writing(f, n);
        data += done;
        n -= (size_t)done;
        f->written += done;
    }
    return PLM_OK;
}

/* Writes the buffered bytes to the system and empties the buffer. */
static plm_status write_buffer(plm_file *f)
{
    const size_t n = f->filled;
    f->filled = 0;
    return write_all(f, f->block, n);
}

/* Returns the stored error of f. E_ORDER: f is NULL, or `given`, what is to be written, is. */
static plm_status check_file(const plm_file *f, const char *caller, bool given)
{
    if (f == NULL)
        return plm_fail(NULL, PLM_E_ORDER, caller, "open a file by plm_file_open",
                        "the file is NULL");
    if (!given)
        return plm_fail(f->w, PLM_E_ORDER, caller, "give what is to be written",
                        "an argument is NULL");
    return f->fault;
}

/* Writes n bytes: copies small pieces into the buffer, and gives pieces of BLOCK bytes or more to
 * the system directly. */
plm_status plm_file_write(plm_file *f, const void *data, size_t bytes)
{
    PLM_TRY(check_file(f, "plm_file_write", data != NULL || bytes == 0));
    /* Writes bytes through the buffer. Large pieces bypass the buffer, so that it does not
     * overflow. */
    if (bytes > BLOCK - f->filled)
        PLM_TRY(write_buffer(f));
    if (bytes >= BLOCK)
        return write_all(f, data, bytes);
    if (bytes > 0)
        memcpy(f->block + f->filled, data, bytes);
    f->filled += bytes;
    return PLM_OK;
}

/* Writes a formatted text. It is printed into memory first, as its length is not known before. */
plm_status plm_file_print(plm_file *f, const char *format, ...)
{
    PLM_TRY(check_file(f, "plm_file_print", format != NULL));
    plm_text t = {.w = f->w};
    va_list list;
    va_start(list, format);
    plm_text_format_list(&t, format, list);
    va_end(list);
    const plm_status status =
        t.failed ? keep_fault(f, PLM_E_MEMORY) : plm_file_write(f, plm_text_get(&t), t.length);
    plm_text_free(&t);
    return status;
}

/* Writes over bytes that were already passed to the system, so the buffer is written first. */
plm_status plm_file_write_at(plm_file *f, int64_t offset, const void *data, size_t bytes)
{
    const unsigned char *from = data;
    PLM_TRY(check_file(f, "plm_file_write_at", data != NULL || bytes == 0));
    PLM_TRY(write_buffer(f));
    if (f->appends || offset < 0 || offset > f->written || bytes > (uint64_t)(f->written - offset))
        return plm_fail(
            f->w, PLM_E_ORDER, "plm_file_write_at",
            "give a range of bytes that were written before, in a file from plm_file_open",
            "the file does not have bytes %lld to %lld", (long long)offset,
            (long long)offset + (long long)bytes);
    while (bytes > 0) {
        const ssize_t done = pwrite(f->place.file, from, bytes, (off_t)offset);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return keep_fault(f,
                              plm_fail_system(f->w, errno, "cannot write within", f->place.path));
        from += done;
        bytes -= (size_t)done;
        offset += done;
    }
    return PLM_OK;
}

/* Writes the buffer to the file. A file that is appended to is cut back to its current length if a
 * later write fails. */
plm_status plm_file_flush(plm_file *f)
{
    PLM_TRY(check_file(f, "plm_file_flush", true));
    PLM_TRY(write_buffer(f));
    if (f->whole >= 0)
        f->whole = (int64_t)lseek(f->place.file, 0, SEEK_END);
    return PLM_OK;
}

/* Waits until the bytes written so far are on the disk. There are two steps: from the buffer to the
 * system, and from the system to the disk. An error is kept, so that later calls fail, too. */
plm_status plm_file_sync(plm_file *f)
{
    PLM_TRY(plm_file_flush(f));
    return keep_fault(f, plm_place_sync(f->w, &f->place));
}

/* ---- the end ---- */

/* Finishes a file: writes the buffered bytes and gives the file its name. The file is closed and
 * freed in any case. */
plm_status plm_file_commit(plm_file *f)
{
    plm_status status = plm_file_flush(f);
    if (status >= 0)
        status = plm_place_commit(f->w, &f->place);
    plm_file_abandon(f);
    return status;
}

/* Closes the file and frees everything. plm_place_close removes the temporary file, unless the file
 * was committed. */
void plm_file_abandon(plm_file *f)
{
    if (f == NULL)
        return;
    plm *w = f->w;
    plm_place_close(w, &f->place);
    plm_release(w, f->block);
    plm_release(w, f);
}
