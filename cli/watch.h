/* What the command shows of a training while it runs: progress, JSON lines; and that a signal ends
 * it. */
#ifndef PLM_CLI_WATCH_H
#define PLM_CLI_WATCH_H

#include "home.h"
#include "run/training.h"
#include "signals.h"

typedef struct {
    plm_run_training *training;
    plm_cli_progress progress;
    plm_cli_signals *signals;
    bool json;        /* a line an epoch on stdout */
    bool stopping;    /* a signal came, which was said */
    bool pretraining; /* a layer is at work */
    char layer[48];   /* its name */
} plm_cli_watch;

/* For plm_run_train_options; self is a plm_cli_watch. */
plm_status plm_cli_watch_event(void *self, plm_run *run, const plm_event *event);
void plm_cli_watch_stage(void *self, const plm_run_stage *stage);
/* Who read standard output has gone: nothing more is written there. */
void plm_cli_watch_flush(void);

#endif
