/* Trials of learning rates: short trainings at several rates, each of a newly initialized net,
 * which are compared by their loss. A range test estimates a good rate from one short training;
 * trials measure which rate is best. */
#ifndef PLM_STUDY_LR_TRIALS_H
#define PLM_STUDY_LR_TRIALS_H

#include "study/lr_range.h"

/* Maximum numbers of trials and of values that a trial records. */
enum { PLM_LR_TRIALS = 12, PLM_LR_TRIAL_LOGS = 16 };

/* One trial: a training at one learning rate. */
typedef struct {
    double rate;
    /* the loss became NaN or infinite */
    bool diverged;
    double value[PLM_LR_TRIAL_LOGS]; /* [plm_lr_trials.logs] the loss, then the metrics */
} plm_lr_trial;

/* The settings and the results of trials. */
typedef struct {
    int64_t steps; /* number of batches of each trial */
    /* spec of the optimizer; if it has a schedule, all rates of the schedule are multiplied by one
     * factor */
    const char *optimizer;
    plm_data *data;
    /* rows on which trials are compared; NULL = compare the training loss of the last steps */
    plm_data *validation;
    const float *class_weight; /* [classes] class weights, as in plm_fit_options; NULL = none */
    int classes;
    /* Gives a newly initialized, compiled model in *out. The caller owns it and keeps it until the
     * next call. An error ends the trials. */
    plm_status (*fresh)(void *user, plm_model **out);
    /* Called after each batch with its event; NULL = no call. */
    void (*watch)(void *user, const plm_event *event);
    /* Called after each batch; true ends the trials. NULL = no call. */
    bool (*stop)(void *user);
    void *user; /* first argument of fresh, watch and stop */
    /* ---- results ---- */
    bool stopped; /* stop() ended the trials */
    /* number of trials; index of the trial with the lowest loss, -1 = all diverged */
    int count, best;
    plm_lr_trial trial[PLM_LR_TRIALS]; /* [count] by rising rates */
    /* number of values of a trial: the loss and the metrics */
    int logs;
    char name[PLM_LR_TRIAL_LOGS][48]; /* [logs] names of the values */
} plm_lr_trials;

/* Trains a new model for o->steps steps at each of five round rates around `near`. As long as the
 * best rate is the lowest or the highest one tried, one more rate beyond it is tried. A schedule is
 * multiplied by a factor, so that its highest rate within the trial is the rate tried. A training
 * that diverges is a result, not an error.
 * Errors: those of fresh, plm_fit and plm_evaluate; E_MEMORY. */
PLM_CHECKED plm_status plm_lr_trials_run(plm *w, plm_lr_trials *t, double near);
/* Returns the learning rate to use: that of the best trial or, if trials is NULL, that of the first
 * rule of t. 0 = none. */
double plm_lr_recommended(const plm_lr_range *t, const plm_lr_trials *trials);

#endif
