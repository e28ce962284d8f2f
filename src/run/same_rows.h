/* A run that goes on must train on the rows that it was trained on, and keep its test rows apart.
 */
#ifndef PLM_RUN_SAME_ROWS_H
#define PLM_RUN_SAME_ROWS_H

#include "run/settings.h"

/* Whether the settings name the rows as the run.yaml they were read from does. E_SPEC when
 * an override names others. */
PLM_CHECKED plm_status plm_same_rows(plm_settings *s, const char *file, const char *folder);
/* Whether an argument, a file or a pipeline, names the rows that the run split into training and
 * test: the same file or source. */
bool plm_run_is_trained_on(plm_settings *run, const char *argument);

#endif
