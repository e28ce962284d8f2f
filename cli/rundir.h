/* The folder of a run: run.yaml, history.csv, checkpoint.safetensors, model.safetensors. */
#ifndef PLM_CLI_RUNDIR_H
#define PLM_CLI_RUNDIR_H

#include "history.h"
#include "lock.h"
#include "settings.h"

typedef struct {
    plm *w; /* writes its files; set before anything is written */
    char *path;
    size_t kept;   /* length of the part of path that was there before */
    bool resumed;  /* the run goes on: nothing of it is taken away */
    bool begun;    /* run.yaml is written */
    bool replaces; /* the folder holds an older run, which stays until this one has an epoch */
    bool replaced; /* it is kept aside until this one has a checkpoint or a model */
    bool lost;     /* the folder went away, and path is another one now; reported */
    plm_cli_lock lock;
    plm_cli_history history;
} plm_cli_rundir;

/* Exit code 2 with a message when the folder of the key out holds a run, and overwrite is not
 * true. */
int plm_cli_rundir_check(plm_cli_settings *s);
/* Makes and locks the folder: out, or runs/NAME-0001 counted up. Writes nothing into it. Returns
 * an exit code; on failure nothing is left. */
int plm_cli_rundir_open(plm_cli_rundir *d, plm_cli_settings *s, const char *name);
/* Takes the folder of a run that shall go on: it must hold a run.yaml. Changes nothing. */
int plm_cli_rundir_find(plm_cli_rundir *d, const char *path);
/* Locks such a folder, and removes what a killed run left in the making. */
int plm_cli_rundir_lock(plm_cli_rundir *d);
/* The training has begun: run.yaml is written, unless the folder holds an older run, which stays
 * as it is for now. rows: those of the epochs that are done. Returns an exit code. */
int plm_cli_rundir_begin(plm_cli_rundir *d, plm_cli_settings *s, const char *note,
                         const plm_history *rows);
/* The first epoch is done: the files of an older run make way for run.yaml and the history. Returns
 * an exit code. */
int plm_cli_rundir_replace(plm_cli_rundir *d, plm_cli_settings *s, const char *note);
/* The run has a checkpoint or a model: the older run is given up for good. */
void plm_cli_rundir_forget(plm_cli_rundir *d);
/* Is the folder still there? If not, makes it again, or another one, and reports it. */
void plm_cli_rundir_hold(plm_cli_rundir *d, plm_cli_settings *s, const char *note);
/* A file of the folder; to be freed. */
char *plm_cli_rundir_file(const plm_cli_rundir *d, const char *name);
/* Whether the folder has such a file. */
bool plm_cli_rundir_has(const plm_cli_rundir *d, const char *name);
/* Closes; with discard, takes away what was written and brings an older run back, unless the run
 * was resumed. */
void plm_cli_rundir_close(plm_cli_rundir *d, bool discard);

#endif
