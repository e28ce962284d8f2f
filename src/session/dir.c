/* Makes, locks, fills and closes the folder of a run, see dir.h. mkdir is atomic, so two runs that
 * start at once get two folders. run.yaml is written when the first batch has been trained, and a
 * folder that the run leaves empty is removed: so a run that fails earlier leaves nothing. The
 * number of a new folder is the highest existing one plus 1. If another run takes this number
 * first, mkdir fails with EEXIST and the next number is tried; so no two runs share a folder,
 * without a lock over all folders. Within the folder a lock file keeps a second process from
 * resuming the same run. Each file appears under its name only when it is complete (base/file.c).
 * */
#include "session/dir.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/contents.h"
#include "base/folder.h"
#include "base/split.h"
#include "base/system.h"
#include "archive/before.h"
#include "run/runfile.h"
#include "archive/tidy.h"

/* Fails because the folder cannot be made. The error contains the message of the system, such as
 * "Permission denied". */
static plm_status fail_folder(plm *w, const char *path)
{
    return plm_fail(w, PLM_E_IO, path, "name another folder: out=DIR",
                    "cannot make the folder of the run: %s", strerror(errno));
}

/* Finds the highest number among the folders NAME-0001, NAME-0002, ... */
typedef struct {
    const char *name; /* of the runs, without a number */
    int64_t highest;  /* 0 = there is none yet */
} counted;

/* Sets *user to the number of the folder `entry`, "NAME-NUMBER", if it is larger than *user;
 * ignores other entries. Always returns true, to continue. */
static bool count_one(void *user, const char *entry)
{
    counted *c = user;
    const size_t length = strlen(c->name);
    int64_t number = 0;
    if (!strncmp(entry, c->name, length) && entry[length] == '-' &&
        plm_read_whole(entry + length + 1, &number) && number > c->highest && number < 1000000000)
        c->highest = number;
    return true;
}

/* Returns the highest number of the folders NAME-NNNN in `folder`; 0 = there are no such
 * folders. */
static int64_t highest(const char *folder, const char *name)
{
    counted c = {name, 0};
    (void)plm_folder_each_at(folder, count_one, &c);
    return c.highest;
}

/* Makes the folder runs/NAME-NNNN with the next free number, and sets d->path. */
static plm_status make_counted(plm_run_dir *d, const char *name)
{
    if (!plm_folder_make_all("runs", &d->kept))
        return fail_folder(d->w, "runs");
    for (int64_t number = highest("runs", name) + 1; !d->path; number++) {
        const char *path = plm_arena_format(d->arena, "runs/%s-%04lld", name, (long long)number);
        if (!path)
            return PLM_E_MEMORY;
        if (plm_folder_make(PLM_FOLDER_HERE, path))
            d->path = path;
        /* EEXIST: another run made this folder first, so try the next number */
        else if (errno != EEXIST)
            return fail_folder(d->w, path);
    }
    return PLM_OK;
}

/* Makes the folder `out` and its parent folders, if they are missing, and sets d->path. */
static plm_status make_named(plm_run_dir *d, const char *out)
{
    d->path = plm_arena_text(d->arena, out, SIZE_MAX);
    if (!d->path)
        return PLM_E_MEMORY;
    return plm_folder_make_all(out, &d->kept) ? PLM_OK : fail_folder(d->w, out);
}

/* ---- files ---- */

/* NULL = no memory. */
const char *plm_run_dir_file(plm_run_dir *d, const char *name)
{
    return plm_arena_format(d->arena, "%s/%s", d->path, name);
}

/* True if the folder has a file of this name. */
bool plm_run_dir_has(const plm_run_dir *d, const char *name)
{
    char path[PLM_PATH_CAPACITY];
    const int length = snprintf(path, sizeof path, "%s/%s", d->path, name);
    return length > 0 && length < (int)sizeof path && plm_path_exists(path);
}

/* Writes run.yaml: `note` as a comment, then the settings. The file appears complete or not at
 * all. */
static plm_status write_run(plm_run_dir *d, plm_settings *s, const char *note)
{
    const char *path = plm_run_dir_file(d, "run.yaml");
    plm_text t = {.w = d->w};
    plm_text_format(&t, "# %s\n", note);
    plm_run_settings_write(s, &t, d->path, true);
    const plm_status status =
        t.failed || !path ? PLM_E_MEMORY : plm_write_whole(d->w, path, plm_text_get(&t), t.length);
    plm_text_free(&t);
    return status;
}

/* Fails if the folder `out` already holds a run that may not be overwritten. Checked before the
 * data is read, so that the error comes early. */
plm_status plm_run_dir_check(plm_settings *s)
{
    const char *out = plm_setting_text(s, "out");
    bool holds = false;
    if (!out || plm_setting_truth(s, "overwrite"))
        return PLM_OK;
    PLM_TRY(plm_before_holds(s->w, out, &holds));
    if (!holds)
        return PLM_OK;
    PLM_TRY(plm_folder_lock_check(s->w, out));
    return plm_fail(s->w, PLM_E_SPEC, out,
                    "choose another folder (out=DIR), continue that run (--resume), or replace it "
                    "(overwrite=true)",
                    "the folder already holds a run");
}

/* ---- a run begins ---- */

/* Locks the folder of d->path, and removes the unfinished files of a killed run. The lock is held
 * while the run trains; the system releases it if the process is killed. */
plm_status plm_run_dir_lock(plm_run_dir *d)
{
    bool kept = false;
    PLM_TRY(plm_folder_lock_take(d->w, &d->lock, d->path));
    plm_run_tidy(d->path);
    PLM_TRY(plm_before_is_kept(d->w, d->path, &kept));
    if (!kept)
        return PLM_OK;
    plm_note(d->w,
             "%s: the last run was killed before it could replace the older one, which is restored",
             d->path);
    return plm_before_restore(d->w, d->path);
}

/* Makes and locks the folder of a new run. out: the folder that the user chose; NULL = the next
 * free number is taken. */
plm_status plm_run_dir_open(plm_run_dir *d, plm_settings *s, const char *name)
{
    const char *out = plm_setting_text(s, "out");
    plm_status status = out ? make_named(d, out) : make_counted(d, name);
    status = status < 0 ? status : plm_run_dir_lock(d);
    /* checked again, now under the lock: another process may have trained a run here since the
     * first check */
    status = status < 0 ? status : plm_run_dir_check(s);
    if (status < 0)
        plm_ignore(plm_run_dir_close(d, false)); /* nothing was written */
    return status;
}

/* Finds the folder of a run that is to be resumed. path: as the user wrote it; slashes at its end
 * are dropped. */
plm_status plm_run_dir_find(plm_run_dir *d, const char *path)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    d->path = plm_arena_text(d->arena, path, length);
    d->resumed = true;
    if (!d->path)
        return PLM_E_MEMORY;
    /* an older run must be brought back before its run.yaml is read */
    bool kept = false;
    PLM_TRY(plm_before_is_kept(d->w, d->path, &kept));
    if (kept) {
        const plm_status status = plm_run_dir_lock(d);
        plm_folder_lock_free(&d->lock);
        PLM_TRY(status);
    }
    if (plm_run_dir_has(d, "run.yaml"))
        return PLM_OK;
    return plm_fail(d->w, PLM_E_IO, path, "name the folder of a run, such as runs/digits-0001",
                    "there is no %s/run.yaml to continue from", d->path);
}

/* Writes run.yaml and the history of the new run. Only called if the folder holds no older run, or
 * if the older run's files were moved aside. */
static plm_status write_begin(plm_run_dir *d, plm_settings *s, const char *note)
{
    PLM_TRY(write_run(d, s, note));
    return plm_history_file_write(&d->history);
}

/* Prepares the folder of a run for its first batch: restores the history, keeps an older run aside,
 * writes run.yaml. The history is restored first: if this fails, the folder has not changed. The
 * files of an older run are kept aside by hard links, so they also stay under their names until
 * plm_run_dir_replace. */
plm_status plm_run_dir_begin(plm_run_dir *d, plm_settings *s, const char *note,
                             const plm_history *rows)
{
    const char *path = plm_run_dir_file(d, "history.csv");
    if (!path)
        return PLM_E_MEMORY;
    plm_history_file_new(&d->history, d->w, path);
    plm_status status = plm_history_file_restore(&d->history, rows);
    if (status < 0) { /* the folder was not changed yet */
        plm_history_file_drop(&d->history);
        return status;
    }
    if (!d->resumed)
        status = plm_before_holds(d->w, d->path, &d->replaces);
    if (status == PLM_OK && d->replaces)
        status = plm_before_keep(d->w, d->path);
    d->begun = true;
    return status < 0 || d->replaces ? status : write_begin(d, s, note);
}

/* Removes the older run from the folder, and begins the new one. Called after the first epoch, when
 * it is certain that the new run can train. */
plm_status plm_run_dir_replace(plm_run_dir *d, plm_settings *s, const char *note)
{
    if (!d->replaces)
        return PLM_OK;
    PLM_TRY(plm_before_remove(d->w, d->path));
    PLM_TRY(write_begin(d, s, note));
    d->replaces = false;
    d->replaced = true;
    return PLM_OK;
}

/* Removes the older run that was kept aside. The new run has ended well, so the older one is not
 * needed any more. If it cannot be removed now, the next call tries again. */
void plm_run_dir_forget(plm_run_dir *d)
{
    if (d->replaced && plm_before_drop(d->path))
        d->replaced = false;
}

/* Removes the older run at the end of the new one. If this fails, the next run in the folder would
 * restore the older run and remove the new one. */
static plm_status forget_at_last(plm_run_dir *d)
{
    plm_run_dir_forget(d);
    if (!d->replaced)
        return PLM_OK;
    d->replaced = false;
    return plm_fail(d->w, PLM_E_IO, d->path,
                    "remove its hidden folder .before before you use the folder again",
                    "cannot remove the older run, which would be restored in place of this one");
}

/* ---- a folder that was moved or removed ---- */

/* Makes the folder `path`, locks it in place of the old one, and writes run.yaml and the history
 * into it. False: one of the steps failed. */
static bool move_to(plm_run_dir *d, const char *path, plm_settings *s, const char *note)
{
    size_t kept = 0;
    plm_folder_lock lock = {0};
    if (!path || !plm_folder_make_all(path, &kept) || plm_folder_lock_take(d->w, &lock, path) < 0)
        return false;
    plm_folder_lock_free(&d->lock);
    d->lock = lock;
    d->path = path;
    const char *history = plm_run_dir_file(d, "history.csv");
    return history && write_run(d, s, note) >= 0 &&
           plm_history_file_move(&d->history, history) >= 0;
}

/* Writes run.yaml again if somebody removed it from the folder: without it the run could not be
 * resumed. If it cannot be written, the model that is saved next meets the same fault and tells. */
static void restore_run(plm_run_dir *d, plm_settings *s, const char *note)
{
    if (!plm_run_dir_has(d, "run.yaml") && write_run(d, s, note) >= 0)
        plm_warn(d->w, "%s: run.yaml was removed, and is written again", d->path);
}

/* Makes a folder in place of the lost one: tries the old path first, then a folder run-PROCESS in
 * the current folder, then one in the folder for temporary files. */
plm_status plm_run_dir_hold(plm_run_dir *d, plm_settings *s, const char *note)
{
    if (!d->begun || d->replaces)
        return PLM_OK;
    if (plm_folder_lock_holds(&d->lock, d->path)) {
        restore_run(d, s, note);
        return PLM_OK;
    }
    const char *old = d->path;
    const long own = (long)plm_process();
    const char *places[] = {
        old, plm_arena_format(d->arena, "run-%ld", own),
        plm_arena_format(d->arena, "%s/run-%ld", d->spare ? d->spare : "/tmp", own)};
    bool saved = false;
    for (int i = 0; i < 3 && !saved; i++)
        saved = move_to(d, places[i], s, note);
    d->lost = true;
    if (saved)
        return plm_fail(d->w, PLM_E_IO, old, NULL,
                        "the folder of the run was moved or removed; the run continues in %s",
                        d->path);
    return plm_fail(d->w, PLM_E_IO, old, NULL,
                    "the folder of the run was moved or removed, and no other folder can be made");
}

/* Removes the files that the run wrote. If the run was to replace an older one, the older run is
 * restored. */
static void discard_files(plm_run_dir *d)
{
    if (!d->replaces && !d->replaced)
        plm_ignore(plm_before_remove(d->w, d->path)); /* what stays does no harm */
    else if (plm_before_restore(d->w, d->path) >= 0)
        plm_note(d->w, "%s: the older run is kept, since the new one has not finished an epoch",
                 d->path);
    d->replaces = d->replaced = false;
}

/* Closes and unlocks the folder. discard: removes what the run wrote and restores an older run,
 * unless the run was resumed. An older run that was not replaced is restored even without discard.
 * A new folder to which nothing was written is removed. */
plm_status plm_run_dir_close(plm_run_dir *d, bool discard)
{
    plm_status status = PLM_OK;
    discard = (discard || d->replaces) && !d->resumed;
    if (d->begun)
        status = plm_history_file_close(&d->history, !discard);
    if (d->begun && discard)
        discard_files(d);
    else if (d->path) {
        const plm_status kept = forget_at_last(d);
        status = status < 0 ? status : kept;
    }
    plm_folder_lock_free(&d->lock);
    if (d->path && !d->resumed && (discard || !d->begun))
        plm_folder_remove_all(d->path, d->kept);
    d->path = NULL;
    d->begun = false;
    return status;
}
