/* Runs the learning rate range test on the model of a job and, if requested, trials with rates near
 * the recommended one, each on a new model of the same settings. */
#include "run/lr_find.h"

#include <math.h>
#include <stdio.h>

#include "run/class_weight.h"
#include "run/net.h"
#include "run/runfile.h"

enum { TRY_STEPS = 300 };

/* Returns the rows of a batch, at least 1. */
static int64_t batch_of(const plm_job *j)
{
    return j->about.batch > 0 ? j->about.batch : 1;
}

/* Passes an event to the caller, in which the current training is one epoch, whatever the length of
 * the data. The number of trials is known only when they end, so the event claims at least 5. */
static void pass_event(void *user, const plm_event *e)
{
    plm_lr_find *f = user;
    plm_event shown = *e;
    f->done = f->done < f->planned ? f->done + 1 : 1;
    shown.epoch = f->trying ? f->trials.count : 0;
    shown.epochs = !f->trying ? 1 : shown.epoch < 5 ? 5 : shown.epoch + 1;
    shown.row = f->done * batch_of(f->job);
    shown.rows = f->planned * batch_of(f->job);
    f->watch(f->self, &shown);
}

/* True if the caller asks to stop. */
static bool is_stopped(void *user)
{
    const plm_lr_find *f = user;
    return f->stop(f->self);
}

/* Makes a new model of the run for the next trial, always with the same initial weights. */
static plm_status make_fresh(void *user, plm_model **out)
{
    plm_lr_find *f = user;
    f->made = plm_net_make(f->job, f->settings);
    *out = f->job->model;
    return f->made;
}

/* Returns the number of batches of a trial, at most the number of batches of the run. */
static int64_t steps_of_trial(const plm_lr_find *f)
{
    const int64_t batch = batch_of(f->job), epochs = plm_setting_count(f->settings, "epochs", 10);
    const int64_t epoch = (f->job->about.rows + batch - 1) / batch;
    if (f->try_steps)
        return f->try_steps;
    return epoch > 0 && epochs > 0 && epochs < (TRY_STEPS + epoch - 1) / epoch ? epoch * epochs
                                                                               : TRY_STEPS;
}

/* Fails because the loss diverged before the curve of the range test had a point. */
static plm_status fail_blown(const plm_lr_find *f)
{
    const plm_lr_range *t = &f->range;
    char hint[48];
    snprintf(hint, sizeof hint, "begin with a lower rate: --from %.0e", fmin(1e-6, f->from / 1000));
    return plm_fail(f->job->home, PLM_E_NUMERIC, f->settings->file, hint,
                    "the loss diverged within %lld steps, at the learning rate %.2g",
                    (long long)t->done + 1, t->done ? t->rate[t->done - 1] : f->from);
}

/* Runs the range test. */
static plm_status run_test(plm_lr_find *f, const plm_lr_range_options *o)
{
    f->planned = f->steps;
    const plm_status status = plm_lr_range_run(f->job->model, f->job->data, o, &f->range);
    if (status < 0)
        return plm_job_fail(f->job, f->settings, status);
    return f->range.stopped || f->range.count ? PLM_OK : fail_blown(f);
}

/* Runs the trials with rates near the one that the range test recommends. The optimizer is that of
 * the run's first epochs, which may be frozen ones. */
static plm_status run_trials(plm_lr_find *f, const plm_lr_range_options *test)
{
    const bool frozen = plm_setting_text(f->settings, "frozen_optimizer") != NULL;
    const double found = f->range.rule[0].rate;
    f->planned = steps_of_trial(f);
    f->done = 0;
    f->trying = true;
    f->trials = (plm_lr_trials){
        .best = -1,
        .steps = f->planned,
        .optimizer = plm_setting_text(f->settings, frozen ? "frozen_optimizer" : "optimizer"),
        .data = f->job->data,
        .validation = f->job->validation,
        .class_weight = test->class_weight,
        .classes = test->classes,
        .fresh = make_fresh,
        .watch = pass_event,
        .stop = is_stopped,
        .user = f};
    const plm_status status = plm_lr_trials_run(f->job->w, &f->trials, found > 0 ? found : 1e-3);
    if (status < 0)
        return f->made < 0 ? f->made : plm_job_fail(f->job, f->settings, status);
    return PLM_OK;
}

/* Runs the range test and, if requested, the trials. class_weight: as in the training, so that the
 * losses are comparable. */
plm_status plm_lr_find_run(plm_lr_find *f)
{
    float class_weight[PLM_RUN_MAX_CLASSES];
    int classes = 0;
    f->trials.best = -1;
    PLM_TRY(plm_class_weight_read(f->job, f->settings, class_weight, &classes));
    const plm_lr_range_options test = {.from = f->from,
                                       .to = f->to,
                                       .steps = f->steps,
                                       .class_weight = classes ? class_weight : NULL,
                                       .classes = classes,
                                       .watch = pass_event,
                                       .stop = is_stopped,
                                       .user = f};
    PLM_TRY(run_test(f, &test));
    return f->range.stopped || !f->tries ? PLM_OK : run_trials(f, &test);
}

/* Frees the results of the range test. Results of trials own no memory. */
void plm_lr_find_free(plm_lr_find *f)
{
    plm_lr_range_free(&f->range);
}
