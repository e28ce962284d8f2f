/* Detects whether the file of a run's data has changed since the training. */
#ifndef PLM_RUN_FINGERPRINT_H
#define PLM_RUN_FINGERPRINT_H

#include "run/job.h"

/* Sets the key fingerprint to the size and the CRC-32 of the job's data file. Data that is not a
 * single file has no fingerprint. */
PLM_CHECKED plm_status plm_fingerprint_set(plm_settings *s, const plm_job *j);
/* Compares the fingerprint of the job's data with the one in the settings. Errors: E_DATA if they
 * differ, since the split then picks other rows than in the training. Settings without a
 * fingerprint are accepted. command: the one to suggest in the hint. */
PLM_CHECKED plm_status plm_fingerprint_check(plm_settings *s, const plm_job *j,
                                             const char *command);

/* Does the same for a run that is resumed: it must keep its rows. folder: of the run, for the
 * hint. */
PLM_CHECKED plm_status plm_fingerprint_check_resumed(plm_settings *s, const plm_job *j,
                                                     const char *folder);

/* Explains why the data of a run cannot be read or does not fit its model. status: the error. If it
 * is one of data, specs or shapes, and the file has another fingerprint than in the settings, the
 * error becomes E_DATA, and its message says first that the file has changed. */
PLM_CHECKED plm_status plm_fingerprint_explain(plm_settings *s, plm_status status);

/* Warns if the file that the settings name has another fingerprint than in the settings. */
PLM_CHECKED plm_status plm_fingerprint_warn(plm_settings *s);

#endif
