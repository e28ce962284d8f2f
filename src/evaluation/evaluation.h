/* Evaluates a model on the test rows of its run, or on other data, for `plummet evaluate`. */
#ifndef PLM_EVALUATION_EVALUATION_H
#define PLM_EVALUATION_EVALUATION_H

#include "plummet_run.h"
#include "evaluation/assessment.h"
#include "evaluation/by_column.h"

/* One evaluation: the model and the data, and the result. */
typedef struct {
    plm_job *job;        /* runtime, data and model; the caller frees it */
    const char *model;   /* a model file, or the folder of a run */
    plm_settings *given; /* set by the caller: settings of which only loss, metrics, seed, by,
                          * threads, isa and data_dir are used */
    int worst; /* how many rows with the largest loss the text and the JSON list, with the inputs
                * that explain each prediction */
    /* opened by the caller; plm_evaluation_read fills it from the folder's run.yaml */
    plm_settings *run;
    /* logs: number of metrics in `log`; the first is the loss. all: number of entries in `log`,
     * with the metrics of the assessment, which follow */
    int logs, all;
    plm_log log[PLM_RUN_MAX_LOGS];
    plm_assessments found; /* assessment: metrics with intervals, classes, calibration */
    plm_by_column by;      /* metrics for each value of the column by=, if it is given */
    int64_t rows;          /* evaluated; -1 = unknown */
    /* description of the evaluated rows of the run; NULL = the caller named the data */
    const char *about;
} plm_evaluation;

/* True if the path is the folder of a run, that is, if it holds a run.yaml. */
bool plm_is_run_folder(const char *path);
/* Sets *out to whether the run in `folder` read its training rows from standard input, as its
 * run.yaml then says; false if the path is not the folder of a run. Errors are those of reading the
 * run.yaml. */
PLM_CHECKED plm_status plm_run_reads_input(plm *w, const char *folder, bool *out);
/* Reads the run.yaml of the folder `model` into e->run. The caller's threads, isa and data_dir
 * replace the settings of the run. */
PLM_CHECKED plm_status plm_evaluation_read(plm_evaluation *e);
/* Opens the runtime by the caller's settings and loads the model. */
PLM_CHECKED plm_status plm_evaluation_open(plm_evaluation *e);
/* Opens the runtime and the model of the run in e->model. Errors: E_SPEC if that path is no run. */
PLM_CHECKED plm_status plm_evaluation_open_model(plm_evaluation *e);
/* Opens the data of a run whose model was opened by plm_evaluation_open_model. Afterwards
 * e->job->test has the test rows; if the run has none, e->job->validation has the validation rows,
 * if there are any. E_DATA if the data file has changed since the training. */
PLM_CHECKED plm_status plm_evaluation_open_data(plm_evaluation *e);
/* Returns a description of the test rows of the run or, without a test, of its validation rows.
 * NULL = no memory. */
const char *plm_evaluation_about(plm_settings *run, const plm_job *j);
/* Opens a run and its data: the test rows are e->job->test. E_SPEC: the run has no test rows.
 * E_DATA: the data file has changed since the training. */
PLM_CHECKED plm_status plm_evaluation_open_run(plm_evaluation *e);
/* Warns if `data`, as the caller named it, has rows that the model was trained on, so that its
 * metrics would be too good. Errors: those of reading the run's settings. */
PLM_CHECKED plm_status plm_evaluation_warn(plm_evaluation *e, const char *data);
/* Frees the results; to be called before the job is freed. */
void plm_evaluation_free(plm_evaluation *e);
/* Evaluates the model on data; fills log, logs, found and rows of e. E_SPEC: the model does not
 * store its loss. */
PLM_CHECKED plm_status plm_evaluation_measure(plm_evaluation *e, plm_data *data);

/* Appends the result as text of at most `width` characters a line; 0 = no limit.
 * (evaluation_text.c) */
void plm_evaluation_text(const plm_evaluation *e, plm_text *t, int width);
/* Appends the result as a JSON object and a newline. (evaluation_text.c) */
void plm_evaluation_json(const plm_evaluation *e, plm_text *t);

#endif
