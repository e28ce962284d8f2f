/* Folders, by the calls of POSIX that take the descriptor of a folder (openat, mkdirat, ...).
 *
 * Names are looked up below an open folder, not along a path. So nobody can exchange a folder of
 * the path against another one between two calls. A descriptor of -1 stands for the current
 * folder. */
#define _POSIX_C_SOURCE 200809L
#include "base/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Returns the descriptor to give to the system: AT_FDCWD, its current folder, for
 * PLM_FOLDER_HERE. */
static int place_of(int folder)
{
    return folder == PLM_FOLDER_HERE ? AT_FDCWD : folder;
}

/* Opens a folder; tries again if a signal interrupts the call. The descriptor is closed when the
 * process executes another program. */
static int open_folder(int below, const char *name, int flags)
{
    int folder;
    do
        folder = openat(place_of(below), name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags);
    while (folder < 0 && errno == EINTR);
    return folder;
}

/* Opens the folder `name` in the folder `below` and returns its descriptor; -1 = an error. */
int plm_folder_open(int below, const char *name)
{
    return open_folder(below, name, 0);
}

/* Opens a folder, but does not follow a symbolic link: with O_NOFOLLOW the call fails for a link,
 * so that nobody can redirect it. */
int plm_folder_open_itself(int below, const char *name)
{
    return open_folder(below, name, O_NOFOLLOW);
}

/* Closes a descriptor; a negative one is fine. Closing may set errno, so the old errno is restored
 * for the caller's message. */
void plm_folder_close(int folder)
{
    const int error = errno;
    if (folder >= 0)
        (void)close(folder);
    errno = error;
}

/* Returns the next entry of a folder. NULL: there is none, and errno is 0, or it is the reason. */
static struct dirent *next_entry(DIR *d)
{
    errno = 0;
    return readdir(d);
}

/* Calls visit(user, name) for the entries of an open folder until a call returns false, then closes
 * the folder. Returns what the last call returned; false if the folder cannot be read. */
static bool walk(DIR *d, bool (*visit)(void *user, const char *name), void *user)
{
    bool good = true;
    struct dirent *e;
    while (good && (e = next_entry(d)) != NULL)
        good = visit(user, e->d_name);
    good = good && errno == 0;
    const int error = errno;
    (void)closedir(d);
    errno = error;
    return good;
}

/* Calls visit(user, name) for each entry of an open folder. Uses a copy of the descriptor, as walk
 * closes its argument. */
bool plm_folder_each(int folder, bool (*visit)(void *user, const char *name), void *user)
{
    const int copy = plm_folder_open(folder, "."); /* walk closes it */
    DIR *d = copy < 0 ? NULL : fdopendir(copy);
    if (d != NULL)
        return walk(d, visit, user);
    plm_folder_close(copy);
    return false;
}

/* Calls visit with the name of each entry of a folder. If the folder cannot be opened, the call
 * fails; it is not treated as an empty folder. */
bool plm_folder_each_at(const char *path, bool (*visit)(void *user, const char *name), void *user)
{
    DIR *d = opendir(path);
    return d != NULL && walk(d, visit, user);
}

/* True if the folder has an entry of this name. A link to something that does not exist gives
 * false. */
bool plm_folder_has(int folder, const char *name)
{
    return faccessat(place_of(folder), name, F_OK, 0) == 0;
}

/* Writes into out when an entry was last changed, in local time, as `ls -l` shows it, so that users
 * recognise the date. */
bool plm_folder_date(int below, const char *name, char out[PLM_DATE_CAPACITY])
{
    struct stat about;
    struct tm parts;
    return fstatat(place_of(below), name, &about, 0) == 0 &&
           localtime_r(&about.st_mtime, &parts) != NULL &&
           strftime(out, PLM_DATE_CAPACITY, "%Y-%m-%d %H:%M", &parts) > 0;
}

/* Makes the folder `name` in the folder `below`. Sets errno to EEXIST if the name is taken. The
 * mode 0777 is limited by the user's umask. */
bool plm_folder_make(int below, const char *name)
{
    return mkdirat(place_of(below), name, 0777) == 0;
}

/* Makes a folder if there is none at the path, and sets *made if it did. A file at the path gives
 * ENOTDIR. */
static bool make_missing(const char *path, bool *made)
{
    struct stat about;
    *made = plm_folder_make(PLM_FOLDER_HERE, path);
    if (*made)
        return true;
    if (errno != EEXIST)
        return false;
    errno = ENOTDIR;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* Cuts a copy of the path after each of its parts, from the first to the last, and makes the folder
 * with the remaining path. */
bool plm_folder_make_all(const char *path, size_t *kept)
{
    char part[PATH_MAX];
    const size_t length = strlen(path);
    bool good = length < sizeof part;
    *kept = 0;
    if (!good) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(part, path, length + 1);
    for (size_t end = 0; good && end < length;) {
        bool made = false;
        end += strspn(part + end, "/");
        end += strcspn(part + end, "/");
        const char after = part[end];
        part[end] = '\0';
        good = make_missing(part, &made);
        if (good && !made)
            *kept = end;
        part[end] = after;
    }
    return good;
}

/* Removes a folder below an open one. Only an empty folder can be removed. */
bool plm_folder_remove(int below, const char *name)
{
    return unlinkat(place_of(below), name, AT_REMOVEDIR) == 0;
}

/* Removes the folder at the path, then the folders above it. It cuts a copy of the path before each
 * of its slashes, from the last to the first. */
void plm_folder_remove_all(const char *path, size_t kept)
{
    char part[PATH_MAX];
    const size_t all = strlen(path);
    if (all >= sizeof part)
        return;
    memcpy(part, path, all + 1);
    for (size_t length = all; length > kept; length--) {
        const bool ends = part[length] == '\0' || (part[length] == '/' && part[length - 1] != '/');
        if (!ends)
            continue;
        part[length] = '\0';
        if (!plm_folder_remove(PLM_FOLDER_HERE, part))
            return;
    }
}

/* Removes a file, or one of its names. */
bool plm_folder_drop(int folder, const char *name)
{
    return unlinkat(place_of(folder), name, 0) == 0;
}

/* Gives a file a second name. */
bool plm_folder_link(int from, int to, const char *name)
{
    return linkat(place_of(from), name, place_of(to), name, 0) == 0;
}

/* Moves the file. If there is a file of the new name, it is replaced in one step, so that no reader
 * finds neither. */
bool plm_folder_move(int from, const char *old, int to, const char *name)
{
    return renameat(place_of(from), old, place_of(to), name) == 0;
}

/* True for NAME.XXXXXXXX.part, the form of the temporary names that plm_file_open gives. Each X is
 * a hexadecimal digit in lower case. */
static bool is_temporary(const char *name)
{
    const size_t length = strlen(name);
    return length >= 15 && strcmp(name + length - 5, ".part") == 0 && name[length - 14] == '.' &&
           strspn(name + length - 13, "0123456789abcdef") == 8;
}

/* Removes an entry if it is a temporary file. user: the descriptor of the folder. Always returns
 * true, so that the walk continues. */
static bool drop_temporary(void *user, const char *name)
{
    if (is_temporary(name))
        (void)plm_folder_drop(*(const int *)user, name);
    return true;
}

/* Removes temporary files that killed programs have left in the folder. */
void plm_folder_tidy(const char *path)
{
    DIR *d = opendir(path);
    int folder = d != NULL ? dirfd(d) : -1;
    if (d != NULL)
        (void)walk(d, drop_temporary, &folder);
}
