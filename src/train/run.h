/* A fit in progress: its observers and what they are told. Internal to train/. */
#ifndef PLM_TRAIN_RUN_H
#define PLM_TRAIN_RUN_H

#include "train/train.h"

struct plm_run {
    plm_model *model;
    plm_training *training;
    plm_arena arena;
    const plm_observer_kind **kind; /* of the opened ones */
    /* Checkpoints that observers asked for, [wants] paths: written when all have been told. */
    const char **wanted;
    int wants;
    /* The fit's own checkpoint (plm_fit_options.checkpoint): path or NULL, epochs between two, when
     * it was written last, and seconds to wait before the next one. */
    const char *own;
    int64_t own_epochs;
    double own_written, own_pause;
    /* What makes this fit the one it is, and the keys of run that may have changed (same_run.c). */
    const char *facts, *run, *config_changes;
    plm_fit_result state; /* how far it has come */
    const void *best_by;  /* the watcher whose best epoch is state.best_epoch; NULL = none yet */
    bool restored;        /* an observer has put the weights of state.kept_epoch back */
    int64_t first_epoch;  /* 0, or where a resumed fit goes on */
    /* of an epoch that is not at its end: batches done; those that a checkpoint has done */
    int64_t batch, skip;
    plm_observer *observer; /* opened ones first, then the caller's */
    int observers, opened;
    int64_t epochs, rows;       /* asked for; rows of an epoch or -1 */
    int64_t last_epoch;         /* the loop ends before it: epochs, or first_epoch = no loop */
    bool validates, rate_moves; /* there are val_ figures; the rate is one of the figures */
    bool passes;                /* this epoch is not validated: its val_ figures are NaN */
    int64_t validation_freq;
    int64_t rows_done; /* of the epoch that has ended: validation counts anew */
    double begun, training_seconds;
    /* what the net is fed with in place of the batches of the data; or NULL */
    plm_batch_change *change;
    void *change_self;
    plm_log log[PLM_LOGS];
    int logs;
};

/* Opens the observers of o; on error nothing stays open. */
PLM_CHECKED plm_status plm_run_open(plm_run *r, plm_model *m, const plm_fit_options *o);
void plm_run_close(plm_run *r);
/* The figures of an epoch that has just ended: `measured` of training, and where it validates
 * those of validation when asked for; last the learning rate, where it moves. Returns how many. */
int plm_run_figures(const plm_run *r, bool validation, plm_log *out, int room);
/* Tells every observer, in order. The first answer that is not OK ends the fit, but all are
 * told. */
PLM_CHECKED plm_status plm_run_notify(plm_run *r, plm_event_kind moment, int64_t epoch);

/* ---- good.c: the last weights that are known to be finite ---- */

/* Keeps the weights as they are now, unless a checkpoint gave those of the last epoch's end. */
PLM_CHECKED plm_status plm_run_keep_first(plm_run *r);
/* Keeps the weights at the end of an epoch. E_NUMERIC when they are not finite. */
PLM_CHECKED plm_status plm_run_keep_good(plm_run *r);
/* The kept weights become the model's again. */
void plm_run_go_back(plm_run *r);

/* ---- checkpoint.c ---- */

/* Writes model and training as they are: r->state.epochs are done, and r->batch batches of the
 * next one. */
PLM_CHECKED plm_status plm_checkpoint_write(plm_run *r, const char *path);
/* Asks for a checkpoint that is written when all observers have been told; once a moment for each
 * observer. The path is borrowed until then. */
void plm_checkpoint_want(plm_run *r, const char *path);
/* Writes what observers asked for, and the fit's own checkpoint when it is due. answer: of the
 * observers; it comes back unless a file cannot be written. */
PLM_CHECKED plm_status plm_checkpoint_write_wanted(plm_run *r, plm_event_kind moment,
                                                   plm_status answer);
/* Writes the fit's own checkpoint, if it has one. */
PLM_CHECKED plm_status plm_checkpoint_own(plm_run *r);
/* Puts model and training back; r->first_epoch and r->skip tell where to go on, the epoch's sums
 * being in the training. The model must be the same net. */
PLM_CHECKED plm_status plm_checkpoint_read(plm_run *r, const char *path);

/* ---- loop.c ---- */

/* Epochs first_epoch to last_epoch, and the end of the fit. */
PLM_CHECKED plm_status plm_run_loop(plm_run *r, plm_data *train, plm_data *validation);
/* One batch through check, plan, step and count. */
PLM_CHECKED plm_status plm_training_batch(plm_training *t, const plm_batch *b, double *loss);
/* E_NUMERIC: why the loss of a batch is not finite. caller: for messages. */
PLM_CHECKED plm_status plm_training_not_finite(const plm_training *t, const plm_batch *b,
                                               const char *caller);

#endif
