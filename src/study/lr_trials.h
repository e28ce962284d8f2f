/* Trials of learning rates: short trainings, each from the same fresh net, compared by their loss.
 * Where a range test guesses, they measure. */
#ifndef PLM_STUDY_LR_TRIALS_H
#define PLM_STUDY_LR_TRIALS_H

#include "study/lr_range.h"

enum { PLM_LR_TRIALS = 12, PLM_LR_TRIAL_LOGS = 16 };

/* One training. */
typedef struct {
    double rate;
    bool diverged;
    double value[PLM_LR_TRIAL_LOGS]; /* [logs] of the trials; the loss first */
} plm_lr_trial;

/* What to try, and what was found. */
typedef struct {
    int64_t steps;         /* batches of each trial */
    const char *optimizer; /* its spec: a schedule in it keeps its shape */
    plm_data *data;
    plm_data
        *validation; /* rows that trials are compared on; NULL = the training loss at the end */
    const float *class_weight; /* [classes], as in plm_fit_options; NULL = none */
    int classes;
    /* Makes a fresh model, compiled; it stays the caller's, until the next one is made. An error
     * ends the trials. */
    plm_status (*fresh)(void *user, plm_model **out);
    /* Called after each batch with its event; NULL = nobody watches. */
    void (*watch)(void *user, const plm_event *event);
    /* Called after each batch: whether to give up; NULL = never. */
    bool (*stop)(void *user);
    void *user; /* first argument of the three */
    /* ---- results ---- */
    bool stopped;                      /* given up by stop() */
    int count, best;                   /* trials; the one with the lowest loss, -1 = all diverged */
    plm_lr_trial trial[PLM_LR_TRIALS]; /* by rising rates */
    int logs;
    char name[PLM_LR_TRIAL_LOGS][48]; /* of the values of a trial */
} plm_lr_trials;

/* Trains a fresh model for some steps at each of five round rates around `near`, and at further
 * ones as long as the best is the lowest or the highest of them. A schedule is multiplied so that
 * its highest rate within a trial is the rate tried. That a training diverges is a result, not an
 * error. Errors: those of fresh, plm_fit and plm_evaluate; E_MEMORY. */
PLM_CHECKED plm_status plm_lr_trials_run(plm *w, plm_lr_trials *t, double near);
/* The learning rate to use: that of the best trial where there are trials, else that of the first
 * rule; 0 = none. trials may be NULL. */
double plm_lr_recommended(const plm_lr_range *t, const plm_lr_trials *trials);

#endif
