/* Examines a run that was trained by the files in its folder: readings, history, a checkpoint. The
 * readings cover the whole training, so its first steps need not be trained again. */
#include "repair/examination.h"

#include "base/contents.h"
#include "base/system.h"
#include "run/identity.h"

int64_t plm_examination_batches(const plm_examination *e)
{
    const plm_data_info *about = &e->job.about;
    const int64_t all = about->rows > 0 ? (about->rows + about->batch - 1) / about->batch : 0;
    return plm_setting_count(&e->settings, "steps_per_epoch", all);
}

/* Returns the path of a file of the run; NULL = no memory. */
static const char *file_of(plm_examination *e, const char *name)
{
    return plm_arena_format(&e->settings.arena, "%s/%s", e->folder, name);
}

/* Reads readings.csv. *there = false if the run has no readings. */
static plm_status read_readings(plm_examination *e, bool *there)
{
    plm_text text = {.w = e->w};
    const char *path = file_of(e, "readings.csv");
    plm_status status =
        path != NULL ? plm_read_text(e->w, path, &text) : plm_fail_memory(e->w, "doctor");
    *there = status >= 0 && text.length > 0;
    if (*there)
        status = plm_diagnosis_read_readings(e->diagnosis, plm_text_get(&text), path);
    plm_text_free(&text);
    return status;
}

/* True if the folder of the run has this file. */
static bool has_file(plm_examination *e, const char *name)
{
    const char *path = file_of(e, name);
    return path != NULL && plm_path_exists(path);
}

/* Repeats the steps up to the first number that is not finite, from the last checkpoint or from the
 * start, and measures each step. The steps have the same bits as in the original training, so the
 * same number is found. */
static plm_status replay(plm_examination *e)
{
    plm_settings *s = &e->settings;
    plm_observer observer;
    const char *checkpoint = file_of(e, "checkpoint.safetensors");
    if (checkpoint == NULL)
        return plm_fail_memory(e->w, "doctor");
    PLM_TRY(plm_diagnosis_replay(e->diagnosis, e->job.about.batch, &observer));
    const char *observers = plm_setting_text(s, "observers"), *config = plm_identity(s, &e->job),
               *changes = plm_identity_changes(s);
    const plm_status status = plm_fit(
        e->job.model, e->job.data,
        PLM_FIT(.epochs = plm_setting_count(s, "epochs", 1),
                .steps_per_epoch = plm_setting_count(s, "steps_per_epoch", 0),
                .validation = e->job.validation,
                .validation_freq = plm_setting_count(s, "validation_freq", 1), .config = config,
                .config_changes = changes, .observers = observers != NULL ? observers : "",
                .extra = &observer, .extras = 1, .folder = e->folder,
                .resume = plm_path_exists(checkpoint) ? checkpoint : NULL));
    if (status < 0 && status != PLM_E_NUMERIC)
        return status;
    return plm_diagnosis_replayed(e->diagnosis);
}

/* Diagnoses a run of several nets. Its readings have no measured step, but at most the step in
 * which the loss of one of them was not finite. This net cannot be trained again here, since it has
 * other rows and another seed than the net of the examination. A resumed run may have passed this
 * step: then *there = false, and the first steps of a net are trained. */
static plm_status recall_nets(plm_examination *e, const plm_history *history, bool *there)
{
    int64_t lost = 0;
    PLM_TRY(plm_run_lost(e->w, e->folder, &lost));
    *there = *there && lost > history->rows;
    if (!*there) {
        plm_diagnosis_steps_to_repeat(e->diagnosis); /* forgets the step */
        return PLM_OK;
    }
    plm_diagnosis_leave(e->diagnosis,
                        "not examined: the steps of the training, since the doctor can watch only "
                        "one net. To measure them, train with nets=1 doctor=true.");
    return plm_diagnosis_resume(e->diagnosis, history->rows * plm_examination_batches(e),
                                has_file(e, "model.safetensors"), history);
}

/* Diagnoses a run by the readings in its folder. *there = false if it has no measured step: then
 * its first steps are trained again, which gives the same numbers. If the readings only say at
 * which step the loss was not finite, all steps up to there are trained again (e->repeats) or, if
 * there is a checkpoint, those after it, too (e->resumes). A resumed run may have passed this step.
 * */
plm_status plm_examination_recall(plm_examination *e, bool *there)
{
    plm_history history;
    const int64_t batches = plm_examination_batches(e);
    const int64_t planned = plm_setting_count(&e->settings, "epochs", 1) * batches;
    e->run = plm_run_folder_open(e->w, e->folder);
    if (e->run == NULL)
        return plm_last_error(e->w)->status;
    PLM_TRY(plm_run_folder_history(e->run, &history));
    PLM_TRY(plm_diagnosis_watch(e->diagnosis, e->job.about.batch, planned));
    PLM_TRY(read_readings(e, there));
    if (plm_setting_count(&e->settings, "nets", 1) > 1)
        return recall_nets(e, &history, there);
    e->repeats = *there ? plm_diagnosis_steps_to_repeat(e->diagnosis) : 0;
    *there = *there && e->repeats == 0;
    if (history.rows * batches >= e->repeats)
        e->repeats = 0;
    e->resumes = e->repeats > 0 && has_file(e, "checkpoint.safetensors");
    if (!*there)
        return PLM_OK;
    PLM_TRY(plm_diagnosis_resume(e->diagnosis, history.rows * batches,
                                 has_file(e, "model.safetensors"), &history));
    return plm_diagnosis_is_not_finite(e->diagnosis) ? replay(e) : PLM_OK;
}

/* Measures how well the net of the run predicts groups of rows. A model that cannot be loaded,
 * since its folder was changed, is left out. Several nets are left out, too: each of them has its
 * own validation rows. */
plm_status plm_examination_groups(plm_examination *e)
{
    plm_data *rows = e->job.validation != NULL ? e->job.validation : e->job.test;
    int fresh = 0;
    if (rows == NULL || plm_setting_count(&e->settings, "nets", 1) > 1 ||
        plm_diagnosis_is_refused(e->diagnosis) || !has_file(e, "model.safetensors"))
        return PLM_OK;
    plm_model *m = plm_model_load(e->job.w, file_of(e, "model.safetensors"), NULL);
    if (m == NULL)
        return plm_last_error(e->job.w)->status == PLM_E_MEMORY ? PLM_E_MEMORY : PLM_OK;
    const plm_status status =
        plm_diagnosis_groups(e->diagnosis, m, rows, e->job.validation == NULL, &fresh);
    plm_model_free(m);
    return status;
}

/* Adds the history of a run whose loss was not finite and whose steps were trained again: the first
 * ones if there is a checkpoint, from which the others are replayed, else all. */
static plm_status add_lost(plm_examination *e, const plm_history *history)
{
    PLM_TRY(
        plm_diagnosis_resume(e->diagnosis, e->repeats, has_file(e, "model.safetensors"), history));
    return e->resumes && !plm_diagnosis_is_not_finite(e->diagnosis) ? replay(e) : PLM_OK;
}

/* For a run without readings, whose first steps were trained again: adds the history of its
 * training, and a sentence that says what is unknown. */
plm_status plm_examination_add_history(plm_examination *e)
{
    plm_history history;
    const plm_doctor_about about = plm_diagnosis_about(e->diagnosis);
    PLM_TRY(plm_run_folder_history(e->run, &history));
    if (e->repeats > 0)
        return add_lost(e, &history);
    const char *unseen =
        plm_arena_format(&e->settings.arena,
                         "not examined: the layers after step %lld, since the run has no "
                         "readings.csv; its first steps were trained again, and its history was "
                         "read. To record readings, train with doctor=true.",
                         (long long)about.steps);
    if (unseen == NULL)
        return plm_fail_memory(e->w, "doctor");
    plm_diagnosis_leave(e->diagnosis, unseen);
    return plm_diagnosis_resume(e->diagnosis, history.rows * plm_examination_batches(e),
                                has_file(e, "model.safetensors"), &history);
}
