/* Computes the loss of one batch from the mean losses of the epoch before and after the batch.
 *
 * A fit reports the mean loss of the epoch so far, not that of the batch. The mean times the number
 * of rows is the sum of the losses, and the difference of two sums is the sum of one batch. */
#include "study/batch_loss.h"

/* Returns the mean loss of the last batch. epoch: holds the sum and the number of rows before this
 * batch; the call updates both. */
double plm_batch_loss(plm_epoch_loss *epoch, const plm_event *e)
{
    const double before = epoch->sum, rows = (double)(e->row - epoch->rows);
    epoch->sum = e->log[0].value * (double)e->row;
    epoch->rows = e->row;
    return rows > 0 ? (epoch->sum - before) / rows : e->log[0].value;
}
