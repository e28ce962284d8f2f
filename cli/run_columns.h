/* The columns that a run takes from its table, for another table of the same columns. */
#ifndef PLM_CLI_RUN_COLUMNS_H
#define PLM_CLI_RUN_COLUMNS_H

#include "cli.h"

/* The settings inputs=, target= and weight= in the data of the run at `folder`, as they continue
 * "csv('new.csv'": ", inputs='1:7', target=8". The column `target` replaces the run's, unless it is
 * NULL. *words = NULL: the folder holds no run, its data is no table, or it sets none of them; else
 * to be freed. Returns an exit code: run.yaml may be damaged. */
int plm_cli_run_columns(const char *folder, const char *target, char **words);

#endif
