/* Reuse in run files: a trained model to start from, layers that go, layers that are frozen for
 * a while. */
#ifndef PLM_RUN_REUSE_H
#define PLM_RUN_REUSE_H

#include "run/job.h"

/* Checks keys that need one another. */
PLM_CHECKED plm_status plm_reuse_check(plm_settings *s);
/* Loads the model of start, cuts it and freezes its layers; without start the model stays NULL. */
PLM_CHECKED plm_status plm_reuse_start(plm_job *j, plm_settings *s);
/* When all layers are there: freezes them where there is no start, and sets their learning
 * rates. */
PLM_CHECKED plm_status plm_reuse_layers(plm_job *j, plm_settings *s);
/* When the model is compiled: whether unfreeze names layers of it, which is else found out after
 * frozen_epochs only. */
PLM_CHECKED plm_status plm_reuse_check_unfreeze(plm_job *j, plm_settings *s);
/* Epochs of the first phase, with frozen layers; 0 = there is one phase only. */
int64_t plm_reuse_frozen_epochs(plm_settings *s);
/* The second phase: layers are freed, and the model compiled with the optimizer. An error is
 * recorded by the run's runtime alone. */
PLM_CHECKED plm_status plm_reuse_unfreeze(plm_job *j, plm_settings *s);
/* *out = the file of the model that the run starts from, or NULL. */
PLM_CHECKED plm_status plm_reuse_donor(plm_settings *s, const char **out);

#endif
