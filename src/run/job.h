/* The work of a run: its own runtime as its settings ask for it, its data, its model. */
#ifndef PLM_RUN_JOB_H
#define PLM_RUN_JOB_H

#include "run/settings.h"

/* Zero-initialise, then set home (and data_dir). It must not move while it is open. */
typedef struct {
    plm *home;            /* of the caller: errors and warnings of the run are recorded here */
    const char *data_dir; /* folders of named data sets where the settings give none; or NULL */
    plm *w;               /* of the run; NULL = not open */
    plm_data *data, *validation, *test, *unlabelled;
    plm_data_info about; /* of data */
    plm_model *model;
    const char *model_path; /* as plm_job_load was given it; borrowed */
    bool chose_loss;        /* the run gives none */
} plm_job;

/* Opens the runtime: seed, threads, isa, data_dir where the table of keys has them. It borrows from
 * the settings, which must outlive the job. */
PLM_CHECKED plm_status plm_job_open(plm_job *j, plm_settings *s);
/* Opens data, test and validation of a run file. */
PLM_CHECKED plm_status plm_job_data(plm_job *j, plm_settings *s);
/* Opens the rows of the key unlabelled. */
PLM_CHECKED plm_status plm_job_unlabelled(plm_job *j, plm_settings *s);
/* Loads a model file, or that of a run's folder, and makes it ready to evaluate with the loss and
 * metrics given, else those it was trained with. */
PLM_CHECKED plm_status plm_job_load(plm_job *j, plm_settings *s, const char *path, const char *loss,
                                    const char *metrics);
void plm_job_free(plm_job *j);

/* Records the last error of the run's runtime at home and returns it; place, if any, is put before
 * its own. */
PLM_CHECKED plm_status plm_job_fail_at(plm_job *j, plm_status status, const char *place);
/* The same at a key, or at an item of a key that is a list (from 0; -1 = the key itself). */
PLM_CHECKED plm_status plm_job_fail_key(plm_job *j, plm_settings *s, plm_status status,
                                        const char *key, int item);
/* The same where the library's place often begins with the name of a key: the place of that key
 * goes before it. */
PLM_CHECKED plm_status plm_job_fail(plm_job *j, plm_settings *s, plm_status status);

/* The model file that a path names: itself, or the one in the folder of a run. NULL = no memory. */
const char *plm_run_model_file(plm_arena *a, const char *path);
/* Whether a path can name a model: E_IO for a folder that has none. */
PLM_CHECKED plm_status plm_run_model_check(plm_arena *a, const char *path);

#endif
