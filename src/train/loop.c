/* The training loop: trains epochs of batches, validates after each epoch, and calls the observers.
 * A batch is bound to the training plan of the model, which then runs.
 *
 * A fit that fails can be resumed or used. After an error of the data or of an observer, a
 * checkpoint is written. After a loss that is not finite, model and training return to the end of
 * the last epoch with a finite loss, whose state was stored then.
 *
 * Observers are called between the steps, never within one. They may stop the fit, change the
 * learning rate, or ask for a checkpoint; plm_run_notify (run.c) combines their answers. */
#include "train/run.h"

#include <math.h>
#include <string.h>

#include "base/system.h"
#include "train/probe.h"

/* Finds the first NaN or infinity in an array of a batch, and returns its row and its index in the
 * row; false = all numbers are finite. */
static bool find_bad(const plm_view *v, int64_t *row, int64_t *number)
{
    int64_t all = 1;
    for (int i = 0; i < v->rank; i++)
        all *= v->dims[i];
    const int64_t bad = (int64_t)plm_element_first_bad(PLM_F32, v->data, (size_t)all);
    *row = bad / (all / v->dims[0]);
    *number = bad % (all / v->dims[0]);
    return bad < all;
}

/* Fails because the rows of a batch have a number that is not finite: an input, or a target. A fit
 * then restores the weights of before the epoch (good.c); a single batch has spoilt them. */
static plm_status fail_row(const plm_training *t, const char *caller, const char *what, int index,
                           const int64_t at[2])
{
    return plm_fail_code(
        t->m->w, "D201",
        plm_fail(t->m->w, PLM_E_NUMERIC, caller,
                 t->clock.epoch >= 0
                     ? "remove such rows or replace the value; the model has the weights of before "
                       "this epoch"
                     : "remove such rows or replace the value, and start again from a saved "
                       "model, since the weights are no longer usable",
                 "the loss is not finite in step %lld: %s %d has NaN or infinity in row "
                 "%lld of the batch, element %lld (both counted from 0)",
                 (long long)t->step, what, index, (long long)at[0], (long long)at[1]));
}

/* Fails with E_NUMERIC and explains why the loss of a batch is not finite. caller: for messages.
 * The cause is a number of the batch itself or, if all its numbers are finite, diverged weights. */
plm_status plm_training_not_finite(const plm_training *t, const plm_batch *b, const char *caller)
{
    int64_t at[2] = {0, 0}; /* row and element */
    for (int i = 0; i < b->inputs + b->targets; i++) {
        const bool input = i < b->inputs;
        const int index = input ? i : i - b->inputs;
        if (find_bad(input ? &b->input[index] : &b->target[index], &at[0], &at[1]))
            return fail_row(t, caller, input ? "input" : "target", index, at);
    }
    return plm_fail_code(
        t->m->w, "G110",
        plm_fail(t->m->w, PLM_E_NUMERIC, caller,
                 "lower the learning rate, scale the inputs (rescaling, normalization), or choose "
                 "another kernel_initializer",
                 t->clock.epoch >= 0 ? "the loss is no longer finite in step %lld, epoch %lld"
                                     : "the loss is no longer finite in step %lld",
                 (long long)t->step, (long long)t->clock.epoch + 1));
}

/* Warns after the first epoch of a stream if all sample weights are 0. Data in memory is checked
 * before the fit (sense_data.c). */
static void warn_weights(plm_training *t, const plm_data *train)
{
    if (t->weighed || !train->source->streamed || t->rows == 0)
        return;
    plm_warn(t->m->w, "all weights of the epoch's rows are 0: nothing can be learned");
    t->weighed = true; /* so that the warning is given once */
}

/* Trains on one batch: checks it, binds it to the plan, makes a step, and adds its values to the
 * sums. The plan of the model is reused; it is made again only if a batch is larger than all
 * earlier ones. If this function fails, no weight and no sum was changed, so the caller may
 * continue with another batch. */
plm_status plm_training_batch(plm_training *t, const plm_batch *b, double *loss)
{
    plm_plan *plan = NULL;
    PLM_TRY(plm_model_check_batch(t->m, b, true));
    PLM_TRY(plm_training_check_targets(t, b));
    /* Everything that can fail is done before the step. */
    PLM_TRY(plm_model_plan(t->m, PLM_PLAN_TRAIN, b->rows, &plan));
    PLM_TRY(plm_training_reserve(t, b->rows));
    PLM_TRY(plm_training_rate(t));
    t->weighed = t->weighed || plm_training_has_weight(b);
    plm_plan_running(plan)->first_row = t->rows;
    plm_model_bind(t->m, plan, b, 0, b->rows);
    plm_training_step(t, plan);
    *loss = plm_training_add_batch(t, plan, b->rows);
    if (t->probe != NULL)
        t->probe->loss(t->probe->self, t->step - 1, *loss);
    return PLM_OK;
}

/* Fails because the data ends before the batch with which the resumed fit continues. */
static plm_status fail_short(const plm_run *r, int64_t wanted, int64_t got)
{
    return plm_fail_key(r->model->w, PLM_E_DATA, "data",
                        "resume on the data that the checkpoint was written with",
                        "the checkpoint was written after batch %lld of the epoch, but the "
                        "data has only %lld",
                        (long long)wanted, (long long)got);
}

/* Reads `count` batches and drops them. */
static plm_status skip_batches(plm_run *r, plm_data *train, int64_t count)
{
    plm_batch b;
    for (int64_t i = 0; i < count; i++) {
        const plm_status status = plm_held_next(train, &b);
        PLM_TRY(status);
        if (status == PLM_END)
            return fail_short(r, count, i);
    }
    return PLM_OK;
}

/* Moves the data to the position after `count` batches, counted over all passes. The first pass is
 * always read, since a stream may not know its number of rows, so only reading shows how many
 * batches a pass has. If the wanted batch is in a later pass, that pass is then read from its
 * beginning. */
static plm_status place(plm_run *r, plm_data *train, int64_t count)
{
    plm_batch b;
    int64_t of_pass = 0;
    plm_status status = PLM_OK;
    PLM_TRY(plm_held_rewind(train, r->pass = 0));
    while (of_pass < count && (status = plm_held_next(train, &b)) == PLM_OK)
        of_pass++;
    if (status != PLM_END) /* all batches were passed, or one cannot be read */
        return status;
    if (of_pass == 0)
        return fail_short(r, count, 0);
    r->pass = count / of_pass;
    PLM_TRY(plm_held_rewind(train, r->pass));
    return skip_batches(r, train, count % of_pass);
}

/* Gives the next batch of an epoch. With steps_per_epoch, the data begins again when it ends within
 * an epoch. */
static plm_status next_batch(plm_run *r, plm_data *train, plm_batch *b)
{
    if (r->steps > 0 && r->batch >= r->steps)
        return PLM_END;
    const plm_status status = plm_held_next(train, b);
    if (status != PLM_END || r->steps == 0)
        return status;
    PLM_TRY(plm_held_rewind(train, ++r->pass));
    return plm_held_next(train, b);
}

/* Starts an epoch. A resumed epoch skips the batches that were trained before the checkpoint; their
 * sums were restored. With steps_per_epoch the data is not rewound: an epoch goes on where the last
 * one ended, over as many passes as it needs. */
static plm_status begin_epoch(plm_run *r, plm_data *train, int64_t epoch)
{
    r->training->clock.epoch = epoch;
    r->training->clock.fresh = r->skip == 0;
    if (r->skip == 0)
        plm_training_reset(r->training);
    r->training->data = train;
    if (r->steps == 0)
        PLM_TRY(plm_held_rewind(train, epoch));
    if (r->steps == 0)
        PLM_TRY(skip_batches(r, train, r->skip));
    else if (r->pass < 0)
        PLM_TRY(place(r, train, epoch * r->steps + r->skip));
    r->batch = r->skip;
    r->skip = 0;
    return PLM_OK;
}

/* Trains all batches of an epoch. Each batch is taken from the stream and may be changed by the
 * caller; then its rows get weights, the net is trained on it, and the observers are called. A loss
 * that is not finite ends the fit at once, since the weights are then lost. The batch is counted
 * before the observers are called, so a checkpoint that one of them requests includes it. */
static plm_status train_epoch(plm_run *r, plm_data *train, int64_t epoch)
{
    plm_batch b;
    const double begun = plm_seconds();
    PLM_TRY(begin_epoch(r, train, epoch));
    for (;;) {
        double loss = 0;
        plm_status status = next_batch(r, train, &b);
        PLM_TRY(status);
        if (status == PLM_END)
            break;
        if (r->change != NULL)
            PLM_TRY(r->change(r->change_self, &b));
        PLM_TRY(plm_training_weigh(r->training, &b));
        PLM_TRY(plm_training_batch(r->training, &b, &loss));
        r->training_seconds = plm_seconds() - begun;
        r->batch++;
        r->state.batches = r->batch;
        r->state.trained = true;
        if (!isfinite(loss))
            return plm_training_not_finite(r->training, &b, "plm_fit");
        r->batch_loss = loss;
        status = plm_run_notify(r, PLM_BATCH_END, epoch);
        if (status != PLM_OK)
            return status;
    }
    warn_weights(r->training, train);
    plm_training_rest(r->training);
    if (r->training->rows > 0)
        return plm_run_keep_good(r);
    return plm_fail_key(r->model->w, PLM_E_DATA, "data", "give data with rows",
                        "there are no rows to train on");
}

/* Stores the training values of the epoch in the logs. Then validates and adds the validation
 * values. Warnings about values that are not defined are given once for training and once for
 * validation. */
static plm_status validate(plm_run *r, plm_data *validation, int64_t epoch)
{
    plm_training *t = r->training;
    /* the training values must be taken before validation resets the sums */
    r->skips_validation = (epoch + 1) % r->validation_freq != 0;
    r->logs = plm_run_values(r, false, r->log, PLM_LOGS);
    r->rows_done = t->rows;
    r->gradient_norm = plm_training_norm(t);
    r->penalty_share = t->penalty_sum / t->loss_sum;
    plm_training_warn(t, false);
    if (validation != NULL && !r->skips_validation) {
        const plm_status status = plm_training_evaluate(t, validation);
        if (status < 0)
            plm_fail_in_key(r->model->w, "validation");
        PLM_TRY(status);
        plm_training_warn(t, true);
    }
    r->logs += plm_run_values(r, true, r->log + r->logs, PLM_LOGS - r->logs);
    return PLM_OK;
}

/* Ends an epoch. Its row is added to the history first, so that every observer and checkpoint has
 * it. */
static plm_status end_epoch(plm_run *r, int64_t epoch)
{
    PLM_TRY(plm_epochs_add(&r->model->epochs, epoch + 1, r->logs, r->log));
    r->batch = r->state.batches = 0;
    r->state.trained = true;
    r->state.epochs = epoch + 1;
    r->state.ended = r->state.epochs >= r->epochs;
    const plm_status status = plm_run_notify(r, PLM_EPOCH_END, epoch);
    plm_run_keep_rate(r);
    return status;
}

/* Computes the rates of the first step, for a fit without epochs. If the fit has no number of
 * steps, schedules whose lengths are parts of the run are asked as in a fit of one epoch. */
static plm_status ask_start(plm_training *t)
{
    const int64_t steps = t->clock.steps, each = t->clock.steps_per_epoch;
    const int64_t epochs = t->clock.epochs;
    if (steps > 0)
        return plm_training_rate(t);
    t->clock.epochs = 1;
    plm_training_set_steps(t, t->step + (each > 0 ? each : 1));
    const plm_status status = plm_training_rate(t);
    plm_training_set_steps(t, 0);
    t->clock.epochs = epochs;
    return status;
}

/* Measures the untrained net, for a fit without epochs. The values become the row of epoch 0. The
 * fit leaves a checkpoint, so that a resumed one trains from here. */
static plm_status measure_start(plm_run *r, plm_data *train, plm_data *validation)
{
    plm_training *t = r->training;
    t->clock.epoch = 0;
    PLM_TRY(ask_start(t));
    PLM_TRY(plm_training_evaluate(t, train));
    PLM_TRY(validate(r, validation, -1));
    PLM_TRY(plm_epochs_add(&r->model->epochs, 0, r->logs, r->log));
    r->state.ended = r->state.trained = true;
    return plm_run_notify(r, PLM_EPOCH_END, -1);
}

/* True if the fit only measures the net. A resumed fit does so only if nothing was trained or
 * measured before. */
static bool measures_start(const plm_run *r)
{
    return r->epochs == 0 && r->first_epoch == 0 && r->skip == 0 && !r->state.ended;
}

/* Writes the fit's own checkpoint after an error, so that the fit can be resumed. The fit still
 * reports that error. If the checkpoint cannot be written, there is a warning. The caller does not
 * call this if memory ran out. */
static void save_after_fault(plm_run *r)
{
    plm *w = r->model->w;
    plm_error_record fault;
    plm_error_take(w, &fault);
    if (plm_checkpoint_own(r) < 0)
        plm_warn(w, "the checkpoint could not be written: %s: %s", w->error.where, w->error.what);
    plm_error_restore(w, &fault);
}

/* Trains and validates one epoch. */
static plm_status run_epoch(plm_run *r, plm_data *train, plm_data *validation, int64_t epoch)
{
    plm_status status = plm_run_notify(r, PLM_EPOCH_BEGIN, epoch);
    if (status != PLM_OK)
        return status;
    status = train_epoch(r, train, epoch);
    if (status < 0 && status != PLM_E_NUMERIC && status != PLM_E_MEMORY && r->batch > r->skip)
        save_after_fault(r);
    if (status != PLM_OK)
        return status;
    PLM_TRY(validate(r, validation, epoch));
    return end_epoch(r, epoch);
}

/* After a loss that was not finite: sets the training to the end of the last epoch with a finite
 * loss and writes the checkpoint of that epoch, unless no epoch of this fit had one. Accumulated
 * gradients are dropped then, since the model is to have the weights of that epoch. The number of
 * steps that were made stays. */
static void return_to_good(plm_run *r)
{
    plm_training *t = r->training;
    const int64_t made = t->step;
    plm_run_restore_good(r);
    r->batch = r->state.batches = 0;
    if (r->state.epochs > r->first_epoch)
        save_after_fault(r);
    t->step = made;
    t->gathered_batches = 0;
    if (t->gathered != NULL)
        memset(t->gathered, 0, r->model->vector.trained * sizeof *t->gathered);
    r->state.kept_epoch = r->state.epochs;
}

/* Ends the fit. The last checkpoint contains the weights after the last step, so that the training
 * can be continued. Then the weights become those that the fit returns: the moving average, the
 * best weights that an observer kept, or the last finite weights. The fit, the checkpoint and an
 * observer may all have failed. The first error is returned, since the others mostly follow from
 * it. */
static plm_status finish(plm_run *r, plm_status status)
{
    /* the checkpoint must have the weights of the last step, so it is written before they are
     * replaced */
    if (status >= 0 && r->state.trained) {
        const plm_status written = plm_checkpoint_own(r);
        status = written < 0 ? written : status;
    }
    if (status == PLM_E_NUMERIC)
        return_to_good(r);
    r->state.averaged = plm_training_finish(r->training);
    plm_error_record fault;
    plm_error_take(r->model->w, &fault);
    const plm_status last = plm_run_notify(r, PLM_FIT_END, r->epochs);
    /* An error of an observer at the end of the fit must not hide an earlier error. */
    if (status < 0)
        plm_error_restore(r->model->w, &fault);
    return status < 0 || (status > 0 && last >= 0) ? status : last;
}

/* Trains epochs first_epoch to last_epoch, then ends the fit. The learning rates of all epochs are
 * checked before the first step, so that an expression that fails in the last epoch is reported at
 * once. */
plm_status plm_run_loop(plm_run *r, plm_data *train, plm_data *validation)
{
    PLM_TRY(plm_training_rates_ahead(r->training, r->first_epoch, r->last_epoch));
    PLM_TRY(plm_run_keep_first(r));
    plm_status status = plm_run_notify(r, PLM_FIT_BEGIN, 0);
    r->training->norm.wanted = true;
    if (measures_start(r) && status == PLM_OK)
        status = measure_start(r, train, validation);
    for (int64_t epoch = r->first_epoch; epoch < r->last_epoch && status == PLM_OK; epoch++)
        status = run_epoch(r, train, validation, epoch);
    r->training->norm.wanted = false;
    return finish(r, status);
}
