/* Runs trials of learning rates. Round rates are 1 and 3 times the powers of ten: 0.01, 0.03, 0.1,
 * ... Each has a number: 10^p has number 2 p, and 3 * 10^p has number 2 p + 1.
 *
 * A rate is tried by a short training with the whole shape of the optimizer's schedule, scaled to
 * this rate. Five rates around the one that the range test suggests are tried; then the next one
 * beyond the best, as long as the best is at an end. */
#include "study/lr_trials.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/runtime.h"
#include "study/batch_loss.h"

enum {
    AROUND = 2, /* number of round rates that are tried below the middle, and above it */
    /* the loss of a trial without validation is the mean of the last 1/5 of its steps */
    LAST = 5
};

/* The state of the observer that runs one trial. */
typedef struct {
    plm_lr_trials *trials; /* all trials, with their plan */
    plm_lr_trial *trial;   /* this one */
    /* [steps] learning rate of each step as a multiple of the rate that is tried */
    const double *share;
    /* number of batches done */
    int64_t done;
    plm_epoch_loss epoch;
    double last; /* mean loss of the last 1/LAST of the batches */
} fitting;

/* Returns the round rate with this number. */
static double round_rate(int number)
{
    const int power = (int)floor(number / 2.0);
    return (number - 2 * power ? 3 : 1) * pow(10, power);
}

/* Returns the number of the round rate that is nearest to a rate, over the logarithm. */
static int round_number(double rate)
{
    int number = 2 * (int)floor(log10(rate));
    while (round_rate(number + 1) * round_rate(number) < rate * rate)
        number++;
    return number;
}

/* Adds the loss of the batch if it is one of the last, and sets the rate of the next batch. Ends
 * the fit (PLM_STOPPED) after the last step or if stop() asks for it. */
static plm_status batch_end(fitting *f, plm_run *run, const plm_event *e)
{
    plm_lr_trials *t = f->trials;
    const int64_t last = t->steps - (t->steps + LAST - 1) / LAST;
    const double loss = plm_batch_loss(&f->epoch, e);
    if (f->done++ >= last)
        f->last += loss / (double)(t->steps - last);
    if (t->watch)
        t->watch(t->user, e);
    t->stopped = t->stop && t->stop(t->user);
    if (t->stopped || f->done == t->steps)
        return PLM_STOPPED;
    return plm_run_set_learning_rate(run, f->trial->rate * f->share[f->done]);
}

/* Sets the first rate when the fit begins, then handles the end of each batch. */
static plm_status on_event(void *self, plm_run *run, const plm_event *e)
{
    fitting *f = self;
    if (e->kind == PLM_FIT_BEGIN)
        PLM_TRY(plm_run_set_learning_rate(run, f->trial->rate * f->share[0]));
    if (e->kind == PLM_EPOCH_BEGIN)
        f->epoch = (plm_epoch_loss){0};
    return e->kind == PLM_BATCH_END ? batch_end(f, run, e) : PLM_OK;
}

/* Finds the rates of an optimizer's schedule by running it: trains a tiny net with it for `steps`
 * steps and stores the learning rate of step k in rate[k]. m: an empty model, which becomes that
 * net. */
static plm_status read_rates(plm_model *m, const char *optimizer, int64_t steps, double *rate)
{
    float zero = 0;
    plm_batch batch = {.rows = 1, .inputs = 1, .targets = 1};
    batch.input[0] = batch.target[0] =
        (plm_view){.data = &zero, .dtype = PLM_F32, .rank = 2, .dims = {1, 1}};
    plm_input(m, NULL, 1, (const int64_t[]){1});
    plm_add(m, "dense(1)");
    plm_status status = plm_compile(m, optimizer, "mse", NULL);
    if (status >= 0)
        status = plm_model_set_steps(m, steps);
    for (int64_t k = 0; status >= 0 && k < steps; k++) {
        status = plm_train_batch(m, &batch, NULL, 0);
        rate[k] = plm_model_learning_rate(m);
    }
    return status;
}

/* Fills share [steps]: the rate of each step by the schedule of the optimizer, divided by the
 * highest rate of the steps. Without a schedule all are 1. */
static plm_status read_shape(plm *w, const plm_lr_trials *t, double *share)
{
    plm_model *m = plm_model_new(w);
    const plm_status status = m ? read_rates(m, t->optimizer, t->steps, share) : PLM_E_MEMORY;
    double highest = 0;
    plm_model_free(m);
    if (status < 0) {
        plm_fail_in_key(w, "optimizer");
        return status;
    }
    for (int64_t k = 0; k < t->steps; k++)
        highest = fmax(highest, share[k]);
    for (int64_t k = 0; k < t->steps; k++)
        share[k] = highest > 0 ? share[k] / highest : 1;
    return PLM_OK;
}

/* Evaluates the trained net on the validation rows, and stores the values and their names. */
static plm_status measure(plm_lr_trials *t, plm_model *m, plm_lr_trial *trial)
{
    plm_log log[PLM_LR_TRIAL_LOGS] = {0};
    const plm_status status = plm_evaluate(m, t->validation, log, PLM_LR_TRIAL_LOGS);
    for (t->logs = 0; status >= 0 && t->logs < PLM_LR_TRIAL_LOGS && log[t->logs].name; t->logs++) {
        snprintf(t->name[t->logs], sizeof t->name[0], "%s", log[t->logs].name);
        trial->value[t->logs] = log[t->logs].value;
    }
    return status;
}

/* Trains a fresh net for one trial and stores the values of the trial. The fit may have as many
 * epochs as the trial has steps, which is always enough; the observer ends it. */
static plm_status train(plm_lr_trials *t, fitting *f)
{
    plm_model *m = NULL;
    const plm_observer observer = {.name = "trial", .on_event = on_event, .self = f};
    PLM_TRY(t->fresh(t->user, &m));
    plm_status status = plm_fit(m, t->data,
                                PLM_FIT(.epochs = t->steps, .extra = &observer, .extras = 1,
                                        .class_weight = t->class_weight, .classes = t->classes));
    f->trial->value[0] = f->last;
    if (status >= 0 && t->validation && !t->stopped)
        status = measure(t, m, f->trial);
    f->trial->diverged = status == PLM_E_NUMERIC || !isfinite(f->trial->value[0]);
    return status < 0 && status != PLM_E_NUMERIC ? status : PLM_OK;
}

/* Inserts a trial: first if its rate is the lowest, else last. Then finds the best trial. */
static void add_trial(plm_lr_trials *t, const plm_lr_trial *trial)
{
    const bool first = t->count && trial->rate < t->trial[0].rate;
    memmove(&t->trial[first], t->trial, (size_t)t->count * sizeof *trial);
    t->trial[first ? 0 : t->count] = *trial;
    t->count++;
    t->best = -1;
    for (int i = 0; i < t->count; i++)
        if (!t->trial[i].diverged &&
            (t->best < 0 || t->trial[i].value[0] < t->trial[t->best].value[0]))
            t->best = i;
}

/* Runs one trial. Keeps its result unless stop() has ended it. */
static plm_status try_rate(plm_lr_trials *t, double rate, const double *share)
{
    plm_lr_trial trial = {.rate = rate};
    fitting f = {.trials = t, .trial = &trial, .share = share};
    PLM_TRY(train(t, &f));
    if (!t->stopped)
        add_trial(t, &trial);
    return PLM_OK;
}

/* Chooses the number of the rate to try next; false = the trials are over. The first five are the
 * numbers around `middle`, in ascending order. After them, as long as the best trial is the lowest
 * or the highest one tried, the next number is the one beyond it. If all trials diverged, it is the
 * next lower one. low, high: the range of numbers tried so far; updated. */
static bool next_number(const plm_lr_trials *t, int middle, int *low, int *high, int *number)
{
    if (t->count == PLM_LR_TRIALS)
        return false;
    if (t->count <= 2 * AROUND)
        *number = *high = middle - AROUND + t->count;
    else if (t->best <= 0)
        *number = --*low;
    else if (t->best == t->count - 1)
        *number = ++*high;
    else
        return false;
    return true;
}

/* Runs trials at round rates, from the middle outwards. share [steps]: the rate of each step of the
 * schedule, relative to its highest one; for a constant rate all are 1. */
plm_status plm_lr_trials_run(plm *w, plm_lr_trials *t, double near)
{
    double *share = plm_allocate_array(w, (size_t)t->steps, sizeof *share);
    const int middle = round_number(near);
    int low = middle - AROUND, high = low, number = 0;
    plm_status status = share ? read_shape(w, t, share) : PLM_E_MEMORY;
    t->best = -1;
    t->count = 0;
    t->logs = 1;
    snprintf(t->name[0], sizeof t->name[0], "loss");
    while (status >= 0 && !t->stopped && next_number(t, middle, &low, &high, &number))
        status = try_rate(t, round_rate(number), share);
    plm_release(w, share);
    return status;
}

/* Returns the learning rate to use: that of the best trial or, if trials is NULL, that of the first
 * rule of t. 0 = none. Trials take precedence because they measure which rate is best; the range
 * test only estimates it. */
double plm_lr_recommended(const plm_lr_range *t, const plm_lr_trials *trials)
{
    if (!trials)
        return t->rule[0].rate;
    return trials->best >= 0 ? trials->trial[trials->best].rate : 0;
}
