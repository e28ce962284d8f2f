/* Predictions of an epoch in a snapshot. Internal to train/. */
#ifndef PLM_TRAIN_SNAPSHOT_SCORES_H
#define PLM_TRAIN_SNAPSHOT_SCORES_H

#include "model/document.h"
#include "train/run.h"

/* Within an epoch: the predictions that exact areas keep. Adds tensors to d. */
PLM_CHECKED plm_status plm_snapshot_add_scores(plm_run *r, plm_document *d);
/* Puts them back. Error: they are not of these metrics. */
PLM_CHECKED plm_status plm_snapshot_read_scores(plm_run *r, const plm_document *d);

#endif
