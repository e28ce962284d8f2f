/* The steps of an examination, in the order in which faults can be found: the run file, its data,
 * its model, the untrained net, and the first steps of its training, which write no files. A fault
 * in the run file or its data does not end the examination: the error becomes a finding, and the
 * steps that need what failed are left out. Only a lack of memory, an unreadable file or an error
 * within the library is returned as an error. The training of an examination has the same seed and
 * the same order of rows as the training of the run, so its first steps are those of `plummet
 * train`. */
#include "repair/examination.h"

#include <stdio.h>
#include <string.h>

#include "base/split.h"
#include "base/system.h"
#include "data/data.h"
#include "run/class_weight.h"
#include "run/fingerprint.h"
#include "run/net.h"

/* The training stops after 1 / SHARE of its steps, but after at most MAX_STEPS steps. */
enum { MAX_STEPS = 200, SHARE = 10 };

/* Makes an empty examination. data_dir: folders of named data sets, borrowed. */
plm_status plm_examination_open(plm_examination *e, plm *w, const char *data_dir, const char *rules)
{
    *e = (plm_examination){.w = w, .rules = rules, .job = {.home = w, .data_dir = data_dir}};
    PLM_TRY(plm_settings_open(&e->settings, w, plm_run_keys));
    return plm_diagnosis_open(w, NULL, e->rules, &e->diagnosis);
}

/* Frees everything. The diagnosis is freed first, since it borrows the model of the job. */
void plm_examination_free(plm_examination *e)
{
    plm_diagnosis_free(e->diagnosis);
    plm_run_folder_close(e->run);
    plm_job_free(&e->job);
    plm_settings_free(&e->settings);
}

/* ---- refusals ---- */

/* Turns an error that was recorded on the caller's runtime into a finding. A lack of memory is
 * still returned as an error. */
static plm_status refuse(plm_examination *e, plm_status status, plm_part_of_finding part)
{
    if (status == PLM_E_MEMORY || status == PLM_E_INTERNAL)
        return status;
    plm_diagnosis_refuse(e->diagnosis, e->w, part);
    return plm_diagnosis_apply(e->diagnosis, NULL);
}

/* Returns the step of the examination to which an error of plm_job_data belongs: the data or the
 * settings. */
static plm_part_of_finding part_of(plm_status status)
{
    return status == PLM_E_SPEC || status == PLM_E_SHAPE ? PLM_PART_STATIC : PLM_PART_DATA;
}

/* ---- the first steps of the training ---- */

/* Ends the training after enough steps. */
static plm_status stop(void *self, plm_run *run, const plm_event *event)
{
    const plm_examination *e = self;
    (void)run;
    return event->kind == PLM_BATCH_END && event->step >= e->steps ? PLM_STOPPED : PLM_OK;
}

/* Handles the end of the first steps. A loss that is not finite is a finding of the doctor, not an
 * error. So are rows that the training refuses, such as a label that is not a class: they may be
 * rows that no earlier part of the examination has read; and settings that only the fit can check,
 * such as class weights for fewer classes than the output has. */
static plm_status conclude(plm_examination *e, plm_status status)
{
    if (status == PLM_E_DATA || status == PLM_E_SPEC) {
        plm_diagnosis_refuse(e->diagnosis, e->job.w,
                             status == PLM_E_DATA ? PLM_PART_DATA : PLM_PART_STATIC);
        return plm_diagnosis_apply(e->diagnosis, NULL);
    }
    return status == PLM_E_NUMERIC ? PLM_OK : status;
}

/* Trains with these observers. Class weights that do not suit the classes are a fault in the
 * settings, as those that the fit refuses. */
static plm_status fit(plm_examination *e, int64_t epochs, const plm_observer *observers, int count)
{
    float weight[PLM_RUN_MAX_CLASSES];
    int classes = 0;
    plm_status status = plm_class_weight_read(&e->job, &e->settings, weight, &classes);
    if (status < 0)
        return refuse(e, status, PLM_PART_STATIC);
    status =
        plm_fit(e->job.model, e->job.data,
                PLM_FIT(.epochs = epochs,
                        .steps_per_epoch = plm_setting_count(&e->settings, "steps_per_epoch", 0),
                        .class_weight = classes > 0 ? weight : NULL, .classes = classes,
                        .extra = observers, .extras = count, .result = NULL));
    return conclude(e, status);
}

/* Trains some steps. */
static plm_status train(plm_examination *e)
{
    const plm_observer observers[] = {plm_diagnosis_observer(e->diagnosis),
                                      {.name = "examination", .on_event = stop, .self = e}};
    const int64_t epochs = plm_setting_count(&e->settings, "epochs", 1);
    const int64_t planned = epochs * plm_examination_batches(e);
    e->steps = planned > 0 && planned / SHARE < MAX_STEPS ? planned / SHARE : MAX_STEPS;
    if (e->repeats > 0 && (!e->resumes || e->repeats < e->steps))
        e->steps = e->repeats;
    if (e->folder == NULL) /* else the probe is there */
        PLM_TRY(plm_diagnosis_watch(e->diagnosis, e->job.about.batch, planned));
    return e->steps > 0 ? fit(e, epochs, observers, 2) : PLM_OK;
}

/* ---- the examination ---- */

/* Trains on one batch, to see whether the net can memorize it. It uses a second model, since the
 * diagnosis still needs the first one unchanged. */
static plm_status learn_one_batch(plm_examination *e)
{
    plm_model *examined = e->job.model;
    e->job.model = NULL;
    plm_status status = plm_net_make(&e->job, &e->settings);
    if (status >= 0)
        status = plm_diagnosis_one_batch(e->diagnosis, e->job.model, e->job.data);
    plm_job_keep_model(&e->job, NULL);
    e->job.model = examined;
    return status;
}

/* Trains the first steps. If the run was trained before, but its folder has no readings, adds its
 * history. */
static plm_status train_anew(plm_examination *e)
{
    const plm_status status = train(e);
    return status >= 0 && e->folder != NULL ? plm_examination_add_history(e) : status;
}

/* Examines the training: by the readings in the folder of the run, or by first steps. */
static plm_status examine_training(plm_examination *e)
{
    bool there = false;
    if (e->folder != NULL)
        PLM_TRY(plm_examination_recall(e, &there));
    plm_status status = there ? PLM_OK : train_anew(e);
    if (status >= 0 && e->folder != NULL)
        status = plm_examination_groups(e);
    if (status >= 0 && e->one_batch && !plm_diagnosis_is_refused(e->diagnosis))
        status = learn_one_batch(e);
    return status;
}

/* Examines the model and its training, after the data. Errors of the fit are recorded on the
 * runtime of the job, those of the folder on the caller's. */
static plm_status examine_model(plm_examination *e)
{
    plm_diagnosis *d = e->diagnosis;
    const plm_status made = plm_net_make(&e->job, &e->settings);
    if (made < 0)
        return refuse(e, made, PLM_PART_STATIC);
    plm_diagnosis_plan(d,
                       plm_setting_count(&e->settings, "epochs", 1) * plm_examination_batches(e));
    PLM_TRY(plm_examination_model(d, &e->settings, e->job.model));
    if (e->extent == PLM_EXAMINE_STATIC)
        return PLM_OK;
    plm_status status = plm_diagnosis_look(d, e->job.data);
    if (status < 0)
        return plm_job_fail(&e->job, &e->settings, status);
    if (e->extent == PLM_EXAMINE_INIT || plm_diagnosis_is_refused(d))
        return PLM_OK;
    const uint64_t errors = e->w->errors;
    status = examine_training(e);
    const bool known = e->w->errors != errors && plm_last_error(e->w)->status == status;
    return status < 0 && !known ? plm_job_fail(&e->job, &e->settings, status) : status;
}

/* Writes the first line of the report. */
static plm_status entitle(plm_examination *e, const char *name, const char *run)
{
    const plm_doctor_about about = plm_diagnosis_about(e->diagnosis);
    plm_text t = {.w = e->w};
    plm_text_format(&t, "plummet doctor %s", name);
    if (about.rows > 0)
        plm_text_format(&t, ": %lld rows of %lld number%s", (long long)about.rows,
                        (long long)about.columns, about.columns == 1 ? "" : "s");
    if (about.classes > 0)
        plm_text_format(&t, ", %d classes", about.classes);
    if (about.layers > 0)
        plm_text_format(&t, "; %lld layer%s, %lld steps", (long long)about.layers,
                        about.layers == 1 ? "" : "s", (long long)about.steps);
    const char *title = plm_arena_text(&e->settings.arena, plm_text_get(&t), SIZE_MAX);
    plm_diagnosis_entitle(e->diagnosis, title, run);
    const bool failed = t.failed || title == NULL;
    plm_text_free(&t);
    return failed ? PLM_E_MEMORY : PLM_OK;
}

/* Examines what the settings describe. */
static plm_status examine(plm_examination *e)
{
    plm_diagnosis *d = e->diagnosis;
    PLM_TRY(plm_job_open(&e->job, &e->settings));
    e->job.w->examined = true;
    plm_status status = plm_job_data(&e->job, &e->settings);
    if (status < 0)
        return refuse(e, status, part_of(status));
    if (e->extent == PLM_EXAMINE_DATA)
        plm_diagnosis_alone(d);
    plm_examination_settings(d, &e->settings);
    status = plm_diagnosis_data(d, e->job.data, e->job.validation);
    if (status < 0)
        return plm_job_fail(&e->job, &e->settings, status);
    if (plm_diagnosis_is_refused(d) || e->extent == PLM_EXAMINE_DATA)
        return PLM_OK;
    return examine_model(e);
}

/* Examines a run file with overrides, texts key=value. A file that cannot be opened is an error; a
 * file that cannot be understood becomes a finding. */
plm_status plm_examination_run_file(plm_examination *e, const char *path, int overrides,
                                    const char *const *override)
{
    const plm_status read = plm_run_settings_load(&e->settings, path, overrides, override);
    if (read == PLM_E_IO)
        return read;
    const char *run = plm_run_settings_name(&e->settings, path);
    if (run == NULL)
        return PLM_E_MEMORY;
    if (e->folder && overrides == 0 && read >= 0)
        PLM_TRY(plm_fingerprint_warn(&e->settings));
    PLM_TRY(read < 0 ? refuse(e, read, PLM_PART_STATIC) : examine(e));
    return entitle(e, path, run);
}

/* Examines a run that was trained. folder: the folder of the run; the measurements that its
 * training recorded (readings.csv) are examined, too. */
plm_status plm_examination_run(plm_examination *e, const char *folder, int overrides,
                               const char *const *override)
{
    const char *file = plm_arena_format(&e->settings.arena, "%s/run.yaml", folder);
    if (file == NULL)
        return plm_fail_memory(e->w, "doctor");
    e->folder = folder;
    return plm_examination_run_file(e, file, overrides, override);
}

/* Repeats the error of a table that has not only numbers, with the hint to name the target: then
 * the table is read as a training reads it. Returns NULL. */
static plm_data *ask_target(plm *w)
{
    const plm_error *e = plm_last_error(w);
    char what[sizeof((plm_error_record *)NULL)->what],
        where[sizeof((plm_error_record *)NULL)->where];
    snprintf(what, sizeof what, "%s", e->what);
    snprintf(where, sizeof where, "%s", e->where);
    (void)plm_fail(w, PLM_E_DATA, where,
                   "name the column to learn, target=NAME: words, dates and gaps are then read as "
                   "train reads them",
                   "%s", what);
    return NULL;
}

/* Opens a table. It is read as numbers, so that all columns are examined as they are in the file.
 * If some columns have words or gaps and the target is known, each column is encoded by its type. A
 * table in which two columns have the same name is refused, as a training refuses it. target: NULL
 * = it is not given. */
static plm_data *open_table(plm *w, const char *path, const char *target)
{
    int64_t number = 0;
    const char *given = target != NULL ? target : "-1";
    const char *quote = plm_read_whole(given, &number) ? "" : "'"; /* a number is no name */
    plm_data *d = target == NULL
                      ? plm_data_open(w, "csv('%s')", path)
                      : plm_data_open(w, "csv('%s', target=%s%s%s)", path, quote, given, quote);
    const bool doubled = d != NULL && d->source->duplicate != NULL,
               words = d == NULL && target != NULL && plm_last_error(w)->status == PLM_E_DATA;
    if (d == NULL && target == NULL && plm_last_error(w)->status == PLM_E_DATA)
        return ask_target(w);
    if (!doubled && !words)
        return d;
    plm_data_free(d);
    return plm_data_open(w, "table('%s', target=%s%s%s)", path, quote, given, quote);
}

/* Returns the value of target= if this is the only override. *other: there are other overrides. */
static const char *only_target(int overrides, const char *const *override, bool *other)
{
    const char *target = NULL;
    for (int i = 0; i < overrides; i++) {
        const bool is_target = strncmp(override[i], "target=", 7) == 0;
        target = is_target ? override[i] + 7 : target;
        *other = *other || !is_target;
    }
    return target;
}

/* Makes the settings of a table from the overrides. Unlike in a training, the default target is the
 * last column, and by default no rows are split off for test or validation, so that all rows are
 * examined. */
static plm_status set_table(plm_examination *e, const char *path, int overrides,
                            const char *const *override)
{
    static const char *const usual[] = {"target=-1", "test=none", "validation=none"};
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        PLM_TRY(plm_settings_override(&e->settings, usual[i]));
    return plm_run_settings_load(&e->settings, path, overrides, override);
}

/* True if one of the keys is about the net or its training, so that the net is examined, too. */
static bool has_net_key(int overrides, const char *const *override)
{
    static const char *const keys[] = {
        "model=",          "optimizer=",    "loss=",      "loss_weights=",
        "epochs=",         "class_weight=", "observers=", "learning_rate_factors=",
        "steps_per_epoch="};
    for (int i = 0; i < overrides; i++)
        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
            if (strncmp(override[i], keys[k], strlen(keys[k])) == 0)
                return true;
    return false;
}

/* Examines the net that `plummet train TABLE` would train with these keys. If the run has several
 * nets, one of them is examined. */
static plm_status examine_table_net(plm_examination *e, const char *path, int overrides,
                                    const char *const *override)
{
    PLM_TRY(set_table(e, path, overrides, override));
    PLM_TRY(examine(e));
    return entitle(e, path, NULL);
}

/* Examines a table without a net, so that only findings about data are possible. override
 * [overrides]: texts key=value. */
plm_status plm_examination_table(plm_examination *e, const char *path, int overrides,
                                 const char *const *override)
{
    bool keys = false;
    const char *target = only_target(overrides, override, &keys);
    if (e->extent != PLM_EXAMINE_DATA && has_net_key(overrides, override))
        return examine_table_net(e, path, overrides, override);
    plm_status status = keys ? set_table(e, path, overrides, override) : PLM_OK;
    PLM_TRY(status);
    PLM_TRY(plm_job_open(&e->job, &e->settings));
    if (keys)
        status = plm_job_data(&e->job, &e->settings);
    else if ((e->job.data = open_table(e->job.w, path, target)) == NULL)
        status = plm_job_fail_at(&e->job, PLM_OK, NULL);
    if (status < 0)
        return status == PLM_E_IO ? status : refuse(e, status, PLM_PART_DATA);
    plm_diagnosis_alone(e->diagnosis);
    if (keys)
        plm_examination_settings(e->diagnosis, &e->settings);
    status = plm_diagnosis_data(e->diagnosis, e->job.data, e->job.validation);
    if (status < 0)
        return plm_job_fail_at(&e->job, status, path);
    return entitle(e, path, NULL);
}
