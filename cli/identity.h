/* What makes a run the one it is, as checkpoints keep it (plm_fit_options.config). */
#ifndef PLM_CLI_IDENTITY_H
#define PLM_CLI_IDENTITY_H

#include "job.h"
#include "settings.h"

/* Lines "key: value" of all that changes what a run computes, and the number of the job's test and
 * validation rows; the layers are left out: the library compares them itself. Lent until the
 * settings are freed. */
const char *plm_cli_identity(plm_cli_settings *s, const plm_cli_job *j);
/* The keys that the command line gave, "seed, data": where they differ from a checkpoint, the
 * change is meant. Lent until the settings are freed. */
const char *plm_cli_identity_changes(plm_cli_settings *s);

#endif
