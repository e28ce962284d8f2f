/* What verbs that train the net of a run file share: train, pretrain. */
#ifndef PLM_CLI_TRAINING_H
#define PLM_CLI_TRAINING_H

#include "watch.h"

/* Runs the verb of a call whose keys are those of a run file and whose options include resume,
 * dry-run, json, quiet. */
int plm_cli_training_run(const plm_cli_call *call, bool pretrain);
/* Measures the model on the test rows and prints the metrics that belong to it. code: of the
 * training. Returns it, or that of a new failure. (report.c) */
int plm_cli_report(const plm_cli_call *call, const plm_cli_watch *w, int code);

#endif
