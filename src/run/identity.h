/* The settings that decide whether a run is the same training, as text. Checkpoints store this text
 * (plm_fit_options.config) and compare it on a resume. */
#ifndef PLM_RUN_IDENTITY_H
#define PLM_RUN_IDENTITY_H

#include "run/job.h"

/* Returns lines "key: value" of all settings that change what a run computes, and the number of
 * rows of the job's test and validation. The layers are not included, since the library itself
 * compares them. NULL = no memory. The text is in the arena of the settings. */
const char *plm_identity(plm_settings *s, const plm_job *j);
/* Returns the keys that the caller set as key=value, such as "seed, data, ". If they differ from a
 * checkpoint, the change is intended. NULL = no memory. The text is in the arena of the settings.
 * */
const char *plm_identity_changes(plm_settings *s);

#endif
