/* The effects of few rows on the run of a table: warnings, and an error if there are too few rows
 * to split. */
#ifndef PLM_RUN_FEW_ROWS_H
#define PLM_RUN_FEW_ROWS_H

#include "run/job.h"

/* Metrics of fewer rows than this are marked as unreliable. */
enum { PLM_FEW_ROWS = 10 };

/* Fails with E_DATA if a table has too few rows for the test and the validation of the settings,
 * before they are split off. */
PLM_CHECKED plm_status plm_few_rows_check(const plm_job *j, plm_settings *s);
/* Warns of a table or a test that has so few rows that metrics mean little, and of classes that are
 * too rare for the test. Does nothing for data without types, and for data that is read by the
 * schema of a model. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_few_rows_warn(const plm_job *j);

#endif
