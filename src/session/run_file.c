/* Implements the functions plm_run_file_... of plummet_run.h, which do all steps of a training in
 * one call. The command-line program calls these steps one by one instead, see session/training.h.
 * If a step fails, later steps still run: a training that failed is saved and its folder is closed.
 * The first error is kept, so that errors of later steps do not hide the cause. */
#include <string.h>

#include "session/training.h"

/* The handle of a C program: the caller's runtime, and the training. */
struct plm_run_file {
    plm *w;
    plm_run_training t; /* its settings, data and model */
    bool trained;       /* plm_run_file_train was called */
    /* running: plm_run_file_train runs, and may call callbacks; close_wanted: one of them called
     * plm_run_file_close, so the run file is freed when the training is over */
    bool running, close_wanted;
};

/* Makes a run file with empty settings. caller: name of the public function, for error messages.
 * NULL = failed. */
static plm_run_file *new_file(plm *w, const char *caller, const char *path, int overrides,
                              const char *const *override)
{
    if (!w || w->fault < 0)
        return NULL;
    if (!path || overrides < 0 || (overrides > 0 && !override)) {
        (void)plm_fail(w, PLM_E_ORDER, caller,
                       "pass a path, and an array `override` with `overrides` elements", "%s",
                       path ? "the array of overrides is NULL" : "no path was given");
        return NULL;
    }
    plm_run_file *f = plm_allocate(w, sizeof *f);
    if (!f)
        return NULL;
    f->w = w;
    plm_runtime_join(w);
    if (plm_run_training_open(&f->t, w, NULL) >= 0)
        return f;
    plm_run_file_close(f);
    return NULL;
}

/* Opens a run file, or with resume the folder of a run, and reads its settings. NULL = failed. */
static plm_run_file *open_file(plm *w, const char *path, bool resume, int overrides,
                               const char *const *override)
{
    const char *caller = resume ? "plm_run_file_resume" : "plm_run_file_open";
    plm_run_file *f = new_file(w, caller, path, overrides, override);
    if (!f || plm_run_training_read(&f->t, path, resume, overrides, override) >= 0)
        return f;
    plm_run_file_close(f);
    return NULL;
}

/* Opens a run file for a training from the beginning. */
plm_run_file *plm_run_file_open(plm *w, const char *path, int overrides,
                                const char *const *override)
{
    return open_file(w, path, false, overrides, override);
}

/* Opens the folder of a run, to continue it. */
plm_run_file *plm_run_file_resume(plm *w, const char *folder, int overrides,
                                  const char *const *override)
{
    return open_file(w, folder, true, overrides, override);
}

/* Frees a run file, with the model and the data that it holds. The runtime lives until then. Within
 * its own training, it is freed when that ends. */
void plm_run_file_close(plm_run_file *f)
{
    if (!f)
        return;
    f->close_wanted = f->running;
    if (f->running)
        return;
    plm *w = f->w;
    plm_run_training_free(&f->t);
    plm_release(w, f);
    plm_runtime_leave(w);
}

/* Returns the value of a key as one text; "" = the key is not set. */
const char *plm_run_file_setting(plm_run_file *f, const char *key)
{
    return f && key ? plm_setting_joined(&f->t.settings, key) : "";
}

/* Returns the trained model, which belongs to the run file; NULL = nothing was trained yet. */
plm_model *plm_run_file_model(plm_run_file *f)
{
    return f && f->t.model_path ? f->t.job.model : NULL;
}

/* Returns the runtime of the run's model. It is not the caller's runtime, since a run file may
 * choose its own threads and seed. */
plm *plm_run_file_runtime(plm_run_file *f)
{
    return f ? f->t.job.w : NULL;
}

/* ---- training ---- */

/* Copies the result of a training for the caller. folder: borrowed; "" if the run left nothing in
 * the folder. */
static void fill_result(const plm_run_training *t, const char *folder, plm_run_result *r)
{
    *r = (plm_run_result){.fit = t->result,
                          .epochs = t->epochs,
                          .seconds = t->seconds,
                          .interrupted = t->interrupted,
                          .trained = t->dir.begun,
                          .folder = t->model_path || t->kept ? folder : "",
                          .model = t->model_path ? t->model_path : ""};
    for (; r->logs < t->logs; r->logs++)
        r->log[r->logs] = (plm_log){.name = t->log_name[r->logs], .value = t->value[r->logs]};
    for (; t->tested && r->tests < PLM_RUN_MAX_LOGS && t->test[r->tests].name; r->tests++)
        r->test[r->tests] = t->test[r->tests];
}

/* Returns the first error of two steps. If the first step failed, its error is copied into *error,
 * so that later steps cannot overwrite it. */
static plm_status keep_first(plm *w, plm_status first, plm_status next, plm_error_record *error)
{
    if (first < 0)
        return first;
    if (next < 0)
        plm_error_take(w, error);
    return next;
}

/* Trains in the open folder: fits, saves, measures, and closes the folder. */
static plm_status train_in_folder(plm_run_training *t, plm_run_result *result)
{
    plm_error_record error = {.status = PLM_OK};
    plm_status status = keep_first(t->w, PLM_OK, plm_run_training_fit(t), &error);
    status = keep_first(t->w, status, plm_run_training_save(t, status), &error);
    if (t->model_path)
        status = keep_first(t->w, status, plm_run_training_measure(t, status < 0), &error);
    if (result)
        fill_result(t, t->dir.path, result);
    status = keep_first(t->w, status, plm_run_training_end(t), &error);
    if (status < 0)
        plm_error_restore(t->w, &error);
    else if (t->dir.lost)
        return plm_fail(
            t->w, PLM_E_IO, t->model_path, "do not move the folder of a run while it trains",
            "the folder of the run was moved or removed; the run continued in another one");
    return status < 0 ? status : t->interrupted ? PLM_STOPPED : PLM_OK;
}

/* Checks everything, then makes the folder and trains in it. */
static plm_status train(plm_run_training *t, plm_run_result *result)
{
    PLM_TRY(plm_run_training_check(t));
    PLM_TRY(plm_run_training_build(t));
    PLM_TRY(plm_run_training_begin(t));
    return train_in_folder(t, result);
}

/* Trains the run. A handle can do this once. All checks are made before the folder is created. */
plm_status plm_run_file_train(plm_run_file *f, const plm_run_train_options *o)
{
    if (!f)
        return PLM_E_ORDER;
    plm_run_training *t = &f->t;
    if (f->trained)
        return plm_fail(f->w, PLM_E_ORDER, "plm_run_file_train",
                        "open the run file again, or resume the folder of the run",
                        "the run was already trained with this handle");
    PLM_TRY(plm_take_options(f->w, "plm_run_file_train", o, o ? o->size : 0, &t->calls,
                             sizeof t->calls));
    if (t->calls.extras < 0 || (t->calls.extras > 0 && !t->calls.extra))
        return plm_fail(f->w, PLM_E_SPEC, "plm_run_file_train",
                        "let options.extra point to `extras` observers, or set options.extras to 0",
                        t->calls.extra ? "extras is %d" : "extras is %d and extra is NULL",
                        t->calls.extras);
    f->trained = true;
    if (t->calls.result)
        *t->calls.result = (plm_run_result){.folder = "", .model = ""};
    f->running = true;
    const plm_status status = train(t, t->calls.result);
    f->running = false;
    if (f->close_wanted)
        plm_run_file_close(f);
    return status;
}
