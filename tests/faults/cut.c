/* See cut.h. Sizes are those of a test: small files, few changes. */
#define _GNU_SOURCE
#include "cut.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CHANGES = 4096, FILES = 512, PATH = 256 };

/* A name that is not on the disk: it came (from ""), it went (to ""), or it moved. */
typedef struct {
    char from[PATH], to[PATH], kept[PATH]; /* kept: the file that was replaced or removed */
} change;

/* The bytes of a file that are on the disk. */
typedef struct {
    dev_t device;
    ino_t number;
    int file; /* our own descriptor */
    bool dirty;
    char *data;
    size_t size;
} content;

static change changes[CHANGES];
static content contents[FILES];
static int change_count, content_count, kept_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static bool wanted(void)
{
    return getenv("FAULTS_CUT") != NULL;
}

/* Links path to a name in the folder of kept files; "" = there is no such file. */
static void keep(const char *path, char out[PATH])
{
    snprintf(out, PATH, "%s/%d-%d", getenv("FAULTS_KEEP"), (int)getpid(), kept_count++);
    if (syscall(SYS_linkat, AT_FDCWD, path, AT_FDCWD, out, 0) != 0)
        out[0] = '\0';
}

static void add(const char *from, const char *to, const char *lost)
{
    if (!wanted())
        return;
    pthread_mutex_lock(&lock);
    if (change_count < CHANGES) {
        change *c = &changes[change_count++];
        snprintf(c->from, PATH, "%s", from);
        snprintf(c->to, PATH, "%s", to);
        c->kept[0] = '\0';
        if (lost != NULL)
            keep(lost, c->kept);
    }
    pthread_mutex_unlock(&lock);
}

void cut_created(const char *path)
{
    add("", path, NULL);
}

void cut_renamed(const char *from, const char *to)
{
    add(from, to, to);
}

void cut_removed(const char *path)
{
    add(path, "", path);
}

static void read_content(content *c)
{
    struct stat about;
    free(c->data);
    (void)fstat(c->file, &about);
    c->size = (size_t)about.st_size;
    c->data = malloc(c->size + 1);
    (void)syscall(SYS_pread64, c->file, c->data, c->size, (long)0);
}

static content *content_of(int file)
{
    struct stat about;
    char link[32];
    if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode))
        return NULL;
    for (int i = 0; i < content_count; i++)
        if (contents[i].device == about.st_dev && contents[i].number == about.st_ino)
            return &contents[i];
    if (content_count == FILES)
        return NULL;
    content *c = &contents[content_count++];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    *c = (content){.device = about.st_dev,
                   .number = about.st_ino,
                   .file = (int)syscall(SYS_openat, AT_FDCWD, link, O_RDWR | O_CLOEXEC)};
    read_content(c);
    return c;
}

void cut_written(int file)
{
    if (!wanted())
        return;
    pthread_mutex_lock(&lock);
    content *c = content_of(file);
    if (c != NULL)
        c->dirty = true;
    pthread_mutex_unlock(&lock);
}

/* The folder of a path, as the file system numbers it. */
static bool lies_in(const char *path, const struct stat *folder)
{
    char name[PATH];
    struct stat about;
    const char *slash = strrchr(path, '/');
    snprintf(name, PATH, "%.*s", slash != NULL ? (int)(slash - path) : 1,
             slash != NULL ? path : ".");
    return stat(name, &about) == 0 && about.st_dev == folder->st_dev &&
           about.st_ino == folder->st_ino;
}

static void sync_names(const struct stat *folder)
{
    int left = 0;
    for (int i = 0; i < change_count; i++) {
        const char *path = changes[i].to[0] != '\0' ? changes[i].to : changes[i].from;
        if (!lies_in(path, folder))
            changes[left++] = changes[i];
    }
    change_count = left;
}

void cut_synced(int file)
{
    struct stat about;
    if (!wanted() || fstat(file, &about) != 0)
        return;
    pthread_mutex_lock(&lock);
    content *c = content_of(file);
    if (S_ISDIR(about.st_mode))
        sync_names(&about);
    else if (c != NULL && c->dirty) {
        read_content(c);
        c->dirty = false;
    }
    pthread_mutex_unlock(&lock);
}

static void undo(const change *c)
{
    if (c->from[0] == '\0')
        (void)syscall(SYS_unlinkat, AT_FDCWD, c->to, 0);
    else if (c->to[0] != '\0')
        (void)syscall(SYS_renameat2, AT_FDCWD, c->to, AT_FDCWD, c->from, 0);
    if (c->kept[0] != '\0')
        (void)syscall(SYS_linkat, AT_FDCWD, c->kept, AT_FDCWD, c->to[0] != '\0' ? c->to : c->from,
                      0);
}

void cut_power(void)
{
    const char *what = getenv("FAULTS_CUT");
    pthread_mutex_lock(&lock);
    for (int i = change_count; what != NULL && strcmp(what, "data") != 0 && i-- > 0;)
        undo(&changes[i]);
    for (int i = 0; what != NULL && strcmp(what, "names") != 0 && i < content_count; i++)
        if (contents[i].dirty) {
            (void)syscall(SYS_ftruncate, contents[i].file, (long)contents[i].size);
            (void)syscall(SYS_pwrite64, contents[i].file, contents[i].data, contents[i].size,
                          (long)0);
        }
}
