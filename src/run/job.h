/* What a run works with: its own runtime, which is opened by the run's settings, its data and its
 * model. */
#ifndef PLM_RUN_JOB_H
#define PLM_RUN_JOB_H

#include "run/settings.h"

/* Zero-initialise, then set home, and data_dir if needed. It must not move while it is open, since
 * the runtime of the run points to it. */
typedef struct {
    plm *home; /* runtime of the caller; errors and warnings of the run are recorded here */
    const char *data_dir; /* folders of named data sets, used if the settings give none; or NULL */
    bool quiet;           /* warnings of the run are not passed on */
    plm *w;               /* runtime of the run; NULL = not open */
    plm_data *data, *validation, *test, *unlabelled; /* test and validation are NULL if not given */
    plm_data_info about;                             /* describes `data` */
    plm_model *model;
    const char *model_path; /* the path given to plm_job_load; borrowed */
    bool chose_loss;        /* the settings had no loss, so one was chosen */
} plm_job;

/* Opens a runtime for net `index` of the run, with `threads` threads, which must not be bound to
 * cores, since other nets use the cores, too. The first net has the seed of the run. */
PLM_CHECKED plm_status plm_job_open_part(plm_job *j, plm_settings *s, int index, int threads);
/* Opens the runtime by the keys seed, threads, isa and data_dir, as far as the table of keys has
 * these keys. The runtime borrows from the settings, which must outlive the job. */
PLM_CHECKED plm_status plm_job_open(plm_job *j, plm_settings *s);
/* Appends the report of all columns, a line for each, if the job's data is a table with types;
 * width: of the screen. */
PLM_CHECKED plm_status plm_job_columns(const plm_job *j, plm_text *t, int width);
/* Appends one line that sums this report up. */
PLM_CHECKED plm_status plm_job_outline(const plm_job *j, plm_text *t);
/* Appends the report of the columns that the job's model was trained on, if the model has a
 * schema. */
void plm_job_model_columns(const plm_job *j, plm_text *t, int width);
/* Opens the data of a run file, and splits off or opens its test and validation rows. Also sets the
 * default optimizer and epochs. E_DATA: no rows are left to train on. */
PLM_CHECKED plm_status plm_job_data(plm_job *j, plm_settings *s);
/* Opens the rows of the key unlabelled. E_SPEC: the key is not given. */
PLM_CHECKED plm_status plm_job_unlabelled(plm_job *j, plm_settings *s);
/* Loads a model file, or the model in the folder of a run. loss, metrics: compiled into the model;
 * NULL = as it was trained. */
PLM_CHECKED plm_status plm_job_load(plm_job *j, plm_settings *s, const char *path, const char *loss,
                                    const char *metrics);
/* Frees all that the job opened. home and data_dir stay. */
void plm_job_free(plm_job *j);

/* Records the last error of the run's runtime in home, and returns its status. status: replaces the
 * error's own status if below 0. place: is put before the error's own place; NULL = none. */
PLM_CHECKED plm_status plm_job_fail_at(plm_job *j, plm_status status, const char *place);
/* As plm_job_fail_at, with the place of a key, or of an item of a list (counted from 0; -1 = the
 * key itself). */
PLM_CHECKED plm_status plm_job_fail_key(plm_job *j, plm_settings *s, plm_status status,
                                        const char *key, int item);
/* As plm_job_fail_at, for errors of the library whose place may begin with the name of a key: then
 * the place of this key is put before it. Other errors get the name of the run file. */
PLM_CHECKED plm_status plm_job_fail(plm_job *j, plm_settings *s, plm_status status);

/* Returns the model file that a path names: the path itself, or model.safetensors in the folder of
 * a run. NULL = no memory. */
const char *plm_run_model_file(plm_arena *a, const char *path);
/* Checks that a path can name a model. E_IO for a folder without a model. */
PLM_CHECKED plm_status plm_run_model_check(plm_arena *a, const char *path);

#endif
