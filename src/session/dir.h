/* The folder of a run. It holds run.yaml, history.csv, checkpoint.safetensors and
 * model.safetensors. A new run may replace an older one in the same folder. The older files are
 * kept aside until the new run has a checkpoint or a model, so that a failed run costs nothing. */
#ifndef PLM_SESSION_DIR_H
#define PLM_SESSION_DIR_H

#include "session/history_file.h"
#include "base/folder_lock.h"
#include "run/settings.h"

/* The folder of one run. Zero-initialise it, then set w and arena; set spare if there is a folder
 * for temporary files. */
typedef struct {
    plm *w;           /* runtime that writes the files, and that records errors */
    plm_arena *arena; /* holds all paths */
    /* a folder for temporary files: the run continues there if its own folder is lost; NULL = /tmp
     */
    const char *spare;
    const char *path; /* path of the folder; NULL = closed */
    /* length of the part of `path` that existed before the run; only folders beyond it may be
     * removed */
    size_t kept;
    bool resumed; /* the run continues an earlier one: its files must never be removed */
    bool begun;   /* true = the training has begun: see plm_run_dir_begin */
    /* the folder holds an older run, which is kept until this run has finished an epoch */
    bool replaces;
    bool replaced; /* the older run is kept aside until this run has a checkpoint or a model */
    bool lost;     /* the original folder was moved or removed; `path` is now another folder */
    plm_folder_lock lock;
    plm_history_file history;
} plm_run_dir;

/* Checks that the run may write to the folder that the key `out` names. E_SPEC if it holds a run
 * and overwrite is not true. */
PLM_CHECKED plm_status plm_run_dir_check(plm_settings *s);
/* Makes and locks the folder that the key `out` names or, without it, runs/NAME-NNNN with the next
 * free number. Writes nothing into the folder. If it fails, no new folder is left. */
PLM_CHECKED plm_status plm_run_dir_open(plm_run_dir *d, plm_settings *s, const char *name);
/* Sets d->path to the folder of a run that is to be resumed. It must hold a run.yaml, else E_IO. If
 * a killed process left the files of an older run aside, they are restored first; otherwise nothing
 * changes. */
PLM_CHECKED plm_status plm_run_dir_find(plm_run_dir *d, const char *path);
/* Locks the folder d->path, and removes the unfinished files of a killed run. An older run that the
 * killed run was replacing is restored. */
PLM_CHECKED plm_status plm_run_dir_lock(plm_run_dir *d);
/* Called when the training has begun. Writes run.yaml and the history. If the folder holds an older
 * run, nothing is written yet: the older run's files are linked into .before, and
 * plm_run_dir_replace replaces them later. rows: the history of the epochs done before a resume. */
PLM_CHECKED plm_status plm_run_dir_begin(plm_run_dir *d, plm_settings *s, const char *note,
                                         const plm_history *rows);
/* Called when the first epoch is done. Removes the files of an older run, and writes run.yaml and
 * the history in their place. Without an older run it does nothing. */
PLM_CHECKED plm_status plm_run_dir_replace(plm_run_dir *d, plm_settings *s, const char *note);
/* Called when the run has a checkpoint or a model. Removes the files of an older run that were kept
 * aside. */
void plm_run_dir_forget(plm_run_dir *d);
/* Checks that the folder is still there. If it is missing, makes it again, or makes another one,
 * and writes run.yaml and the history there. Then d->path is the folder in which the run continues,
 * and the status is E_IO. */
PLM_CHECKED plm_status plm_run_dir_hold(plm_run_dir *d, plm_settings *s, const char *note);
/* Returns the path of a file in the folder, in the arena. NULL = no memory. */
const char *plm_run_dir_file(plm_run_dir *d, const char *name);
/* True if the folder has a file of this name. */
bool plm_run_dir_has(const plm_run_dir *d, const char *name);
/* Closes and unlocks the folder. discard: removes what the run wrote and restores an older run,
 * unless the run was resumed. Errors: E_IO if the history could not be written. */
PLM_CHECKED plm_status plm_run_dir_close(plm_run_dir *d, bool discard);

#endif
