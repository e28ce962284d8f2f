/* Reuse in run files: a trained model to start from, layers that go, layers that are frozen for
 * a while. */
#ifndef PLM_CLI_REUSE_H
#define PLM_CLI_REUSE_H

#include "job.h"

/* Checks keys that need one another. Returns an exit code. */
int plm_cli_reuse_check(plm_cli_settings *s);
/* Loads the model of start, cuts it and freezes its layers; without start the model stays NULL. */
int plm_cli_reuse_start(plm_cli_job *j, plm_cli_settings *s);
/* When all layers are there: freezes them where there is no start, and sets their learning
 * rates. */
int plm_cli_reuse_layers(plm_cli_job *j, plm_cli_settings *s);
/* When the model is compiled: whether unfreeze names layers of it, which is else found out after
 * frozen_epochs only. */
int plm_cli_reuse_check_unfreeze(plm_cli_job *j, plm_cli_settings *s);
/* Epochs of the first phase, with frozen layers; 0 = there is one phase only. */
int64_t plm_cli_reuse_frozen_epochs(plm_cli_settings *s);
/* The second phase: layers are freed, and the model compiled with the optimizer. Nothing is
 * printed. */
plm_status plm_cli_reuse_unfreeze(plm_cli_job *j, plm_cli_settings *s);
/* The file of the model that the run starts from, or NULL; to be freed. */
char *plm_cli_reuse_donor(plm_cli_settings *s);

#endif
