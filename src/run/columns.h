/* The columns that a run takes from its table, for another table of the same columns. */
#ifndef PLM_RUN_COLUMNS_H
#define PLM_RUN_COLUMNS_H

#include "base/arena.h"

/* The settings inputs=, target= and weight= in the data of the run at `folder`, as they continue
 * "csv('new.csv'": ", inputs='1:7', target=8". The column `target` replaces the run's, unless it is
 * NULL. *words = NULL: the folder holds no run, its data is no table, or it sets none of them; else
 * it lies in the arena. Errors: run.yaml may be damaged. */
PLM_CHECKED plm_status plm_run_columns(plm_arena *a, const char *folder, const char *target,
                                       const char **words);

#endif
