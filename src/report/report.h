/* report.html: one page that shows what a run has learned and how good the model is. The page needs
 * no other file, no network and no script. This folder is not part of the library: the build makes
 * a static library of it for the command, as of src/plot. */
#ifndef PLM_REPORT_REPORT_H
#define PLM_REPORT_REPORT_H

#include <stdio.h>

#include "evaluation/evaluation.h"
#include "evaluation/explanation.h"
#include "run/settings.h"
#include "session/training.h"

/* The content of the page. Zero-initialise it, set the members up to `budget`, then call
 * plm_report_make. */
typedef struct {
    plm *w;                 /* errors are recorded here */
    const char *folder;     /* folder of the run, with run.yaml and history.csv */
    plm_settings *settings; /* the settings in run.yaml, with the origin of each value */
    plm_job *job;           /* the model of the run, and its data if it can be opened */
    /* rows: the rows on which the model is evaluated, from which it did not learn; NULL = there are
     * none. about: which rows these are, or why there are none */
    plm_data *rows;
    const char *about;
    bool unread; /* true = the data of the run cannot be read; `about` holds the cause */
    /* max number of rows that are predicted to measure which inputs matter; 0 = up to 100,000 */
    int64_t budget;
    /* made by plm_report_make */
    plm_assessments found;
    plm_explaining inputs; /* the importance of the inputs; inputs.groups.count = 0: not measured */
} plm_report;

/* Sets the members up to `budget` for a run whose model an evaluation has opened. If the data of
 * the run cannot be read, the page says so, and a warning tells why. Errors: those of reading the
 * run's settings. */
PLM_CHECKED plm_status plm_report_of_run(plm_evaluation *e, plm_report *out);
/* Returns a report of a training that has ended, with the members up to `budget` set. folder: the
 * folder of the run. */
plm_report plm_report_of_training(plm_run_training *t, const char *folder);
/* Evaluates the model on the rows, and measures what the page shows. Errors: all errors of
 * predicting. */
PLM_CHECKED plm_status plm_report_make(plm_report *r);
/* Writes the page. Errors: all errors of reading the history. */
PLM_CHECKED plm_status plm_report_write(plm_report *r, FILE *out);
/* Frees the results of plm_report_make. To be called before the job is freed. */
void plm_report_free(plm_report *r);

#endif
