/* One side of a comparison: the unchanged run, or the run with one change. It has its own data and
 * model. */
#ifndef PLM_REPAIR_REPAIR_SIDE_H
#define PLM_REPAIR_REPAIR_SIDE_H

#include "repair/repair.h"
#include "run/class_weight.h"

/* State of a side. Zero-initialise it. It must not be moved in memory while it is open. */
typedef struct {
    plm_repairing *r;
    plm_settings settings;
    plm_job job;
    plm_data *screen, *confirm; /* the rows that are held back */
    uint64_t seed;              /* of the run */
    int64_t epochs, planned;    /* of the run; its steps */
    float class_weight[PLM_RUN_MAX_CLASSES];
    int classes;
} plm_repair_side;

/* Opens the run with the changes kept so far, and with one more change (NULL = none). Errors: all
 * errors of the run file and its data; E_UNSUPPORTED if no rows can be held back. */
PLM_CHECKED plm_status plm_repair_side_open(plm_repair_side *s, plm_repairing *r,
                                            const plm_change *change);
/* Frees a side, even if it could not be opened. */
void plm_repair_side_close(plm_repair_side *s);
/* Trains a branch with seed number `index` and evaluates it on the rows of the confirmation or of
 * the screening. Its steps are added to the record. */
PLM_CHECKED plm_status plm_repair_side_train(plm_repair_side *s, int index, int64_t steps,
                                             bool confirm, plm_branch *out);

#endif
