/* The loss of one batch. Events of a fit carry the mean of the epoch so far; the batch's own loss
 * is what it added to the sum. */
#ifndef PLM_STUDY_BATCH_LOSS_H
#define PLM_STUDY_BATCH_LOSS_H

#include "plummet.h"

/* The epoch so far; zero at its beginning. */
typedef struct {
    double sum; /* of losses, one for each row */
    int64_t rows;
} plm_epoch_loss;

/* The mean loss of the batch that a PLM_BATCH_END event ends; takes the event into the epoch. */
double plm_batch_loss(plm_epoch_loss *epoch, const plm_event *e);

#endif
