/* Calls around the loop: options, resuming, batches of the caller. */
#include "train/sense.h"
#include "train/snapshot.h"

#include <math.h>
#include <string.h>

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
static void give_logs(plm_training *t, plm_log *out, int room)
{
    for (int n = out != NULL ? plm_training_logs(t, false, out, room) : room; n < room; n++)
        out[n] = (plm_log){0};
}

/* A number of epochs that is given must be 1 or more; 0 = the default. */
static plm_status check_count(plm *w, const char *name, int64_t count, const char *hint)
{
    return count >= 0
               ? PLM_OK
               : plm_fail(w, PLM_E_SPEC, "plm_fit", hint, "%s is %lld", name, (long long)count);
}

static plm_status check_options(plm *w, const plm_fit_options *o)
{
    static const char often[] = "give 1 or more, or 0 for every epoch";
    PLM_TRY(check_count(w, "epochs", o->epochs, "give 1 or more"));
    PLM_TRY(check_count(w, "initial_epoch", o->initial_epoch, "give 0 or more"));
    PLM_TRY(check_count(w, "validation_freq", o->validation_freq, often));
    PLM_TRY(check_count(w, "checkpoint_epochs", o->checkpoint_epochs, often));
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
    if (train->source->duplicate != NULL)
        plm_warn(m->w,
                 "two columns are called '%s': the model keeps no names of columns and takes them "
                 "by their place",
                 train->source->duplicate);
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

/* From a checkpoint: where the fit goes on. One that had ended stays so, unless other epochs are
 * asked for than then, and more than are done; whoever ended it then begins to wait anew. */
static plm_status resume(plm_run *r, const char *path)
{
    PLM_TRY(plm_checkpoint_read(r, path));
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

/* What cannot be meant ends the fit before its first step. */
static plm_status check_sense(const plm_run *r, const plm_data *train, const plm_fit_options *o)
{
    plm_training *t = r->training;
    const bool first = o->resume == NULL && o->initial_epoch == 0;
    const int64_t epochs = r->epochs - r->first_epoch;
    t->weighed = false;
    if (first)
        remark(r->model, train);
    return plm_sense_fitted(&(plm_sense_fit){.training = t,
                                             .data = train,
                                             .batches = epochs * t->clock.steps_per_epoch,
                                             .first = first && t->step == 0});
}

/* Where the fit begins, and the history that it goes on with. */
static plm_status prepare(plm_run *r, plm_data *train, const plm_fit_options *o)
{
    plm_model *m = r->model;
    r->first_epoch = r->state.epochs = o->initial_epoch;
    r->last_epoch = r->epochs;
    if (o->resume != NULL)
        PLM_TRY(resume(r, o->resume));
    r->state.epochs_requested = r->epochs;
    if (r->change == NULL)
        PLM_TRY(meet_columns(m, train, o));
    if (!m->adapted)
        PLM_TRY(plm_training_adapt(m, train));
    PLM_TRY(check_sense(r, train, o));
    plm_epochs_cut(&m->epochs, r->first_epoch);
    return PLM_OK;
}

/* A fit that an observer had ended, and that is only given again, answers as it did then. */
static plm_status answer_again(const plm_run *r, plm_status status)
{
    return status == PLM_OK && !r->state.trained && r->state.stopped_by[0] != '\0' ? PLM_STOPPED
                                                                                   : status;
}

static plm_status fit(plm_model *m, plm_data *train, const plm_fit_options *options,
                      plm_batch_change *change, void *self)
{
    plm_fit_options o = {0};
    plm_run r = {0};
    plm_data_info info;
    PLM_TRY(ready(m, "plm_fit", train));
    PLM_TRY(plm_take_options(m->w, "plm_fit", options, options != NULL ? options->size : 0, &o,
                             sizeof o));
    PLM_TRY(check_options(m->w, &o));
    PLM_TRY(plm_data_get_info(train, &info));
    PLM_TRY(plm_run_open(&r, m, &o));
    r.rows = info.rows;
    r.change = change;
    r.change_self = self;
    plm_training_warn_anew(m->training);
    plm_status status = plm_same_run_note(&r, &o, &info);
    m->training->clock.epochs = r.epochs;
    m->training->clock.steps_per_epoch =
        info.rows > 0 ? (info.rows + info.batch - 1) / info.batch : 0;
    m->training->class_weight = o.class_weight;
    m->training->classes = o.classes;
    if (status >= 0)
        status = prepare(&r, train, &o);
    if (status >= 0)
        status = plm_run_loop(&r, train, o.validation);
    m->training->class_weight = NULL; /* the caller's, for this fit */
    m->training->clock.epoch = -1;
    plm_run_close(&r);
    if (o.result != NULL)
        *o.result = r.state;
    return answer_again(&r, status);
}

plm_status plm_training_fit(plm_model *m, plm_data *train, const plm_fit_options *options,
                            plm_batch_change *change, void *self)
{
    PLM_TRY(plm_model_begin(m, "plm_fit"));
    const plm_status status = fit(m, train, options, change, self);
    m->running = NULL;
    return status;
}

/* No model: the message tells of the error before, which may be why there is none. */
static plm_status fail_null_model(const plm_data *d, const char *caller)
{
    if (d == NULL)
        return PLM_E_ORDER;
    const plm_error *e = plm_last_error(d->w);
    return plm_fail(d->w, PLM_E_ORDER, caller, "see what plm_model_new or plm_model_load gave",
                    "the model is NULL%s%s", e->what[0] != '\0' ? "; the error before: " : "",
                    e->what);
}

plm_status plm_fit(plm_model *m, plm_data *train, const plm_fit_options *options)
{
    if (m == NULL)
        return fail_null_model(train, "plm_fit");
    const plm_status status = plm_training_fit(m, train, options, NULL, NULL);
    return m->running == NULL ? plm_model_end(m, status) : status; /* or another call is at work */
}

static plm_status train_batch(plm_model *m, const plm_batch *b, plm_log *out, int room)
{
    double loss = 0;
    PLM_TRY(ready(m, "plm_train_batch", b));
    m->training->data = NULL;
    m->adapted = true; /* whoever writes the loop adapts by plm_adapt, before */
    plm_training_reset(m->training);
    PLM_TRY(plm_training_batch(m->training, b, &loss));
    if (!isfinite(loss))
        return plm_training_not_finite(m->training, b, "plm_train_batch");
    give_logs(m->training, out, room);
    return PLM_OK;
}

plm_status plm_train_batch(plm_model *m, const plm_batch *b, plm_log *out, int room)
{
    PLM_TRY(plm_model_begin(m, "plm_train_batch"));
    return plm_model_end(m, train_batch(m, b, out, room));
}

static plm_status evaluate_batch(plm_model *m, const plm_batch *b, plm_log *out, int room)
{
    PLM_TRY(ready(m, "plm_evaluate_batch", b));
    plm_training_reset(m->training);
    m->training->penalty = plm_training_penalty(m->training);
    m->training->data = NULL;
    PLM_TRY(plm_training_judge(m->training, b));
    give_logs(m->training, out, room);
    return PLM_OK;
}

plm_status plm_evaluate_batch(plm_model *m, const plm_batch *b, plm_log *out, int room)
{
    PLM_TRY(plm_model_begin(m, "plm_evaluate_batch"));
    return plm_model_end(m, evaluate_batch(m, b, out, room));
}

static plm_status evaluate(plm_model *m, plm_data *d, plm_log *out, int room)
{
    PLM_TRY(ready(m, "plm_evaluate", d));
    PLM_TRY(plm_model_check_columns(m, d, true, PLM_COLUMNS_SAME));
    PLM_TRY(plm_training_evaluate(m->training, d));
    plm_training_warn_anew(m->training);
    plm_training_warn(m->training, false);
    give_logs(m->training, out, room);
    return PLM_OK;
}

plm_status plm_evaluate(plm_model *m, plm_data *d, plm_log *out, int room)
{
    if (m == NULL)
        return fail_null_model(d, "plm_evaluate");
    PLM_TRY(plm_model_begin(m, "plm_evaluate"));
    return plm_model_end(m, evaluate(m, d, out, room));
}
