/* The folder of a run: run.yaml, history.csv, checkpoint.safetensors, model.safetensors. */
#ifndef PLM_RUN_DIR_H
#define PLM_RUN_DIR_H

#include "run/history_file.h"
#include "base/folder_lock.h"
#include "run/settings.h"

/* Zero-initialise, then set w and arena. */
typedef struct {
    plm *w;            /* writes its files, and errors are recorded here */
    plm_arena *arena;  /* of all paths */
    const char *spare; /* a folder for temporary files, where the run goes when its own is lost */
    const char *path;  /* NULL = closed */
    size_t kept;       /* length of the part of path that was there before */
    bool resumed;      /* the run goes on: nothing of it is taken away */
    bool begun;        /* run.yaml is written */
    bool replaces;     /* the folder holds an older run, which stays until this one has an epoch */
    bool replaced;     /* it is kept aside until this one has a checkpoint or a model */
    bool lost;         /* the folder went away, and path is another one now */
    plm_folder_lock lock;
    plm_history_file history;
} plm_run_dir;

/* E_SPEC when the folder of the key out holds a run, and overwrite is not true. */
PLM_CHECKED plm_status plm_run_dir_check(plm_settings *s);
/* Makes and locks the folder: out, or runs/NAME-0001 counted up. Writes nothing into it. On error
 * nothing is left. */
PLM_CHECKED plm_status plm_run_dir_open(plm_run_dir *d, plm_settings *s, const char *name);
/* Takes the folder of a run that shall go on: it must hold a run.yaml. Changes nothing. */
PLM_CHECKED plm_status plm_run_dir_find(plm_run_dir *d, const char *path);
/* Locks such a folder, and removes what a killed run left in the making. */
PLM_CHECKED plm_status plm_run_dir_lock(plm_run_dir *d);
/* The training has begun: run.yaml is written, unless the folder holds an older run, which stays
 * as it is for now. rows: those of the epochs that are done. */
PLM_CHECKED plm_status plm_run_dir_begin(plm_run_dir *d, plm_settings *s, const char *note,
                                         const plm_history *rows);
/* The first epoch is done: the files of an older run make way for run.yaml and the history. */
PLM_CHECKED plm_status plm_run_dir_replace(plm_run_dir *d, plm_settings *s, const char *note);
/* The run has a checkpoint or a model: the older run is given up for good. */
void plm_run_dir_forget(plm_run_dir *d);
/* Is the folder still there? If not, makes it again, or another one, and returns E_IO: the run goes
 * on in d->path. */
PLM_CHECKED plm_status plm_run_dir_hold(plm_run_dir *d, plm_settings *s, const char *note);
/* A file of the folder, in the arena; NULL = no memory. */
const char *plm_run_dir_file(plm_run_dir *d, const char *name);
/* Whether the folder has such a file. */
bool plm_run_dir_has(const plm_run_dir *d, const char *name);
/* Closes; with discard, takes away what was written and brings an older run back, unless the run
 * was resumed. An error is that of a history which could not be written. */
PLM_CHECKED plm_status plm_run_dir_close(plm_run_dir *d, bool discard);

#endif
