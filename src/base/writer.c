/* Writes a file so that at its path there is always a whole one: into a new file beside it,
 * which takes its name when all is on the disk. */
#undef _GNU_SOURCE
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#define _XOPEN_SOURCE 700 /* realpath */
#define _FILE_OFFSET_BITS 64
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h> /* realpath */
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/random.h"
#include "base/stream.h"

enum { BLOCK = 1 << 16, TRIES = 100, SUFFIX_ROOM = 32 };

struct plm_writer {
    plm *w;
    char *path;      /* the file to be, links followed */
    char *temporary; /* the file that is written; NULL = path itself */
    int file;
    int64_t written; /* bytes that reached the system */
    plm_status fault;
    size_t filled;
    unsigned char *block;
};

/* ---- opening ---- */

/* Creates path.XXXXXXXX.part. O_EXCL makes the name ours; clock and process only make a clash
 * unlikely. */
static plm_status create_temporary(plm_writer *f)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    plm_random r = plm_random_open((uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec << 30,
                                   PLM_RANDOM_TEST, (uint32_t)getpid(), 0);
    const size_t room = strlen(f->path) + SUFFIX_ROOM;
    f->temporary = plm_allocate(f->w, room);
    if (!f->temporary)
        return PLM_E_MEMORY;
    for (int i = 0; i < TRIES && f->file < 0; i++) {
        snprintf(f->temporary, room, "%s.%08lx.part", f->path, (unsigned long)plm_random_next(&r));
        f->file = open(f->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (f->file < 0 && errno != EEXIST && errno != EINTR)
            break;
    }
    if (f->file >= 0)
        return PLM_OK;
    const int error = errno;
    plm_release(f->w, f->temporary);
    f->temporary = NULL;
    return plm_fail_system(f->w, error, "create a file beside", f->path);
}

static plm_status open_file(plm_writer *f)
{
    struct stat old;
    const bool exists = stat(f->path, &old) == 0;
    if (exists && S_ISDIR(old.st_mode))
        return plm_fail_system(f->w, EISDIR, "write", f->path);
    if (exists && !S_ISREG(old.st_mode)) { /* a pipe or device has no name to take over */
        f->file = open(f->path, O_WRONLY | O_CLOEXEC);
        return f->file < 0 ? plm_fail_system(f->w, errno, "open", f->path) : PLM_OK;
    }
    PLM_TRY(create_temporary(f));
    if (exists) /* where it is not allowed, the new file has the permissions of a new file */
        (void)fchmod(f->file, old.st_mode & 0777);
    return PLM_OK;
}

/* The path with links followed, so that a link stays one; as it is when there is no file yet. */
static char *follow_links(plm *w, const char *path)
{
    char followed[PATH_MAX];
    return plm_duplicate(w, realpath(path, followed) ? followed : path);
}

static void release(plm_writer *f)
{
    plm *w = f->w;
    plm_release(w, f->block);
    plm_release(w, f->temporary);
    plm_release(w, f->path);
    plm_release(w, f);
}

plm_status plm_writer_open(plm *w, const char *path, plm_writer **out)
{
    *out = NULL;
    plm_writer *f = plm_allocate(w, sizeof(plm_writer));
    if (!f)
        return PLM_E_MEMORY;
    f->w = w;
    f->file = -1;
    f->path = follow_links(w, path);
    f->block = f->path ? plm_allocate(w, BLOCK) : NULL;
    const plm_status status = f->block ? open_file(f) : PLM_E_MEMORY;
    if (status < 0) {
        release(f);
        return status;
    }
    *out = f;
    return PLM_OK;
}

/* ---- writing ---- */

static plm_status fail_writing(plm_writer *f, size_t n)
{
    char doing[96];
    const int error = errno;
    snprintf(doing, sizeof(doing), "write %zu bytes after the first %lld of", n,
             (long long)f->written);
    f->fault = plm_fail_system(f->w, error, doing, f->path);
    return f->fault;
}

static plm_status write_all(plm_writer *f, const unsigned char *data, size_t n)
{
    while (n > 0) {
        const ssize_t done = write(f->file, data, n);
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

static plm_status flush(plm_writer *f)
{
    const size_t n = f->filled;
    f->filled = 0;
    return write_all(f, f->block, n);
}

plm_status plm_writer_write(plm_writer *f, const void *data, size_t n)
{
    if (f->fault < 0)
        return f->fault;
    if (n > BLOCK - f->filled)
        PLM_TRY(flush(f));
    if (n >= BLOCK)
        return write_all(f, data, n);
    if (n > 0)
        memcpy(f->block + f->filled, data, n);
    f->filled += n;
    return PLM_OK;
}

/* ---- making it real ---- */

/* The new name is on the disk when its folder is. Folders that cannot be synced (some network
 * file systems) are none of the user's faults. */
static void sync_folder(plm_writer *f)
{
    char *slash = strrchr(f->path, '/');
    char *end = slash == f->path ? slash + 1 : slash;
    if (end)
        *end = '\0';
    const int folder = open(slash ? f->path : ".", O_RDONLY | O_CLOEXEC);
    if (folder >= 0) {
        (void)fsync(folder);
        close(folder);
    }
}

static plm_status make_real(plm_writer *f)
{
    if (f->fault < 0)
        return f->fault;
    PLM_TRY(flush(f));
    if (fsync(f->file) != 0 && errno != EINVAL && errno != EROFS && errno != ENOTSUP)
        return plm_fail_system(f->w, errno, "put on the disk", f->path);
    const int file = f->file;
    f->file = -1;
    if (close(file) != 0 && errno != EINTR)
        return plm_fail_system(f->w, errno, "close", f->path);
    if (!f->temporary)
        return PLM_OK;
    if (rename(f->temporary, f->path) != 0)
        return plm_fail_system(f->w, errno, "replace", f->path);
    plm_release(f->w, f->temporary);
    f->temporary = NULL;
    sync_folder(f);
    return PLM_OK;
}

plm_status plm_writer_commit(plm_writer *f)
{
    const plm_status status = make_real(f);
    plm_writer_abandon(f);
    return status;
}

void plm_writer_abandon(plm_writer *f)
{
    if (!f)
        return;
    if (f->file >= 0)
        close(f->file);
    if (f->temporary)
        (void)unlink(f->temporary);
    release(f);
}
