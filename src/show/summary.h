/* A model as text: layers and settings, and the memory that training takes. */
#ifndef PLM_SHOW_SUMMARY_H
#define PLM_SHOW_SUMMARY_H

#include "run/job.h"
#include "show/screen.h"

/* Appends the summary of the job's model, the columns of the table that it was trained on, and how
 * it is compiled. */
PLM_CHECKED plm_status plm_job_summary(const plm_job *j, plm_screen s, plm_text *out);
/* Appends the memory that training the job's model on data takes, and its parts; nothing if it is
 * not known. */
void plm_job_memory(const plm_job *j, plm_data *data, plm_screen s, plm_text *out);

#endif
