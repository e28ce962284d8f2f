/* What is known about a run from its folder: history, best epoch, state. */
#ifndef PLM_ARCHIVE_RUN_KNOWN_H
#define PLM_ARCHIVE_RUN_KNOWN_H

#include "base/runtime.h"
#include "plummet_run.h"

/* A run that was read. */
typedef struct {
    plm_run_folder *folder;
    plm_history history; /* borrowed from the folder */
    /* row of the history with the lowest val_loss; without validation the last row; -1 = no rows */
    int64_t best;
    bool validated;    /* the history has the column val_loss */
    const char *state; /* the state: "running", "ended", "stopped", "diverged" or "unreadable" */
} plm_run_known;

/* Reads a run. Close it even after an error; its state is then "unreadable" or "running". */
PLM_CHECKED plm_status plm_run_known_open(plm *w, const char *path, plm_run_known *r);
/* Frees what the run holds. */
void plm_run_known_close(plm_run_known *r);
/* Returns the value of the column `name` in the best epoch; NaN if there is no such value. */
double plm_run_known_value(const plm_run_known *r, const char *name);
/* True for a column that measures the quality of an epoch: the validation metrics or, without a
 * validation, the training metrics. */
bool plm_run_known_is_metric(const plm_run_known *r, const char *name);

#endif
