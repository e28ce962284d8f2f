/* Stores the predictions of an unfinished epoch in a snapshot, and restores them. Internal to
 * train/. */
#ifndef PLM_TRAIN_SNAPSHOT_SCORES_H
#define PLM_TRAIN_SNAPSHOT_SCORES_H

#include "model/document.h"
#include "train/run.h"

/* Adds the predictions that metrics such as auc keep to the document. Does nothing between two
 * epochs, since they are empty then. */
PLM_CHECKED plm_status plm_snapshot_add_scores(plm_run *r, plm_document *d);
/* Restores the predictions that metrics such as auc keep. Errors: E_FORMAT if the document has no
 * predictions for one of the metrics. */
PLM_CHECKED plm_status plm_snapshot_read_scores(plm_run *r, const plm_document *d);

#endif
