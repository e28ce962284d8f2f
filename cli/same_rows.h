/* A run that goes on must train on the rows that it was trained on, and keep its test rows apart.
 */
#ifndef PLM_CLI_SAME_ROWS_H
#define PLM_CLI_SAME_ROWS_H

#include "settings.h"

/* Whether the settings name the rows as the run.yaml they were read from does. Exit code 2 with a
 * message when the command line names others. */
int plm_cli_same_rows(plm_cli_settings *s, const char *file, const char *folder);

#endif
