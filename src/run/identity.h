/* What makes a run the one it is, as checkpoints keep it (plm_fit_options.config). */
#ifndef PLM_RUN_IDENTITY_H
#define PLM_RUN_IDENTITY_H

#include "run/job.h"

/* Lines "key: value" of all that changes what a run computes, and the number of the job's test and
 * validation rows; the layers are left out: the library compares them itself. NULL = no memory. It
 * lies in the settings' arena. */
const char *plm_identity(plm_settings *s, const plm_job *j);
/* The keys that a caller gave as key=value, "seed, data": where they differ from a checkpoint, the
 * change is meant. NULL = no memory. It lies in the settings' arena. */
const char *plm_identity_changes(plm_settings *s);

#endif
