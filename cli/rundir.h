/* The folder of a run: run.yaml, history.csv, checkpoint.safetensors, model.safetensors. */
#ifndef PLM_CLI_RUNDIR_H
#define PLM_CLI_RUNDIR_H

#include "history.h"
#include "settings.h"

typedef struct {
    char *path;
    /* so many characters of path were there before; what is below may be taken away again */
    size_t kept;
    bool resumed; /* the folder was there: nothing of it is taken away */
    plm_cli_history history;
} plm_cli_rundir;

/* Makes the folder (out, or runs/NAME-0001 counted up), writes run.yaml and opens history.csv.
 * Returns an exit code; on failure nothing is left. */
int plm_cli_rundir_open(plm_cli_rundir *d, plm_cli_settings *s, const char *name, const char *note);
/* Takes the folder of a run that shall go on: it must hold a run.yaml and (checkpoint) a
 * checkpoint. Changes nothing. */
int plm_cli_rundir_find(plm_cli_rundir *d, const char *path, bool checkpoint);
/* Makes a folder that was found ready to go on after so many epochs: writes run.yaml anew, cuts
 * what the history says of later epochs and opens it. */
int plm_cli_rundir_go_on(plm_cli_rundir *d, plm_cli_settings *s, const char *note, int64_t epochs);
/* A file of the folder; to be freed. */
char *plm_cli_rundir_file(const plm_cli_rundir *d, const char *name);
/* Closes; with discard, takes away what was written, unless the run was resumed. */
void plm_cli_rundir_close(plm_cli_rundir *d, bool discard);

#endif
