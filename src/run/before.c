/* See before.h. The folder .before is made under another name first: under its own it is
 * complete. */
#define _POSIX_C_SOURCE 200809L
#include "run/before.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/split.h"

static const char aside[] = ".before", unfinished[] = ".before.new", coming[] = ".before.back",
                  dropped[] = ".before.old";

/* Other files of the folder are somebody else's. */
static bool is_ours(const char *name)
{
    static const char *const ours[] = {"checkpoint.safetensors",
                                       "model.safetensors",
                                       "history.csv",
                                       "pretraining.csv",
                                       "run.yaml",
                                       "pseudo_labels.safetensors",
                                       NULL};
    for (int i = 0; ours[i]; i++)
        if (!strcmp(name, ours[i]))
            return true;
    return !strncmp(name, "pretrained", 10) && plm_ends_with(name, ".safetensors");
}

static plm_status fail_file(plm *w, const char *folder, const char *what)
{
    return plm_fail(w, PLM_E_IO, folder, "check its rights, or name another folder: out=DIR",
                    "cannot %s the files of the run that was there: %s", what, strerror(errno));
}

/* A folder, below another one; -1 = errno. */
static int open_folder(int below, const char *name)
{
    return openat(below, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Calls act for each file of a run in `from`. False = errno. */
static bool each(int from, int to, bool (*act)(int from, int to, const char *name))
{
    const int copy = open_folder(from, ".");
    DIR *d = copy < 0 ? NULL : fdopendir(copy);
    bool good = d != NULL;
    for (struct dirent *e = d ? readdir(d) : NULL; e && good; e = readdir(d))
        good = !is_ours(e->d_name) || act(from, to, e->d_name);
    const int error = errno;
    if (d)
        closedir(d);
    else if (copy >= 0)
        close(copy);
    errno = error;
    return good;
}

static bool drop_one(int from, int to, const char *name)
{
    (void)to;
    return !unlinkat(from, name, 0) || errno == ENOENT;
}

static bool link_one(int from, int to, const char *name)
{
    return !linkat(from, name, to, name, 0);
}

/* Where links cannot be had, the files themselves are kept aside. */
static bool move_one(int from, int to, const char *name)
{
    return !renameat(from, name, to, name);
}

/* What a kept run does not have was written by the new one. */
static bool drop_new(int from, int to, const char *name)
{
    return !faccessat(to, name, F_OK, 0) || drop_one(from, to, name);
}

static void remove_folder(int below, const char *name)
{
    const int folder = open_folder(below, name);
    if (folder < 0)
        return;
    (void)each(folder, -1, drop_one);
    close(folder);
    (void)unlinkat(below, name, AT_REMOVEDIR);
}

bool plm_before_holds(const char *folder)
{
    DIR *d = opendir(folder);
    bool holds = false;
    for (struct dirent *e = d ? readdir(d) : NULL; e && !holds; e = readdir(d))
        holds = is_ours(e->d_name);
    if (d)
        closedir(d);
    return holds;
}

plm_status plm_before_remove(plm *w, const char *folder)
{
    const int at = open_folder(AT_FDCWD, folder);
    const bool good = at >= 0 && each(at, -1, drop_one);
    const plm_status status = good ? PLM_OK : fail_file(w, folder, "remove");
    if (at >= 0)
        close(at);
    return status;
}

static bool keep(int at)
{
    const int to = mkdirat(at, unfinished, 0777) ? -1 : open_folder(at, unfinished);
    const bool good = to >= 0 && (each(at, to, link_one) || each(at, to, move_one));
    if (to >= 0)
        close(to);
    return good && !renameat(at, unfinished, at, aside);
}

plm_status plm_before_keep(plm *w, const char *folder)
{
    const int at = open_folder(AT_FDCWD, folder);
    const plm_status status = at >= 0 && keep(at) ? PLM_OK : fail_file(w, folder, "keep aside");
    if (at >= 0)
        close(at);
    return status;
}

/* A name that is another link of the file it goes to stays: it is removed with the folder. */
static bool take_back(int at, const char *name)
{
    const int from = open_folder(at, name);
    if (from < 0)
        return errno == ENOENT;
    const bool good = each(from, at, move_one);
    close(from);
    if (good)
        remove_folder(at, name);
    return good;
}

/* What the new run left goes first, so that a kill at any step is made good by the next call. */
static bool restore(int at)
{
    const int kept = open_folder(at, aside);
    bool good =
        kept >= 0 ? each(at, kept, drop_new) && !renameat(at, aside, at, coming) : errno == ENOENT;
    if (kept >= 0)
        close(kept);
    return good && take_back(at, coming) && take_back(at, unfinished);
}

bool plm_before_is_kept(const char *folder)
{
    static const char *const names[] = {aside, unfinished, coming};
    const int at = open_folder(AT_FDCWD, folder);
    bool is = false;
    for (int i = 0; at >= 0 && i < 3; i++)
        is = is || !faccessat(at, names[i], F_OK, 0);
    if (at >= 0)
        close(at);
    return is;
}

plm_status plm_before_restore(plm *w, const char *folder)
{
    const int at = open_folder(AT_FDCWD, folder);
    if (at < 0)
        return PLM_OK;
    const plm_status status = restore(at) ? PLM_OK : fail_file(w, folder, "bring back");
    remove_folder(at, dropped);
    close(at);
    return status;
}

void plm_before_drop(const char *folder)
{
    const int at = open_folder(AT_FDCWD, folder);
    if (at < 0)
        return;
    if (!renameat(at, aside, at, dropped))
        remove_folder(at, dropped);
    close(at);
}
