/* plummet_run: run files and folders of runs, as the command `plummet` uses them.
 *
 * A run file is text (YAML) that says what to train: data, model, optimizer, ... `plummet help
 * train` lists its keys. A run is one training of it, in a folder of its own: run.yaml (the file as
 * it was resolved), history.csv (a row for each epoch), checkpoint.safetensors, model.safetensors.
 *
 * Errors, owning and NULL handles are as in plummet.h: nothing is printed, no call ends the program
 * or reads the environment. Errors and warnings come to the runtime that was given; a run has a
 * second runtime of its own, with the seed, threads and instruction set of its file. `where` of an
 * error in a run file is its place: "net.yaml:4:5, model.1: ...".
 *
 *     plm *w = plm_open(NULL);
 *     const char *overrides[] = {"epochs=5", "out=runs/first"};
 *     plm_run_file *f = plm_run_file_open(w, "net.yaml", 2, overrides);
 *     if (PLM_FAILED(plm_run_file_train(f, NULL)))
 *         fprintf(stderr, "%s: %s\n", plm_last_error(w)->where, plm_last_error(w)->what);
 *     plm_run_file_close(f);
 *     plm_close(w);
 */
#ifndef PLUMMET_RUN_H
#define PLUMMET_RUN_H

#include "plummet.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A run file that was read, or a run that is resumed in its folder. It can be trained only once. */
typedef struct plm_run_file plm_run_file;
/* The folder of a run that was trained. */
typedef struct plm_run_folder plm_run_folder;

/* ---- training ---- */

/* Reads a run file and checks its keys. path is a file, or the name of a run that is built in:
 * "digits". override[overrides]: texts "key=value" that take precedence over the file, such as
 * "epochs=5", or "model.2=dense(50)" for an item of a list; borrowed for the call. NULL = failed:
 * E_IO, E_SPEC. */
PLM_API plm_run_file *plm_run_file_open(plm *w, const char *path, int overrides,
                                        const char *const *override);
/* Reads the run file of a folder such as "runs/net-0001". Training it resumes the run there, from
 * its last checkpoint. override and errors are as in plm_run_file_open. */
PLM_API plm_run_file *plm_run_file_resume(plm *w, const char *folder, int overrides,
                                          const char *const *override);
/* Frees a run file; NULL is fine. Within its own training it is freed when that ends. */
PLM_API void plm_run_file_close(plm_run_file *f);
/* Returns the value of a key in the run, such as "adam(1e-3)". The items of a list are joined by ",
 * "; "" = not given. Defaults are filled in when the run is trained. Borrowed until the next call
 * on f. */
PLM_API const char *plm_run_file_setting(plm_run_file *f, const char *key);

/* The kinds of reports that on_stage gets, besides the events of fits. */
typedef enum {
    PLM_RUN_FOLDER, /* the run starts to write into the folder `text` */
    /* the folder was moved or removed; plm_last_error says where the run continues. PLM_RUN_FOLDER
     * follows, unless the last fit is over */
    PLM_RUN_LOST,
    /* `text` says which loss was chosen, if the run file names none, and what the values of an
     * epoch are, if the run has several nets */
    PLM_RUN_CHOSE_LOSS,
    PLM_RUN_AGAIN,    /* the resumed run has no checkpoint yet, so it starts from scratch */
    PLM_RUN_REPLACED, /* this run has replaced an earlier run in the folder */
    /* pretraining of layer `text` begins or is done; it is number `index` of `count` layers */
    PLM_RUN_LAYER,
    PLM_RUN_PRETRAINED,    /* pretraining is done, and the fit begins */
    PLM_RUN_PSEUDO_LABELS, /* `count` rows get a pseudo-label in round `index` */
    /* the key doctor is set, and `text` has new findings; if done, `text` counts all findings */
    PLM_RUN_FINDING,
    /* the data is a table with types; `text` says how many columns of each type are inputs, and
     * which ones are dropped */
    PLM_RUN_COLUMNS
} plm_run_stage_kind;

/* A report to on_stage. The enum above says what `text`, `index` and `count` mean for each kind.
 * `text` is borrowed for the call; "" = none. */
typedef struct {
    plm_run_stage_kind kind;
    const char *text;
    int64_t index, count;
    /* PLM_RUN_LAYER: false = pretraining begins, true = it is done. PLM_RUN_FINDING: true = the
     * training has ended */
    bool done;
} plm_run_stage;

/* Maximum number of metrics in a result. */
enum { PLM_RUN_MAX_LOGS = 144 };

/* The result of a training. Names are borrowed until the run file is closed. */
typedef struct {
    plm_fit_result fit; /* result of the last fit */
    /* number of epochs done, including those before the run was resumed */
    int64_t epochs;
    double seconds;                 /* training time, without the time before the run was resumed */
    bool interrupted;               /* true = on_event ended the training */
    bool trained;                   /* false = the resumed run had been trained completely before */
    const char *folder;             /* the folder of the run; "" = the run has left no folder */
    const char *model;              /* the model file of the run; "" = the run has left no model */
    int logs, tests;                /* numbers of entries in the two arrays below */
    plm_log log[PLM_RUN_MAX_LOGS];  /* metrics of the epoch whose weights are saved */
    plm_log test[PLM_RUN_MAX_LOGS]; /* metrics on the rows of the key test */
} plm_run_result;

/* Options of plm_run_file_train. Zero in every field means its default. */
typedef struct {
    size_t size; /* sizeof(plm_run_train_options) */
    /* Called after each event of a fit (see plm_observer). The event's epochs and seconds are
     * counted over all fits of the run. If it returns PLM_STOPPED, the training is interrupted: the
     * model is saved, and the run can be resumed. */
    plm_status (*on_event)(void *self, plm_run *run, const plm_event *event);
    void (*on_stage)(void *self, const plm_run_stage *stage);
    void *self;                /* handed to both */
    const plm_observer *extra; /* your own observers of each fit; borrowed for the call */
    int extras;                /* number of `extra` */
    /* true = the layers are pretrained first, as by `plummet pretrain` */
    bool pretrain;
    /* Folders of named data sets, separated by ':', for runs that set none themselves; NULL = as in
     * plm_options. */
    const char *data_dir;
    /* A folder for temporary files; NULL = "/tmp". If the folder of a run was removed, and no
     * folder can be made at the old place or in the current folder, the run continues there. */
    const char *spare;
    plm_run_result *result; /* filled, also after an error; NULL = not wanted */
    int columns;            /* width of the texts of PLM_RUN_FINDING, in characters; 0 = 80 */
} plm_run_train_options;

/* Trains a run file in its folder (key out; default runs/NAME-0001, counted up) and leaves the same
 * files there as the command. o may be NULL. Returns PLM_STOPPED if on_event ended the training.
 * Errors: those of the run file, with their place; E_SPEC if the folder holds a run or is locked by
 * another process; E_ORDER if the file was trained before; E_IO; and those of plm_fit. After
 * E_NUMERIC and E_IO the model is saved as far as it was trained. */
PLM_API PLM_CHECKED plm_status plm_run_file_train(plm_run_file *f, const plm_run_train_options *o);
/* Returns the model of a run file that was trained, with the weights that were saved; NULL before.
 * Borrowed until f is closed: plm_model_free does nothing to it. */
PLM_API plm_model *plm_run_file_model(plm_run_file *f);
/* Returns the run's own runtime, to which its model belongs. Use it with plm_last_error after calls
 * on the model. NULL before plm_run_file_train. Borrowed until f is closed: plm_close does
 * nothing to it. */
PLM_API plm *plm_run_file_runtime(plm_run_file *f);

/* ---- runs that were trained ---- */

/* Calls on_run with the path of each run in a folder, such as "runs/net-0001", in the order of
 * their names. A run is a folder with a run.yaml. If on_run returns anything but PLM_OK, the call
 * ends and returns that. Error: E_IO if there is no such folder. */
PLM_API PLM_CHECKED plm_status plm_run_each(plm *w, const char *folder,
                                            plm_status (*on_run)(void *self, const char *path),
                                            void *self);
/* Opens the folder of a run and reads its run.yaml. NULL = failed: E_IO, E_SPEC. */
PLM_API plm_run_folder *plm_run_folder_open(plm *w, const char *path);
/* Closes a folder of a run; NULL is fine. */
PLM_API void plm_run_folder_close(plm_run_folder *r);
/* Returns the value of a key in its run.yaml, as plm_run_file_setting does. */
PLM_API const char *plm_run_folder_setting(plm_run_folder *r, const char *key);
/* Loads the model of the run. The caller frees it by plm_model_free. NULL = failed: E_IO if the run
 * has no model yet. */
PLM_API plm_model *plm_run_folder_model(plm_run_folder *r);
/* Reads the history.csv of the run, with its column "seconds". If there is no such file yet, out
 * has 0 rows. Borrowed until the next call on r. Error: E_FORMAT if the file is not a history. */
PLM_API PLM_CHECKED plm_status plm_run_folder_history(plm_run_folder *r, plm_history *out);

/* Sets options by name and leaves all others at their default: plm_run_file_train(f,
 * PLM_RUN_TRAIN(.pretrain = true)). C only. */
#define PLM_RUN_TRAIN(...)                                                                         \
    (&(plm_run_train_options){.size = sizeof(plm_run_train_options), __VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
