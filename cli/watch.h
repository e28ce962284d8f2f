/* The command's own observer of a fit: progress, history, JSON lines, Ctrl-C. */
#ifndef PLM_CLI_WATCH_H
#define PLM_CLI_WATCH_H

#include "job.h"
#include "rundir.h"
#include "signals.h"

typedef struct {
    plm_cli_progress progress;
    plm_cli_rundir *folder;
    plm_cli_signals *signals;
    /* of a resumed run: written again when it goes on; NULL = a fresh run */
    plm_cli_settings *settings;
    const char *note; /* for that */
    bool json;        /* a line an epoch on stdout */
    bool begun;       /* an epoch has begun */
    int64_t all;      /* epochs of all fits together, for the progress; 0 = of this one */
    int64_t first;    /* epochs that were done before a resume */
    bool interrupted; /* by Ctrl-C */
    int64_t epochs;   /* finished */
    double before, seconds, rate; /* before: seconds of the fits before this one */
    int logs;                     /* of the last finished epoch */
    double value[PLM_CLI_LOGS];
    char name[PLM_CLI_LOGS][48];
} plm_cli_watch;

/* The observer over w, for plm_fit_options.extra. */
plm_observer plm_cli_watch_observer(plm_cli_watch *w);

#endif
