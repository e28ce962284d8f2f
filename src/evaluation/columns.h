/* Finds which columns of its table a run uses, so that another table can be read in the same
 * way. */
#ifndef PLM_EVALUATION_COLUMNS_H
#define PLM_EVALUATION_COLUMNS_H

#include "base/arena.h"

/* Finds the settings inputs=, target= and weight= in the data of the run at `folder`. *words is a
 * text in the arena, such as
 *     , inputs='1:7', target=8
 * which can be inserted into the csv spec of another file, before its closing parenthesis. `target`
 * replaces the run's own target, unless it is NULL or empty. *words = NULL: the folder holds no
 * run, its data is not a table, or it has none of these settings. Errors: all errors of reading
 * run.yaml. */
PLM_CHECKED plm_status plm_run_columns(plm_arena *a, const char *folder, const char *target,
                                       const char **words);
/* Finds weight= in the data of the run at `folder`, a column by its name. *name = NULL: there is
 * none, or the run gives it by number or as a list. */
PLM_CHECKED plm_status plm_run_weight(plm_arena *a, const char *folder, const char **name);

#endif
