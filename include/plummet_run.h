/* plummet_run: run files and folders of runs, as the command `plummet` uses them.
 *
 * A run file is text (YAML) that says what to train: data, model, optimizer, ... `plummet help
 * train` lists its keys. A run is one training of it, in a folder of its own: run.yaml (the file as
 * it was resolved), history.csv (a row an epoch), checkpoint.safetensors, model.safetensors.
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

/* A run file that was read, or the run of a folder that shall go on; it trains once. */
typedef struct plm_run_file plm_run_file;
/* The folder of a run that was trained. */
typedef struct plm_run_folder plm_run_folder;

/* ---- training ---- */

/* Reads a run file and checks its keys; path is a file, or the name of a run that is built in:
 * "digits". override[overrides] = "key=value" that go before the file, "model.2=dense(50)" for an
 * item of a list; borrowed for the call. NULL = failed: E_IO, E_SPEC. */
PLM_API plm_run_file *plm_run_file_open(plm *w, const char *path, int overrides,
                                        const char *const *override);
/* The same for a run that shall go on in its folder, from its last checkpoint, such as
 * "runs/net-0001". */
PLM_API plm_run_file *plm_run_file_resume(plm *w, const char *folder, int overrides,
                                          const char *const *override);
/* Frees a run file; NULL is fine. */
PLM_API void plm_run_file_close(plm_run_file *f);
/* What the run gives for a key: "adam(1e-3)"; a list is joined by ", "; "" = not given. Defaults
 * are there once the run has been trained. Borrowed until the next call on f. */
PLM_API const char *plm_run_file_setting(plm_run_file *f, const char *key);

/* What happens in a training beside the events of its fits. */
typedef enum {
    PLM_RUN_FOLDER,       /* the run has this folder, text, from now on */
    PLM_RUN_LOST,         /* its folder was moved or removed: see plm_last_error; then a
                          * PLM_RUN_FOLDER tells where it goes on */
    PLM_RUN_CHOSE_LOSS,   /* the run gives no loss; text says which was chosen */
    PLM_RUN_AGAIN,        /* the run that goes on has no checkpoint yet and starts from scratch */
    PLM_RUN_REPLACED,     /* the run that the folder held is replaced by this one */
    PLM_RUN_LAYER,        /* pretraining: layer `text`, the index-th of count, begins or is done */
    PLM_RUN_PRETRAINED,   /* pretraining is done: the fit begins */
    PLM_RUN_PSEUDO_LABELS /* round index: so many rows as count get a label */
} plm_run_stage_kind;

/* A PLM_RUN_... of a training. The text is borrowed for the call; "" = none. */
typedef struct {
    plm_run_stage_kind kind;
    const char *text;
    int64_t index, count;
    bool done;
} plm_run_stage;

/* How many metrics a result holds at most. */
enum { PLM_RUN_MAX_LOGS = 144 };

/* How a training ended. Names are borrowed until the run file is closed. */
typedef struct {
    plm_fit_result fit;             /* of the last fit */
    int64_t epochs;                 /* done in all, those before a resume included */
    double seconds;                 /* of training, without those before a resume */
    bool interrupted;               /* on_event ended it */
    bool trained;                   /* false = a run that goes on had nothing left to do */
    const char *folder;             /* of the run; "" = it left nothing */
    const char *model;              /* its model file; "" = it left none */
    int logs, tests;                /* how many there are of: */
    plm_log log[PLM_RUN_MAX_LOGS];  /* metrics of the epoch whose weights are saved */
    plm_log test[PLM_RUN_MAX_LOGS]; /* metrics on the rows of the key test */
} plm_run_result;

/* How a run file is trained; zero everywhere means the default. */
typedef struct {
    size_t size; /* sizeof(plm_run_train_options) */
    /* After each event of a fit (see plm_observer): epochs and seconds are counted over all fits of
     * the run. PLM_STOPPED ends the training as an interruption: the model is saved, and the run
     * can be resumed. */
    plm_status (*on_event)(void *self, plm_run *run, const plm_event *event);
    void (*on_stage)(void *self, const plm_run_stage *stage);
    void *self;                /* handed to both */
    const plm_observer *extra; /* your own observers of each fit; borrowed for the call */
    int extras;                /* how many */
    bool pretrain;             /* the layers are pretrained first, as `plummet pretrain` does */
    /* Folders of named data sets, separated by ':', where the run gives none; NULL = as in
     * plm_options. */
    const char *data_dir;
    /* A folder for temporary files, where a run goes on whose own folder was removed; NULL =
     * "/tmp". */
    const char *spare;
    plm_run_result *result; /* filled, also after an error; NULL = not wanted */
} plm_run_train_options;

/* Trains a run file in its folder (key out; default runs/NAME-0001, counted up) and leaves there
 * what the command leaves. o may be NULL. PLM_STOPPED when on_event ended it. Errors: those of the
 * run file with their place, E_SPEC for a folder that holds a run or is locked by another process,
 * E_IO, and those of plm_fit; a model that was trained until then is saved after E_NUMERIC and
 * E_IO. E_ORDER for a file that was trained before. */
PLM_API PLM_CHECKED plm_status plm_run_file_train(plm_run_file *f, const plm_run_train_options *o);
/* The model of a run file that was trained, with the weights that were saved; NULL before. Borrowed
 * until f is closed. */
PLM_API plm_model *plm_run_file_model(plm_run_file *f);
/* The run's own runtime, to which its model belongs: for plm_last_error after calls on that. NULL
 * before plm_run_file_train. Borrowed until f is closed. */
PLM_API plm *plm_run_file_runtime(plm_run_file *f);

/* ---- runs that were trained ---- */

/* Calls on_run for each run in a folder, by name: its path, "runs/net-0001". A run is a folder with
 * a run.yaml. Whatever on_run returns that is not PLM_OK ends the call and is returned. E_IO when
 * there is no such folder. */
PLM_API PLM_CHECKED plm_status plm_run_each(plm *w, const char *folder,
                                            plm_status (*on_run)(void *self, const char *path),
                                            void *self);
/* Opens the folder of a run and reads its run.yaml. NULL = failed: E_IO, E_SPEC. */
PLM_API plm_run_folder *plm_run_folder_open(plm *w, const char *path);
/* Frees it; NULL is fine. */
PLM_API void plm_run_folder_close(plm_run_folder *r);
/* As plm_run_file_setting, of its run.yaml. */
PLM_API const char *plm_run_folder_setting(plm_run_folder *r, const char *key);
/* Its model, loaded anew: yours, free it by plm_model_free. NULL = failed; E_IO where it has none
 * yet. */
PLM_API plm_model *plm_run_folder_model(plm_run_folder *r);
/* Its history.csv, the column "seconds" included; rows 0 where there is none yet. Borrowed until
 * the next call on r. E_FORMAT for a file that is no history. */
PLM_API PLM_CHECKED plm_status plm_run_folder_history(plm_run_folder *r, plm_history *out);

/* Options by name, all others at their default: plm_run_file_train(f, PLM_RUN_TRAIN(.pretrain =
 * true)). C only. */
#define PLM_RUN_TRAIN(...)                                                                         \
    (&(plm_run_train_options){.size = sizeof(plm_run_train_options), __VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
