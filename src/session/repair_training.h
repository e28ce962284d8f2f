/* Repairs a training while it runs (key doctor: repair). */
#ifndef PLM_SESSION_REPAIR_TRAINING_H
#define PLM_SESSION_REPAIR_TRAINING_H

#include "session/training.h"

/* Reads the key doctor: false, true or repair. */
PLM_CHECKED plm_status plm_run_repair_read(plm_run_training *t, int overrides,
                                           const char *const *override);
/* Called by the doctor's observer when there are new findings: tries to repair them, while the fit
 * waits. Returns PLM_STOPPED if a change is proven, so that the training must begin again. */
PLM_CHECKED plm_status plm_run_repair_consider(plm_run_training *t, const plm_event *e);
/* Sets the keys that the last repair has changed to their new values in the settings of the run. */
PLM_CHECKED plm_status plm_run_repair_apply(plm_run_training *t);
/* Copies the weights of the old model to the new model of a run that begins again, if the repair
 * began with these weights. */
PLM_CHECKED plm_status plm_run_repair_give(const plm_run_training *t);
/* Frees the repairs of a training. */
void plm_run_repair_free(plm_run_training *t);

#endif
