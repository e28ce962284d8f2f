/* What `evaluate` measures: a model on the test rows of its run, or on other data. */
#ifndef PLM_RUN_EVALUATION_H
#define PLM_RUN_EVALUATION_H

#include "plummet_run.h"
#include "run/job.h"

typedef struct {
    plm_job *job;
    const char *model;   /* a model file, or the folder of a run */
    plm_settings *given; /* loss, metrics, threads, isa, data_dir of the caller */
    plm_settings *run;   /* empty; those of the folder's run.yaml once it is read */
    int logs;            /* what was measured, loss first */
    plm_log log[PLM_RUN_MAX_LOGS];
    int64_t rows;      /* -1 = unknown */
    const char *about; /* which rows of a run they are; NULL = those that the caller named */
} plm_evaluation;

/* Whether a path is the folder of a run: it holds a run.yaml. */
bool plm_is_run_folder(const char *path);
/* Reads the run of the folder `model`; what the caller gives of the machine goes before. */
PLM_CHECKED plm_status plm_evaluation_read(plm_evaluation *e);
/* Opens runtime and model by the caller's settings. */
PLM_CHECKED plm_status plm_evaluation_open(plm_evaluation *e);
/* Opens runtime, model and data of a run, and measures its test rows. E_SPEC: it has none. */
PLM_CHECKED plm_status plm_evaluation_of_run(plm_evaluation *e);
/* Measures the model on data. E_SPEC: the model does not say its loss. */
PLM_CHECKED plm_status plm_evaluation_measure(plm_evaluation *e, plm_data *data);

#endif
