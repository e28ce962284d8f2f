/* Which epochs of a history can be compared with each other. Internal. */
#ifndef PLM_TRAIN_SINCE_H
#define PLM_TRAIN_SINCE_H

#include "base/runtime.h"

/* How many of the first epochs of a fit do not count, since a resume has changed what was measured:
 * values of two units must not be compared. */
typedef struct {
    int64_t loss; /* they had another loss */
    int64_t best; /* the observer that keeps the best weights had not begun, or began anew */
} plm_since;

/* Returns these numbers for a fit that has begun. (snapshot_since.c) */
plm_since plm_fit_since(const plm_run *r);
/* Reads these numbers from a checkpoint; 0 if it was written by an older version. (checkpoint.c) */
PLM_CHECKED plm_status plm_checkpoint_since(plm *w, const char *path, plm_since *out);

#endif
