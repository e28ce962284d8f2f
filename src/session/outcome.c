/* Saves the model of a training, computes its metrics, and closes the folder. The reported metrics
 * always belong to the saved weights, which may be those of an earlier epoch. The metrics are
 * computed last, after the weights of the best epoch have been restored and saved, so each number
 * in the report can be computed again from the file. */
#include <math.h>
#include <string.h>

#include "assess/epochs.h"
#include "data/data.h"
#include "session/nets.h"
#include "session/parameters.h"
#include "session/training.h"
#include "train/since.h"

/* ---- the model ---- */

/* True if the file already holds this model, bit for bit. */
static bool is_saved(const plm_run_training *t, const char *path)
{
    if (!plm_path_exists(path))
        return false;
    plm_model *there = plm_model_load(t->job.w, path, NULL);
    const bool same = there && plm_run_parameters_equal(t->w, there, t->job.model);
    plm_model_free(there);
    return same;
}

/* Makes sure that the folder is still there before the model is saved. If it is missing since the
 * last epoch, the caller is notified of the new folder. */
static void hold(plm_run_training *t)
{
    if (plm_run_dir_hold(&t->dir, &t->settings, t->note) < 0)
        plm_run_training_tell(t, (plm_run_stage){.kind = PLM_RUN_LOST, .text = t->dir.path});
}

/* Saves the model into the folder and sets t->model_path. If this call trained nothing and the file
 * already holds the model, the file is not written again. */
static plm_status save(plm_run_training *t)
{
    if (t->dir.begun)
        hold(t);
    const char *path = plm_run_dir_file(&t->dir, "model.safetensors");
    if (!path)
        return PLM_E_MEMORY;
    plm_status status = PLM_OK;
    if (t->dir.begun || !is_saved(t, path))
        status = plm_model_save(t->job.model, path, NULL);
    if (status < 0)
        return plm_job_fail_at(&t->job, status, NULL);
    t->model_path = path;
    return PLM_OK;
}

/* Sets *out to the history of the run; for several nets, to the means of their histories. */
plm_status plm_run_training_history(plm_run_training *t, const plm_model *m, plm_history *out)
{
    if (!t->nets)
        return plm_model_history(m, out);
    *out = plm_run_nets_history(t->nets);
    return PLM_OK;
}

/* Finds the best earlier value of the metric that decides the best epoch. A run with frozen layers
 * or several phases compares only epochs of the same phase, and a resumed one only values of one
 * unit. */
plm_status plm_run_training_best(plm_run_training *t, plm_run *run, double *best)
{
    plm_history rows = {0};
    const plm_status status = plm_run_training_history(t, plm_run_model(run), &rows);
    const int64_t since = plm_fit_since(run).best;
    *best = plm_epochs_kept_value(t->w, &rows, plm_setting_joined(&t->settings, "observers"),
                                  since > t->from ? since : t->from);
    return status;
}

/* Writes history.csv again if it is missing, for a resumed run that was already complete. */
static plm_status restore_history(plm_run_training *t)
{
    plm_history_file h;
    plm_history rows = {0};
    plm_status status = plm_run_training_history(t, t->job.model, &rows);
    if (status < 0)
        return plm_job_fail_at(&t->job, status, NULL);
    const char *path = plm_run_dir_file(&t->dir, "history.csv");
    if (!path)
        return PLM_E_MEMORY;
    plm_history_file_new(&h, t->w, path);
    status = plm_history_file_restore(&h, &rows);
    if (status >= 0 && rows.rows)
        status = plm_history_file_write(&h);
    plm_history_file_drop(&h);
    return status;
}

/* True if there is a model worth saving after a fit that ended with `status`. Before the first
 * batch nothing was learned. A fit that failed holds the last finite weights, if there are any. */
static bool has_model(const plm_run_training *t, plm_status status)
{
    if (t->dir.replaces || (t->dir.replaced && !t->epochs && !t->kept))
        return false; /* the older run in the folder is restored instead */
    if (status >= 0)
        return t->dir.begun || !t->interrupted;
    return (status == PLM_E_NUMERIC || status == PLM_E_IO) && t->dir.begun && t->result.epochs > 0;
}

/* Fails because the key `time` ended the training before the run could replace an older one. */
static plm_status fail_time(plm_run_training *t)
{
    if (t->interrupted)
        return PLM_OK;
    return plm_setting_fail(&t->settings, "time", 0, "give more time, or another folder: out=DIR",
                            "the time was over before the first epoch was, so the older run in the "
                            "folder is kept");
}

/* Saves the model of a training that has ended with `status`. A fit that ended with an error is
 * saved, too, unless it learned nothing. */
plm_status plm_run_training_save(plm_run_training *t, plm_status status)
{
    if (!has_model(t, status))
        return status >= 0 && t->timed_out && t->dir.replaces ? fail_time(t) : PLM_OK;
    PLM_TRY(plm_run_nets_join(t));
    PLM_TRY(save(t));
    return !t->dir.begun && t->dir.resumed ? restore_history(t) : PLM_OK;
}

/* ---- metrics ---- */

/* Computes the validation metrics (val_...) again, since the model now holds a moving average of
 * the weights, on which no epoch was validated. */
static plm_status validate(plm_run_training *t)
{
    plm_log log[PLM_RUN_MAX_LOGS];
    const plm_status status = plm_evaluate(t->job.model, t->job.validation, log, PLM_RUN_MAX_LOGS);
    for (int i = 0; status >= 0 && i < PLM_RUN_MAX_LOGS && log[i].name; i++)
        for (int k = 0; k < t->logs; k++)
            if (!strncmp(t->log_name[k], "val_", 4) && !strcmp(t->log_name[k] + 4, log[i].name))
                t->value[k] = log[i].value;
    return status;
}

/* Sets t->value to the metrics of the weights that the model now has. */
static plm_status find_metrics(plm_run_training *t)
{
    plm_history rows = {0};
    const plm_fit_result *r = &t->result;
    if (t->nets) {
        plm_run_nets_metrics(t);
        return PLM_OK;
    }
    PLM_TRY(plm_model_history(t->job.model, &rows));
    t->epochs = r->epochs > t->epochs ? r->epochs : t->epochs;
    if (r->kept_epoch > 0 && !r->averaged)
        plm_run_training_take(t, &rows, r->kept_epoch);
    else if (!t->dir.begun)
        plm_run_training_take(t, &rows, r->epochs);
    if (t->interrupted && !r->kept_epoch)
        /* the fit stopped within an epoch, so no metrics were computed with these weights */
        t->logs = 0;
    return r->averaged && t->job.validation && !t->interrupted ? validate(t) : PLM_OK;
}

/* Takes over the metrics of the saved weights, and evaluates these weights on the test rows. The
 * test rows are used only once, at the end. */
plm_status plm_run_training_measure(plm_run_training *t, bool failed)
{
    plm_status status = find_metrics(t);
    if (failed) /* the error of the fit is reported instead */
        return PLM_OK;
    if (status >= 0 && t->job.test && !t->interrupted) {
        status = plm_evaluate(t->job.model, t->job.test, t->test, PLM_RUN_MAX_LOGS);
        t->tested = status >= 0;
        t->test_rows = plm_pipeline_rows(t->job.test);
    }
    return status < 0 ? plm_job_fail_at(&t->job, status, "test") : PLM_OK;
}

/* Unlocks the folder, and removes it if the run saved nothing in it. */
plm_status plm_run_training_end(plm_run_training *t)
{
    return plm_run_dir_close(&t->dir, !t->model_path && !t->epochs && !t->kept);
}
