/* Locks the folder of a run, by an fcntl lock on the file .lock in it. The system knows which
 * process has the lock, and frees it when that process ends.
 *
 * A lock of this kind belongs to a process and a file, not to an open descriptor: it is lost if the
 * process closes any descriptor of that file. A lock file that was left behind by a killed process
 * is no obstacle, as the system has freed its lock. */
#define _POSIX_C_SOURCE 200809L
#include "base/folder_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char name[] = ".lock";

/* Fails since the system could not make the lock; errno has the reason. */
static plm_status fail_lock(plm *w, const char *folder)
{
    return plm_fail(w, PLM_E_IO, folder, "check whether you may write into the folder",
                    "cannot lock the folder of the run: %s", strerror(errno));
}

/* Fails since another process has the lock. owner: the number of that process; 0 = not known. */
static plm_status refuse(plm *w, const char *folder, long owner)
{
    char process[48] = "";
    if (owner > 0)
        snprintf(process, sizeof process, " (process %ld)", owner);
    return plm_fail(w, PLM_E_SPEC, folder,
                    "wait until the other run is done, or use another folder",
                    "another run is at work in this folder%s", process);
}

/* Tries to lock an open file. Returns 0 = locked, 1 = another process has the lock (*owner = number
 * of that process; 0 = not known), -1 = an error. */
static int try_lock(int file, long *owner)
{
    struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    *owner = 0;
    if (!fcntl(file, F_SETLK, &l))
        return 0;
    if (errno != EACCES && errno != EAGAIN)
        return -1;
    l = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (!fcntl(file, F_GETLK, &l) && l.l_type != F_UNLCK)
        *owner = (long)l.l_pid;
    return 1;
}

/* True if the file that was opened is still the one in the folder. A process removes the file
 * before it frees the lock. If the file was removed after it was opened here, the lock is on a file
 * that no other process can find. */
static bool is_current(const plm_folder_lock *l)
{
    struct stat opened, there;
    return !fstat(l->file, &opened) && !fstatat(l->folder, name, &there, 0) &&
           opened.st_dev == there.st_dev && opened.st_ino == there.st_ino;
}

/* Closes the file, which frees the lock, and the folder. */
static void close_both(plm_folder_lock *l)
{
    if (l->file >= 0)
        close(l->file);
    close(l->folder);
    *l = (plm_folder_lock){0};
}

/* Opens a path below an open folder; tries again if a signal interrupts the call. Returns the
 * descriptor; -1 = an error. */
static int open_at(int folder, const char *path, int flags)
{
    int file;
    do
        file = openat(folder, path, flags | O_CLOEXEC, 0666);
    while (file < 0 && errno == EINTR);
    return file;
}

/* Opens and locks the file again if it was removed between opening and locking. */
plm_status plm_folder_lock_take(plm *w, plm_folder_lock *l, const char *folder)
{
    long owner = 0;
    l->folder = open_at(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY);
    if (l->folder < 0)
        return fail_lock(w, folder);
    for (;;) {
        l->file = open_at(l->folder, name, O_RDWR | O_CREAT);
        const int answer = l->file < 0 ? -1 : try_lock(l->file, &owner);
        l->locked = !answer && is_current(l);
        if (l->locked)
            return PLM_OK;
        const plm_status status = answer > 0   ? refuse(w, folder, owner)
                                  : answer < 0 ? fail_lock(w, folder)
                                               : PLM_OK;
        if (status < 0) {
            close_both(l);
            return status;
        }
        close(l->file);
    }
}

/* Returns whether another process has the lock of a folder, without taking it; *owner = its number.
 * If this process has the lock, closing the file frees it, which is a rule of fcntl. */
static bool is_held(const char *folder, long *owner)
{
    struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    const int at = open_at(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY);
    const int file = at < 0 ? -1 : open_at(at, name, O_RDONLY);
    const bool held = file >= 0 && !fcntl(file, F_GETLK, &l) && l.l_type != F_UNLCK;
    *owner = held ? (long)l.l_pid : 0;
    if (file >= 0)
        close(file);
    if (at >= 0)
        close(at);
    return held;
}

/* Fails if another process has the lock of the folder. The lock is not taken, so another process
 * may take it right afterwards. */
plm_status plm_folder_lock_check(plm *w, const char *folder)
{
    long owner;
    return is_held(folder, &owner) ? refuse(w, folder, owner) : PLM_OK;
}

/* True if another process has the lock of the folder. Does not take the lock and records no
 * error. */
bool plm_folder_lock_is_held(const char *folder)
{
    long owner;
    return is_held(folder, &owner);
}

/* Frees the lock. Its file is removed while it is still locked; is_current explains why. */
void plm_folder_lock_free(plm_folder_lock *l)
{
    if (!l->locked)
        return;
    (void)unlinkat(l->folder, name, 0);
    close_both(l);
}

/* True if the path still names the locked folder: compares device and inode of both. */
bool plm_folder_lock_holds(const plm_folder_lock *l, const char *path)
{
    struct stat opened, there;
    return l->locked && !fstat(l->folder, &opened) && !stat(path, &there) &&
           opened.st_dev == there.st_dev && opened.st_ino == there.st_ino;
}
