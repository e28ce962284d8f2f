/* Implements the public calls around the training loop: plm_fit with its options, resuming,
 * evaluation, and training on single batches of the caller. The loop itself is in loop.c.
 *
 * Every public call has two functions: the outer one marks the model as running, so that a callback
 * cannot start a second call on it, and the inner one does the work. The mark is removed on every
 * path, and if a callback freed the model, it is freed then.
 *
 * A fit is prepared completely before its first step. A wrong option, a missing column or a
 * checkpoint of another run is then an error before any weight has changed. */
#include "train/sense.h"
#include "train/snapshot.h"

#include <math.h>
#include <string.h>

/* Checks that the model is compiled with an optimizer, and that there is data. caller: for
 * messages. */
static plm_status check_call(const plm_model *m, const char *caller, const void *data)
{
    PLM_TRY(plm_model_ready(m));
    if (m->training == NULL)
        return plm_fail(m->w, PLM_E_ORDER, caller, "give plm_compile an optimizer and a loss",
                        "the model was compiled without an optimizer");
    if (data == NULL)
        return plm_fail(m->w, PLM_E_ORDER, caller,
                        "open the data with plm_data_open or plm_data_arrays", "there is no data");
    return PLM_OK;
}

/* Writes the current losses and metrics to the array of the caller, and fills the rest of the array
 * with empty entries. out may be NULL. */
static void give_logs(plm_training *t, plm_log *out, int capacity)
{
    for (int n = out != NULL ? plm_training_logs(t, false, out, capacity) : capacity; n < capacity;
         n++)
        out[n] = (plm_log){0};
}

/* Fails if a count that the caller gave is negative; 0 means its default. */
static plm_status check_count(plm *w, const char *name, int64_t count, const char *hint)
{
    return count >= 0
               ? PLM_OK
               : plm_fail(w, PLM_E_SPEC, "plm_fit", hint, "%s is %lld", name, (long long)count);
}

/* Checks the numbers of plm_fit_options, and that no other call uses the validation data. */
static plm_status check_options(plm *w, const plm_data *train, const plm_fit_options *o)
{
    static const char often[] = "give 1 or more, or 0 to use every epoch";
    if (o->epochs != PLM_NO_EPOCHS)
        PLM_TRY(check_count(w, "epochs", o->epochs, "give 1 or more, or PLM_NO_EPOCHS"));
    PLM_TRY(check_count(w, "initial_epoch", o->initial_epoch, "give 0 or more"));
    PLM_TRY(check_count(w, "validation_freq", o->validation_freq, often));
    PLM_TRY(check_count(w, "checkpoint_epochs", o->checkpoint_epochs, often));
    PLM_TRY(check_count(w, "steps_per_epoch", o->steps_per_epoch,
                        "give 1 or more, or 0 to use all of the data"));
    if (o->extras < 0 || (o->extras > 0 && o->extra == NULL))
        return plm_fail(w, PLM_E_SPEC, "plm_fit",
                        "set extra to an array of `extras` observers, or set extras to 0",
                        "extras is %d%s", o->extras, o->extra == NULL ? " and extra is NULL" : "");
    if (o->classes < 0 || (o->classes > 0 && o->class_weight == NULL))
        return plm_fail(w, PLM_E_SPEC, "plm_fit",
                        "set class_weight to an array of `classes` numbers, or set classes to 0",
                        "classes is %d%s", o->classes,
                        o->class_weight == NULL ? " and class_weight is NULL" : "");
    return o->validation != train ? plm_data_idle(o->validation, "plm_fit") : PLM_OK;
}

/* Warns if a target is constant, or if duplicate column names make names unusable. */
static void warn_data(const plm_model *m, const plm_data *train)
{
    float value = 0;
    if (train->source->duplicate != NULL)
        plm_warn(m->w,
                 "two columns have the name '%s', so the model cannot store column names and "
                 "takes columns by position when it predicts; rename one of them",
                 train->source->duplicate);
    for (int k = 0; k < m->heads; k++) {
        if (!plm_data_single(train, k, &value))
            continue;
        plm_warn(
            m->w,
            "the target%s%s is %g in every row: the net can only learn to predict that number, "
            "whatever its input",
            m->heads > 1 ? " of " : "", m->heads > 1 ? plm_model_output_name(m, k) : "",
            (double)value);
    }
}

/* Checks the columns of the data and stores their names in the model. A new fit of a model may have
 * other columns than an earlier fit, since the task may be another one. A resumed fit, and
 * validation data, must have the columns of the model. */
static plm_status check_columns(plm_model *m, const plm_data *train, const plm_fit_options *o)
{
    PLM_TRY(plm_model_check_columns(m, train, true,
                                    o->resume != NULL ? PLM_COLUMNS_SAME : PLM_COLUMNS_NEW));
    PLM_TRY(plm_model_learn_columns(m, train, true));
    return o->validation != NULL ? plm_model_check_columns(m, o->validation, true, PLM_COLUMNS_SAME)
                                 : PLM_OK;
}

/* Restores a checkpoint. If its fit had ended, this fit continues only if it requests more epochs
 * than were done, and another number than the ended fit. Observers that ended the fit then restart
 * their patience. With the same number of epochs, the call is a repetition, as after a crash of the
 * program; it then reports again how the fit ended. */
static plm_status resume(plm_run *r, const char *path)
{
    PLM_TRY(plm_checkpoint_read(r, path));
    /* the fit had ended and the call requests no more epochs: there is nothing to train */
    const bool same = r->state.ended && r->state.epochs_requested == r->epochs;
    if (same || r->epochs <= r->first_epoch) {
        r->last_epoch = r->first_epoch;
        return PLM_OK;
    }
    for (int i = 0; r->state.ended && i < r->opened; i++)
        if (r->kind[i]->again != NULL)
            r->kind[i]->again(r->observer[i].self);
    r->state.ended = false;
    r->state.stopped_by[0] = '\0';
    return PLM_OK;
}

/* Before the first step, fails if the fit cannot learn, and warns if this is likely. */
static plm_status check_sense(const plm_run *r, const plm_data *train, const plm_fit_options *o)
{
    plm_training *t = r->training;
    const bool first = o->resume == NULL && o->initial_epoch == 0;
    const int64_t epochs = r->epochs - r->first_epoch;
    t->weighed = false;
    if (first)
        warn_data(r->model, train);
    return plm_sense_fitted(&(plm_sense_fit){.training = t,
                                             .data = train,
                                             .batches = epochs * t->clock.steps_per_epoch,
                                             .first = first && t->step == 0});
}

/* Prepares a fit: finds the epoch at which it begins, checks data and columns, adapts the model to
 * the data, and removes later epochs from the history. A model that was loaded or trained before is
 * adapted already. If the caller changes the batches (change), the columns of the data need not be
 * those of the model. */
static plm_status prepare(plm_run *r, plm_data *train, const plm_fit_options *o)
{
    plm_model *m = r->model;
    r->first_epoch = r->state.epochs = o->initial_epoch;
    r->last_epoch = r->epochs;
    r->since.best = r->first_epoch;
    if (o->resume != NULL)
        PLM_TRY(resume(r, o->resume));
    r->state.epochs_requested = r->epochs;
    if (r->change == NULL)
        PLM_TRY(check_columns(m, train, o));
    if (!m->adapted)
        PLM_TRY(plm_training_adapt(m, train));
    PLM_TRY(check_sense(r, train, o));
    plm_epochs_cut(&m->epochs, r->first_epoch);
    return PLM_OK;
}

/* Returns the status of a fit. If an observer had ended the fit, and this call only restored it,
 * this is PLM_STOPPED, as the first call returned. */
static plm_status repeat_status(const plm_run *r, plm_status status)
{
    return status == PLM_OK && !r->state.trained && r->state.stopped_by[0] != '\0' ? PLM_STOPPED
                                                                                   : status;
}

/* Runs the epochs, while the validation data is marked as used. */
static plm_status loop_held(plm_run *r, plm_data *train, plm_data *validation)
{
    const char *before = plm_data_hold(validation, "plm_fit");
    const plm_status status = plm_run_loop(r, train, validation);
    plm_data_let(validation, before);
    return status;
}

/* Does the work of plm_fit, while the model is marked as running. It checks the call and its
 * options, opens the observers, computes the number of steps (which schedules need), restores a
 * checkpoint or adapts the model, runs the epochs, closes the observers and gives the result. After
 * plm_run_open, an error also leads to plm_run_close, which frees everything. */
static plm_status fit(plm_model *m, plm_data *train, const plm_fit_options *options,
                      plm_batch_change *change, void *self)
{
    plm_fit_options o = {0};
    plm_run r = {0};
    plm_data_info info;
    PLM_TRY(check_call(m, "plm_fit", train));
    PLM_TRY(plm_take_options(m->w, "plm_fit", options, options != NULL ? options->size : 0, &o,
                             sizeof o));
    PLM_TRY(check_options(m->w, train, &o));
    PLM_TRY(plm_data_get_info(train, &info));
    PLM_TRY(plm_run_open(&r, m, &o));
    r.rows = o.steps_per_epoch > 0 ? o.steps_per_epoch * info.batch : info.rows;
    r.change = change;
    r.change_self = self;
    plm_training_reset_warnings(m->training);
    plm_status status = plm_same_run_note(&r, &o, &info);
    /* facts for schedules: the number of epochs, and of steps in an epoch */
    m->training->clock.epochs = r.epochs;
    m->training->clock.steps_per_epoch = r.steps > 0     ? r.steps
                                         : info.rows > 0 ? (info.rows + info.batch - 1) / info.batch
                                                         : 0;
    m->training->class_weight = o.class_weight;
    m->training->classes = o.classes;
    if (status >= 0)
        status = prepare(&r, train, &o);
    if (status >= 0 && r.last_epoch > r.first_epoch)
        plm_training_set_steps(m->training, m->training->clock.steps_per_epoch > 0
                                                ? m->training->step - r.skip +
                                                      (r.last_epoch - r.first_epoch) *
                                                          m->training->clock.steps_per_epoch
                                                : 0);
    if (status >= 0)
        status = loop_held(&r, train, o.validation);
    /* This memory belongs to the caller, and was borrowed only during the fit. */
    m->training->class_weight = NULL;
    m->training->clock.epoch = -1;
    plm_run_close(&r);
    if (o.result != NULL)
        *o.result = r.state;
    return repeat_status(&r, status);
}

/* Runs a fit whose batches may be changed before they are used. change: called with each batch
 * before training on it; NULL = no call. A call that changes them (plm_pretrain) holds the stream
 * itself. */
plm_status plm_training_fit(plm_model *m, plm_data *train, const plm_fit_options *options,
                            plm_batch_change *change, void *self)
{
    if (change == NULL)
        PLM_TRY(plm_data_idle(train, "plm_fit"));
    PLM_TRY(plm_model_begin(m, "plm_fit"));
    const char *before = plm_data_hold(train, "plm_fit");
    const plm_status status = fit(m, train, options, change, self);
    plm_data_let(train, before);
    m->running = NULL;
    return status;
}

/* Fails on a NULL model. The message repeats the last error, which may be the reason why the model
 * is NULL. */
static plm_status fail_null_model(const plm_data *d, const char *caller)
{
    if (d == NULL)
        return PLM_E_ORDER;
    const plm_error *e = plm_last_error(d->w);
    return plm_fail(d->w, PLM_E_ORDER, caller,
                    "check the result of plm_model_new or plm_model_load", "the model is NULL%s%s",
                    e->what[0] != '\0' ? "; the last error: " : "", e->what);
}

/* Trains the model. o: options, or NULL for the defaults (one epoch). If a callback frees the
 * model, it is freed when the fit is over (plm_model_end). */
plm_status plm_fit(plm_model *m, plm_data *train, const plm_fit_options *options)
{
    if (m == NULL)
        return fail_null_model(train, "plm_fit");
    const plm_status status = plm_training_fit(m, train, options, NULL, NULL);
    return m->running == NULL ? plm_model_end(m, status)
                              : status; /* otherwise another call is running */
}

/* Does the work of plm_train_batch, while the model is marked as running. The sums are reset first,
 * so the logs are those of this batch alone. */
static plm_status train_batch(plm_model *m, const plm_batch *b, plm_log *out, int capacity)
{
    double loss = 0;
    PLM_TRY(check_call(m, "plm_train_batch", b));
    m->training->data = NULL;
    /* A program with its own loop calls plm_adapt itself, so nothing is adapted here. */
    m->adapted = true;
    plm_training_reset(m->training);
    PLM_TRY(plm_training_batch(m->training, b, &loss));
    if (!isfinite(loss))
        return plm_training_not_finite(m->training, b, "plm_train_batch");
    give_logs(m->training, out, capacity);
    return PLM_OK;
}

/* Trains on one batch, as one step of a training loop that the caller writes. */
plm_status plm_train_batch(plm_model *m, const plm_batch *b, plm_log *out, int capacity)
{
    PLM_TRY(plm_model_begin(m, "plm_train_batch"));
    return plm_model_end(m, train_batch(m, b, out, capacity));
}

/* Does the work of plm_evaluate_batch, while the model is marked as running. */
static plm_status evaluate_batch(plm_model *m, const plm_batch *b, plm_log *out, int capacity)
{
    PLM_TRY(check_call(m, "plm_evaluate_batch", b));
    plm_training_reset(m->training);
    plm_training_rest(m->training);
    m->training->penalty = plm_training_penalty(m->training);
    m->training->data = NULL;
    PLM_TRY(plm_training_evaluate_batch(m->training, b));
    give_logs(m->training, out, capacity);
    return PLM_OK;
}

/* Computes the loss and the metrics of one batch, for a loop that the caller writes. */
plm_status plm_evaluate_batch(plm_model *m, const plm_batch *b, plm_log *out, int capacity)
{
    PLM_TRY(plm_model_begin(m, "plm_evaluate_batch"));
    return plm_model_end(m, evaluate_batch(m, b, out, capacity));
}

/* Does the work of plm_evaluate, while the model is marked as running. */
static plm_status evaluate(plm_model *m, plm_data *d, plm_log *out, int capacity)
{
    PLM_TRY(check_call(m, "plm_evaluate", d));
    PLM_TRY(plm_model_check_columns(m, d, true, PLM_COLUMNS_SAME));
    PLM_TRY(plm_training_evaluate(m->training, d));
    plm_training_reset_warnings(m->training);
    plm_training_warn(m->training, false);
    give_logs(m->training, out, capacity);
    return PLM_OK;
}

/* Computes the loss and the metrics of data. out [capacity]: the loss and the metrics. */
plm_status plm_evaluate(plm_model *m, plm_data *d, plm_log *out, int capacity)
{
    if (m == NULL)
        return fail_null_model(d, "plm_evaluate");
    PLM_TRY(plm_data_idle(d, "plm_evaluate"));
    PLM_TRY(plm_model_begin(m, "plm_evaluate"));
    const char *before = plm_data_hold(d, "plm_evaluate");
    const plm_status status = evaluate(m, d, out, capacity);
    plm_data_let(d, before);
    return plm_model_end(m, status);
}
