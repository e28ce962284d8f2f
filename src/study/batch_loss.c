/* Computes the loss of one batch from the means of the epoch before and after it.
 *
 * A fit reports the mean loss of the epoch so far, not that of the batch. From two such means and
 * the rows behind them the mean of the last batch follows. */
#include "study/batch_loss.h"

/* Returns the mean loss of the last batch. epoch: the sum and the rows before this batch, which are
 * replaced. */
double plm_batch_loss(plm_epoch_loss *epoch, const plm_event *e)
{
    const double before = epoch->sum, rows = (double)(e->row - epoch->rows);
    epoch->sum = e->log[0].value * (double)e->row;
    epoch->rows = e->row;
    return rows > 0 ? (epoch->sum - before) / rows : e->log[0].value;
}
