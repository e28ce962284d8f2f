/* Declares what observers share: a monitored value, the rule that decides which changes of the
 * value are improvements, and a watcher that keeps the best epoch. Internal to train/. */
#ifndef PLM_TRAIN_MONITOR_H
#define PLM_TRAIN_MONITOR_H

#include "train/run.h"

/* A monitored value, and its best value so far. */
typedef struct plm_monitor {
    const char *name; /* "val_loss" */
    /* true = mode=auto: the kind of the metric determines whether higher is better */
    bool automatic;
    bool larger; /* higher is better */
    double min_delta, best;
    bool seen; /* `best` is set */
} plm_monitor;

/* Makes a monitor. mode: "min", "max", or "auto", which plm_monitor_find_direction replaces before
 * the first step. */
plm_monitor plm_monitor_new(const char *name, const char *mode, double min_delta);
/* Reads the monitored value of an event. If m->name is another name of a metric, it becomes the
 * name that the metric has in the logs. Fails if the event does not have the value; the error lists
 * those that it has. */
PLM_CHECKED plm_status plm_monitor_require(plm_monitor *m, plm_run *run, const plm_event *event,
                                           double *value);
/* True if the value is measured in this epoch. A validation value is not measured if the epoch
 * skips validation (validation_freq). */
bool plm_monitor_due(const plm_monitor *m, const plm_run *run);
/* Determines for mode=auto whether higher is better. It is called before the first step. Errors:
 * E_SPEC if this is unknown. */
PLM_CHECKED plm_status plm_monitor_find_direction(plm_monitor *m, const plm_run *run);
/* Checks before the first step that events will have the value and that its direction is known. */
PLM_CHECKED plm_status plm_monitor_check(plm_monitor *m, plm_run *run);
/* True if the value is better than the best one so far by more than min_delta. The value then
 * becomes the best value. NaN is never better. */
bool plm_monitor_improves(plm_monitor *m, double value);
/* Stores the monitor in the first two numbers that a checkpoint keeps for an observer. */
void plm_monitor_remember(const plm_monitor *m, double number[2]);
/* Restores the monitor from two numbers of a checkpoint, which plm_monitor_remember stored. */
void plm_monitor_recall(plm_monitor *m, const double number[2]);

/* Converts a number of a checkpoint to a count. Invalid numbers, from a damaged file, give 0. */
int64_t plm_monitor_count(double number);

/* Copies all parameters out of a model. vector: model->vector.length numbers. */
void plm_weights_keep(const plm_model *m, plm_real *vector);
/* Copies the weights of an epoch (from 1) back into the model of a run. */
void plm_weights_restore(plm_run *run, const plm_real *vector, int64_t epoch);

/* ---- a watcher: the best epoch of a monitor, and its weights ---- */

/* Keeps the best epoch of a monitored value. It must be the first member of an observer, so that
 * plm_watcher_weights and plm_watcher_release can take the observer's address as self. */
typedef struct {
    plm *w;
    plm_monitor monitor;
    int64_t best_epoch; /* number of the best epoch, from 1; 0 = none yet */
    bool keeps;         /* true = keep the weights too, not only the number of the epoch */
    plm_real *best;     /* [model->vector.length] weights of the best epoch; NULL = not kept */
} plm_watcher;

/* Allocates an observer of `bytes` bytes that begins with a watcher. All else is 0.
 * Returns NULL if there is no memory. */
void *plm_watcher_new(plm *w, size_t bytes, plm_monitor monitor, bool keeps);
/* Call it at FIT_BEGIN. The first watcher of a fit sets plm_fit_result.best_epoch.
 * Errors: those of plm_monitor_check. */
PLM_CHECKED plm_status plm_watcher_begin(plm_watcher *o, plm_run *run);
/* Call it at EPOCH_END. Reads the value and keeps the epoch if it is the best so far.
 * *value: the value; NaN if it is a validation value and this epoch is not validated.
 * *improved: true if the epoch is the best so far. */
PLM_CHECKED plm_status plm_watcher_look(plm_watcher *o, plm_run *run, const plm_event *event,
                                        double *value, bool *improved);
/* Makes the best epoch of this watcher the best epoch of the fit, even if the fit has other
 * watchers. */
void plm_watcher_claim(const plm_watcher *o, plm_run *run);
/* Copies the kept weights back into the model. Does nothing if no weights are kept. */
void plm_watcher_give_back(const plm_watcher *o, plm_run *run);
/* Returns the kept weights, for a checkpoint (plm_observer_kind.weights).
 * make: true = allocate them if there are none. */
plm_real *plm_watcher_weights(void *self, const plm_model *m, bool make);
/* Returns the monitor of a watcher (plm_observer_kind.monitor). */
const plm_monitor *plm_watcher_monitor(const void *self);
/* Frees the observer and the kept weights (plm_observer.free). */
void plm_watcher_release(void *self);

#endif
