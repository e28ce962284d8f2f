/* One training by a run file, in steps: read, build, open the folder, fit, save, measure, close.
 * The caller can do something between the steps. */
#ifndef PLM_SESSION_TRAINING_H
#define PLM_SESSION_TRAINING_H

#include "doctor/doctor.h"
#include "plummet_run.h"
#include "session/dir.h"
#include "run/class_weight.h"
#include "run/job.h"
#include "run/runfile.h"

/* The state of one run. Zero-initialise it, then call plm_run_training_open. From then on it must
 * not be moved in memory. */
typedef struct {
    plm *w; /* runtime of the caller */
    plm_run_train_options calls;
    plm_settings settings;
    plm_job job;
    plm_run_dir dir;
    /* name: of the run. note: first line of run.yaml. model_path: file of the saved model */
    const char *name, *note, *model_path;
    int overrides; /* number of key=value that were given */
    int64_t every; /* epochs between two checkpoints, 0 = none */
    float class_weight[PLM_RUN_MAX_CLASSES];
    int classes;                    /* number of classes in class_weight; 0 = none */
    struct plm_run_nets *nets;      /* the nets, if the run has several (see nets.h); NULL = one net
                                     * */
    double temperature;             /* of the calibration; 0 = none */
    double limit;                   /* seconds of the key time; 0 = none */
    bool timed_out;                 /* the limit ended the training */
    plm_log test[PLM_RUN_MAX_LOGS]; /* metrics of the test rows, if `tested` */
    plm_fit_result result;          /* result of the last fit */
    bool keep_best;                 /* true = the final model gets the weights of the best epoch */
    int64_t test_rows;              /* number of rows of `test` */
    bool tested;
    bool kept;         /* true = the folder holds results, so it must not be removed */
    bool lost;         /* true = the loss was not finite; the folder holds the doctor's findings */
    bool fit_restarts; /* the run was resumed, but without a checkpoint, so its fit begins at the
                        * first epoch */

    /* the doctor (watch_doctor.c) */
    /* true = the caller has asked for the doctor and shows its findings (plm_run_doctor_ask) */
    bool shown;
    /* watched: the key doctor is set. examined: the fit that the doctor watched has ended, so the
     * doctor has finished */
    bool watched, examined;
    bool measures;         /* the fit has ended, and plm_run_doctor_end is to measure the net */
    plm_diagnosis *doctor; /* the diagnosis of the run; NULL = none yet */
    double wrote;          /* when the doctor's files were last written, in seconds of the fit */

    /* doctor: repair (repair_training.c) */
    const char *path;            /* path of the run file */
    const char *const *override; /* [overrides] texts "key=value" that replace settings of the run
                                  * file */
    bool repairs, restart;       /* repairs: the doctor may change settings. restart: the fit was
                                  * ended, and begins again with changes */
    int restarts, treated;
    const char *treated_code[PLM_REPAIR_NAMED]; /* [treated] faults that a repair has seen */
    struct plm_repairing *repair;               /* the last one; NULL = none */

    /* state of the observer of the fits (watch.c) */
    bool interrupted;  /* the caller ended the training */
    plm_status failed; /* below 0: the folder cannot be written; `error` holds the cause */
    plm_error_record error;
    /* number of epochs of all fits of the run together; 0 = the run has a single fit, whose events
     * give the number */
    int64_t all;
    int64_t from;   /* number of epochs in the phases before the current fit */
    int64_t first;  /* number of epochs that were done before a resume */
    int64_t epochs; /* finished epochs */
    /* before: seconds of the earlier fits. seconds: of all fits. rate: rows per second */
    double before, seconds, rate;
    int logs; /* number of metrics of the last finished epoch */
    /* [logs] metrics of the last finished epoch or, at the end, of the saved weights; log_name:
     * their names */
    double value[PLM_RUN_MAX_LOGS];
    char log_name[PLM_RUN_MAX_LOGS][48];
} plm_run_training;

/* Makes an empty training, which records errors on w. calls: may be NULL; it and all that it points
 * to must outlive the training. */
PLM_CHECKED plm_status plm_run_training_open(plm_run_training *t, plm *w,
                                             const plm_run_train_options *calls);
/* Frees the training, with everything that was not saved. */
void plm_run_training_free(plm_run_training *t);
/* Reads a run file or, with resume, the run.yaml of a folder, and checks that its settings can be
 * understood before anything is built. */
PLM_CHECKED plm_status plm_run_training_read(plm_run_training *t, const char *path, bool resume,
                                             int overrides, const char *const *override);
/* Checks that the run may write to the folder that its settings name. Only needed if the run will
 * be trained. */
PLM_CHECKED plm_status plm_run_training_check(plm_run_training *t);
/* Makes the runtime, the data and the model of the run. This starts its threads. */
PLM_CHECKED plm_status plm_run_training_build(plm_run_training *t);
/* Makes and locks the folder, or locks the folder of a resumed run, and reports it to the
 * caller. */
PLM_CHECKED plm_status plm_run_training_begin(plm_run_training *t);
/* Runs pretraining if requested, then the fit in one phase or two, then rounds of pseudo-labels.
 * Returns PLM_OK also if the user interrupted it. */
PLM_CHECKED plm_status plm_run_training_fit(plm_run_training *t);
/* Saves the model after a fit that ended with `status`, also after an interruption. If the fit
 * failed, saves its last finite weights. t->model_path = the file; NULL = there is nothing to save.
 * */
PLM_CHECKED plm_status plm_run_training_save(plm_run_training *t, plm_status status);
/* Takes over the metrics of the saved weights, and evaluates these weights on the test rows. Does
 * nothing if `failed`, that is, if the fit ended with an error. */
PLM_CHECKED plm_status plm_run_training_measure(plm_run_training *t, bool failed);
/* Unlocks the folder, and removes it if the run left no files in it. Errors: E_IO if the history
 * cannot be written. */
PLM_CHECKED plm_status plm_run_training_end(plm_run_training *t);

/* ---- internal: shared by the files of a training ---- */

/* Tells the caller of a stage. (watch.c) */
void plm_run_training_tell(plm_run_training *t, plm_run_stage stage);
/* Returns the observer of the run's fits. (watch.c) */
plm_observer plm_run_training_observer(plm_run_training *t);
/* Handles an event of a fit: updates the folder, adds a finished epoch to the history, and calls
 * the caller. rows: the history of the run. PLM_STOPPED = the fit must end. (watch.c) */
PLM_CHECKED plm_status plm_run_training_event(plm_run_training *t, plm_run *run, plm_history rows,
                                              const plm_event *event);
/* Sets *out to the history of the run. model: the model that the current fit trains. (outcome.c) */
PLM_CHECKED plm_status plm_run_training_history(plm_run_training *t, const plm_model *m,
                                                plm_history *out);
/* Sets *best to the best value, in the earlier epochs of this phase of the run, of the metric that
 * decides which epoch is the best (negated if higher is better), so that a caller can mark epochs
 * that are better than all before; INFINITY = there are no such epochs. (outcome.c) */
PLM_CHECKED plm_status plm_run_training_best(plm_run_training *t, plm_run *run, double *best);
/* Calls the caller's callback with an event of a fit, and asks whether to continue. PLM_STOPPED =
 * interrupted. (watch.c) */
PLM_CHECKED plm_status plm_run_training_ask(plm_run_training *t, plm_run *run,
                                            const plm_event *event);
/* Records the status of writing to the folder. The first error is kept until the end of the fit.
 * (watch.c) */
void plm_run_training_keep_fault(plm_run_training *t, plm_status status);
/* Replaces the metrics of the training by those of this epoch in the history `rows`. (watch.c) */
void plm_run_training_take(plm_run_training *t, const plm_history *rows, int64_t epoch);

/* One fit of the run's model. */
typedef struct {
    plm_data *data;
    int64_t first, last; /* number of finished epochs: before the fit, and at its end */
    bool on;             /* true = the fit continues from the checkpoint in the folder */
    bool observed;       /* the observers of the run watch it */
    const char *own;     /* name of the fit's own checkpoint file; NULL = checkpoint.safetensors, ""
                          * = it writes no checkpoint */
} plm_run_fit;
/* Returns the observers of a fit as a text, with best_weights if the best epoch is to be kept. NULL
 * = no memory. (fits.c) */
const char *plm_run_training_observers(plm_run_training *t, const plm_run_fit *f);
/* Runs a fit. Errors are recorded on the runtime of the run's job. (fits.c) */
PLM_CHECKED plm_status plm_run_training_epochs(plm_run_training *t, const plm_run_fit *f);

/* Checks the files that the observers of a new run write: E_SPEC for a file of the run itself, for
 * a file of two observers, and for a file that is already in the folder, unless overwrite is true.
 * (observer_files.c) */
PLM_CHECKED plm_status plm_run_observer_files(plm_run_training *t);
/* Lets the doctor watch the training, as the key doctor: true does. To be called after
 * plm_run_training_read. Errors: E_SPEC if the settings contain doctor: false. (watch_doctor.c) */
PLM_CHECKED plm_status plm_run_doctor_ask(plm_run_training *t);
/* Examines the run before the first step of a fit, if it has the key doctor. (watch_doctor.c) */
PLM_CHECKED plm_status plm_run_doctor_begin(plm_run_training *t, const plm_run_fit *f);
/* Called after a fit whose loss is not finite, when the folder has begun: writes the doctor's
 * findings into it, also if the run has no doctor. (watch_doctor.c) */
PLM_CHECKED plm_status plm_run_doctor_lost(plm_run_training *t);
/* Ends the work of the doctor after a fit that returned `status`: measures the trained net on rows
 * of the validation or the test. Returns `status`, or E_MEMORY. (watch_doctor.c) */
PLM_CHECKED plm_status plm_run_doctor_end(plm_run_training *t, plm_status status);
/* Returns the doctor's observer of this fit; if the run has no doctor, it does nothing.
 * (watch_doctor.c) */
plm_observer plm_run_doctor_observer(plm_run_training *t);

/* Checks the key pseudo_labels and the keys that need it. (pretraining.c) */
PLM_CHECKED plm_status plm_run_pretraining_check(plm_settings *s);
/* Pretrains the layers before the fit. A resumed run skips layers that are already pretrained. */
PLM_CHECKED plm_status plm_run_pretraining_before(plm_run_training *t);
/* Runs the rounds of pseudo-labels after the fit, if the run has any. */
PLM_CHECKED plm_status plm_run_pretraining_after(plm_run_training *t);

#endif
