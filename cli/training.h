/* Functions for the subcommands that train the model of a run file: train and pretrain. */
#ifndef PLM_CLI_TRAINING_H
#define PLM_CLI_TRAINING_H

#include "watch.h"

/* Runs `plummet train` or, if pretrain is true, `plummet pretrain`. The subcommand must have the
 * keys of a run file and the options resume, dry-run, json and quiet. Returns an exit code. */
int plm_cli_training_run(const plm_cli_call *call, bool pretrain);
/* Evaluates the saved model on the test rows, and prints its metrics and what to do next. code:
 * exit code of the training. Returns code, or the exit code of a new failure. (report.c) */
int plm_cli_report(const plm_cli_call *call, const plm_cli_watch *w, int code);

#endif
