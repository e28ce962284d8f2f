/* The loop: epochs of batches, each bound to the plan and run; validation after each epoch;
 * observers told. */
#include "train/run.h"

#include <math.h>
#include <string.h>

/* The first number of an array of a batch that is NaN or infinite; false = all are finite. */
static bool find_bad(const plm_view *v, int64_t *row, int64_t *number)
{
    int64_t all = 1;
    for (int i = 0; i < v->rank; i++)
        all *= v->dims[i];
    const int64_t bad = (int64_t)plm_element_first_bad(PLM_ELEMENT_F32, v->data, (size_t)all);
    *row = bad / (all / v->dims[0]);
    *number = bad % (all / v->dims[0]);
    return bad < all;
}

/* Why the loss of a batch is not finite: its own numbers, or what the net has come to. */
static plm_status not_finite(const plm_training *t, const plm_batch *b, const char *caller)
{
    int64_t row = 0, number = 0;
    for (int i = 0; i < b->inputs + b->targets; i++) {
        const bool input = i < b->inputs;
        const int index = input ? i : i - b->inputs;
        if (find_bad(input ? &b->input[index] : &b->target[index], &row, &number))
            return plm_fail(t->m->w, PLM_E_NUMERIC, caller,
                            "leave out such rows or replace the value, and begin again from a "
                            "saved model: the weights are "
                            "spoilt",
                            "the loss is not finite in step %lld, as %s %d has NaN or infinity in "
                            "row %lld of the batch, "
                            "number %lld (both from 0)",
                            (long long)t->step, input ? "input" : "target", index, (long long)row,
                            (long long)number);
    }
    return plm_fail(
        t->m->w, PLM_E_NUMERIC, caller,
        "lower the learning rate, scale the inputs (rescaling, normalization), or choose another "
        "kernel_initializer",
        t->clock.epoch >= 0 ? "the loss is no longer finite in step %lld, epoch %lld"
                            : "the loss is no longer finite in step %lld",
        (long long)t->step, (long long)t->clock.epoch + 1);
}

/* One batch: checked, bound, stepped, counted. Plans grow only when a batch is larger than any
 * before. */
plm_status plm_training_batch(plm_training *t, const plm_batch *b, double *loss)
{
    plm_plan *plan = NULL;
    PLM_TRY(plm_model_check_batch(t->m, b, true));
    PLM_TRY(plm_training_check(t, b));
    PLM_TRY(plm_model_plan(t->m, PLM_PLAN_TRAIN, b->rows, &plan));
    PLM_TRY(plm_training_room(t, b->rows));
    PLM_TRY(plm_training_rate(t));
    plm_plan_running(plan)->first_row = t->rows;
    plm_model_bind(t->m, plan, b, 0, b->rows);
    plm_training_step(t, plan);
    *loss = plm_training_count(t, plan, b->rows);
    return PLM_OK;
}

/* At the first batch, or past those that a checkpoint has seen, whose sums are there. */
static plm_status begin_epoch(plm_run *r, plm_data *train, int64_t epoch)
{
    plm_batch b;
    r->training->clock.epoch = epoch;
    r->training->clock.fresh = r->skip == 0;
    if (r->skip == 0)
        plm_training_reset(r->training);
    r->training->data = train;
    PLM_TRY(plm_data_rewind(train, epoch));
    for (r->batch = 0; r->batch < r->skip; r->batch++) {
        const plm_status status = plm_data_next(train, &b);
        PLM_TRY(status);
        if (status == PLM_END)
            return plm_fail(
                r->model->w, PLM_E_DATA, "data",
                "resume on the data that the checkpoint was written with",
                "the checkpoint was written after batch %lld of the epoch, and there are %lld",
                (long long)r->skip, (long long)r->batch);
    }
    r->skip = 0;
    return PLM_OK;
}

static plm_status train_epoch(plm_run *r, plm_data *train, int64_t epoch)
{
    plm_batch b;
    const double begun = plm_run_clock();
    PLM_TRY(begin_epoch(r, train, epoch));
    for (;;) {
        double loss = 0;
        plm_status status = plm_data_next(train, &b);
        PLM_TRY(status);
        if (status == PLM_END)
            break;
        if (r->change != NULL)
            PLM_TRY(r->change(r->change_self, &b));
        PLM_TRY(plm_training_weigh(r->training, &b));
        PLM_TRY(plm_training_batch(r->training, &b, &loss));
        r->training_seconds = plm_run_clock() - begun;
        r->batch++;
        if (!isfinite(loss))
            return not_finite(r->training, &b, "plm_fit");
        status = plm_run_notify(r, PLM_BATCH_END, epoch);
        if (status != PLM_OK)
            return status;
    }
    r->batch = 0;
    if (r->training->rows > 0)
        return PLM_OK;
    return plm_fail(r->model->w, PLM_E_DATA, "data", "give data with rows",
                    "there are no rows to train on");
}

/* Validation keeps its own sums: the epoch's own logs are taken before. */
static plm_status validate(plm_run *r, plm_data *validation, int64_t epoch)
{
    plm_training *t = r->training;
    r->passes = (epoch + 1) % r->validation_freq != 0;
    r->logs = plm_run_figures(r, false, r->log, PLM_LOGS);
    r->rows_done = t->rows;
    if (validation != NULL && !r->passes)
        PLM_TRY(plm_training_evaluate(t, validation));
    r->logs += plm_run_figures(r, true, r->log + r->logs, PLM_LOGS - r->logs);
    return PLM_OK;
}

static plm_status run_epochs(plm_run *r, plm_data *train, const plm_fit_options *o)
{
    PLM_TRY(plm_training_rates_ahead(r->training, r->first_epoch, r->epochs));
    plm_status status = plm_run_notify(r, PLM_FIT_BEGIN, 0);
    for (int64_t epoch = r->first_epoch; epoch < r->epochs && status == PLM_OK; epoch++) {
        status = plm_run_notify(r, PLM_EPOCH_BEGIN, epoch);
        if (status == PLM_OK)
            status = train_epoch(r, train, epoch);
        if (status != PLM_OK)
            break;
        status = validate(r, o->validation, epoch);
        if (status == PLM_OK)
            status = plm_run_notify(r, PLM_EPOCH_END, epoch);
    }
    if (status >= 0)
        plm_training_settle(r->training);
    const plm_status last = plm_run_notify(r, PLM_FIT_END, r->epochs);
    return status != PLM_OK ? status : last;
}

/* Compiled with an optimizer, and something to work on. caller: for messages. */
static plm_status ready(const plm_model *m, const char *caller, const void *data)
{
    PLM_TRY(plm_model_ready(m));
    if (m->training == NULL)
        return plm_fail(m->w, PLM_E_ORDER, caller, "give plm_compile an optimizer and a loss",
                        "the model was compiled without an optimizer");
    if (data == NULL)
        return plm_fail(m->w, PLM_E_ORDER, caller, "open it with plm_data_open or plm_data_arrays",
                        "there is no data");
    return PLM_OK;
}

/* What a caller gets: figures so far, then empty entries. */
static void give_logs(const plm_training *t, plm_log *out, int room)
{
    for (int n = out != NULL ? plm_training_logs(t, false, out, room) : room; n < room; n++)
        out[n] = (plm_log){0};
}

static plm_status check_options(plm *w, const plm_fit_options *o)
{
    if (o->epochs < 0)
        return plm_fail(w, PLM_E_SPEC, "plm_fit", "give 1 or more", "epochs is %lld",
                        (long long)o->epochs);
    if (o->initial_epoch < 0)
        return plm_fail(w, PLM_E_SPEC, "plm_fit", "give 0 or more", "initial_epoch is %lld",
                        (long long)o->initial_epoch);
    if (o->validation_freq < 0)
        return plm_fail(w, PLM_E_SPEC, "plm_fit", "give 1 or more, or 0 for every epoch",
                        "validation_freq is %lld", (long long)o->validation_freq);
    if (o->extras < 0 || (o->extras > 0 && o->extra == NULL))
        return plm_fail(w, PLM_E_SPEC, "plm_fit",
                        "let extra point to so many plm_observer, or leave extras 0",
                        "extras is %d%s", o->extras, o->extra == NULL ? " and extra is NULL" : "");
    if (o->classes < 0 || (o->classes > 0 && o->class_weight == NULL))
        return plm_fail(w, PLM_E_SPEC, "plm_fit",
                        "let class_weight point to so many numbers, or leave classes 0",
                        "classes is %d%s", o->classes,
                        o->class_weight == NULL ? " and class_weight is NULL" : "");
    return PLM_OK;
}

/* Where nothing can be learned but one answer, or names do not tell columns apart. */
static void remark(const plm_model *m, const plm_data *train)
{
    float value = 0;
    if (train->source->twice != NULL)
        plm_warn(m->w,
                 "two columns are called '%s': the model keeps no names of columns and takes them "
                 "by their place",
                 train->source->twice);
    for (int k = 0; k < m->targets; k++) {
        if (!plm_data_single(train, k, &value))
            continue;
        plm_warn(m->w,
                 "the target%s%s is %g in every row: the net learns to answer that, whatever it is "
                 "given",
                 m->targets > 1 ? " of " : "", m->targets > 1 ? plm_model_output_name(m, k) : "",
                 (double)value);
    }
}

/* A table of another task may have other columns; a resumed fit and a validation have the same. */
static plm_status meet_columns(plm_model *m, const plm_data *train, const plm_fit_options *o)
{
    PLM_TRY(plm_model_check_columns(m, train, true,
                                    o->resume != NULL ? PLM_COLUMNS_SAME : PLM_COLUMNS_NEW));
    PLM_TRY(plm_model_learn_columns(m, train, true));
    return o->validation != NULL ? plm_model_check_columns(m, o->validation, true, PLM_COLUMNS_SAME)
                                 : PLM_OK;
}

plm_status plm_training_fit(plm_model *m, plm_data *train, const plm_fit_options *options,
                            plm_batch_change *change, void *self)
{
    plm_fit_options o = {0};
    plm_run r = {0};
    plm_data_info info;
    PLM_TRY(ready(m, "plm_fit", train));
    PLM_TRY(plm_take_options(m->w, "plm_fit", options, options != NULL ? options->size : 0, &o,
                             sizeof o));
    PLM_TRY(check_options(m->w, &o));
    PLM_TRY(plm_data_about(train, &info));
    PLM_TRY(plm_run_open(&r, m, &o));
    r.rows = info.rows;
    r.first_epoch = o.initial_epoch;
    r.change = change;
    r.change_self = self;
    m->training->clock.epochs = r.epochs;
    m->training->clock.steps_per_epoch =
        info.rows > 0 ? (info.rows + info.batch - 1) / info.batch : 0;
    plm_status status = o.resume != NULL ? plm_checkpoint_read(&r, o.resume) : PLM_OK;
    if (status >= 0 && change == NULL)
        status = meet_columns(m, train, &o);
    if (status >= 0 && !m->adapted)
        status = plm_training_adapt(m, train);
    if (status >= 0 && o.resume == NULL && o.initial_epoch == 0)
        remark(m, train);
    m->training->class_weight = o.class_weight;
    m->training->classes = o.classes;
    if (status >= 0)
        status = run_epochs(&r, train, &o);
    m->training->class_weight = NULL; /* the caller's, for this fit */
    m->training->clock.epoch = -1;
    plm_run_close(&r);
    return status;
}

plm_status plm_fit(plm_model *m, plm_data *train, const plm_fit_options *options)
{
    return plm_training_fit(m, train, options, NULL, NULL);
}

plm_status plm_train_batch(plm_model *m, const plm_batch *b, plm_log *out, int room)
{
    double loss = 0;
    PLM_TRY(ready(m, "plm_train_batch", b));
    m->training->data = NULL;
    m->adapted = true; /* whoever writes the loop adapts by plm_adapt, before */
    plm_training_reset(m->training);
    PLM_TRY(plm_training_batch(m->training, b, &loss));
    if (!isfinite(loss))
        return not_finite(m->training, b, "plm_train_batch");
    give_logs(m->training, out, room);
    return PLM_OK;
}

plm_status plm_evaluate_batch(plm_model *m, const plm_batch *b, plm_log *out, int room)
{
    PLM_TRY(ready(m, "plm_evaluate_batch", b));
    plm_training_reset(m->training);
    m->training->penalty = plm_training_penalty(m->training);
    m->training->data = NULL;
    PLM_TRY(plm_training_judge(m->training, b));
    give_logs(m->training, out, room);
    return PLM_OK;
}

plm_status plm_evaluate(plm_model *m, plm_data *d, plm_log *out, int room)
{
    PLM_TRY(ready(m, "plm_evaluate", d));
    PLM_TRY(plm_model_check_columns(m, d, true, PLM_COLUMNS_SAME));
    PLM_TRY(plm_training_evaluate(m->training, d));
    give_logs(m->training, out, room);
    return PLM_OK;
}
