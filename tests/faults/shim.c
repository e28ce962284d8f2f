/* A layer between a program and the system, for LD_PRELOAD: one disk call fails, is cut short, or
 * is the last one before the program is killed or the power is cut. It counts the calls on files
 * that the program opens by relative paths.
 *
 *   FAULTS_LOG=FILE  a line "NUMBER CALL NAME" for each call
 *   FAULTS_AT=N      the call, from 1
 *   FAULTS_HOW=WORD  a number: the call fails with that errno
 *                    short:    a read or write of half the bytes
 *                    kill:     the program is killed
 *                    cut:      the power is cut; what was not synced is undone, see cut.h
 *   FAULTS_MEMORY=N  the N-th block of memory that the library asks for, from 1, is not given
 *   FAULTS_COUNT=FILE  gets the number of blocks that were asked for */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cut.h"

enum { FILES = 1024 };

static atomic_bool seen[FILES]; /* descriptors of files that are counted */
static atomic_long calls;

static bool counted(const char *path)
{
    return path[0] != '/' || strncmp(path, "/proc/self/fd/", 14) == 0;
}

static bool is_seen(int file)
{
    return file >= 0 && file < FILES && atomic_load(&seen[file]);
}

static void see(int file, bool now) /* -1 is none */
{
    if (file >= 0 && file < FILES)
        atomic_store(&seen[(unsigned)file % FILES], now);
}

static void log_call(long number, const char *call, const char *name)
{
    const char *path = getenv("FAULTS_LOG");
    char line[512];
    if (path == NULL)
        return;
    const int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND, 0666);
    const int n = snprintf(line, sizeof line, "%ld %s %s\n", number, call, name);
    (void)syscall(SYS_write, file, line, (size_t)n);
    (void)syscall(SYS_close, file);
}

/* The name of an open file, for the log. */
static const char *name_of(int file, char out[256])
{
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    const ssize_t n = readlink(link, out, 255);
    out[n < 0 ? 0 : n] = '\0';
    return out;
}

/* What is to become of this call: 0 = it is made, -1 = it fails with errno set, 1 = it is cut
 * short. */
static int fate(const char *call, const char *name)
{
    const char *at = getenv("FAULTS_AT"), *how = getenv("FAULTS_HOW");
    const long number = atomic_fetch_add(&calls, 1) + 1;
    log_call(number, call, name);
    if (at == NULL || how == NULL || strtol(at, NULL, 10) != number)
        return 0;
    if (strcmp(how, "short") == 0)
        return 1;
    if (strcmp(how, "cut") == 0)
        cut_power();
    if (strcmp(how, "kill") == 0 || strcmp(how, "cut") == 0)
        (void)kill(getpid(), SIGKILL);
    errno = (int)strtol(how, NULL, 10);
    return -1;
}

static int fate_of(const char *call, int file)
{
    char name[256];
    return is_seen(file) ? fate(call, name_of(file, name)) : 0;
}

static atomic_long blocks;

__attribute__((destructor)) static void write_count(void)
{
    const char *path = getenv("FAULTS_COUNT");
    char text[32];
    if (path == NULL)
        return;
    const int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    const int n = snprintf(text, sizeof text, "%ld\n", atomic_load(&blocks));
    (void)syscall(SYS_write, file, text, (size_t)n);
    (void)syscall(SYS_close, file);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* ---- the calls ---- */

static int open_next(const char *path, int flags, mode_t mode)
{
    if (counted(path) && fate("open", path) < 0)
        return -1;
    const bool fresh = (flags & O_CREAT) != 0 && syscall(SYS_faccessat, AT_FDCWD, path, F_OK) != 0;
    const int file = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    see(file, file >= 0 && counted(path));
    if (file >= 0 && counted(path) && fresh)
        cut_created(path);
    return file;
}

#define OPEN(name)                                                                                 \
    int name(const char *path, int flags, ...)                                                     \
    {                                                                                              \
        va_list list;                                                                              \
        va_start(list, flags);                                                                     \
        const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(list, mode_t) : 0;       \
        va_end(list);                                                                              \
        return open_next(path, flags, mode);                                                       \
    }
OPEN(open)
OPEN(open64)

int openat(int folder, const char *path, int flags, ...)
{
    va_list list;
    va_start(list, flags);
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(list, mode_t) : 0;
    va_end(list);
    if (counted(path) && fate("openat", path) < 0)
        return -1;
    return (int)syscall(SYS_openat, folder, path, flags, mode);
}

static ssize_t read_stream(void *file, char *out, size_t n)
{
    return read((int)(intptr_t)file, out, n);
}

static int seek_stream(void *file, off64_t *to, int from)
{
    *to = (off64_t)lseek((int)(intptr_t)file, *to, from);
    return *to < 0 ? -1 : 0;
}

static int close_stream(void *file)
{
    return close((int)(intptr_t)file);
}

/* Files that standard C reads: through the calls above. One that it writes is not seen, but that
 * it is opened. */
static FILE *open_stream(const char *path, const char *mode)
{
    const cookie_io_functions_t calls_of_it = {
        .read = read_stream, .seek = seek_stream, .close = close_stream};
    if (!counted(path))
        return NEXT(fopen)(path, mode);
    if (mode[0] != 'r')
        return fate("fopen", path) < 0 ? NULL : NEXT(fopen)(path, mode);
    const int file = open_next(path, O_RDONLY, 0);
    return file < 0 ? NULL : fopencookie((void *)(intptr_t)file, "r", calls_of_it);
}

FILE *fopen(const char *path, const char *mode)
{
    return open_stream(path, mode);
}

FILE *fopen64(const char *path, const char *mode)
{
    return open_stream(path, mode);
}

ssize_t read(int file, void *out, size_t n)
{
    const int what = fate_of("read", file);
    return what < 0 ? -1 : NEXT(read)(file, out, what > 0 && n > 1 ? n / 2 : n);
}

ssize_t write(int file, const void *data, size_t n)
{
    const int what = fate_of("write", file);
    if (what < 0)
        return -1;
    if (is_seen(file))
        cut_written(file);
    return NEXT(write)(file, data, what > 0 && n > 1 ? n / 2 : n);
}

ssize_t pwrite64(int file, const void *data, size_t n, off64_t at)
{
    const int what = fate_of("pwrite", file);
    if (what < 0)
        return -1;
    if (is_seen(file))
        cut_written(file);
    return NEXT(pwrite64)(file, data, what > 0 && n > 1 ? n / 2 : n, at);
}

int ftruncate64(int file, off64_t length)
{
    if (fate_of("ftruncate", file) < 0)
        return -1;
    if (is_seen(file))
        cut_written(file);
    return NEXT(ftruncate64)(file, length);
}

int fsync(int file)
{
    if (fate_of("fsync", file) < 0)
        return -1;
    const int failed = NEXT(fsync)(file);
    if (failed == 0 && is_seen(file))
        cut_synced(file);
    return failed;
}

int close(int file)
{
    const int what = fate_of("close", file);
    const int error = errno;
    see(file, false);
    const int failed = (int)syscall(SYS_close, file); /* a close that fails has closed */
    if (what < 0)
        errno = error;
    return what < 0 ? -1 : failed;
}

int rename(const char *from, const char *to)
{
    if (fate("rename", to) < 0)
        return -1;
    cut_renamed(from, to);
    return NEXT(rename)(from, to);
}

int linkat(int from, const char *old, int to, const char *path, int flags)
{
    if (fate("linkat", path) < 0)
        return -1;
    const int failed = NEXT(linkat)(from, old, to, path, flags);
    if (failed == 0)
        cut_created(path);
    return failed;
}

int unlink(const char *path)
{
    if (fate("unlink", path) < 0)
        return -1;
    cut_removed(path);
    return NEXT(unlink)(path);
}

int remove(const char *path)
{
    return unlink(path);
}

int unlinkat(int folder, const char *name, int flags)
{
    return fate("unlinkat", name) < 0 ? -1 : NEXT(unlinkat)(folder, name, flags);
}

int mkdir(const char *path, mode_t mode)
{
    return fate("mkdir", path) < 0 ? -1 : NEXT(mkdir)(path, mode);
}

/* The library takes its memory by this call alone. */
void *aligned_alloc(size_t align, size_t size)
{
    const char *at = getenv("FAULTS_MEMORY");
    const long number = atomic_fetch_add(&blocks, 1) + 1;
    if (at != NULL && strtol(at, NULL, 10) == number) {
        errno = ENOMEM;
        return NULL;
    }
    return NEXT(aligned_alloc)(align, size);
}
