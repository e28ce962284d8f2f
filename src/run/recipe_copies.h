/* Chooses how the best epoch of the net of a table is found, see recipe_copies.c. */
#ifndef PLM_RUN_RECIPE_COPIES_H
#define PLM_RUN_RECIPE_COPIES_H

#include "run/job.h"

/* Suggests the observer that keeps the weights of the best epoch. For a classifier that is the one
 * with the lowest validation loss after calibration, or, if at least a tenth of the training rows
 * are copies of others, with the highest validation accuracy; else the one with the lowest
 * validation loss. waves: the last wave of the learning rate is left out if no epoch of the wave
 * before is the best, unless rows are copies. Suggests nothing for a number
 * without waves. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_recipe_best_epoch(const plm_job *j, plm_settings *s, bool classes,
                                             bool waves);

#endif
