/* A fit in progress: its observers and what they are told. Internal to train/. */
#ifndef PLM_TRAIN_RUN_H
#define PLM_TRAIN_RUN_H

#include "train/train.h"

struct plm_run {
    plm_model *model;
    plm_training *training;
    plm_arena arena;
    const plm_observer_kind **kind; /* of the opened ones */
    const char *checkpoint;         /* an observer asked for one: written when all have been told */
    int64_t first_epoch;            /* 0, or where a resumed fit goes on */
    /* of an epoch that is not at its end: batches done; those that a checkpoint has done */
    int64_t batch, skip;
    plm_observer *observer; /* opened ones first, then the caller's */
    int observers, opened;
    int64_t epochs, rows;       /* asked for; rows of an epoch or -1 */
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
plm_status plm_run_open(plm_run *r, plm_model *m, const plm_fit_options *o);
void plm_run_close(plm_run *r);
/* The figures of an epoch that has just ended: `measured` of training, and where it validates
 * those of validation when asked for; last the learning rate, where it moves. Returns how many. */
int plm_run_figures(const plm_run *r, bool validation, plm_log *out, int room);
/* Tells every observer, in order. The first answer that is not OK ends the fit, but all are
 * told. */
plm_status plm_run_notify(plm_run *r, plm_moment moment, int64_t epoch);
/* ---- checkpoint.c ---- */

/* Writes model and training as they are after `epoch`, or within it (r->batch). */
plm_status plm_checkpoint_write(plm_run *r, const char *path, int64_t epoch);
/* Puts model and training back; r->first_epoch and r->skip tell where to go on, the epoch's sums
 * being in the training. The model must be the same net. */
plm_status plm_checkpoint_read(plm_run *r, const char *path);

/* Seconds of a clock that never goes back. */
double plm_run_clock(void);
/* One batch through check, plan, step and count. */
plm_status plm_training_batch(plm_training *t, const plm_batch *b, double *loss);

#endif
