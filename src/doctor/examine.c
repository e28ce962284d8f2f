/* The parts of an examination; plm_doctor (doctor.c) does all that come before the training. An
 * examination is a sequence of parts: the rows, the settings, a probe pass (one batch through the
 * untrained net, without an update), the training. Each adds to what is known (plm_case) and then
 * applies the rules. A later part may be left out; rules that need it then find nothing. An error
 * in the rows or in the settings does not make the examination fail: plm_diagnosis_refuse records
 * it, and a rule reports it as a finding. */
#include <math.h>
#include <string.h>

#include "base/names.h"
#include "doctor/diagnosis.h"
#include "doctor/row_groups.h"
#include "train/run.h"
#include "train/sense.h"

/* Records an error of data or model. Its texts are copied, as the next call of the library would
 * overwrite them. */
void plm_diagnosis_refuse(plm_diagnosis *d, const plm *w, plm_part_of_finding part)
{
    plm_error_take(w, &d->refusal);
    d->refusal_texts = plm_error_of(&d->refusal);
    d->c.refusal = &d->refusal_texts;
    d->c.refused = part;
    d->c.parts |= 1u << part;
}

/* Fills plm_case.spot: which values of the model belong to which layer. */
plm_status plm_diagnosis_find_spots(plm_diagnosis *d)
{
    plm_spot *spot = NULL;
    size_t layers = 0;
    PLM_TRY(plm_model_spots(d->model, &d->arena, &spot, &layers));
    d->c.spot = spot;
    d->c.layers = (int64_t)layers;
    d->c.parts |= 1u << PLM_PART_STATIC;
    return PLM_OK;
}

/* Records the pipeline of the rows as texts, and whether the user chose its batch size. Arrays of a
 * C program have no pipeline as text, so no remedy can name it. */
static plm_status describe_pipeline(plm_diagnosis *d, const plm_data *train)
{
    plm_text rest = {.w = d->w};
    bool failed = false;
    for (int i = 0; i < train->transforms; i++)
        plm_text_format(&rest, " | %s", train->transform[i].spec);
    d->c.batch_given = plm_pipeline_has(train, PLM_TRANSFORM_COLLECTS) && !d->places.own_batch;
    if (train->source->spec != NULL) {
        d->c.source = plm_arena_text(&d->arena, train->source->spec, SIZE_MAX);
        failed = d->c.source == NULL;
    }
    d->c.rest = rest.failed ? NULL : plm_arena_text(&d->arena, plm_text_get(&rest), SIZE_MAX);
    plm_text_free(&rest);
    return !failed && d->c.rest != NULL ? PLM_OK : PLM_E_MEMORY;
}

void plm_diagnosis_settings(plm_diagnosis *d, const char *(*setting)(void *self, const char *key),
                            void *self)
{
    d->c.setting = setting;
    d->c.settings = self;
}

/* Reads all rows once (facts.c). Only a lack of memory makes the examination fail here. */
plm_status plm_diagnosis_data(plm_diagnosis *d, plm_data *train, plm_data *validation)
{
    plm_data_info info;
    if (plm_data_get_info(train, &info) >= 0)
        d->c.batch = info.batch;
    PLM_TRY(describe_pipeline(d, train));
    const plm_status status = plm_facts_read(&d->arena, train, validation, &d->facts);
    if (status == PLM_E_MEMORY)
        return status;
    if (status < 0)
        plm_diagnosis_refuse(d, train->w, PLM_PART_DATA);
    else
        d->c.data = d->facts;
    d->c.parts |= 1u << PLM_PART_DATA;
    return plm_diagnosis_apply(d, NULL);
}

/* Runs the probe pass: some batches through the untrained net, without an update. An error about
 * shapes is attributed to the settings, any other error to the rows. */
plm_status plm_diagnosis_look(plm_diagnosis *d, plm_data *train)
{
    plm_data_info info;
    PLM_TRY(plm_data_get_info(train, &info));
    PLM_TRY(plm_model_ready(d->model));
    const plm_status opened = plm_probe_open(&d->first, d->model, info.batch, 2);
    d->looked = true;
    PLM_TRY(opened);
    plm_probe_set_rows(&d->first, info.rows);
    const plm_status status = plm_probe_look(&d->first, train);
    if (status == PLM_E_MEMORY)
        return status;
    if (status < 0)
        plm_diagnosis_refuse(d, d->model->w,
                             status == PLM_E_SHAPE ? PLM_PART_STATIC : PLM_PART_DATA);
    else if (d->first.samples > 0) {
        d->c.first = d->first.sample[0].reading;
        d->c.first_loss = d->first.sample[0].loss;
        d->c.first_penalty = d->first.penalty;
    }
    d->c.parts |= 1u << PLM_PART_INIT;
    return plm_diagnosis_apply(d, NULL);
}

/* Finds the item below `model:` that made each layer, counted from the last layer back: the first
 * layers may come from elsewhere, and have no item in the run file. */
plm_status plm_diagnosis_model(plm_diagnosis *d, plm_model *m, const plm_doctor_places *places)
{
    d->model = m;
    d->c.model = m;
    d->places = *places;
    d->c.batch_given = d->c.batch_given && !places->own_batch;
    d->item = plm_arena_array(&d->arena, m->layers + 1, sizeof *d->item);
    PLM_TRY(plm_diagnosis_find_spots(d));
    if (d->item == NULL)
        return PLM_E_MEMORY;
    int64_t at = (int64_t)m->layers;
    for (size_t i = places->items; i-- > 0;)
        for (int64_t k = 0; k < places->layers[i] && at > 0; k++)
            d->item[--at] = (int)i;
    /* layers without an item: the input, if the data defines it, and layers of a loaded model */
    while (at > 0)
        d->item[--at] = -1;
    return plm_diagnosis_apply(d, NULL);
}

void plm_diagnosis_entitle(plm_diagnosis *d, const char *title, const char *run)
{
    d->title = title;
    d->run = run;
}

void plm_diagnosis_leave(plm_diagnosis *d, const char *unseen)
{
    d->unseen = unseen;
}

void plm_diagnosis_repaired(plm_diagnosis *d, const plm_repair *repair)
{
    d->repair = repair;
}

/* Declares that only data is examined. Findings that need settings or a net are then left out, also
 * those about missing settings. */
void plm_diagnosis_alone(plm_diagnosis *d)
{
    d->c.alone = true;
}

/* Sets the number of planned steps. Findings about the whole training need it before the first
 * step. */
void plm_diagnosis_plan(plm_diagnosis *d, int64_t steps)
{
    d->c.planned = steps;
}

bool plm_diagnosis_is_not_finite(const plm_diagnosis *d)
{
    return d->c.not_finite;
}

/* True if data or model could not be opened. The error itself is then the last finding that is
 * possible. */
bool plm_diagnosis_is_refused(const plm_diagnosis *d)
{
    return d->c.refusal != NULL;
}

/* True if the whole numbers or one-hot rows of the target are classes for the net, by its loss or
 * by an accuracy among its metrics. Whole numbers may also be a quantity, such as a count. */
static bool has_classes(const plm_case *c)
{
    const plm_training *t = c->model != NULL ? c->model->training : NULL;
    if (c->data->one_hot || plm_case_learns_classes(c) || (t == NULL && !c->alone))
        return true;
    for (int i = 0; t != NULL && i < t->metrics; i++)
        if (plm_pattern_matches("*accuracy", t->metric[i].kind->kind.name))
            return true;
    return false;
}

/* Describes what was examined. frequent: the accuracy of always predicting the most frequent class.
 * */
plm_doctor_about plm_diagnosis_about(const plm_diagnosis *d)
{
    plm_doctor_about about = {.layers = d->c.layers, .steps = d->c.steps, .loss = ""};
    const plm_data_facts *data = d->c.data;
    const plm_model *m = d->model;
    if (data != NULL) {
        about.rows = data->rows;
        about.columns = data->columns;
        about.classes = has_classes(&d->c) ? data->classes : 0;
    }
    for (int k = 0; k < about.classes; k++)
        about.frequent = fmax(about.frequent, (double)data->count[k] / (double)data->rows);
    if (m != NULL && m->training != NULL && m->heads > 0) {
        about.units = plm_head_of(m, 0).units;
        about.loss = plm_model_setting(m, "loss");
    }
    return about;
}

/* ---- the training ---- */

/* Opens the probe of a training. It keeps at most SAMPLES measured steps; in a longer training it
 * repeatedly drops every second one (probe.c). */
plm_status plm_diagnosis_watch(plm_diagnosis *d, int64_t rows, int64_t planned)
{
    enum { SAMPLES = 128 };
    const plm_status opened = plm_probe_open(&d->probe, d->model, rows, SAMPLES);
    d->probing = true;
    PLM_TRY(opened);
    plm_probe_set_rows(&d->probe, d->c.data != NULL ? d->c.data->rows : 0);
    d->c.planned = planned;
    return PLM_OK;
}

/* Copies the measurements of the training to the case (what is known). */
void plm_diagnosis_take_samples(plm_diagnosis *d)
{
    const plm_probe *p = &d->probe;
    d->c.sample = p->sample;
    d->c.samples = p->samples;
    d->c.steps = p->steps;
    d->c.early_losses = p->early_losses;
    memcpy(d->c.early_loss, p->early_loss, sizeof d->c.early_loss);
    if (p->samples > 0)
        d->c.parts |= 1u << PLM_PART_RUN;
}

/* Diagnoses a training by recorded measurements (readings). They may have fewer steps than the
 * training, since not every step is measured. */
plm_status plm_diagnosis_resume(plm_diagnosis *d, int64_t steps, bool ended,
                                const plm_history *history)
{
    plm_diagnosis_take_samples(d);
    d->c.ended = ended;
    d->c.steps = steps > d->c.steps ? steps : d->c.steps;
    d->c.history = *history;
    return plm_diagnosis_apply(d, NULL);
}

/* True if the rules are applied after this step within an epoch: after the first 3, 10, 20, 40, ...
 * steps. */
static bool is_checked(int64_t steps)
{
    int64_t at = 10;
    while (at < steps)
        at *= 2;
    return steps == 3 || steps == at;
}

/* Copies the first number that is not finite to plm_case. If no measured step contained it, it is
 * searched for in the memory that the last step has written. */
void plm_diagnosis_take_bad(plm_diagnosis *d, const plm_probe *p)
{
    d->c.bad = p->bad;
    d->c.bad_epoch = p->epoch;
    if (!p->bad.known)
        plm_probe_find_bad(p, &d->c.bad);
    if (!d->c.bad.known)
        d->c.bad.layer = -1;
}

/* Records that the loss is not finite. If no measured step contained the first number that is not
 * finite, it is searched for in the memory that the last step has written. */
plm_status plm_diagnosis_not_finite(plm_diagnosis *d)
{
    if (!d->probing)
        return PLM_OK;
    plm_diagnosis_take_samples(d);
    d->c.not_finite = true;
    plm_diagnosis_take_bad(d, &d->probe);
    return plm_diagnosis_apply(d, NULL);
}

/* For a training that was not watched: its last step is the one whose loss is not finite. */
plm_status plm_diagnosis_lost(plm_diagnosis *d, int64_t epoch)
{
    d->probe.steps = d->model->training->step;
    d->probe.epoch = epoch;
    return plm_diagnosis_not_finite(d);
}

/* Runs the test whether a net can memorize one batch. m is a second model, since the weights of the
 * diagnosed one must not change. */
plm_status plm_diagnosis_one_batch(plm_diagnosis *d, plm_model *m, plm_data *train)
{
    PLM_TRY(plm_one_batch_train(m, train, &d->c.one_batch));
    d->c.parts |= 1u << PLM_PART_PROBE;
    return plm_diagnosis_apply(d, NULL);
}

/* Measures groups of rows. Errors in a series would be related from row to row, so that groups of
 * rows cannot be compared. */
plm_status plm_diagnosis_groups(plm_diagnosis *d, plm_model *m, plm_data *rows, bool test,
                                int *fresh)
{
    plm_row_groups *groups = NULL;
    *fresh = 0;
    if (d->c.data == NULL || d->c.not_finite || plm_case_is_series(&d->c))
        return PLM_OK;
    const plm_status status = plm_row_groups_measure(&d->arena, m, rows, &groups);
    if (status < 0 || groups == NULL)
        return status == PLM_E_MEMORY ? status : PLM_OK;
    groups->test = test;
    d->c.groups = groups;
    d->c.parts |= 1u << PLM_PART_EVALUATION;
    return plm_diagnosis_apply(d, fresh);
}

/* Measures groups of the validation rows of a fit that has ended. The fit still holds them, so they
 * are read by a second stream, which a streamed file cannot have. */
static plm_status measure_validation(plm_diagnosis *d, const plm_run *run, int *fresh)
{
    int more = 0;
    if (!d->groups_at_end || run->validation == NULL || run->validation->source->streamed ||
        d->probe.steps == 0)
        return PLM_OK;
    plm_data *rows = plm_data_again(d->w, run->validation);
    if (rows == NULL)
        return plm_last_error(d->w)->status;
    const plm_status status = plm_diagnosis_groups(d, d->model, rows, false, &more);
    plm_data_free(rows);
    *fresh += more;
    return status;
}

/* Handles the end of the training: copies its final measurements to plm_case and applies the rules.
 * If the last loss is not finite, also searches for the first number that was not finite. */
static plm_status end(plm_diagnosis *d, const plm_run *run, int *fresh)
{
    plm_probe_detach(&d->probe);
    d->c.ended = run->state.ended;
    if (!isfinite(d->probe.last_loss) && d->probe.steps > 0 && !d->c.not_finite) {
        const int before = d->found;
        PLM_TRY(plm_diagnosis_not_finite(d));
        *fresh = d->found - before;
        return PLM_OK;
    }
    plm_diagnosis_take_samples(d);
    PLM_TRY(plm_diagnosis_apply(d, fresh));
    return measure_validation(d, run, fresh);
}

/* True if the rules are applied at the end of an epoch, of index `epoch`: of each of the first 63
 * and then when a further 1/32 of the epochs are over. In a long training of a small net an epoch
 * takes less than a millisecond, of which the rules would take a noticeable part. */
static bool is_looked_at(plm_diagnosis *d, int64_t epoch)
{
    const int64_t over = epoch + 1;
    if (over > d->epochs_seen && over - d->epochs_seen < over / 32)
        return false;
    d->epochs_seen = over;
    return true;
}

/* Handles an event of the training: attaches and detaches the probe, applies the rules. The rules
 * are applied at the ends of epochs, and at a few steps within an epoch. */
plm_status plm_diagnosis_event(plm_diagnosis *d, plm_run *run, const plm_event *e, int *fresh)
{
    *fresh = 0;
    if (!d->probing)
        return PLM_OK;
    if (e->kind == PLM_FIT_BEGIN && plm_run_model(run) == d->model)
        plm_probe_attach(&d->probe);
    if (e->kind == PLM_EPOCH_BEGIN)
        d->probe.epoch = e->epoch;
    if (e->kind == PLM_FIT_END)
        return end(d, run, fresh);
    /* new measurements are copied at once, since the caller may read them at any time */
    if (d->c.samples != d->probe.samples)
        plm_diagnosis_take_samples(d);
    if (e->kind != PLM_EPOCH_END && (e->kind != PLM_BATCH_END || !is_checked(d->probe.steps)))
        return PLM_OK;
    plm_diagnosis_take_samples(d);
    if (e->kind == PLM_EPOCH_END) {
        PLM_TRY(plm_model_history(d->model, &d->c.history));
        if (!is_looked_at(d, e->epoch))
            return PLM_OK;
    }
    return plm_diagnosis_apply_trained(d, fresh);
}

/* Passes an event of a fit to the diagnosis. self: the diagnosis; NULL = there is none. */
static plm_status on_event(void *self, plm_run *run, const plm_event *event)
{
    int fresh = 0;
    return self != NULL ? plm_diagnosis_event(self, run, event, &fresh) : PLM_OK;
}

/* Returns the observer of a diagnosis for C programs that call plm_fit. A run of the command has
 * its own observer, which also prints findings. */
plm_observer plm_diagnosis_observer(plm_diagnosis *d)
{
    return (plm_observer){.name = "doctor", .on_event = on_event, .self = d};
}
