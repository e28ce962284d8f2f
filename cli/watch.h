/* What the command prints about a training while it runs: progress, JSON lines and notes. It also
 * stops the training after a signal. */
#ifndef PLM_CLI_WATCH_H
#define PLM_CLI_WATCH_H

#include "home.h"
#include "session/training.h"
#include "signals.h"

/* A training that is watched. */
typedef struct {
    plm_run_training *training;
    plm_cli_progress progress;
    plm_cli_live live; /* of --watch */
    plm_cli_signals *signals;
    bool json;        /* print a JSON line per epoch on stdout */
    bool stopping;    /* a signal came, and a note said so */
    bool pretraining; /* a layer is being pretrained */
    char layer[48];   /* name of that layer */
} plm_cli_watch;

/* The callbacks on_event and on_stage of plm_run_train_options. self: a plm_cli_watch. */
plm_status plm_cli_watch_event(void *self, plm_run *run, const plm_event *event);
void plm_cli_watch_stage(void *self, const plm_run_stage *stage);
/* Flushes standard output. If the program that reads it has ended, what is written later is
 * discarded. */
void plm_cli_watch_flush(void);

#endif
