/* Computes the loss of one batch. Events of a fit carry the mean loss of the epoch so far, so the
 * loss of a batch is the amount by which it raised the sum of the losses. */
#ifndef PLM_STUDY_BATCH_LOSS_H
#define PLM_STUDY_BATCH_LOSS_H

#include "plummet.h"

/* The losses of the epoch so far. Set it to zero at the beginning of each epoch. */
typedef struct {
    double sum; /* sum of the losses of all rows so far */
    /* number of rows so far */
    int64_t rows;
} plm_epoch_loss;

/* Returns the mean loss of the batch that ended with event e (PLM_BATCH_END), and adds the batch to
 * `epoch`. Call it for each batch, in order. */
double plm_batch_loss(plm_epoch_loss *epoch, const plm_event *e);

#endif
