/* Examines a run file, a table or the folder of a run to find out why a net does not train. Prints
 * nothing. */
#ifndef PLM_REPAIR_EXAMINATION_H
#define PLM_REPAIR_EXAMINATION_H

#include "doctor/doctor.h"
#include "plummet_run.h"
#include "run/job.h"
#include "run/runfile.h"

/* How much is examined. */
typedef enum {
    /* everything: data, settings, a measured forward and backward pass of the untrained net, and
     * the first steps of the training */
    PLM_EXAMINE_ALL,
    PLM_EXAMINE_DATA,   /* only the rows */
    PLM_EXAMINE_STATIC, /* data and settings, but not the net */
    PLM_EXAMINE_INIT    /* all that comes before the first step */
} plm_examination_extent;

/* One examination. Zero-initialise it, then call plm_examination_open. From then on it must not be
 * moved in memory. */
typedef struct {
    plm *w; /* runtime of the caller */
    plm_settings settings;
    plm_job job;
    plm_diagnosis *diagnosis;
    const char *rules; /* to apply; NULL = all */
    plm_examination_extent extent;
    bool one_batch;      /* true = also test whether the net can memorize one batch */
    const char *folder;  /* folder of the run, if it was trained; otherwise NULL */
    plm_run_folder *run; /* keeps its history */
    int64_t steps;       /* number of steps after which the training of the examination stops */
    /* number of steps of the run, which the doctor did not watch, up to a loss that was not finite;
     * 0 = the loss was finite, or the steps were measured */
    int64_t repeats;
    bool resumes; /* true = the last of these steps are repeated from the run's checkpoint */
} plm_examination;

/* What was examined, and the findings. All members are borrowed. */
typedef struct {
    const plm_settings *settings;
    const plm_job *job;
    plm_diagnosis *diagnosis;
} plm_examined;

/* Makes an empty examination. data_dir: folders of named data sets. rules: see plm_doctor_options;
 * NULL = all rules. */
PLM_CHECKED plm_status plm_examination_open(plm_examination *e, plm *w, const char *data_dir,
                                            const char *rules);
/* Frees everything. */
void plm_examination_free(plm_examination *e);
/* Examines a run file with overrides, texts key=value. An error of the reader, of the data or of
 * plm_compile becomes a finding. Errors: E_MEMORY, and E_IO if there is no such file. */
PLM_CHECKED plm_status plm_examination_run_file(plm_examination *e, const char *path, int overrides,
                                                const char *const *override);
/* Examines the run in a folder: its run.yaml as plm_examination_run_file does, and its training by
 * readings.csv and history.csv. If a run has no readings, its first steps are trained again.
 * Errors: as plm_examination_run_file; E_FORMAT if one of these files is damaged. */
PLM_CHECKED plm_status plm_examination_run(plm_examination *e, const char *folder, int overrides,
                                           const char *const *override);
/* Examines a table without a net. override [overrides]: texts key=value. If there are none, or only
 * target=COLUMN, columns of numbers are examined as they are in the file; the default target is the
 * last column. With other keys, the table is read as `plummet train` reads it; with keys of the net
 * or its training, such as optimizer=..., the net that would be trained is examined, too. Errors:
 * E_SPEC for a wrong key; E_MEMORY, E_IO. */
PLM_CHECKED plm_status plm_examination_table(plm_examination *e, const char *path, int overrides,
                                             const char *const *override);

/* Gives a diagnosis the settings of the run file, whose keys it will read; s must outlive it. To be
 * called before it reads its rows. */
void plm_examination_settings(plm_diagnosis *d, plm_settings *s);
/* Sets the model of a diagnosis, and where its layers and keys are in the run file: the item of the
 * key `model` that made each layer, and the line of each key. The texts are in the arena of the
 * settings, so the settings must outlive the diagnosis. */
PLM_CHECKED plm_status plm_examination_model(plm_diagnosis *d, plm_settings *s, plm_model *m);

/* ---- for the files of this folder ---- */

/* Returns the number of batches of an epoch; 0 = unknown. (recall.c) */
int64_t plm_examination_batches(const plm_examination *e);
/* Diagnoses a run by readings.csv in its folder: the measurements that its training recorded.
 * *there = false if the folder has no such file. (recall.c) */
PLM_CHECKED plm_status plm_examination_recall(plm_examination *e, bool *there);
/* Measures how well the net of a run that was trained predicts groups of rows. (recall.c) */
PLM_CHECKED plm_status plm_examination_groups(plm_examination *e);
/* For a run without readings, whose first steps were trained again: adds the history of its
 * training, and a sentence that says what is unknown. (recall.c) */
PLM_CHECKED plm_status plm_examination_add_history(plm_examination *e);

#endif
