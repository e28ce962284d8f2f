/* The treatment of one fault: changes are compared in short trainings (screening), and the best one
 * in longer ones (confirmation). */
#ifndef PLM_REPAIR_REPAIR_TRIAL_H
#define PLM_REPAIR_REPAIR_TRIAL_H

#include "repair/repair.h"

/* Tries the changes for a fault, with at most this number of training steps. round->kept = the
 * index of the change that is proven; -1 = none is. */
PLM_CHECKED plm_status plm_repair_try(plm_repairing *r, plm_repair_round *round, int64_t budget);

#endif
