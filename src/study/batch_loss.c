/* Computes the loss of one batch from the means of the epoch before and after it. */
#include "study/batch_loss.h"

double plm_batch_loss(plm_epoch_loss *epoch, const plm_event *e)
{
    const double before = epoch->sum, rows = (double)(e->row - epoch->rows);
    epoch->sum = e->log[0].value * (double)e->row;
    epoch->rows = e->row;
    return rows > 0 ? (epoch->sum - before) / rows : e->log[0].value;
}
