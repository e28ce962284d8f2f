/* Opens the data that a subcommand reads with a trained model. */
#ifndef PLM_CLI_SOURCE_H
#define PLM_CLI_SOURCE_H

#include "home.h"
#include "evaluation/source.h"

/* Opens DATA, the second argument of a subcommand, for the model of the job, see plm_job_source.
 * "-" is a table on standard input. targets: false = the rows are to be predicted and need no
 * targets. opened: set to how the data was opened; may be NULL. Returns an exit code. */
int plm_cli_source_open(plm_cli_work *work, bool targets, plm_job_table *opened);
/* Opens the model of the first argument, and rows with targets: the rows of DATA or, without DATA,
 * the test rows of the model's run. Returns an exit code. */
int plm_cli_rows_open(plm_cli_work *work, plm_data **rows);
/* If the argument that names a table is "-", replaces it by the path of standard input. The content
 * of a pipe is copied to a temporary file. Returns an exit code. */
int plm_cli_table(const char **argument);
/* For a run whose table came from standard input, so that the user must pass it there again: makes
 * standard input a file that can be read repeatedly. verb: the subcommand, for the hint. Returns an
 * exit code: PLM_EXIT_DATA, after a message, if standard input is empty. */
int plm_cli_table_of_run(plm *w, const char *verb, const char *folder);
/* Checks that MODEL and DATA, the arguments of a subcommand, are in this order. Returns an exit
 * code: PLM_EXIT_USAGE, after a message, if they are swapped. */
int plm_cli_check_order(const plm_cli_call *call);

#endif
