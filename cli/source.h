/* The data that a verb names for a model that was trained before. */
#ifndef PLM_CLI_SOURCE_H
#define PLM_CLI_SOURCE_H

#include "home.h"

/* Whether MODEL and DATA, the arguments of a verb, are in this order; exit code 2 with a message
 * where they are swapped. */
int plm_cli_check_order(const plm_cli_call *call);
/* Opens data for the model of the job from an argument: a .csv or .npy file, - = a table at
 * standard input, or a pipeline. target: of a csv file, or NULL. Where the model knows no names of
 * columns and was loaded from the folder of a run, a table gives the columns that the run takes.
 * Returns an exit code. */
int plm_cli_source_open(plm_cli_work *work, const char *argument, const char *target);
/* The same for predictions, which need no targets. */
int plm_cli_source_inputs(plm_cli_work *work, const char *argument, const char *target);

#endif
