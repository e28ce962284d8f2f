/* The folder of a run: run.yaml, history.csv, model.safetensors. */
#ifndef PLM_CLI_RUNDIR_H
#define PLM_CLI_RUNDIR_H

#include "settings.h"

typedef struct {
    char *path;
    size_t kept;   /* so many characters of path were there before; what is below may be taken away again */
    FILE *history;
    char *history_path;
    bool headed;   /* the header of the history is written */
    bool failed;   /* the history could not be written; reported already */
} plm_cli_rundir;

/* Makes the folder (out, or runs/NAME-0001 counted up), writes run.yaml and opens history.csv. Returns an exit
 * code; on failure nothing is left. */
int plm_cli_rundir_open(plm_cli_rundir *d, plm_cli_settings *s, const char *name, const char *note);
/* A row of history.csv. */
void plm_cli_rundir_row(plm_cli_rundir *d, int64_t epoch, double seconds, int logs, const plm_log *log);
/* A file of the folder; to be freed. */
char *plm_cli_rundir_file(const plm_cli_rundir *d, const char *name);
/* Closes; with discard, takes away what was written. */
void plm_cli_rundir_close(plm_cli_rundir *d, bool discard);

#endif
