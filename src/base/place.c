/* Stores the bytes of a new file until the file is complete, then gives the file its name. Linux
 * has files without a name (O_TMPFILE), of which nothing is left however the program ends.
 * Elsewhere the bytes go to PATH.XXXXXXXX.part, where the digits are unpredictable.
 *
 * A reader must never see half a file, and a program that is killed should leave no rubbish. So the
 * bytes go to a file that nobody can find, are forced to the disk, and only then get their name, by
 * one call that either happens or does not. If a file of that name exists, it is replaced in the
 * same step. */
#define _GNU_SOURCE /* O_TMPFILE, getentropy */
#define _FILE_OFFSET_BITS 64
#include "base/place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/path.h"
#include "base/random.h"

/* TRIES: number of temporary names that are tried, as a name may be taken. SUFFIX: number of bytes
 * that a temporary name adds to the path. */
enum { TRIES = 100, SUFFIX = 32 };

/* ---- descriptors ---- */

/* Opens a file; tries again if a signal interrupts the call. O_CLOEXEC: programs that this process
 * starts do not inherit the file. A new file may be read and written by everybody whom the umask
 * allows. Returns the descriptor; -1 = failed, see errno. */
static int open_file(const char *path, int flags)
{
    int file;
    do
        file = open(path, flags | O_CLOEXEC | O_NOCTTY, 0666);
    while (file < 0 && errno == EINTR);
    return file;
}

/* Returns a copy of an open descriptor, so that closing it leaves the original open. */
static int duplicate_file(int file)
{
    return fcntl(file, F_DUPFD_CLOEXEC, 3);
}

/* ---- opening ---- */

/* Returns an unpredictable number. If the system cannot give one, returns a number that seldom
 * occurs twice. */
static uint32_t draw_number(void)
{
    uint32_t number = 0;
    struct timespec now;
    if (getentropy(&number, sizeof number) == 0)
        return number;
    clock_gettime(CLOCK_REALTIME, &now);
    plm_random r = plm_random_open((uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec << 30,
                                   PLM_RANDOM_TEST, (uint32_t)getpid(), 0);
    return plm_random_next(&r);
}

/* Allocates memory for a temporary name. */
static plm_status take_name(plm *w, plm_place *p)
{
    p->temporary = plm_allocate(w, strlen(p->path) + SUFFIX);
    return p->temporary != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Writes a new temporary name to p->temporary. It contains at most PLM_PATH_STEM bytes of the file
 * name. */
static void draw_name(plm_place *p)
{
    const int stem = (int)plm_path_folder_length(p->path) + PLM_PATH_STEM;
    snprintf(p->temporary, strlen(p->path) + SUFFIX, "%.*s.%08lx.part", stem, p->path,
             (unsigned long)draw_number());
}

/* Frees the text of the temporary name. The file itself stays. */
static void drop_name(plm *w, plm_place *p)
{
    plm_release(w, p->temporary);
    p->temporary = NULL;
}

#ifdef O_TMPFILE
/* Writes the name /proc/self/fd/N of an open file, which is needed to link a file that has no
 * name. */
static void name_of_descriptor(int file, char out[40])
{
    snprintf(out, 40, "/proc/self/fd/%d", file);
}

/* Creates a file without a name (O_TMPFILE) in the folder of path. -1 = the file system does not
 * support that, or /proc is missing, which is needed to give the file a name later. */
static int open_nameless(const char *path)
{
    char folder[PATH_MAX], name[40];
    plm_path_folder(path, folder);
    const int file = open_file(folder, O_TMPFILE | O_WRONLY);
    if (file < 0)
        return -1;
    name_of_descriptor(file, name);
    if (access(name, F_OK) == 0)
        return file;
    close(file); /* without /proc the file could never get a name */
    return -1;
}

/* Gives the name p->temporary to a file without a name. Returns 0, or -1 with errno. */
static int link_file(const plm_place *p)
{
    char name[40];
    name_of_descriptor(p->file, name);
    return linkat(AT_FDCWD, name, AT_FDCWD, p->temporary, AT_SYMLINK_FOLLOW);
}
#else
/* Returns -1, as this system has no files without a name. */
static int open_nameless(const char *path)
{
    (void)path;
    return -1;
}

/* Fails with ENOSYS. It is never called here, as open_nameless makes no file. */
static int link_file(const plm_place *p)
{
    (void)p;
    errno = ENOSYS;
    return -1;
}
#endif

/* Fails since no file could be created in the folder of p->path. */
static plm_status fail_beside(plm *w, int error, const plm_place *p)
{
    return plm_fail_system(w, error, "cannot create a file in the folder of", p->path);
}

/* Creates the file PATH.XXXXXXXX.part, and tries other digits if the name is taken. O_EXCL
 * guarantees a new file: no link is followed, and no file is reused. */
static plm_status open_temporary(plm *w, plm_place *p)
{
    PLM_TRY(take_name(w, p));
    for (int i = 0; i < TRIES && p->file < 0; i++) {
        draw_name(p);
        p->file = open_file(p->temporary, O_WRONLY | O_CREAT | O_EXCL);
        if (p->file < 0 && errno != EEXIST)
            break;
    }
    if (p->file >= 0)
        return PLM_OK;
    const int error = errno;
    drop_name(w, p);
    return fail_beside(w, error, p);
}

/* Gives the new file the mode of the old one, and its owner and group if that is allowed. If the
 * group cannot be kept, the new group gets no more rights than everybody else. */
static void keep_rights(int file, const struct stat *old)
{
    mode_t mode = old->st_mode & 01777;
    if (fchown(file, old->st_uid, old->st_gid) != 0 && fchown(file, (uid_t)-1, old->st_gid) != 0)
        mode = (mode & ~(mode_t)070) | (mode & 07) << 3;
    (void)fchmod(file, mode);
}

/* Opens the file at p->path itself or, if the path names an open descriptor, copies the
 * descriptor. */
static plm_status open_direct(plm *w, plm_place *p, int flags)
{
    const int descriptor = plm_path_descriptor(p->path);
    p->direct = true;
    p->file = descriptor < 0 ? open_file(p->path, O_WRONLY | flags) : duplicate_file(descriptor);
    return p->file < 0 ? plm_fail_system(w, errno, "cannot open", p->path) : PLM_OK;
}

/* Chooses how to write p->path: directly, in a file without a name, or under a temporary name. */
static plm_status open_place(plm *w, plm_place *p)
{
    struct stat old;
    const bool exists = stat(p->path, &old) == 0;
    if (exists && S_ISDIR(old.st_mode))
        return plm_fail_system(w, EISDIR, "cannot write", p->path);
    /* a pipe, device or open descriptor cannot be replaced: it is written directly */
    if (plm_path_descriptor(p->path) >= 0 || (exists && !S_ISREG(old.st_mode)))
        return open_direct(w, p, 0);
    if (exists && faccessat(AT_FDCWD, p->path, W_OK, AT_EACCESS) != 0)
        return plm_fail_system(w, errno, "cannot write", p->path);
    p->file = open_nameless(p->path);
    if (p->file < 0)
        PLM_TRY(open_temporary(w, p));
    if (exists)
        keep_rights(p->file, &old);
    return PLM_OK;
}

/* Opens a place for a new file. The links of the path are followed first, so that a link is kept
 * and its target is replaced. */
plm_status plm_place_open(plm *w, const char *path, plm_place *out)
{
    *out = (plm_place){.file = -1};
    plm_status status = plm_path_find(w, path, &out->path);
    if (status >= 0)
        status = open_place(w, out);
    if (status < 0)
        plm_place_close(w, out);
    return status;
}

/* Opens a file to append to it. With O_APPEND, every write goes to the current end of the file. */
plm_status plm_place_append(plm *w, const char *path, plm_place *out, int64_t *size)
{
    struct stat about;
    *out = (plm_place){.file = -1};
    plm_status status = plm_path_find(w, path, &out->path);
    if (status >= 0)
        status = open_direct(w, out, O_CREAT | O_APPEND);
    if (status >= 0 && fstat(out->file, &about) != 0)
        status = plm_fail_system(w, errno, "cannot examine", path);
    if (status < 0)
        plm_place_close(w, out);
    else
        *size = S_ISREG(about.st_mode) ? (int64_t)about.st_size : -1;
    return status;
}

/* ---- making it real ---- */

/* Waits until an open file is on the disk. */
static plm_status sync_file(plm *w, int file, const char *what, const char *path)
{
    int failed;
    do
        failed = fsync(file);
    while (failed != 0 && errno == EINTR);
    /* pipes, devices and some file systems have no sync: that is not an error */
    if (failed != 0 && errno != EINVAL && errno != EROFS && errno != ENOTSUP)
        return plm_fail_system(w, errno, what, path);
    return PLM_OK;
}

/* Waits until the bytes are on the disk, so that a power cut cannot lose them. */
plm_status plm_place_sync(plm *w, const plm_place *p)
{
    return sync_file(w, p->file, "cannot put on the disk", p->path);
}

/* Gives a temporary name to a file without a name. rename() then moves the file to its path;
 * linking it there directly would fail if there is an old file. */
static plm_status give_temporary_name(plm *w, plm_place *p)
{
    int failed = -1;
    PLM_TRY(take_name(w, p));
    for (int i = 0; i < TRIES && failed != 0; i++) {
        draw_name(p);
        failed = link_file(p);
        if (failed != 0 && errno != EEXIST && errno != EINTR)
            break;
    }
    if (failed == 0)
        return PLM_OK;
    const int error = errno;
    drop_name(w, p);
    return fail_beside(w, error, p);
}

/* Waits until the folder, and with it the new name, is on the disk. It is not an error if the
 * folder may not be read, or if its file system (some network ones) cannot do this. */
static plm_status sync_folder(plm *w, const plm_place *p)
{
    char folder[PATH_MAX];
    plm_path_folder(p->path, folder);
    const int file = open_file(folder, O_RDONLY);
    if (file < 0)
        return errno == EACCES ? PLM_OK
                               : plm_fail_system(w, errno, "cannot open the folder of", p->path);
    const plm_status status = sync_file(w, file, "cannot put on the disk the name of", p->path);
    close(file);
    return status;
}

/* Moves the temporary file to its path, replacing the old file. */
static plm_status replace(plm *w, plm_place *p)
{
    int failed;
    do
        failed = rename(p->temporary, p->path);
    while (failed != 0 && errno == EINTR);
    if (failed != 0)
        return plm_fail_system(w, errno, "cannot replace", p->path);
    drop_name(w, p);
    return sync_folder(w, p);
}

/* Closes the file. If a signal interrupts close, the file is taken as closed. */
static plm_status close_file(plm *w, plm_place *p)
{
    const int file = p->file;
    p->file = -1;
    if (close(file) != 0 && errno != EINTR)
        return plm_fail_system(w, errno, "cannot close", p->path);
    return PLM_OK;
}

/* Completes the file: waits until its bytes are on the disk, then gives it its name. A pipe or
 * device is only closed. */
plm_status plm_place_commit(plm *w, plm_place *p)
{
    PLM_TRY(plm_place_sync(w, p));
    if (p->direct)
        return close_file(w, p);
    /* The order matters: data on the disk, then the name, then the folder. */
    if (p->temporary == NULL) /* a file without a name disappears when it is closed */
        PLM_TRY(give_temporary_name(w, p));
    PLM_TRY(close_file(w, p));
    return replace(w, p);
}

/* Closes the file, removes a temporary file and frees the paths. A file without a name disappears
 * when it is closed. */
void plm_place_close(plm *w, plm_place *p)
{
    if (p->file >= 0)
        close(p->file);
    if (p->temporary != NULL)
        (void)unlink(p->temporary);
    drop_name(w, p);
    plm_release(w, p->path);
    *p = (plm_place){.file = -1};
}
