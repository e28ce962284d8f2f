/* Does the steps of a training by a run file: reads the settings, builds the model, opens the
 * folder, and runs the fits in one phase or two. The order of the steps matters. All errors in the
 * settings are found before a folder is made, and all errors in data and model before an old run in
 * the folder is changed. A resumed run uses the settings of its own run.yaml and may change only
 * settings that keep its rows the same (same_rows.c). The command-line program calls these steps
 * one by one, since it prints between them; plm_run_file_train calls them all (run_file.c). */
#include "session/training.h"

#include <stdio.h>
#include <string.h>

#include "base/system.h"
#include "run/fingerprint.h"
#include "run/net.h"
#include "session/nets.h"
#include "session/repair_training.h"
#include "run/reuse.h"
#include "run/same_rows.h"

/* Initialises an empty training: connects its settings, the job and the folder with the runtime w.
 * calls: options of the caller; NULL = none. */
plm_status plm_run_training_open(plm_run_training *t, plm *w, const plm_run_train_options *calls)
{
    t->w = w;
    if (calls)
        t->calls = *calls;
    t->job.home = w;
    t->dir.w = w;
    t->dir.arena = &t->settings.arena;
    return plm_settings_open(&t->settings, w, plm_run_keys);
}

/* Frees everything that the steps of a training have made, also after an error. */
void plm_run_training_free(plm_run_training *t)
{
    plm_diagnosis_free(t->doctor);
    plm_run_repair_free(t);
    /* plm_run_training_end has returned the errors before */
    plm_ignore(plm_run_dir_close(&t->dir, false));
    plm_run_nets_free(t->nets);
    plm_job_free(&t->job);
    plm_settings_free(&t->settings);
}

/* ---- settings ---- */

/* Reads the key keep: whether the final model gets the weights of the best or of the last epoch. If
 * the key is not set: of the best epoch if there is a validation, otherwise of the last. It is
 * called again after a recipe has chosen the validation. */
static plm_status check_keep(plm_run_training *t)
{
    const char *text = plm_setting_text(&t->settings, "keep");
    const char *validation = plm_setting_text(&t->settings, "validation");
    const bool validates = validation && strcmp(validation, "none") != 0;
    const bool best = text && !strcmp(text, "best");
    t->keep_best = validates && (!text || best);
    if (best && !validates)
        return plm_setting_fail(
            &t->settings, "keep", 0, "add validation: split(0.1), or remove keep",
            "the best epoch is found by validation, but there is no validation");
    return PLM_OK;
}

/* Reads the settings of a run file or, with resume, the settings of the run in a folder, and checks
 * the keys that are not read elsewhere. override: "key=value" texts that replace settings. */
plm_status plm_run_training_read(plm_run_training *t, const char *path, bool resume, int overrides,
                                 const char *const *override)
{
    plm_settings *s = &t->settings;
    for (int i = 0; i < overrides; i++)
        if (!override || !override[i])
            return plm_fail(t->w, PLM_E_SPEC, path, "give a text \"key=value\" for each",
                            "setting %d of those that replace settings is NULL", i);
    if (resume) {
        PLM_TRY(plm_run_dir_find(&t->dir, path));
        path = plm_run_dir_file(&t->dir, "run.yaml");
        if (!path)
            return PLM_E_MEMORY;
    }
    t->overrides = overrides;
    PLM_TRY(plm_run_settings_load(s, path, overrides, override));
    if (resume)
        PLM_TRY(plm_same_rows(s, path, t->dir.path));
    PLM_TRY(plm_reuse_check(s));
    PLM_TRY(plm_run_settings_checkpoint(s, &t->every));
    PLM_TRY(plm_class_weight_check(s));
    if (!s->table) /* the validation of a table is chosen later, when the table is open */
        PLM_TRY(check_keep(t));
    PLM_TRY(plm_run_settings_time(s, &t->limit));
    t->path = plm_arena_text(&s->arena, path, SIZE_MAX);
    if (!t->path)
        return PLM_E_MEMORY;
    PLM_TRY(plm_run_repair_read(t, overrides, override));
    t->name = plm_run_settings_name(s, path);
    return t->name ? PLM_OK : PLM_E_MEMORY;
}

/* Fails with E_SPEC if the run would overwrite the model that it starts from: the old model would
 * be lost with the first epoch of the new one. */
static plm_status keep_donor(plm_run_training *t)
{
    plm_settings *s = &t->settings;
    const char *out = plm_setting_text(s, "out"), *from = NULL;
    PLM_TRY(plm_reuse_donor(s, &from));
    if (!from || !out)
        return PLM_OK;
    const char *to = plm_arena_format(&s->arena, "%s/model.safetensors", out);
    if (!to)
        return PLM_E_MEMORY;
    if (plm_path_is_same(from, to))
        return plm_fail(t->w, PLM_E_SPEC, "out", "name another folder: out=DIR",
                        "the run would overwrite the model that it starts from, %s", from);
    return PLM_OK;
}

/* Checks which files the run would write: a new run must not overwrite another run or the model
 * that it starts from, and a resumed run must stay in its folder. */
plm_status plm_run_training_check(plm_run_training *t)
{
    static const char *const keys[] = {"out", "overwrite"};
    if (!t->dir.resumed) {
        PLM_TRY(keep_donor(t));
        /* so that run.yaml holds the name, too */
        PLM_TRY(plm_setting_default(&t->settings, "name", t->name));
        PLM_TRY(plm_run_dir_check(&t->settings));
        return plm_run_observer_files(t);
    }
    for (int i = 0; i < 2; i++)
        if (plm_setting_text(&t->settings, keys[i]))
            return plm_fail(t->w, PLM_E_SPEC, keys[i],
                            "remove `out`, or copy the folder and resume the copy",
                            "a resumed run continues in its own folder");
    return PLM_OK;
}

/* ---- the parts ---- */

/* Opens the data and builds the model; with pretrain, also prepares the data without labels. */
plm_status plm_run_training_build(plm_run_training *t)
{
    t->job.data_dir = t->calls.data_dir;
    t->dir.spare = t->calls.spare;
    if (t->calls.pretrain)
        PLM_TRY(plm_run_pretraining_check(&t->settings));
    const plm_status status = plm_net_build(&t->job, &t->settings);
    if (status < 0)
        return t->dir.resumed ? plm_fingerprint_explain(&t->settings, status) : status;
    PLM_TRY(check_keep(t));
    PLM_TRY(plm_class_weight_read(&t->job, &t->settings, t->class_weight, &t->classes));
    PLM_TRY(plm_run_nets_build(t));
    PLM_TRY(plm_run_calibrate_check(t));
    return t->calls.pretrain ? plm_job_unlabelled(&t->job, &t->settings) : PLM_OK;
}

/* Makes or locks the folder of the run. From now on the run can write. The fingerprint of the data
 * is taken here; a resume compares it. */
plm_status plm_run_training_begin(plm_run_training *t)
{
    t->note = plm_arena_format(&t->settings.arena,
                               "plummet %s, %s, %d threads; to run it again: plummet %s run.yaml",
                               plm_version(), plm_isa(t->job.w), plm_threads(t->job.w),
                               t->calls.pretrain ? "pretrain" : "train");
    if (!t->note)
        return PLM_E_MEMORY;
    PLM_TRY(t->dir.resumed ? plm_fingerprint_check_resumed(&t->settings, &t->job, t->dir.path)
                           : plm_fingerprint_set(&t->settings, &t->job));
    PLM_TRY(t->dir.resumed ? plm_run_dir_lock(&t->dir)
                           : plm_run_dir_open(&t->dir, &t->settings, t->name));
    plm_run_training_tell(t, (plm_run_stage){.kind = PLM_RUN_FOLDER, .text = t->dir.path});
    return PLM_OK;
}

/* Handles a resumed run without a checkpoint. If the run was killed before its first checkpoint, it
 * starts from the beginning. If it has a model, it was run without checkpoints, or the file was
 * removed: E_IO. */
static plm_status find_checkpoint(plm_run_training *t)
{
    if (!t->dir.resumed || plm_run_dir_has(&t->dir, "checkpoint.safetensors"))
        return PLM_OK;
    t->fit_restarts = true;
    if (plm_run_dir_has(&t->dir, "model.safetensors"))
        return plm_fail(t->w, PLM_E_IO, t->dir.path,
                        t->every
                            ? "put the file back, or train the run again: plummet train RUNFILE"
                            : "the run was trained with checkpoint: false, so it cannot be "
                              "continued; train it again: plummet train RUNFILE",
                        "there is no %s/checkpoint.safetensors to continue from", t->dir.path);
    plm_run_training_tell(t, (plm_run_stage){.kind = PLM_RUN_AGAIN});
    return PLM_OK;
}

/* ---- fits ---- */

/* Sets *out to true if the checkpoint of the folder belongs to the first phase, with frozen layers.
 * The checkpoint stores the requested epochs: in the first phase, these are the frozen epochs
 * alone. */
static plm_status in_first_phase(plm_run_training *t, int64_t frozen, bool *out)
{
    plm_fit_result before;
    const char *checkpoint = plm_run_dir_file(&t->dir, "checkpoint.safetensors");
    if (!checkpoint)
        return plm_fail_memory(t->job.w, "");
    PLM_TRY(plm_checkpoint_get_info(t->job.w, checkpoint, &before));
    *out = (before.epochs_requested ? before.epochs_requested : before.epochs) <= frozen;
    return PLM_OK;
}

/* Runs the two phases: first the epochs with frozen layers, then the other epochs, in which these
 * layers learn. on: continue from the checkpoint of the folder, in the phase that it belongs to.
 * Only the second phase has the observers of the run file: epochs in which most of the net is
 * frozen should not use up their patience. */
static plm_status fit_phases(plm_run_training *t, int64_t epochs, bool on)
{
    const int64_t frozen = plm_reuse_frozen_epochs(&t->settings);
    plm_run_fit f = {.data = t->job.data, .last = frozen < epochs ? frozen : epochs, .on = on};
    bool first = true;
    plm_status status = on ? in_first_phase(t, frozen, &first) : PLM_OK;
    if (status == PLM_OK && first) {
        status = plm_run_training_epochs(t, &f);
        f.on = false;
    }
    if (status != PLM_OK || frozen >= epochs)
        return status;
    f.first = frozen;
    f.last = epochs;
    f.observed = true;
    status = plm_reuse_unfreeze(&t->job, &t->settings);
    return status == PLM_OK ? plm_run_training_epochs(t, &f) : status;
}

/* Runs all epochs, in one phase or in two. on: continue from the checkpoint of the folder. */
static plm_status fit_all(plm_run_training *t, bool on)
{
    const int64_t epochs = t->all = plm_setting_count(&t->settings, "epochs", 1);
    if (t->nets)
        return plm_run_nets_fit(t, on);
    const plm_run_fit whole = {.data = t->job.data, .last = epochs, .on = on, .observed = true};
    return plm_reuse_frozen_epochs(&t->settings) ? fit_phases(t, epochs, on)
                                                 : plm_run_training_epochs(t, &whole);
}

/* If the data is a table, reports to the caller what was decided about its columns. */
static plm_status tell_columns(plm_run_training *t)
{
    plm_text text = {.w = t->w};
    PLM_TRY(plm_job_outline(&t->job, &text));
    if (text.length > 0)
        plm_run_training_tell(
            t, (plm_run_stage){.kind = PLM_RUN_COLUMNS, .text = plm_text_get(&text)});
    plm_text_free(&text);
    return PLM_OK;
}

/* Reports to the caller which loss and metrics were chosen, if the run sets no loss, and what the
 * values of an epoch are, if there are several nets. */
static plm_status tell_choice(plm_run_training *t)
{
    plm_settings *s = &t->settings;
    const char *metrics = plm_setting_text(s, "metrics"),
               *validation = plm_setting_text(s, "validation");
    const int nets = t->nets ? plm_run_nets_count(s) : 1;
    plm_text text = {.w = t->w};
    if (t->job.chose_loss)
        plm_text_format(&text, "loss: %s%s%s", plm_setting_text(s, "loss"),
                        metrics ? "; metrics: " : "", metrics ? metrics : "");
    if (nets > 1)
        plm_text_format(&text, "%s%d nets: the values of an epoch are means over the nets%s",
                        text.length > 0 ? "; " : "", nets,
                        validation && !strncmp(validation, "split", 5)
                            ? ", each with its own validation rows"
                            : "");
    if (!text.failed && text.length > 0)
        plm_run_training_tell(
            t, (plm_run_stage){.kind = PLM_RUN_CHOSE_LOSS, .text = plm_text_get(&text)});
    const plm_status status = text.failed ? PLM_E_MEMORY : PLM_OK;
    plm_text_free(&text);
    return status;
}

/* Begins the training again, with the changes that a repair has proven. The folder is closed and
 * opened again, so that nothing of the ended fit stays in it. Only the settings are kept: the
 * repair has added its changes to them. */
static plm_status restart(plm_run_training *t)
{
    t->restart = false;
    t->restarts++;
    plm_diagnosis_free(t->doctor);
    t->doctor = NULL;
    t->examined = false;
    PLM_TRY(plm_run_dir_close(&t->dir, true));
    plm_job_free(&t->job);
    PLM_TRY(plm_run_repair_apply(t));
    PLM_TRY(plm_run_training_build(t));
    PLM_TRY(plm_run_training_begin(t));
    t->epochs = t->first = t->from = 0;
    t->logs = 0;
    return plm_run_repair_give(t);
}

/* Begins the folder if the first step has failed already. */
static plm_status begin_lost(plm_run_training *t)
{
    plm_history rows = {0};
    if (t->dir.begun)
        return PLM_OK;
    PLM_TRY(plm_run_training_history(t, t->job.model, &rows));
    return plm_run_dir_begin(&t->dir, &t->settings, t->note, &rows);
}

/* Keeps the folder of a training whose loss is not finite, even in its first epoch, with the
 * doctor's findings. An older run in the folder is worth more, and a resumed one stays as it is
 * until a step has been trained. */
static plm_status keep_lost(plm_run_training *t)
{
    if (t->calls.pretrain || (t->dir.resumed && !t->dir.begun))
        return PLM_OK;
    PLM_TRY(begin_lost(t));
    if (t->dir.replaces)
        return PLM_OK;
    t->kept = t->lost = true;
    return plm_run_doctor_lost(t);
}

/* Reports the error of a fit. If the loss was not finite, the folder is kept with the doctor's
 * findings; an error in doing so does not hide that of the fit. */
static plm_status fail_fit(plm_run_training *t, plm_status status)
{
    plm_error_record fault;
    plm_error_take(t->job.w, &fault);
    if (status == PLM_E_NUMERIC && !strcmp(plm_last_error(t->job.w)->code, "G110") &&
        keep_lost(t) < 0)
        plm_warn(t->w, "the doctor's findings could not be written to %s", t->dir.path);
    plm_error_restore(t->job.w, &fault);
    return plm_job_fail(&t->job, &t->settings, status);
}

/* Trains all fits. Begins again each time a repair has proven a change. */
static plm_status fit_until_settled(plm_run_training *t)
{
    plm_status status = fit_all(t, t->dir.resumed && !t->fit_restarts);
    while (t->restart) {
        PLM_TRY(restart(t));
        status = fit_all(t, false);
    }
    return status < 0 ? fail_fit(t, status) : PLM_OK;
}

/* Runs all fits of the training: pretraining, the fit, pseudo-labels. Returns the first error of a
 * callback or a fit. After an error in a callback, the fit still ends in an orderly way, with its
 * last checkpoint; the error is kept in t->failed meanwhile. */
plm_status plm_run_training_fit(plm_run_training *t)
{
    PLM_TRY(tell_columns(t));
    PLM_TRY(tell_choice(t));
    PLM_TRY(t->calls.pretrain ? plm_run_pretraining_before(t) : find_checkpoint(t));
    if (!t->interrupted && t->failed >= 0)
        PLM_TRY(fit_until_settled(t));
    if (!t->interrupted && t->failed >= 0 && t->calls.pretrain)
        PLM_TRY(plm_run_pretraining_after(t));
    if (t->timed_out && !t->interrupted)
        snprintf(t->result.stopped_by, sizeof t->result.stopped_by, "time");
    if (t->failed < 0)
        plm_error_restore(t->w, &t->error);
    return t->failed;
}
