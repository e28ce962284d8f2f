/* report.html: one page that shows what a run has learned and how good it is. It needs nothing
 * else: no other file, no network, no script. It is an archive for the command, as src/plot. */
#ifndef PLM_REPORT_REPORT_H
#define PLM_REPORT_REPORT_H

#include <stdio.h>

#include "run/assessment.h"
#include "run/explanation.h"
#include "run/settings.h"

/* What the page shows. Zero-initialise it, then set the first part. */
typedef struct {
    plm *w;                 /* errors are recorded here */
    const char *folder;     /* of the run, with its run.yaml and history.csv */
    plm_settings *settings; /* of its run.yaml, with the origin of each value */
    plm_job *job;           /* its model, and its data as far as it can be opened */
    /* the rows that the model is judged by, which it did not learn from; NULL = there are none, and
     * `about` says why. about: which rows they are */
    plm_data *rows;
    const char *about;
    /* at most so many rows are predicted to find out which inputs matter; 0 = 100,000 */
    int64_t budget;
    /* made by plm_report_make */
    plm_assessments found;
    plm_explaining inputs; /* the importance of the inputs; groups = 0: it was not measured */
} plm_report;

/* Judges the model on the rows. Errors: those of predicting. */
PLM_CHECKED plm_status plm_report_make(plm_report *r);
/* Writes the page. Errors: those of reading the history. */
PLM_CHECKED plm_status plm_report_write(plm_report *r, FILE *out);
/* Frees what plm_report_make made. To be called before the job is freed. */
void plm_report_free(plm_report *r);

#endif
