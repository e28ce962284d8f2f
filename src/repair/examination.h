/* Examines a run file, a table or the folder of a run: why a net does not train. Prints nothing. */
#ifndef PLM_REPAIR_EXAMINATION_H
#define PLM_REPAIR_EXAMINATION_H

#include "doctor/doctor.h"
#include "plummet_run.h"
#include "run/job.h"
#include "run/runfile.h"

/* How much is examined. */
typedef enum {
    PLM_EXAMINE_ALL,    /* data, settings, a look, and the first steps of the training */
    PLM_EXAMINE_DATA,   /* only the rows */
    PLM_EXAMINE_STATIC, /* data and settings, but not the net */
    PLM_EXAMINE_INIT    /* all that comes before the first step */
} plm_examination_extent;

/* One examination. Zero-initialise it, then call plm_examination_open. From then on it must stay at
 * its address. */
typedef struct {
    plm *w; /* runtime of the caller */
    plm_settings settings;
    plm_job job;
    plm_diagnosis *diagnosis;
    const char *rules; /* to apply; NULL = all */
    plm_examination_extent extent;
    bool one_batch;      /* also test whether the net can memorize one batch */
    const char *folder;  /* folder of the run, if it was trained; else NULL */
    plm_run_folder *run; /* keeps its history */
    int64_t steps;       /* number of steps after which the training stops */
} plm_examination;

/* What was examined, and what was found. Everything is borrowed. */
typedef struct {
    const plm_settings *settings;
    const plm_job *job;
    plm_diagnosis *diagnosis;
} plm_examined;

/* Makes an empty examination. data_dir: folders of named data sets. rules: see
 * plm_doctor_options; NULL = all. */
PLM_CHECKED plm_status plm_examination_open(plm_examination *e, plm *w, const char *data_dir,
                                            const char *rules);
/* Frees everything. */
void plm_examination_free(plm_examination *e);
/* Examines a run file with keys replaced by key=value. If the reader, the data or plm_compile
 * refuse something, this becomes a finding, not an error. Errors: E_MEMORY, and E_IO if there is no
 * such file. */
PLM_CHECKED plm_status plm_examination_run_file(plm_examination *e, const char *path, int overrides,
                                                const char *const *override);
/* Examines the run in a folder: its run.yaml as plm_examination_run_file does, and its training
 * from readings.csv and history.csv. If a run has no readings, its first steps are trained again.
 * Errors: as plm_examination_run_file; E_FORMAT if one of these files is damaged. */
PLM_CHECKED plm_status plm_examination_run(plm_examination *e, const char *folder, int overrides,
                                           const char *const *override);
/* Examines a table, by itself without a net. override [overrides]: key=value. With at most
 * target=COLUMN, columns of numbers are examined as they are in the file; without it, the target is
 * the last column. With other keys, the table is read as plummet train reads it; with keys of the
 * net or its training, such as optimizer=..., the net of this table is examined, too. Errors:
 * E_SPEC for a wrong key; E_MEMORY, E_IO. */
PLM_CHECKED plm_status plm_examination_table(plm_examination *e, const char *path, int overrides,
                                             const char *const *override);

/* Lets a diagnosis read the keys of the run file, which must outlive it. To be called before its
 * rows are read. */
void plm_examination_settings(plm_diagnosis *d, plm_settings *s);
/* Gives a diagnosis its model, the item of the run file's key `model` that made each layer, and the
 * line of each key in the run file. The texts are in the arena of the settings, so the settings
 * must outlive the diagnosis. */
PLM_CHECKED plm_status plm_examination_model(plm_diagnosis *d, plm_settings *s, plm_model *m);

/* ---- for the files of this folder ---- */

/* Returns the number of batches of an epoch; 0 = unknown. (recall.c) */
int64_t plm_examination_batches(const plm_examination *e);
/* Diagnoses a run from the readings that it has kept. *there = false if it has no readings.
 * (recall.c) */
PLM_CHECKED plm_status plm_examination_recall(plm_examination *e, bool *there);
/* Adds the history of a run without readings, whose first steps were trained again, and a sentence
 * about what is not known of it. (recall.c) */
PLM_CHECKED plm_status plm_examination_add_history(plm_examination *e);

#endif
