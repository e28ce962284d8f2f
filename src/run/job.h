/* The runtime, the data and the model of a run. The runtime is opened by the run's settings. */
#ifndef PLM_RUN_JOB_H
#define PLM_RUN_JOB_H

#include "run/settings.h"
#include "train/since.h"

/* State of a run. Zero-initialise it, then set home, and data_dir if needed. It must not be moved
 * in memory while it is open, since the runtime of the run points to it. */
typedef struct {
    plm *home; /* runtime of the caller, which gets the errors and warnings of the run */
    /* folders of named data sets, used if the settings name none; NULL = none */
    const char *data_dir;
    bool quiet;                                      /* warnings of the run are not passed on */
    plm *w;                                          /* runtime of the run; NULL = not open */
    plm_data *data, *validation, *test, *unlabelled; /* test, validation and unlabelled are NULL if
                                                      * the settings do not set them */
    plm_data_info about;                             /* describes `data` */
    plm_model *model;
    const char *model_path; /* the path given to plm_job_load; borrowed */
    bool chose_loss;        /* true = the settings had no loss, so a loss was chosen */
} plm_job;

/* Opens a runtime for net `index` of a run with several nets. threads: its number of threads; they
 * are not bound to cores, since the other nets share the cores. The first net has the seed of the
 * run. */
PLM_CHECKED plm_status plm_job_open_part(plm_job *j, plm_settings *s, int index, int threads);
/* Opens the runtime by the keys seed, threads, isa and data_dir, those of them that the settings
 * have. The runtime borrows from the settings, which must outlive the job. */
PLM_CHECKED plm_status plm_job_open(plm_job *j, plm_settings *s);
/* If the job's data is a table with types, appends a report with a line for each column. width: of
 * the screen in characters. */
PLM_CHECKED plm_status plm_job_columns(const plm_job *j, plm_text *t, int width);
/* Appends one line about the columns: how many of each type are inputs, and which are dropped. */
PLM_CHECKED plm_status plm_job_outline(const plm_job *j, plm_text *t);
/* If the model has a schema, appends the report of the columns that it was trained on. */
void plm_job_model_columns(const plm_job *j, plm_text *t, int width);
/* Opens the data of a run file, and splits off or opens its test and validation rows. Also sets the
 * default optimizer and number of epochs. E_DATA: no rows are left to train on. */
PLM_CHECKED plm_status plm_job_data(plm_job *j, plm_settings *s);
/* Opens the rows that the key unlabelled names. E_SPEC: the key is not set. */
PLM_CHECKED plm_status plm_job_unlabelled(plm_job *j, plm_settings *s);
/* Loads a model file, or the model in the folder of a run. loss, metrics: the model is compiled
 * with these; NULL = with those of its training. */
PLM_CHECKED plm_status plm_job_load(plm_job *j, plm_settings *s, const char *path, const char *loss,
                                    const char *metrics);
/* Makes m the model of the job, and frees the one before; m may be NULL. Only the job can free it:
 * callbacks and callers borrow it, so plm_model_free ignores it. */
void plm_job_keep_model(plm_job *j, plm_model *m);
/* Frees everything that the job opened, but not home and data_dir. */
void plm_job_free(plm_job *j);

/* Records the last error of the run's runtime on home, and returns its status. status: if below 0,
 * replaces the status of the error. place: where the error is in the run file, put before its own
 * place; NULL = unknown. */
PLM_CHECKED plm_status plm_job_fail_at(plm_job *j, plm_status status, const char *place);
/* Records the last error of the run's runtime on home, with the place of a key or, for item >= 0,
 * of an item of its list. status: as for plm_job_fail_at. */
PLM_CHECKED plm_status plm_job_fail_key(plm_job *j, plm_settings *s, plm_status status,
                                        const char *key, int item);
/* Records the last error of the run's runtime on home. If the place of the error begins with a key
 * of the run file, the file and line of this key are put before it; otherwise the name of the run
 * file. */
PLM_CHECKED plm_status plm_job_fail(plm_job *j, plm_settings *s, plm_status status);

/* ---- the folder of a run (model_file.c) ---- */

/* Returns the model file that a path names: the path itself, or model.safetensors in the folder of
 * a run. NULL = no memory. */
const char *plm_run_model_file(plm_arena *a, const char *path);
/* Checks that a path can name a model. E_IO for a folder without a model. */
PLM_CHECKED plm_status plm_run_model_check(plm_arena *a, const char *path);
/* Sets *epoch to the epoch, from 1, in which the training of a run ended since its loss was not
 * finite, by doctor.json in its folder; 0 = it did not. An epoch that history.csv has was trained
 * after all, when the run was resumed. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_run_lost(plm *w, const char *folder, int64_t *epoch);
/* Reads from the checkpoint of a run how many of its first epochs do not count, since a resume has
 * changed the loss or what finds the best epoch; 0 without a sound checkpoint, as such a run
 * cannot have been resumed. Errors: E_MEMORY, E_IO. */
PLM_CHECKED plm_status plm_run_since(plm *w, const char *folder, plm_since *out);

#endif
