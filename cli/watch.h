/* The command's own observer of a fit: progress, history, JSON lines, signals. */
#ifndef PLM_CLI_WATCH_H
#define PLM_CLI_WATCH_H

#include "job.h"
#include "rundir.h"
#include "signals.h"

typedef struct {
    plm_cli_progress progress;
    plm_cli_rundir *folder;
    plm_cli_signals *signals;
    plm_cli_settings *settings; /* written to the folder when the training has begun */
    const char *note;           /* for that */
    bool json;                  /* a line an epoch on stdout */
    int64_t all;                /* epochs of all fits together, for the progress; 0 = of this one */
    int64_t from;     /* epochs that were done before the phase of this fit: others compete */
    int64_t first;    /* epochs that were done before a resume */
    bool interrupted; /* by a signal */
    bool failed;      /* the folder cannot be written; reported */
    int64_t epochs;   /* finished */
    double before, seconds, rate; /* before: seconds of the fits before this one */
    int logs;                     /* of the last finished epoch */
    double value[PLM_CLI_LOGS];
    char name[PLM_CLI_LOGS][48];
} plm_cli_watch;

/* The observer over w, for plm_fit_options.extra. */
plm_observer plm_cli_watch_observer(plm_cli_watch *w);
/* A signal came: says so, once. */
bool plm_cli_watch_interrupted(plm_cli_watch *w);
/* The figures of a finished epoch take the place of those of the last one. */
void plm_cli_watch_take(plm_cli_watch *w, const plm_history *rows, int64_t epoch);
/* Who read standard output has gone: nothing more is written there. */
void plm_cli_watch_flush(void);

#endif
