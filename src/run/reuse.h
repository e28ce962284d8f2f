/* Reuse of trained models in run files: a model to start from, layers to remove, and layers that
 * are frozen, for some epochs or for the whole training. */
#ifndef PLM_RUN_REUSE_H
#define PLM_RUN_REUSE_H

#include "run/job.h"

/* Fails with E_SPEC if a key is set without another key that it needs. */
PLM_CHECKED plm_status plm_reuse_check(plm_settings *s);
/* Loads the model of the key start, removes the layers of the key cut, and freezes layers. Without
 * the key start, the job's model stays NULL. */
PLM_CHECKED plm_status plm_reuse_start(plm_job *j, plm_settings *s);
/* Freezes layers, unless the run has a key start, and sets the learning rate factors. Called when
 * all layers have been added. */
PLM_CHECKED plm_status plm_reuse_layers(plm_job *j, plm_settings *s);
/* Checks, when the model is compiled, that the key unfreeze names layers of the model. Otherwise
 * this mistake would be found only after the frozen epochs. */
PLM_CHECKED plm_status plm_reuse_check_unfreeze(plm_job *j, plm_settings *s);
/* Returns the number of epochs of the first phase, in which layers are frozen. 0 = there is only
 * one phase. */
int64_t plm_reuse_frozen_epochs(plm_settings *s);
/* Begins the second phase of a run: makes frozen layers trainable, and compiles the model with the
 * key optimizer. An error is recorded only on the run's own runtime. */
PLM_CHECKED plm_status plm_reuse_unfreeze(plm_job *j, plm_settings *s);
/* Sets *out to the file of the model that the run starts from. NULL = the run starts from no
 * model. */
PLM_CHECKED plm_status plm_reuse_donor(plm_settings *s, const char **out);

#endif
