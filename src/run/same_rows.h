/* Checks that a resumed run trains on the same rows as before. With other rows, the net could have
 * learned from the rows of its own test. */
#ifndef PLM_RUN_SAME_ROWS_H
#define PLM_RUN_SAME_ROWS_H

#include "run/settings.h"

/* Compares the rows that the settings name with those in `file`, the run.yaml that the settings
 * were read from. E_SPEC if an override names other rows. folder: of the run, for the hint. */
PLM_CHECKED plm_status plm_same_rows(plm_settings *s, const char *file, const char *folder);
/* True if an argument, a file or a pipeline, reads the same file or source as the data of the run.
 */
bool plm_run_is_trained_on(plm_settings *run, const char *argument);

/* Returns what the data of a run reads: the path of its file or, if it names none, its source, such
 * as "digits", in the arena. NULL = the run names no data, or no memory. */
const char *plm_run_source(plm_settings *run);

#endif
