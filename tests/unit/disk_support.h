/* What tests of files that fail share: the work of memory_support.h, while the k-th call that
 * opens, reads, writes, syncs or names a file fails. A program that defines a call of the system
 * is asked before the C library is; so this works with glibc alone, and elsewhere no call fails.
 * _GNU_SOURCE must be defined before the first header.
 */
#ifndef PLM_TESTS_UNIT_DISK_SUPPORT_H
#define PLM_TESTS_UNIT_DISK_SUPPORT_H

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "memory_support.h"

/* The calls of a piece of work; tests may have variables. */
static struct {
    bool active; /* calls are counted */
    long calls;
    long fail;    /* this call fails; 0 = none */
    bool lasting; /* those after it, too */
    bool partial; /* a result without what could not be read is right, too */
    long most;    /* a read gives at most so many bytes; 0 = as many as are asked for */
} disk;

#ifdef __GLIBC__
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/* True if this call is to fail, with errno set. */
static inline bool disk_fails(void)
{
    if (!disk.active)
        return false;
    const long call = __atomic_add_fetch(&disk.calls, 1, __ATOMIC_SEQ_CST);
    if (disk.fail == 0 || (call != disk.fail && !(disk.lasting && call > disk.fail)))
        return false;
    errno = EIO;
    return true;
}

static inline int disk_open(int folder, const char *path, int flags, int mode)
{
    return disk_fails() ? -1 : (int)syscall(SYS_openat, folder, path, flags, mode);
}

/* The mode, which is there if the flags may make a file, is read in any case: it is in a register.
 */
int open(const char *path, int flags, ...)
{
    va_list list;
    va_start(list, flags);
    const int mode = va_arg(list, int);
    va_end(list);
    return disk_open(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    va_list list;
    va_start(list, flags);
    const int mode = va_arg(list, int);
    va_end(list);
    return disk_open(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...)
{
    va_list list;
    va_start(list, flags);
    const int mode = va_arg(list, int);
    va_end(list);
    return disk_open(folder, path, flags, mode);
}

ssize_t read(int file, void *out, size_t n)
{
    const size_t most = disk.active && disk.most > 0 ? (size_t)disk.most : n;
    return disk_fails() ? -1 : (ssize_t)syscall(SYS_read, file, out, n < most ? n : most);
}

ssize_t write(int file, const void *data, size_t n)
{
    return disk_fails() ? -1 : (ssize_t)syscall(SYS_write, file, data, n);
}

ssize_t pwrite64(int file, const void *data, size_t n, off64_t at)
{
    return disk_fails() ? -1 : (ssize_t)syscall(SYS_pwrite64, file, data, n, at);
}

int ftruncate64(int file, off64_t length)
{
    return disk_fails() ? -1 : (int)syscall(SYS_ftruncate, file, length);
}

int fsync(int file)
{
    return disk_fails() ? -1 : (int)syscall(SYS_fsync, file);
}

int rename(const char *from, const char *to)
{
    return disk_fails() ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    return disk_fails() ? -1 : (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, 0);
}

int mkdirat(int folder, const char *path, mode_t mode)
{
    return disk_fails() ? -1 : (int)syscall(SYS_mkdirat, folder, path, mode);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
    return disk_fails() ? -1 : (int)syscall(SYS_linkat, from_folder, from, to_folder, to, flags);
}
#endif

/* The work has ended with a status: it says what failed, or its results are those without a fault.
 */
static inline void check_disk(const plm *w, plm_status status)
{
    const plm_error *e = plm_last_error(w);
    const char *how = disk.lasting ? " and all later ones" : "";
    if (status < 0 && (disk.fail == 0 || e->status != status || e->what[0] == '\0'))
        fail_msg("call %ld%s: status %d, error %d: %s: %s", disk.fail, how, status, e->status,
                 e->where, e->what);
    if (status < 0 || disk.partial)
        return;
    if (known && given != unharmed_given)
        fail_msg("call %ld%s: success, with other results than without the fault", disk.fail, how);
    if (w->errors != returned)
        fail_msg("call %ld%s: success, but for an error that nobody returned: %s: %s", disk.fail,
                 how, w->error.where, w->error.what);
}

/* Runs the work while call number `fail` fails. Returns the number of calls. */
static inline long run_disk(work *body, long fail, bool lasting)
{
    ledger l = {0};
    plm *w = plm_open(PLM_OPTIONS(.threads = threads_at_work, .seed = 3, .allocate = allocate,
                                  .user = &l, .unpinned = true));
    assert_non_null(w);
    given = 14695981039346656037u;
    at_work = w;
    returned = w->errors;
    disk.calls = 0;
    disk.fail = fail;
    disk.lasting = lasting;
    disk.active = true;
    const plm_status status = body(w);
    disk.active = false;
    check_disk(w, status);
    plm_close(w);
    if (l.blocks != 0)
        fail_msg("call %ld%s: %ld blocks are left", fail, lasting ? " and all later ones" : "",
                 l.blocks);
    return disk.calls;
}

/* One call after another fails, alone or with all that follow it. */
static inline void survives_disk(work *body)
{
    known = false;
    long calls = run_disk(body, 0, false);
    unharmed_given = given;
    known = true;
    for (int lasting = 0; lasting < 2; lasting++)
        for (long k = 1; k <= calls; k += STEP)
            (void)run_disk(body, k, lasting == 1);
}

#endif
