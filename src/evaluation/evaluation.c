/* Evaluates a model for `plummet evaluate`, see evaluation.h. The settings of a run name its model
 * and its test rows; for a bare model file the caller names the rows. */
#include "evaluation/evaluation.h"

#include <stdio.h>
#include <string.h>

#include "run/fingerprint.h"
#include "run/runfile.h"
#include "run/same_rows.h"

/* True if the path is the folder of a run, that is, if it holds a run.yaml. */
bool plm_is_run_folder(const char *path)
{
    char file[PLM_WHERE_CAPACITY];
    const int length = snprintf(file, sizeof file, "%s/run.yaml", path);
    return length > 0 && length < (int)sizeof file && plm_path_exists(file);
}

/* Looks at the settings that name rows. */
plm_status plm_run_reads_input(plm *w, const char *folder, bool *out)
{
    static const char *const rows[] = {"data", "test", "validation", NULL};
    plm_settings run;
    *out = false;
    if (!plm_is_run_folder(folder))
        return PLM_OK;
    PLM_TRY(plm_settings_open(&run, w, plm_run_keys));
    const char *file = plm_arena_format(&run.arena, "%s/run.yaml", folder);
    const plm_status status = file ? plm_run_settings_read(&run, file) : PLM_E_MEMORY;
    for (int i = 0; status >= 0 && !*out && rows[i]; i++) {
        const char *text = plm_setting_text(&run, rows[i]);
        *out = text && strstr(text, PLM_STANDARD_INPUT);
    }
    plm_settings_free(&run);
    return status;
}

/* Reads the run.yaml of the folder `model` into e->run. Settings of the machine (threads, isa,
 * data_dir) come from the command line. All others are the settings of the run, so that the test
 * rows are the same. */
plm_status plm_evaluation_read(plm_evaluation *e)
{
    static const char *const ours[] = {"threads", "isa", "data_dir", NULL};
    plm_settings *run = e->run;
    const char *file = plm_arena_format(&run->arena, "%s/run.yaml", e->model);
    if (!file)
        return PLM_E_MEMORY;
    PLM_TRY(plm_run_settings_load(run, file, 0, NULL));
    for (int i = 0; ours[i]; i++) {
        const char *text = plm_setting_text(e->given, ours[i]);
        if (!text)
            continue;
        const char *override = plm_arena_format(&run->arena, "%s=%s", ours[i], text);
        PLM_TRY(override ? plm_settings_override(run, override) : PLM_E_MEMORY);
    }
    return PLM_OK;
}

/* Loads the model, and compiles it again if the caller gave a loss or metrics. */
static plm_status load(plm_evaluation *e)
{
    return plm_job_load(e->job, e->given, e->model, plm_setting_text(e->given, "loss"),
                        plm_setting_text(e->given, "metrics"));
}

/* Opens the runtime and the model. A loss and metrics set by the caller replace those of the
 * training. */
plm_status plm_evaluation_open(plm_evaluation *e)
{
    PLM_TRY(plm_job_open(e->job, e->given));
    return load(e);
}

/* Compiles a model that has no optimizer, since plm_evaluate needs a compiled model. Evaluating
 * does not use the optimizer, so any optimizer will do. */
static plm_status complete(plm_model *m, plm_arena *a)
{
    if (*plm_model_setting(m, "optimizer"))
        return PLM_OK;
    const char *loss = plm_arena_text(a, plm_model_setting(m, "loss"), SIZE_MAX);
    const char *metrics = plm_arena_text(a, plm_model_setting(m, "metrics"), SIZE_MAX);
    return loss && metrics ? plm_compile(m, "sgd", loss, metrics) : PLM_E_MEMORY;
}

/* Finds what made the worst rows wrong. */
static plm_status find_reasons(plm_evaluation *e, plm_data *data)
{
    enum { BUDGET = 25000 }; /* rows that are predicted */
    plm_input_groups groups = {0};
    if (e->worst == 0 || e->found.targets == 0)
        return PLM_OK;
    const plm_status status = plm_input_groups_find(e->job->model, data, &e->found.arena, &groups);
    if (status < 0)
        return plm_job_fail_at(e->job, status, NULL);
    return plm_assessments_reasons(&e->found, e->job, data, groups, e->worst, BUDGET);
}

/* Evaluates the model on data; fills log, logs and rows of e. A model without a loss can predict,
 * but cannot be evaluated. */
plm_status plm_evaluation_measure(plm_evaluation *e, plm_data *data)
{
    plm_job *j = e->job;
    plm_data_info info = {.rows = -1};
    if (!*plm_model_setting(j->model, "loss"))
        return plm_fail(j->home, PLM_E_SPEC, e->model, "give a loss: loss=mean_squared_error",
                        "the model does not store its loss");
    plm_status status = plm_data_get_info(data, &info);
    if (status >= 0)
        status = complete(j->model, &e->given->arena);
    if (status >= 0)
        status = plm_evaluate(j->model, data, e->log, PLM_RUN_MAX_LOGS);
    if (status < 0)
        return plm_job_fail_at(j, status, NULL);
    e->rows = info.rows;
    while (e->logs < PLM_RUN_MAX_LOGS && e->log[e->logs].name)
        e->logs++;
    e->all = e->logs;
    const uint64_t seed = (uint64_t)plm_setting_count(e->given, "seed", 0);
    const char *by = plm_setting_text(e->given, "by");
    PLM_TRY(plm_assessments_make(&e->found, j, data, seed));
    if (by)
        PLM_TRY(plm_by_column_measure(&e->found, j, data, by, seed, &e->by));
    PLM_TRY(find_reasons(e, data));
    status = plm_assessments_logs(&e->found, e->log, &e->all, PLM_RUN_MAX_LOGS);
    return status < 0 ? plm_job_fail_at(j, status, NULL) : PLM_OK;
}

/* Frees the assessment. The model of the job predicted its rows, so the job must still be open. */
void plm_evaluation_free(plm_evaluation *e)
{
    plm_assessments_free(&e->found);
}

/* Opens the model of a run folder. The error for a path that is no run says which other arguments
 * are possible. */
plm_status plm_evaluation_open_model(plm_evaluation *e)
{
    plm_settings *run = e->run;
    if (!plm_path_exists(e->model))
        return plm_fail(e->job->home, PLM_E_IO, e->model,
                        "name the folder of a run, such as runs/digits-0001",
                        "the file or folder does not exist");
    PLM_TRY(plm_run_model_check(&run->arena, e->model));
    if (!plm_is_run_folder(e->model))
        return plm_fail(e->job->home, PLM_E_SPEC, e->model,
                        "name DATA after the model, or name the folder of a run that has test rows",
                        "one more argument is needed");
    PLM_TRY(plm_evaluation_read(e));
    PLM_TRY(plm_job_open(e->job, run));
    return load(e);
}

/* Opens the data of the run. Test and validation rows that were split off are the same rows as in
 * the training, since the split depends only on the settings and the seed. */
plm_status plm_evaluation_open_data(plm_evaluation *e)
{
    plm_settings *run = e->run;
    const plm_status status = plm_job_data(e->job, run);
    if (status < 0)
        return plm_fingerprint_explain(run, status);
    const char *command = plm_arena_format(&run->arena, "plummet evaluate %s FILE", e->model);
    if (command == NULL)
        return PLM_E_MEMORY;
    PLM_TRY(plm_fingerprint_check(run, e->job, command));
    e->about = plm_evaluation_about(run, e->job);
    return e->about ? PLM_OK : PLM_E_MEMORY;
}

/* Describes the test or validation rows. The text names the split, so that a reader knows on which
 * rows the metrics were computed. */
const char *plm_evaluation_about(plm_settings *run, const plm_job *j)
{
    const char *key = j->test ? "test" : "validation", *rows = plm_setting_text(run, key);
    if (!j->test && !j->validation)
        return "the run has no test rows and no validation rows";
    if (strncmp(rows, "split", 5) != 0)
        return plm_arena_format(&run->arena, "%s rows of the run: %s", key, rows);
    return plm_arena_format(&run->arena, "%s rows of the run: %s of %s", key, rows,
                            plm_setting_text(run, "data"));
}

/* Opens a run and its test rows. Validation rows are not accepted instead: they have chosen the
 * best epoch, so their metrics are too good. */
plm_status plm_evaluation_open_run(plm_evaluation *e)
{
    PLM_TRY(plm_evaluation_open_model(e));
    const char *test = plm_setting_text(e->run, "test");
    if (!test || !strcmp(test, "none"))
        return plm_fail(e->job->home, PLM_E_SPEC, e->model,
                        "name data: plummet evaluate MODEL DATA", "the run has no test rows");
    return plm_evaluation_open_data(e);
}

/* Warns if the model was trained on some of the rows. Does nothing for a bare model file, since
 * only the folder of a run records its training rows. */
plm_status plm_evaluation_warn(plm_evaluation *e, const char *data)
{
    if (!plm_is_run_folder(e->model))
        return PLM_OK;
    PLM_TRY(plm_evaluation_read(e));
    if (!plm_run_is_trained_on(e->run, data))
        return PLM_OK;
    const char *test = plm_setting_text(e->run, "test");
    const bool tests = test && strcmp(test, "none") != 0;
    plm_warn(e->job->home, "the run was trained on %s of these rows%s%s", tests ? "most" : "many",
             tests ? "; to use only its test rows: plummet evaluate " : "", tests ? e->model : "");
    return PLM_OK;
}
