/* Chooses how the best epoch of a classifier of a table is found, see recipe_copies.c. */
#ifndef PLM_RUN_RECIPE_COPIES_H
#define PLM_RUN_RECIPE_COPIES_H

#include "run/job.h"

/* Suggests the observer that keeps the weights of the best epoch: that with the lowest validation
 * loss after calibration, or, if at least a tenth of the training rows are copies of others, with
 * the highest validation accuracy. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_recipe_best_epoch(const plm_job *j, plm_settings *s);

#endif
