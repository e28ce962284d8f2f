/* A fit in progress: its state, its observers and the events they get. Internal to train/. */
#ifndef PLM_TRAIN_RUN_H
#define PLM_TRAIN_RUN_H

#include "train/since.h"
#include "train/train.h"

/* A fit in progress. */
struct plm_run {
    plm_model *model;
    plm_training *training;
    plm_arena arena;
    const char **file; /* [files] what this fit writes: its checkpoint, and files of observers */
    size_t files, file_capacity;
    const plm_observer_kind **kind; /* [opened] kinds of the observers that were made from specs */
    /* [requests] paths of checkpoints that observers requested in this event; written after all
     * observers were called */
    const char **requested;
    int requests;
    /* The fit's own checkpoint (plm_fit_options.checkpoint): its path or NULL, the number of epochs
     * between two checkpoints, the time of the last checkpoint, and the minimum number of seconds
     * until the next. */
    const char *own;
    int64_t own_epochs;
    double own_written, own_pause;
    /* What identifies this fit: texts of the library and of the caller; and the keys whose values
     * may differ from those of the checkpoint (same_run.c). */
    const char *facts, *run, *config_changes;
    plm_fit_result state; /* how far the fit has come */
    /* the watcher (monitor.h) whose best epoch is state.best_epoch; NULL = none yet */
    const void *best_by;
    bool restored;       /* true = an observer has restored the weights of state.kept_epoch */
    int64_t first_epoch; /* number of the first epoch: 0, or where a resumed fit continues */
    plm_since since;     /* the first epochs that do not count; a checkpoint stores it */
    /* in the current epoch: number of batches trained; number of batches to skip, which were
     * trained before the checkpoint */
    int64_t batch, skip;
    /* steps: number of batches in an epoch, if steps_per_epoch is set; 0 = an epoch is a pass over
     * the data. pass: number of the pass that is being read, from 0; -1 = none yet */
    int64_t steps, pass;
    /* [observers] first the `opened` observers, made from specs, then those of the caller */
    plm_observer *observer;
    int observers, opened;
    /* epochs: number of epochs requested; rows: number of rows of an epoch, -1 = unknown */
    int64_t epochs, rows;
    double gradient_norm, penalty_share; /* values of the epoch that has just ended */
    double batch_loss;                   /* mean loss of the batch that has just ended */
    /* number of the epoch before which the loop ends: `epochs`, or first_epoch if there is nothing
     * to train */
    int64_t last_epoch;
    plm_data *validation; /* of the fit; NULL = none. Borrowed. */
    /* validates: the logs contain validation values. rate_moves: a schedule or an observer may
     * change the learning rate. */
    bool validates, rate_moves;
    /* true = this epoch is not validated (validation_freq), so its val_ values are NaN */
    bool skips_validation;
    /* number of epochs between two validations */
    int64_t validation_freq;
    /* number of rows of the training epoch that has just ended; kept here, since validation counts
     * rows again */
    int64_t rows_done;
    /* begun: time at the start of the fit; training_seconds: of this epoch so far */
    double begun, training_seconds;
    /* called for each batch of the data, to replace it; NULL = batches stay as they are */
    plm_batch_change *change;
    void *change_self;
    /* [logs] values of the current event, for observers */
    plm_log log[PLM_LOGS];
    int logs;
};

/* Prepares a fit: opens the observers of o. On error nothing stays open. */
PLM_CHECKED plm_status plm_run_open(plm_run *r, plm_model *m, const plm_fit_options *o);
/* Frees the observers that plm_run_open made from specs. */
void plm_run_close(plm_run *r);
/* Writes to the logs the values of an epoch that has just ended: training values, or validation
 * values followed by learning rate, gradient norm and share of the penalty. Returns how many were
 * written. */
int plm_run_values(const plm_run *r, bool validation, plm_log *out, int capacity);
/* Calls every observer with an event, in order. The first status other than PLM_OK ends the fit,
 * but all observers are called. */
PLM_CHECKED plm_status plm_run_notify(plm_run *r, plm_event_kind moment, int64_t epoch);

/* ---- good.c: the fallback state, the last one known to be finite ---- */

/* Stores the current state as the fallback state, unless a checkpoint has just restored one. */
PLM_CHECKED plm_status plm_run_keep_first(plm_run *r);
/* Stores the state at the end of an epoch as the fallback state. Errors: E_NUMERIC if the weights
 * are not finite. */
PLM_CHECKED plm_status plm_run_keep_good(plm_run *r);
/* Adds to the fallback state the learning rate that observers have set at the end of its epoch. */
void plm_run_keep_rate(plm_run *r);
/* Allocates the fallback state, unless it exists. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_training_open_good(plm_training *t);
/* Returns the bytes of the fallback state that plm_training_open_good allocates. */
size_t plm_training_good_bytes(const plm_training *t);
/* Copies the numbers of the fallback state to `at` if `out`, else from `at`: good_number, then the
 * copy of plm_training.memory. at == NULL: only counts them. Returns their number. */
size_t plm_good_numbers(plm_training *t, double *at, bool out);
/* Sets model and training to the fallback state, exactly as they were at the end of that epoch. */
void plm_run_restore_good(plm_run *r);

/* ---- checkpoint.c ---- */

/* Writes the model and the state of the training: r->state.epochs epochs are done, and r->batch
 * batches of the next one. */
PLM_CHECKED plm_status plm_checkpoint_write(plm_run *r, const char *path);
/* Requests a checkpoint, which is written after all observers were called. An observer may request
 * at most one for each event. The path is borrowed until then. */
void plm_checkpoint_request(plm_run *r, const char *path);
/* Writes the requested checkpoints, and the fit's own checkpoint if it is due.
 * result: the status of the observers, which is returned unless a file cannot be written. */
PLM_CHECKED plm_status plm_checkpoint_write_requested(plm_run *r, plm_event_kind moment,
                                                      plm_status result);
/* Writes the fit's own checkpoint, if there is one. */
PLM_CHECKED plm_status plm_checkpoint_own(plm_run *r);
/* Restores model and training from a checkpoint of the same net. r->first_epoch and r->skip say
 * where to continue; the sums of an unfinished epoch are in the training. */
PLM_CHECKED plm_status plm_checkpoint_read(plm_run *r, const char *path);

/* ---- loop.c ---- */

/* Trains epochs first_epoch to last_epoch, then ends the fit. */
PLM_CHECKED plm_status plm_run_loop(plm_run *r, plm_data *train, plm_data *validation);
/* Trains on one batch: checks it, binds it to the plan, makes a step, and adds its losses and
 * metrics to the sums. */
PLM_CHECKED plm_status plm_training_batch(plm_training *t, const plm_batch *b, double *loss);
/* Fails with E_NUMERIC and explains why the loss of a batch is not finite. caller: for messages. */
PLM_CHECKED plm_status plm_training_not_finite(const plm_training *t, const plm_batch *b,
                                               const char *caller);

#endif
