/* Trials of learning rates. Candidates are the round rates 1 and 3 times a power of ten. */
#include "lr_try.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "net.h"
#include "runfile.h"

enum { AROUND = 2, LAST = 5 /* of the steps over this, the mean training loss is a trial's */ };

/* One fit as its observer sees it. */
typedef struct {
    plm_cli_lr_tries *tries;
    plm_cli_lr_trial *trial;
    const double *share; /* of the rate, at each step */
    int64_t done;
    double before, sum; /* the epoch's rows and their losses so far */
    double last;        /* sum of the losses of the last batches */
} fitting;

static double round_rate(int number)
{
    const int power = (int)floor(number / 2.0);
    return (number - 2 * power ? 3 : 1) * pow(10, power);
}

/* The number of the round rate nearest to a rate. */
static int round_number(double rate)
{
    int number = 2 * (int)floor(log10(rate));
    while (round_rate(number + 1) * round_rate(number) < rate * rate)
        number++;
    return number;
}

/* The observer knows the mean of the epoch so far: the batch's own loss is what it added. */
static double batch_loss(fitting *f, const plm_event *e)
{
    const double before = f->sum, rows = (double)e->row - f->before;
    f->sum = e->log[0].value * (double)e->row;
    f->before = (double)e->row;
    return rows > 0 ? (f->sum - before) / rows : e->log[0].value;
}

static plm_status batch_end(fitting *f, plm_run *run, const plm_event *e)
{
    plm_cli_lr_tries *t = f->tries;
    const int64_t last = t->steps - (t->steps + LAST - 1) / LAST;
    const double loss = batch_loss(f, e);
    if (f->done++ >= last)
        f->last += loss / (double)(t->steps - last);
    if (t->watch)
        t->watch(t->user, e);
    t->stopped = t->stop && t->stop(t->user);
    if (t->stopped || f->done == t->steps)
        return PLM_STOPPED;
    plm_run_set_learning_rate(run, f->trial->rate * f->share[f->done]);
    return PLM_OK;
}

static plm_status on_event(void *self, plm_run *run, const plm_event *e)
{
    fitting *f = self;
    if (e->kind == PLM_FIT_BEGIN)
        plm_run_set_learning_rate(run, f->trial->rate * f->share[0]);
    if (e->kind == PLM_EPOCH_BEGIN)
        f->sum = f->before = 0;
    return e->kind == PLM_BATCH_END ? batch_end(f, run, e) : PLM_OK;
}

/* Lets a net of one weight go through the steps with the run's optimizer: rate[k] is then the rate
 * of step k by its schedule. */
static plm_status read_rates(plm_model *m, const char *optimizer, int64_t steps, double *rate)
{
    float zero = 0;
    plm_batch batch = {.rows = 1, .inputs = 1, .targets = 1};
    batch.input[0] = batch.target[0] =
        (plm_view){.data = &zero, .dtype = PLM_F32, .rank = 2, .dims = {1, 1}};
    plm_input(m, NULL, 1, (const int64_t[]){1});
    plm_add(m, "dense(1)");
    plm_status status = plm_compile(m, optimizer, "mse", NULL);
    for (int64_t k = 0; status >= 0 && k < steps; k++) {
        status = plm_train_batch(m, &batch, NULL, 0);
        rate[k] = plm_model_learning_rate(m);
    }
    return status;
}

/* share[k]: the rate of step k by the run's schedule, over the highest rate of the steps. */
static int read_shape(plm_cli_job *j, const char *optimizer, int64_t steps, double *share)
{
    plm_model *m = plm_model_new(j->w);
    plm_status status = m ? read_rates(m, optimizer, steps, share) : PLM_E_MEMORY;
    double highest = 0;
    plm_model_free(m);
    if (status < 0)
        return plm_cli_fail_status(j->w, status, "optimizer");
    for (int64_t k = 0; k < steps; k++)
        highest = fmax(highest, share[k]);
    for (int64_t k = 0; k < steps; k++)
        share[k] = highest > 0 ? share[k] / highest : 1;
    return PLM_EXIT_GOOD;
}

/* The figures of the trained net. */
static plm_status measure(plm_cli_lr_tries *t, plm_cli_job *j, plm_cli_lr_trial *trial)
{
    plm_log log[PLM_CLI_LR_TRIAL_LOGS] = {0};
    plm_status status = plm_evaluate(j->model, j->validation, log, PLM_CLI_LR_TRIAL_LOGS);
    for (t->logs = 0; status >= 0 && t->logs < PLM_CLI_LR_TRIAL_LOGS && log[t->logs].name;
         t->logs++) {
        snprintf(t->name[t->logs], sizeof t->name[0], "%s", log[t->logs].name);
        trial->value[t->logs] = log[t->logs].value;
    }
    return status;
}

static int train(plm_cli_lr_tries *t, plm_cli_job *j, plm_cli_settings *s, fitting *f)
{
    float class_weight[PLM_CLI_MOST_CLASSES];
    int classes = 0;
    const plm_observer observer = {.name = "trial", .on_event = on_event, .self = f};
    int code = plm_cli_run_class_weight(s, class_weight, PLM_CLI_MOST_CLASSES, &classes);
    code = code ? code : plm_cli_net_make(j, s);
    if (code)
        return code;
    plm_status status =
        plm_fit(j->model, j->data,
                PLM_FIT(.epochs = t->steps, .extra = &observer, .extras = 1,
                        .class_weight = classes ? class_weight : NULL, .classes = classes));
    f->trial->value[0] = f->last;
    if (status >= 0 && t->validated && !t->stopped)
        status = measure(t, j, f->trial);
    f->trial->diverged = status == PLM_E_NUMERIC || !isfinite(f->trial->value[0]);
    return status < 0 && status != PLM_E_NUMERIC ? plm_cli_job_fail(j, s, status) : PLM_EXIT_GOOD;
}

/* The next trial, before (at 0) or behind the others. */
static int try_rate(plm_cli_lr_tries *t, plm_cli_job *j, plm_cli_settings *s, double rate,
                    const double *share)
{
    const bool first = t->count && rate < t->trial[0].rate;
    plm_cli_lr_trial trial = {.rate = rate};
    fitting f = {.tries = t, .trial = &trial, .share = share};
    const int code = train(t, j, s, &f);
    if (code || t->stopped)
        return code;
    memmove(&t->trial[first], t->trial, (size_t)t->count * sizeof trial);
    t->trial[first ? 0 : t->count] = trial;
    t->count++;
    t->best = -1;
    for (int i = 0; i < t->count; i++)
        if (!t->trial[i].diverged &&
            (t->best < 0 || t->trial[i].value[0] < t->trial[t->best].value[0]))
            t->best = i;
    return PLM_EXIT_GOOD;
}

/* The number of the rate to try next: the five around, from below, then beyond the best while that
 * is at an end. */
static bool next_number(const plm_cli_lr_tries *t, int middle, int *low, int *high, int *number)
{
    if (t->count == PLM_CLI_LR_TRIALS)
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

int plm_cli_lr_try(plm_cli_lr_tries *t, plm_cli_job *j, plm_cli_settings *s, double near)
{
    const bool frozen = plm_cli_setting_text(s, "frozen_optimizer") != NULL;
    const char *optimizer = plm_cli_setting_text(s, frozen ? "frozen_optimizer" : "optimizer");
    double *share = plm_cli_take((size_t)t->steps * sizeof *share);
    const int middle = round_number(near);
    int low = middle - AROUND, high = low, number = 0;
    int code = read_shape(j, optimizer, t->steps, share);
    t->validated = j->validation != NULL;
    t->logs = 1;
    snprintf(t->name[0], sizeof t->name[0], "loss");
    while (!code && !t->stopped && next_number(t, middle, &low, &high, &number))
        code = try_rate(t, j, s, round_rate(number), share);
    free(share);
    return code;
}
