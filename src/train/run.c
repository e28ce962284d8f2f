/* Opens the observers of a fit from specs, calls them with events, and closes them at the end. It
 * also has the public calls for the learning rate.
 *
 * The observers of a fit are in one array: first the observers that this file opened from the specs
 * of the options, then those of the caller. Both kinds are called in the same way. But only
 * observers of the first kind are freed here, can be saved in a checkpoint, and end a fit for good
 * by stopping it. */
#include "train/run.h"

#include "base/paths.h"
#include "base/system.h"
#include "train/ended.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Adds a file to those that the fit writes; two observers, or an observer and the fit's own
 * checkpoint, must not share one: each would remove what the other has written. path: NULL or "" =
 * none. */
static plm_status add_file(plm_run *r, const char *path)
{
    if (path == NULL || path[0] == '\0')
        return PLM_OK;
    for (size_t i = 0; i < r->files; i++)
        if (plm_path_writes_same(r->file[i], path))
            return plm_fail(r->model->w, PLM_E_SPEC, path, "name a file for each observer",
                            i == 0 && r->own != NULL
                                ? "an observer writes the same file as the fit's own checkpoint"
                                : "two observers write the same file");
    r->file = plm_arena_grow(&r->arena, r->file, r->files, &r->file_capacity, sizeof *r->file);
    if (r->file == NULL)
        return PLM_E_MEMORY;
    r->file[r->files++] = path;
    return PLM_OK;
}

/* Adds the files among the arguments of an observer. */
static plm_status add_files(plm_run *r, const plm_kind *kind, const void *config)
{
    for (const plm_field *f = kind->fields; f != NULL && f->name != NULL; f++) {
        const char *path = NULL;
        if (f->type != PLM_TEXT || f->choices == NULL || strcmp(f->choices, "file") != 0)
            continue;
        memcpy(&path, (const char *)config + f->offset, sizeof path);
        PLM_TRY(add_file(r, path));
    }
    return PLM_OK;
}

/* Opens one observer from its spec. */
static plm_status open_observer(plm_run *r, const plm_spec *spec, const plm_folder *folder)
{
    const plm_kind *kind = NULL;
    const void *config = NULL;
    PLM_TRY(plm_kind_bind_below(&r->arena, "observer", spec, folder, &kind, &config));
    PLM_TRY(add_files(r, kind, config));
    const plm_observer_kind *k = (const plm_observer_kind *)(const void *)kind;
    PLM_TRY(k->open(r->model->w, config, &r->observer[r->observers]));
    r->kind[r->observers] = k;
    r->rate_moves = r->rate_moves || k->moves_rate;
    r->observers++;
    r->opened++;
    return PLM_OK;
}

/* Opens the observers of the options in their order, then adds the observers of the caller, which
 * this file does not free. */
static plm_status open_all(plm_run *r, const plm_fit_options *o)
{
    const plm_folder folder = {.path = o->folder, .inside = !o->outside};
    size_t count = 0;
    const plm_spec *const *spec = NULL;
    if (o->observers != NULL && o->observers[0] != '\0')
        PLM_TRY(plm_spec_parse_sequence(&r->arena, o->observers, ',', &count, &spec));
    /* one array holds first the opened observers, then those of the caller */
    r->observer = plm_arena_array(&r->arena, count + (size_t)(o->extras > 0 ? o->extras : 0) + 1,
                                  sizeof *r->observer);
    r->kind = plm_arena_array(&r->arena, count + 1, sizeof *r->kind);
    r->requested = plm_arena_array(&r->arena, count + 1, sizeof *r->requested);
    if (r->observer == NULL || r->kind == NULL || r->requested == NULL)
        return PLM_E_MEMORY;
    PLM_TRY(add_file(r, r->own));
    for (size_t i = 0; i < count; i++)
        PLM_TRY(open_observer(r, spec[i], &folder));
    for (int i = 0; i < o->extras; i++)
        r->observer[r->observers++] = o->extra[i];
    return PLM_OK;
}

/* Prepares a fit: opens the observers of o. Errors of observers have the place "observers", which
 * is the key that lists them. */
plm_status plm_run_open(plm_run *r, plm_model *m, const plm_fit_options *o)
{
    *r = (plm_run){.model = m,
                   .training = m->training,
                   .epochs = o->epochs > 0    ? o->epochs
                             : o->epochs == 0 ? 1
                                              : 0,
                   .steps = o->steps_per_epoch,
                   .pass = -1,
                   .arena = {.w = m->w}};
    r->begun = r->own_written = plm_seconds();
    r->own = o->checkpoint;
    r->own_epochs = o->checkpoint_epochs > 0 ? o->checkpoint_epochs : 1;
    r->own_pause = 1;
    r->validation = o->validation;
    r->validates = o->validation != NULL;
    r->validation_freq = o->validation_freq > 0 ? o->validation_freq : 1;
    r->rate_moves = m->training->schedule.kind != NULL;
    const plm_status status = open_all(r, o);
    if (status < 0) {
        plm_fail_in_key(m->w, "observers");
        plm_run_close(r);
    }
    return status;
}

/* Frees the observers that plm_run_open made from specs. Observers are freed in the order in which
 * they were opened. */
void plm_run_close(plm_run *r)
{
    for (int i = 0; i < r->opened; i++)
        if (r->observer[i].free != NULL)
            r->observer[i].free(r->observer[i].self);
    r->opened = r->observers = 0;
    plm_arena_free(&r->arena);
}

/* Appends a value to the logs, unless they are full. Returns the new number of values in the
 * logs. */
static int add_log(plm_log *out, int n, int capacity, const char *name, double value)
{
    if (n < capacity)
        out[n++] = (plm_log){.name = name, .value = value};
    return n;
}

/* Writes to the logs the values of an epoch that has just ended: training values, or validation
 * values followed by the learning rate if the logs contain it. Validation values of an epoch that
 * is not validated are NaN, so that the columns of the history stay the same. */
int plm_run_values(const plm_run *r, bool validation, plm_log *out, int capacity)
{
    plm_training *t = r->training;
    if (!validation)
        return plm_training_logs(t, false, out, capacity);
    int n = r->validates ? plm_training_logs(t, true, out, capacity) : 0;
    for (int i = 0; r->skips_validation && i < n; i++)
        out[i].value = NAN;
    n = add_log(out, n, capacity, PLM_LOG_RATE, t->rate);
    n = add_log(out, n, capacity, PLM_LOG_NORM, r->gradient_norm);
    return plm_training_has_penalty(t)
               ? add_log(out, n, capacity, PLM_LOG_PENALTY, r->penalty_share)
               : n;
}

/* Makes an event for observers. At the end of an epoch or fit, the number of rows is that of
 * training, since validation has counted its own rows meanwhile. */
static plm_event event_of(const plm_run *r, plm_event_kind moment, int64_t epoch)
{
    const bool ended = moment == PLM_EPOCH_END || moment == PLM_FIT_END;
    const int64_t done = ended ? r->rows_done : r->training->rows;
    return (plm_event){.kind = moment,
                       .epoch = epoch,
                       .step = r->training->step,
                       .row = done,
                       .rows = r->rows,
                       .epochs = r->epochs,
                       .seconds = plm_seconds() - r->begun,
                       .rows_per_second =
                           r->training_seconds > 0 ? (double)done / r->training_seconds : 0,
                       .logs = r->logs,
                       .log = r->log,
                       .batch_loss = moment == PLM_BATCH_END ? r->batch_loss : (double)NAN,
                       .rate_moves = r->rate_moves};
}

/* Combines the status of an observer with *result. The first status other than PLM_OK ends the
 * fit, and state.stopped_by names its observer. The fit has then ended for good if the observer
 * was made from a spec. If it is an observer of the caller, the fit is only interrupted, and can
 * be resumed. */
static void take_result(plm_run *r, int observer, plm_status status, plm_status *result)
{
    if (*result != PLM_OK || status == PLM_OK)
        return;
    *result = status;
    if (status < 0)
        return;
    const bool opened = observer < r->opened;
    const char *own = r->observer[observer].name != NULL ? r->observer[observer].name : "observer";
    snprintf(r->state.stopped_by, sizeof r->state.stopped_by, "%s",
             opened ? r->kind[observer]->kind.name : own);
    r->state.ended = r->state.ended || opened;
}

/* Calls one observer. The status is checked, since an observer of the user's own program may return
 * any number. */
static plm_status ask(plm_run *r, int observer, const plm_event *event)
{
    plm *w = r->model->w;
    const plm_observer *o = &r->observer[observer];
    const uint64_t errors = w->errors;
    if (o->on_event == NULL)
        return PLM_OK;
    const plm_status status = o->on_event(o->self, r, event);
    if (observer < r->opened)
        return status;
    return plm_callback_status(w, errors, status, true, o->name != NULL ? o->name : "observer");
}

/* Calls every observer with an event, in order. If an observer stops the fit, the other observers
 * are still called. */
plm_status plm_run_notify(plm_run *r, plm_event_kind moment, int64_t epoch)
{
    plm_status result = PLM_OK;
    /* without observers and checkpoints, computing the logs would be wasted */
    if (r->observers == 0 && r->own == NULL)
        return PLM_OK;
    if (moment == PLM_BATCH_END)
        r->logs = plm_training_logs_so_far(r->training, r->log, PLM_LOGS);
    if (moment == PLM_EPOCH_BEGIN || moment == PLM_FIT_BEGIN)
        r->logs = 0;
    const plm_event event = event_of(r, moment, epoch);
    for (int i = 0; i < r->observers; i++) {
        take_result(r, i, ask(r, i, &event), &result);
    }
    return plm_checkpoint_write_requested(r, moment, result);
}

/* Returns the learning rate of the last step. 0 = the model was compiled without an optimizer. */
double plm_model_learning_rate(const plm_model *m)
{
    return plm_model_ready(m) >= 0 && m->training != NULL ? m->training->rate : 0;
}

/* Fails unless a program may set this learning rate. */
static plm_status check_rate(plm *w, const char *caller, double rate)
{
    return isfinite(rate) ? PLM_OK
                          : plm_fail(w, PLM_E_SPEC, caller,
                                     "give a rate of 0 or more, or -1 to return to the schedule",
                                     "the learning rate cannot be %g", rate);
}

/* Replaces the schedule by a fixed learning rate, from the next step until the next plm_compile.
 * The rate keeps this value until -1 is set, which returns to the schedule. */
plm_status plm_model_set_learning_rate(plm_model *m, double rate)
{
    PLM_TRY(plm_model_ready(m));
    if (m->training == NULL)
        return plm_fail(m->w, PLM_E_ORDER, "plm_model_set_learning_rate",
                        "give plm_compile an optimizer and a loss",
                        "the model was compiled without an optimizer");
    PLM_TRY(check_rate(m->w, "plm_model_set_learning_rate", rate));
    m->training->forced_rate = rate;
    if (rate >= 0)
        m->training->rate = rate;
    return PLM_OK;
}

/* Sets the length of a training. It is needed for training batch by batch, where the library cannot
 * know the length of the run. */
plm_status plm_model_set_steps(plm_model *m, int64_t steps)
{
    PLM_TRY(plm_model_ready(m));
    PLM_TRY(plm_model_idle(m, "plm_model_set_steps"));
    if (m->training == NULL)
        return plm_fail(m->w, PLM_E_ORDER, "plm_model_set_steps",
                        "give plm_compile an optimizer and a loss",
                        "the model was compiled without an optimizer");
    if (steps < 1)
        return plm_fail(m->w, PLM_E_SPEC, "plm_model_set_steps", "give 1 or more",
                        "a run cannot have %lld steps", (long long)steps);
    plm_training_set_steps(m->training, steps);
    return PLM_OK;
}

/* Returns the learning rate of the last step, for observers. */
double plm_run_learning_rate(const plm_run *r)
{
    return r != NULL ? r->training->rate : 0;
}

/* Sets the learning rate within a fit. For observers; it takes effect at the next step. */
plm_status plm_run_set_learning_rate(plm_run *r, double rate)
{
    if (r == NULL)
        return PLM_E_ORDER;
    PLM_TRY(check_rate(r->model->w, "plm_run_set_learning_rate", rate));
    r->training->forced_rate = rate;
    return PLM_OK;
}

/* Returns the model that is being trained, for observers. */
plm_model *plm_run_model(plm_run *r)
{
    return r != NULL ? r->model : NULL;
}

/* True if all epochs are done, or an observer made from a spec ended the fit. */
bool plm_run_has_ended(const plm_run *r)
{
    return r->state.ended;
}
