/* Removes a run, see run_list.h. */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/folder.h"
#include "base/folder_lock.h"
#include "archive/before.h"
#include "archive/run_list.h"
#include "archive/tidy.h"

/* Checks that a path is a folder that holds a run.yaml, and not a link. To remove the target of a
 * link, users must name the target. */
static plm_status check(plm *w, const char *path)
{
    const int folder = plm_folder_open_itself(PLM_FOLDER_HERE, path);
    const bool link = folder < 0 && plm_folder_has(PLM_FOLDER_HERE, path);
    const bool is = folder >= 0 && plm_folder_has(folder, "run.yaml");
    plm_folder_close(folder);
    if (is)
        return PLM_OK;
    return plm_fail(w, PLM_E_IO, path, "name the folder of a run, such as runs/digits-0001",
                    link ? "the path is not a folder, or is a link to a folder; it is not removed"
                         : "the folder holds no run, since it has no run.yaml; it is not removed");
}

/* Removes the files of a run whose folder is locked. Files of an older run that were kept aside are
 * restored first, so that they are removed, too. */
static plm_status remove_files(plm *w, const char *path)
{
    PLM_TRY(plm_before_restore(w, path));
    plm_run_tidy(path);
    return plm_before_remove(w, path);
}

/* Removes the folder, if it is empty now. */
static void remove_folder(plm *w, const char *path)
{
    if (plm_folder_remove(PLM_FOLDER_HERE, path))
        return;
    const bool others = errno == ENOTEMPTY || errno == EEXIST;
    plm_note(w, "%s: the folder is kept: %s", path,
             others ? "other files are in it" : strerror(errno));
}

/* Removes a run. Locks the folder first, so that a run that is being trained cannot be removed.
 * Slashes at the end of the path are cut off, as "link/" would name the target of a link. */
plm_status plm_run_remove(plm *w, const char *path)
{
    plm_arena a = {.w = w};
    plm_folder_lock lock = {0};
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/') /* "link/" would be followed */
        length--;
    const char *folder = plm_arena_text(&a, path, length);
    plm_status status = folder ? check(w, folder) : PLM_E_MEMORY;
    if (status >= 0)
        status = plm_folder_lock_take(w, &lock, folder);
    if (status >= 0)
        status = remove_files(w, folder);
    plm_folder_lock_free(&lock);
    if (status >= 0)
        remove_folder(w, folder);
    plm_arena_free(&a);
    return status;
}
