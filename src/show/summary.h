/* Writes a model as text: layers and settings, and the memory that training needs. */
#ifndef PLM_SHOW_SUMMARY_H
#define PLM_SHOW_SUMMARY_H

#include "session/training.h"
#include "show/screen.h"

/* Appends what a training would do: the run file with all settings, the columns of its table, the
 * summary of the model, and the number of rows. Errors: E_MEMORY; all errors of the summary. */
PLM_CHECKED plm_status plm_run_outline(plm_run_training *t, plm_screen s, plm_text *out);
/* Appends the summary of the job's model, the columns of the table that it was trained on, and how
 * it is compiled. */
PLM_CHECKED plm_status plm_job_summary(const plm_job *j, plm_screen s, plm_text *out);
/* Appends the memory that training the job's model on the run's data needs, with its parts. If the
 * data cannot be opened, nothing is appended. */
void plm_job_memory(plm_job *j, plm_settings *settings, plm_screen s, plm_text *out);

#endif
