/* Keeps the files of an older run while a new run replaces it, see before.h. The files are
 * collected in a folder with the temporary name .before.new, which is renamed to .before when it is
 * complete. So a folder .before always holds a complete run, even if the program is killed. Only
 * the rename is atomic, so it is the last step; files of unfinished earlier steps can be deleted by
 * the next program. */
#include "archive/before.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/folder.h"
#include "base/split.h"

static const char aside[] = ".before", unfinished[] = ".before.new", coming[] = ".before.back",
                  dropped[] = ".before.old";

/* True for the names of files that each run may write. */
static bool is_fixed(const char *name)
{
    static const char *const ours[] = {"checkpoint.safetensors",
                                       "model.safetensors",
                                       "history.csv",
                                       "pretraining.csv",
                                       "run.yaml",
                                       "pseudo_labels.safetensors",
                                       "doctor.json",
                                       "doctor.txt",
                                       "report.html",
                                       "readings.csv",
                                       NULL};
    for (int i = 0; ours[i]; i++)
        if (!strcmp(name, ours[i]))
            return true;
    return false;
}

/* Besides its files, a run has a lock and folders that keep an older run. */
bool plm_before_is_reserved(const char *name)
{
    return is_fixed(name) || !strcmp(name, ".lock") || !strncmp(name, aside, sizeof aside - 1);
}

/* True for the names of files that a run writes. All other files of the folder belong to the user
 * and are never touched. */
static bool is_ours(const char *name)
{
    const bool numbered = !strncmp(name, "pretrained", 10) || !strncmp(name, "checkpoint-", 11);
    return is_fixed(name) || (numbered && plm_ends_with(name, ".safetensors"));
}

/* Records E_IO with the message of errno. what: what failed, such as "cannot remove". */
static plm_status fail_file(plm *w, const char *folder, const char *what)
{
    return plm_fail(w, PLM_E_IO, folder,
                    "check the permissions of the folder, or choose another folder: out=DIR",
                    "%s the files of the older run in the folder: %s", what, strerror(errno));
}

/* State of a walk over the files of a run in the folder `from`. act: called for each file; false
 * stops the walk with an error in errno. from, to: handles of open folders, as plm_folder_open
 * returns them; to = -1 if act needs no second folder. */
typedef struct {
    int from, to;
    bool (*act)(int from, int to, const char *name);
} walk;

/* Calls the walk's function `act` for a file of a run. Other files are skipped. */
static bool visit(void *user, const char *name)
{
    const walk *k = user;
    return !is_ours(name) || k->act(k->from, k->to, name);
}

/* Calls `act` for each file of a run in `from`. False: a call failed, see errno. */
static bool each(int from, int to, bool (*act)(int from, int to, const char *name))
{
    walk k = {from, to, act};
    return plm_folder_each(from, visit, &k);
}

/* Removes a file. A missing file is no error. */
static bool drop_one(int from, int to, const char *name)
{
    (void)to;
    return plm_folder_drop(from, name) || errno == ENOENT;
}

/* Keeps a file by a hard link, which needs no time and no space, whatever the size of the file. */
static bool link_one(int from, int to, const char *name)
{
    return plm_folder_link(from, to, name);
}

/* Moves a file. Used on file systems without hard links: the files are then only in the folder
 * .before. */
static bool move_one(int from, int to, const char *name)
{
    return plm_folder_move(from, name, to, name);
}

/* Removes a file that the older run, kept in `to`, does not have: the new run wrote it. */
static bool drop_new(int from, int to, const char *name)
{
    return plm_folder_has(to, name) || drop_one(from, to, name);
}

/* Removes the files of a run from the folder `name` in `below`, then that folder. Errors are
 * ignored, since leftover files do no harm. */
static void remove_folder(int below, const char *name)
{
    const int folder = plm_folder_open(below, name);
    if (folder < 0)
        return;
    (void)each(folder, -1, drop_one);
    plm_folder_close(folder);
    (void)plm_folder_remove(below, name);
}

/* Sets *user, a bool, to true if the file belongs to a run. Stops the walk at the first such file.
 * */
static bool is_other(void *user, const char *name)
{
    *(bool *)user = is_ours(name);
    return !is_ours(name);
}

/* True if errno says that there is no such folder: nothing is lost by going on. */
static bool is_missing(void)
{
    return errno == ENOENT || errno == ENOTDIR;
}

/* A folder that cannot be read could hold a run, so it does not count as empty. */
plm_status plm_before_holds(plm *w, const char *folder, bool *holds)
{
    *holds = false;
    if (plm_folder_each_at(folder, is_other, holds) || *holds || is_missing())
        return PLM_OK;
    return fail_file(w, folder, "cannot look for");
}

/* Removes the files of the older run from the folder. Called after they have been kept aside. */
plm_status plm_before_remove(plm *w, const char *folder)
{
    const int at = plm_folder_open(PLM_FOLDER_HERE, folder);
    const bool good = at >= 0 && each(at, -1, drop_one);
    const plm_status status = good ? PLM_OK : fail_file(w, folder, "cannot remove");
    plm_folder_close(at);
    return status;
}

/* Links the run's files into .before.new, or moves them if links are not possible, and renames
 * .before.new to .before. at: handle of the run's folder. */
static bool keep(int at)
{
    const int to = plm_folder_make(at, unfinished) ? plm_folder_open(at, unfinished) : -1;
    const bool good = to >= 0 && (each(at, to, link_one) || each(at, to, move_one));
    plm_folder_close(to);
    return good && plm_folder_move(at, unfinished, at, aside);
}

/* Keeps the files of the run in the hidden folder .before. After an error the folder is as it was
 * before. */
plm_status plm_before_keep(plm *w, const char *folder)
{
    const int at = plm_folder_open(PLM_FOLDER_HERE, folder);
    const plm_status status =
        at >= 0 && keep(at) ? PLM_OK : fail_file(w, folder, "cannot keep aside");
    plm_folder_close(at);
    return status;
}

/* Moves the files of the kept folder `name` back into the folder `at`, and removes the kept folder.
 * If both folders have hard links to the same file, the move does nothing; the link in the kept
 * folder is then removed with that folder. */
static bool take_back(int at, const char *name)
{
    const int from = plm_folder_open(at, name);
    if (from < 0)
        return errno == ENOENT;
    const bool good = each(from, at, move_one);
    plm_folder_close(from);
    if (good)
        remove_folder(at, name);
    return good;
}

/* Restores the kept files. First it removes the files that only the new run has. Then it renames
 * .before to .before.back and moves its files and the files of .before.new back. If the program is
 * killed at any step, the next call finishes the work. */
static bool restore(int at)
{
    const int kept = plm_folder_open(at, aside);
    bool good = kept >= 0 ? each(at, kept, drop_new) && plm_folder_move(at, aside, at, coming)
                          : errno == ENOENT;
    plm_folder_close(kept);
    return good && take_back(at, coming) && take_back(at, unfinished);
}

/* Any of the three folder names proves that files are kept. */
plm_status plm_before_is_kept(plm *w, const char *folder, bool *kept)
{
    static const char *const names[] = {aside, unfinished, coming};
    const int at = plm_folder_open(PLM_FOLDER_HERE, folder);
    *kept = false;
    if (at < 0)
        return is_missing() ? PLM_OK : fail_file(w, folder, "cannot look for");
    for (int i = 0; i < 3; i++)
        *kept = *kept || plm_folder_has(at, names[i]);
    plm_folder_close(at);
    return PLM_OK;
}

/* Restores the kept files, if there are any, and removes the files of a newer run. If the folder
 * cannot be opened, there is nothing to restore. */
plm_status plm_before_restore(plm *w, const char *folder)
{
    const int at = plm_folder_open(PLM_FOLDER_HERE, folder);
    if (at < 0)
        return PLM_OK;
    const plm_status status = restore(at) ? PLM_OK : fail_file(w, folder, "cannot bring back");
    remove_folder(at, dropped);
    plm_folder_close(at);
    return status;
}

/* Removes the kept files. The folder is renamed first, so that a kill during the removal cannot
 * leave an incomplete older run with the name .before. What an earlier removal has left is in the
 * way of the new name, so it is removed before. False: the files are still kept. */
bool plm_before_drop(const char *folder)
{
    const int at = plm_folder_open(PLM_FOLDER_HERE, folder);
    if (at < 0)
        return errno == ENOENT;
    remove_folder(at, dropped);
    const bool gone = plm_folder_move(at, aside, at, dropped) || errno == ENOENT;
    if (gone)
        remove_folder(at, dropped);
    plm_folder_close(at);
    return gone;
}
