/* Trials of learning rates: short trainings, each from the same fresh net, compared by their loss.
 * Where a range test guesses, they measure. */
#ifndef PLM_CLI_LR_TRY_H
#define PLM_CLI_LR_TRY_H

#include "job.h"

enum { PLM_CLI_LR_TRIALS = 12, PLM_CLI_LR_TRIAL_LOGS = 16 };

typedef struct {
    double rate;
    bool diverged;
    double value[PLM_CLI_LR_TRIAL_LOGS]; /* the loss first; the names are those of the series */
} plm_cli_lr_trial;

typedef struct {
    int64_t steps;   /* of each trial, in batches */
    bool validated;  /* measured on the rows of validation; else the training loss at the end */
    int count, best; /* trials; the one with the lowest loss, -1 = all diverged */
    plm_cli_lr_trial trial[PLM_CLI_LR_TRIALS]; /* by rising rates */
    int logs;
    char name[PLM_CLI_LR_TRIAL_LOGS][48];
    void (*watch)(void *user, const plm_event *event); /* after each batch; NULL = nobody */
    void *user;
    bool (*stop)(void *user); /* after each batch: whether to give up; NULL = never */
    bool stopped;
} plm_cli_lr_tries;

/* Trains a fresh net of the run for some steps at each of five round rates around `near`, and at
 * further ones as long as the best is the lowest or the highest of them. A schedule of the run
 * keeps its shape: its rates are multiplied so that the highest within a trial is the rate tried.
 * The job's model is replaced. Returns an exit code. */
int plm_cli_lr_try(plm_cli_lr_tries *t, plm_cli_job *j, plm_cli_settings *s, double near);

#endif
