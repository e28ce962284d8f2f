/* What tells whether the file of a run's data is still the one that it was trained on. */
#ifndef PLM_RUN_FINGERPRINT_H
#define PLM_RUN_FINGERPRINT_H

#include "run/job.h"

/* Sets the key fingerprint of the settings to that of the job's data: its size and CRC-32. Data
 * that is no single file has none. */
PLM_CHECKED plm_status plm_fingerprint_set(plm_settings *s, const plm_job *j);
/* E_DATA if the job's data has another fingerprint than the settings say: then its split gives
 * other rows than in the training. Settings without one are fine. run: the folder, for the hint. */
PLM_CHECKED plm_status plm_fingerprint_check(plm_settings *s, const plm_job *j, const char *run);

#endif
