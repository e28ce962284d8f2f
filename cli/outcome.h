/* What a run of train leaves: its model, its figures, its last words. */
#ifndef PLM_CLI_OUTCOME_H
#define PLM_CLI_OUTCOME_H

#include "training.h"

/* Saves the model after a fit that ended with this exit code: also after a signal, and the last
 * good model of a fit that failed. Returns the exit code, or that of a new failure. */
int plm_cli_outcome_save(plm_cli_training *t, int code);
/* Measures the model on the test rows and prints the figures that belong to it. The same. */
int plm_cli_outcome_report(plm_cli_training *t, int code);

#endif
