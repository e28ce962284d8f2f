/* The search for the learning rate of a run: the range test, then trials. src/study does the
 * search; this file takes the model, data and settings from a job. */
#ifndef PLM_RUN_LR_FIND_H
#define PLM_RUN_LR_FIND_H

#include "run/job.h"
#include "study/lr_range.h"
#include "study/lr_trials.h"

/* A search for a learning rate. Set the members before the results, and the results to zero. */
typedef struct {
    plm_job *job; /* a job with data and a compiled model, as plm_net_build makes it */
    plm_settings *settings;
    double from, to; /* the rates of the first and the last batch of the range test */
    int64_t steps;   /* batches of the range test */
    /* number of batches of a trial; 0 = 300, but at most those of the whole run */
    int64_t try_steps;
    bool tries; /* run trials after the range test */
    /* Called after each batch. The event's row and rows describe the current training as one epoch.
     * */
    void (*watch)(void *self, const plm_event *event);
    /* True ends the search. */
    bool (*stop)(void *self);
    void *self; /* first argument of watch and stop */
    /* ---- results ---- */
    plm_lr_range range;
    plm_lr_trials trials; /* trials.best is -1 if there were no trials, or all of them diverged */
    /* ---- internal ---- */
    bool trying;           /* trials run, not the range test */
    int64_t done, planned; /* batches of the training that runs */
    plm_status made;       /* status of the last fresh model */
} plm_lr_find;

/* Runs the search. Free it after success and after failure. If the caller stops it, the status is
 * PLM_OK, and range.stopped or trials.stopped is set. Errors are recorded on job->home: all errors
 * of a run; E_NUMERIC if the loss diverges before the curve has a point. */
PLM_CHECKED plm_status plm_lr_find_run(plm_lr_find *f);
/* Frees the results. */
void plm_lr_find_free(plm_lr_find *f);

#endif
