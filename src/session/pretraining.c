/* Pretraining before the fit of a run, and rounds of pseudo-labels after it. There are three
 * phases:
 * 1. Each hidden layer learns from the rows without labels.
 * 2. The net is trained on the labelled rows.
 * 3. In rounds, unlabelled rows that the net predicts with high confidence are added to the data.
 * Each phase leaves a file when it is complete, and a resume continues after the last phase whose
 * file exists: no other state is kept. The model is also saved after each pretrained layer, so that
 * a stopped run continues with the next layer instead of the first. */
#include <stdio.h>
#include <string.h>

#include "base/split.h"
#include "session/parameters.h"
#include "session/training.h"

enum { MOST_LAYERS = 1000 };

/* The checkpoint of the last round of pseudo-labels. It is written when the round ends, and marks
 * that all rounds are done. */
static const char rounds_end[] = "pseudo_labels.safetensors";

/* State of the observer of a pretraining. */
typedef struct {
    plm_run_training *t;
    plm_history_file history; /* pretraining.csv; its path is NULL until the first batch */
    /* index: the layer that is being pretrained, from 0. first: number of layers that were
     * pretrained before a resume */
    int index, first;
} pretraining;

/* Returns the path of the file with the model after this number of pretrained layers, such as
 * pretrained-2.safetensors for 2. layers = 0 means all: pretrained.safetensors. NULL = no memory.
 * */
static const char *file_of(plm_run_training *t, int layers)
{
    char name[48] = "pretrained.safetensors";
    if (layers)
        snprintf(name, sizeof name, "pretrained-%d.safetensors", layers);
    return plm_run_dir_file(&t->dir, name);
}

/* ---- the observer ---- */

/* Adds a row to pretraining.csv. Its epochs are numbered through all layers. */
static void write_row(pretraining *p, const plm_event *e)
{
    const char *name[2 + PLM_RUN_MAX_LOGS] = {"epoch", "layer"};
    double value[2 + PLM_RUN_MAX_LOGS] = {(double)(p->index * e->epochs + e->epoch + 1),
                                          p->index + 1};
    const int count = e->logs < PLM_RUN_MAX_LOGS ? e->logs : PLM_RUN_MAX_LOGS;
    for (int i = 0; i < count; i++) {
        name[2 + i] = e->log[i].name;
        value[2 + i] = e->log[i].value;
    }
    const plm_history row = {.rows = 1, .columns = 2 + count, .name = name, .value = value};
    plm_history_file_add(&p->history, &row, e->seconds);
}

/* Called when the first batch is trained: from now on files in the folder may be changed. Opens
 * pretraining.csv, with the rows of the layers that were pretrained before a resume. */
static plm_status begin(pretraining *p, const plm_event *e)
{
    plm_run_training *t = p->t;
    const char *path = plm_run_dir_file(&t->dir, "pretraining.csv");
    if (!path)
        return PLM_E_MEMORY;
    if (!t->dir.begun)
        PLM_TRY(plm_run_dir_begin(&t->dir, &t->settings, t->note, &(plm_history){0}));
    PLM_TRY(plm_run_dir_replace(&t->dir, &t->settings, t->note));
    plm_history_file_new(&p->history, t->w, path);
    plm_status status = PLM_OK;
    if (p->first)
        status = plm_history_file_keep(&p->history, p->first * e->epochs);
    if (status >= 0)
        return plm_history_file_write(&p->history);
    plm_history_file_drop(&p->history);
    return status;
}

/* Observes the pretraining: writes its history, and asks the caller whether to continue. */
static plm_status on_event(void *self, plm_run *run, const plm_event *e)
{
    pretraining *p = self;
    if (e->kind == PLM_BATCH_END && !p->history.path)
        plm_run_training_keep_fault(p->t, begin(p, e));
    if (p->t->failed < 0)
        return PLM_STOPPED;
    if (e->kind == PLM_EPOCH_END)
        write_row(p, e);
    return plm_run_training_ask(p->t, run, e);
}

/* Called when a layer begins or is complete. When it is complete, the model is saved, so that a
 * stopped run can continue from it, and the file of the previous layer is removed. */
static plm_status on_layer(void *self, int index, int count, const char *name, bool done)
{
    pretraining *p = self;
    plm_run_training *t = p->t;
    p->index = index;
    plm_run_training_tell(
        t, (plm_run_stage){
               .kind = PLM_RUN_LAYER, .text = name, .index = index, .count = count, .done = done});
    if (!done)
        return PLM_OK;
    const char *now = file_of(t, index + 1 < count ? index + 1 : 0), *before = file_of(t, index);
    if (!now || !before)
        return plm_fail_memory(t->job.w, "");
    const plm_status status = plm_model_save(t->job.model, now, NULL);
    if (status >= 0 && index)
        remove(before);
    t->kept = true;
    return status;
}

/* ---- resuming ---- */

/* Copies all parameters of a model file into the run's model. Fails with E_FORMAT if the file holds
 * another model. */
static plm_status take_parameters(plm_run_training *t, const char *path)
{
    plm_model *from = plm_model_load(t->job.w, path, NULL);
    if (!from)
        return plm_job_fail_at(&t->job, PLM_OK, NULL);
    const plm_status status = plm_run_parameters_copy(t->job.w, from, t->job.model);
    plm_model_free(from);
    if (status == PLM_E_FORMAT)
        return plm_fail(t->w, PLM_E_FORMAT, path,
                        "resume with the model settings with which the run began",
                        "the pretrained model has other layers than the model of the run");
    return status < 0 ? plm_job_fail_at(&t->job, status, path) : PLM_OK;
}

/* Looks for the model of an unfinished pretraining and takes its parameters. *first = number of
 * layers that are already pretrained. */
static plm_status find_part(plm_run_training *t, int *first)
{
    char name[48];
    for (*first = MOST_LAYERS; *first > 0; --*first) {
        snprintf(name, sizeof name, "pretrained-%d.safetensors", *first);
        if (!plm_run_dir_has(&t->dir, name))
            continue;
        const char *part = file_of(t, *first);
        return part ? take_parameters(t, part) : PLM_E_MEMORY;
    }
    return PLM_OK;
}

/* Finds where a resumed run continues. *first = number of pretrained layers, -1 = all. If there is
 * no checkpoint, the fit after the pretraining starts from its first epoch (t->fit_restarts). */
static plm_status find_begin(plm_run_training *t, int *first)
{
    t->fit_restarts = !plm_run_dir_has(&t->dir, "checkpoint.safetensors");
    *first = -1;
    if (!t->fit_restarts)
        return PLM_OK;
    if (!plm_run_dir_has(&t->dir, "pretrained.safetensors"))
        return find_part(t, first);
    const char *whole = file_of(t, 0);
    return whole ? take_parameters(t, whole) : PLM_E_MEMORY;
}

/* ---- before the fit ---- */

/* Pretrains the layers from p->first on, and writes pretraining.csv. */
static plm_status pretrain(plm_run_training *t, pretraining *p)
{
    const plm_observer observer = {.name = "command", .on_event = on_event, .self = p};
    const plm_status status =
        plm_pretrain(t->job.model, t->job.unlabelled, plm_setting_text(&t->settings, "pretraining"),
                     PLM_PRETRAIN(.first_layer = p->first, .extra = &observer, .extras = 1,
                                  .on_layer = on_layer, .self = p));
    const plm_status written = plm_history_file_close(&p->history, true);
    if (status < 0)
        return plm_job_fail(&t->job, &t->settings, status);
    if (written < 0 || t->failed < 0)
        return written;
    if (!t->interrupted)
        plm_run_training_tell(t, (plm_run_stage){.kind = PLM_RUN_PRETRAINED});
    return PLM_OK;
}

/* Pretrains the layers before the fit. p.first: the first layer that is not pretrained yet; below 0
 * = all layers are pretrained. */
plm_status plm_run_pretraining_before(plm_run_training *t)
{
    pretraining p = {.t = t};
    if (t->dir.resumed)
        PLM_TRY(find_begin(t, &p.first));
    return p.first < 0 ? PLM_OK : pretrain(t, &p);
}

/* ---- pseudo-labels ---- */

/* Fails with E_SPEC for a key that has no effect without pseudo_labels. */
static plm_status check_alone(plm_settings *s)
{
    static const char *const keys[] = {"pseudo_rounds", "pseudo_epochs"};
    for (int i = 0; i < 2; i++)
        if (plm_setting_text(s, keys[i]))
            return plm_setting_fail(
                s, keys[i], 0,
                "set the minimum confidence of a pseudo-label, such as pseudo_labels: 0.95",
                "%s has no effect without pseudo_labels", keys[i]);
    return PLM_OK;
}

/* Checks the key pseudo_labels together with the other settings, before the training begins. */
plm_status plm_run_pretraining_check(plm_settings *s)
{
    const char *text = plm_setting_text(s, "pseudo_labels");
    double confidence = 0;
    if (!text)
        return check_alone(s);
    if (!strcmp(text, "none") ||
        (plm_read_real(text, &confidence) && confidence > 0 && confidence <= 1))
        return PLM_OK;
    return plm_setting_fail(s, "pseudo_labels", 0,
                            "set a confidence above 0 and at most 1, such as 0.95; or none",
                            "pseudo_labels cannot be '%s'", text);
}

/* Runs round number `round`, from 1. Unlabelled rows whose class the net predicts with at least
 * this confidence are added to the labelled rows, and the net trains on both. */
static plm_status train_round(plm_run_training *t, double confidence, int64_t round)
{
    plm_settings *s = &t->settings;
    const int64_t epochs = plm_setting_count(s, "epochs", 1);
    const int64_t rounds = plm_setting_count(s, "pseudo_rounds", 1);
    const int64_t each = plm_setting_count(s, "pseudo_epochs", epochs);
    plm_run_fit f = {.first = epochs + each * (round - 1),
                     .last = epochs + each * round,
                     .observed = true,
                     .own = round < rounds ? "" : rounds_end};
    int64_t added = 0;
    f.data = plm_pseudo_labels(t->job.model, t->job.data, t->job.unlabelled, confidence, &added);
    if (!f.data)
        return plm_last_error(t->job.w)->status;
    plm_run_training_tell(
        t, (plm_run_stage){.kind = PLM_RUN_PSEUDO_LABELS, .index = round, .count = added});
    plm_status status = plm_compile(t->job.model, plm_setting_text(s, "optimizer"),
                                    plm_setting_text(s, "loss"), plm_setting_text(s, "metrics"));
    status = status < 0 ? status : plm_run_training_epochs(t, &f);
    plm_data_free(f.data);
    return status;
}

/* For a resumed run whose rounds had all ended, restores the model, if no setting was changed.
 * *over = true if the model was restored, so that nothing is left to train. */
static plm_status give_again(plm_run_training *t, bool *over)
{
    const plm_run_fit f = {
        .data = t->job.data, .last = t->all, .on = true, .observed = true, .own = rounds_end};
    plm_fit_result end = {0};
    const char *path = plm_run_dir_file(&t->dir, rounds_end);
    *over = false;
    if (!path)
        return plm_fail_memory(t->job.w, "");
    if (t->dir.resumed && !t->dir.begun && !t->overrides && plm_path_exists(path))
        PLM_TRY(plm_checkpoint_get_info(t->job.w, path, &end));
    *over = end.ended && end.epochs_requested == t->all;
    return *over ? plm_run_training_epochs(t, &f) : PLM_OK;
}

/* Runs the rounds of pseudo-labels after the fit, if the run has any. Each round labels the rows
 * anew, with the model that the previous round trained. */
plm_status plm_run_pretraining_after(plm_run_training *t)
{
    plm_settings *s = &t->settings;
    const char *text = plm_setting_text(s, "pseudo_labels");
    const int64_t rounds = plm_setting_count(s, "pseudo_rounds", 1);
    double confidence = 0;
    bool over = false;
    if (!text || !plm_read_real(text, &confidence))
        return PLM_OK;
    t->all += rounds * plm_setting_count(s, "pseudo_epochs", t->all);
    plm_status status = give_again(t, &over);
    for (int64_t round = 1; !over && round <= rounds && status == PLM_OK && !t->interrupted;
         round++)
        status = train_round(t, confidence, round);
    return status < 0 ? plm_job_fail(&t->job, s, status) : PLM_OK;
}
