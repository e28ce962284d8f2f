/* Answers small questions about the system by calls of POSIX. Large pages are a feature of
 * Linux. */
#define _DEFAULT_SOURCE /* clock_gettime, madvise, realpath */
#include "base/system.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Bytes of a large page, and of the smallest block that uses large pages. */
enum { LARGE_PAGE = 1 << 21, LARGE_BLOCK = 1 << 22 };

/* Returns the time, in nanoseconds, of a clock that never goes back, unlike the time of day. Its
 * zero has no meaning. */
int64_t plm_nanoseconds(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Returns the time of day in seconds since 1970, for time stamps in files. The clock may be set
 * back, so durations use plm_nanoseconds. */
double plm_time_of_day(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Returns the time of the clock of plm_nanoseconds in seconds. Differences are durations. */
double plm_seconds(void)
{
    return (double)plm_nanoseconds() * 1e-9;
}

/* Returns the number of the process. It distinguishes a child made by fork from its parent. */
int64_t plm_process(void)
{
    return (int64_t)getpid();
}

/* True if there is a file or folder at the path. Links are followed, so a link to nothing gives
 * false. */
bool plm_path_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

/* True if the user who started this process may write to the file or folder. */
bool plm_path_is_writable(const char *path)
{
    return access(path, W_OK) == 0;
}

_Static_assert(PLM_PATH_CAPACITY >= PATH_MAX, "realpath writes up to PATH_MAX bytes");

/* Writes the path without links and dots into out. False = there is no such file. */
bool plm_path_real(const char *path, char out[PLM_PATH_CAPACITY])
{
    return realpath(path, out) != NULL;
}

/* True if there is a folder at the path, or a link to one. */
bool plm_path_is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* True if there is a regular file at the path, or a link to one. */
bool plm_path_is_file(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISREG(about.st_mode);
}

/* True if both paths lead to the same file or folder; false if nothing exists at one of them.
 * Device and inode number identify a file, whatever links lead to it. */
bool plm_path_is_same(const char *a, const char *b)
{
    struct stat one, other;
    return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}

/* Returns the size of a file in bytes; -1 = there is none. */
int64_t plm_path_size(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 ? (int64_t)about.st_size : -1;
}

/* Returns memory from the system, not set to 0, at a multiple of `alignment`; NULL = there is none.
 * A large block begins at a large page and fills whole pages. Linux is asked to use large pages for
 * it. */
void *plm_system_block(size_t bytes, size_t alignment)
{
    if (bytes < LARGE_BLOCK || bytes > SIZE_MAX - LARGE_PAGE)
        return aligned_alloc(alignment, bytes);
    const size_t whole = (bytes + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
    void *block = aligned_alloc(LARGE_PAGE, whole);
#if defined(MADV_HUGEPAGE)
    if (block != NULL)
        (void)madvise(block, whole, MADV_HUGEPAGE);
#endif
    return block;
}

void plm_system_free(void *block)
{
    free(block);
}

/* Makes a file of this size that has no name; -1 = failed. */
static int nameless_file(const char *folder, size_t bytes)
{
    char path[PLM_PATH_CAPACITY];
    const int n = snprintf(path, sizeof path, "%s/plummet-XXXXXX", folder);
    const int file = n > 0 && n < (int)sizeof path ? mkstemp(path) : -1;
    if (file < 0)
        return -1;
    (void)unlink(path);
    const int failed = posix_fallocate(file, 0, (off_t)bytes);
    if (failed == 0)
        return file;
    (void)close(file);
    errno = failed;
    return -1;
}

/* Returns a block of memory that is a mapped file. Its space on the disk is reserved, since a write
 * to a mapped file on a full disk would end the program. */
void *plm_system_file_block(const char *folder, size_t bytes)
{
    const int file = nameless_file(folder, bytes);
    if (file < 0)
        return NULL;
    void *block = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    (void)close(file);
    return block != MAP_FAILED ? block : NULL;
}

/* Frees a block of plm_system_file_block. Its file has no name, so the space is given back with the
 * last mapping. */
void plm_system_file_free(void *block, size_t bytes)
{
    (void)munmap(block, bytes);
}

/* Returns the physical memory of the machine in bytes; 0 = not known. */
size_t plm_system_memory(void)
{
    const long pages = sysconf(_SC_PHYS_PAGES), bytes = sysconf(_SC_PAGESIZE);
    return pages > 0 && bytes > 0 ? (size_t)pages * (size_t)bytes : 0;
}
