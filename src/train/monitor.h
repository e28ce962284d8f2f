/* What observers share: a watched value, and what counts as better. Internal to train/. */
#ifndef PLM_TRAIN_MONITOR_H
#define PLM_TRAIN_MONITOR_H

#include "train/run.h"

/* The best so far of a watched value. */
typedef struct {
    const char *name; /* "val_loss" */
    bool automatic;   /* mode=auto: the direction is that of the metric */
    bool larger;      /* larger is better */
    double min_delta, best;
    bool seen;
} plm_monitor;

/* mode: "auto" (the direction of the metric, see plm_monitor_aim), "min" or "max". */
plm_monitor plm_monitor_new(const char *name, const char *mode, double min_delta);
/* The figure in an event; false when it is not there. */
bool plm_monitor_read(const plm_monitor *m, const plm_event *event, double *value);
/* The same, as an error that names the figures there are. */
PLM_CHECKED plm_status plm_monitor_need(const plm_monitor *m, plm_run *run, const plm_event *event,
                                        double *value);
/* Is the figure measured in this epoch? Not where it is of a validation that this epoch passes
 * over (validation_freq). */
bool plm_monitor_due(const plm_monitor *m, const plm_run *run);
/* Finds the direction for mode=auto. Called before the first step. Error: it is unknown. */
PLM_CHECKED plm_status plm_monitor_aim(plm_monitor *m, const plm_run *run);
/* Before the first step: will the value be there, and which way is it better? Errors of both. */
PLM_CHECKED plm_status plm_monitor_check(plm_monitor *m, plm_run *run);
/* Is value better than the best by more than min_delta? NaN never is. If so, it is the best from
 * now on. */
bool plm_monitor_gains(plm_monitor *m, double value);
/* Into and out of the first two numbers that a checkpoint keeps of an observer. */
void plm_monitor_remember(const plm_monitor *m, double number[2]);
void plm_monitor_recall(plm_monitor *m, const double number[2]);

/* A count that was kept as a number of a checkpoint: what a damaged file says becomes 0. */
int64_t plm_monitor_count(double number);

/* Copies the trained and the state parameters out of a model; vector: model->vector.length
 * numbers. */
void plm_weights_keep(const plm_model *m, plm_real *vector);
/* Puts the weights of an epoch (from 1) back into the model of a run. */
void plm_weights_restore(plm_run *run, const plm_real *vector, int64_t epoch);
/* ---- a watcher: the best epoch of a monitor, and its weights ---- */

/* An observer that keeps the best epoch begins with it: plm_watcher_weights and
 * plm_watcher_release take its address as self. */
typedef struct {
    plm *w;
    plm_monitor monitor;
    int64_t best_epoch; /* from 1; 0 = none yet */
    bool keeps;         /* weights, not only the number of the epoch */
    plm_real *best;     /* [model->vector.length] weights of the best epoch; NULL = not kept */
} plm_watcher;

/* An observer of `bytes` bytes that begins with a watcher; the rest is 0. NULL = no memory. */
void *plm_watcher_new(plm *w, size_t bytes, plm_monitor monitor, bool keeps);
/* FIT_BEGIN. Errors: those of plm_monitor_check. The first watcher of a fit gives it its best
 * epoch (plm_fit_result.best_epoch). */
PLM_CHECKED plm_status plm_watcher_begin(plm_watcher *o, plm_run *run);
/* EPOCH_END: when the value is better than all before, it keeps the epoch; *gains says so.
 * *value is NaN where the epoch is not validated and the monitor is of a validation. */
PLM_CHECKED plm_status plm_watcher_look(plm_watcher *o, plm_run *run, const plm_event *event,
                                        double *value, bool *gains);
/* From now on its best epoch is the one of the fit, whatever other watchers there are. */
void plm_watcher_claim(const plm_watcher *o, plm_run *run);
/* Puts the kept weights back into the model; does nothing where none are kept. */
void plm_watcher_give_back(const plm_watcher *o, plm_run *run);
/* The weights for a checkpoint, as plm_observer_kind.weights. */
plm_real *plm_watcher_weights(void *self, const plm_model *m, bool make);
/* As plm_observer.free. */
void plm_watcher_release(void *self);

#endif
