/* Runs the range test: a fit in which an observer sets the learning rate of step k to from * (to /
 * from)^(k / (steps - 1)).
 *
 * While the test runs, the loss is smoothed only to decide when to stop: the smoothed loss is an
 * exponential average over about 1/50 of the steps. As in Adam, the average is divided by the sum
 * of its weights, since it starts at 0. */
#include "study/lr_range.h"

#include <math.h>

#include "model/model.h"
#include "study/batch_loss.h"

enum {
    SMOOTHED = 50, /* the average covers about 1/50 of the steps */
    BEGINNING = 20 /* the first 1/20 of the steps shows where the loss begins */
};

/* The state of the observer that runs a test. */
typedef struct {
    plm_lr_range *t; /* gets a rate and a loss for each step */
    plm_epoch_loss epoch;
    /* exponential average of the loss, which starts at 0, and the sum of its weights */
    double mean, weight;
} testing;

/* Returns the learning rate of a step; steps count from 0. */
static double rate_of(const plm_lr_range *t, int64_t step)
{
    const plm_lr_range_options *o = &t->o;
    return o->from * pow(o->to / o->from, (double)step / (double)(o->steps - 1));
}

/* Adds a loss to the average. Returns true if the average is then above the bound. In the first
 * steps `first` and `min` are set to the current average each time, since an average of few batches
 * may be low by chance. */
static bool blows_up(testing *g, double loss)
{
    plm_lr_range *t = g->t;
    const double share = 1 / (1 + (double)t->o.steps / SMOOTHED);
    g->mean += share * (loss - g->mean);
    g->weight += share * (1 - g->weight);
    const double mean = g->mean / g->weight;
    if (t->done <= 1 + t->o.steps / BEGINNING) {
        t->first = t->min = mean;
        t->min_at = t->done;
    }
    if (mean > plm_lr_range_bound(t))
        return true;
    if (mean < t->min) {
        t->min = mean;
        t->min_at = t->done;
    }
    return false;
}

/* Records the rate and the loss of a batch and sets the rate of the next one. Ends the fit
 * (PLM_STOPPED) after the last step, if the loss blows up, or if stop() asks for it. */
static plm_status batch_end(testing *g, plm_run *run, const plm_event *e)
{
    plm_lr_range *t = g->t;
    const double loss = plm_batch_loss(&g->epoch, e);
    t->rate[t->done] = rate_of(t, t->done);
    t->loss[t->done++] = loss;
    if (t->o.watch)
        t->o.watch(t->o.user, e);
    t->stopped = t->o.stop && t->o.stop(t->o.user);
    t->blown = blows_up(g, loss);
    if (t->stopped || t->blown || t->done == t->o.steps)
        return PLM_STOPPED;
    return plm_run_set_learning_rate(run, rate_of(t, t->done));
}

/* Sets the first rate when the fit begins, then handles the end of each batch. */
static plm_status on_event(void *self, plm_run *run, const plm_event *e)
{
    testing *g = self;
    if (e->kind == PLM_FIT_BEGIN)
        PLM_TRY(plm_run_set_learning_rate(run, g->t->o.from));
    if (e->kind == PLM_EPOCH_BEGIN)
        g->epoch = (plm_epoch_loss){0};
    return e->kind == PLM_BATCH_END ? batch_end(g, run, e) : PLM_OK;
}

/* Runs the fit. The fit may have as many epochs as the test has steps, which is always enough; the
 * observer ends it. A loss that is not finite (E_NUMERIC) is a result: it sets `blown`. */
static plm_status test(plm_lr_range *t, plm_model *m, plm_data *d)
{
    testing g = {.t = t};
    const plm_observer observer = {.name = "range test", .on_event = on_event, .self = &g};
    const plm_status status =
        plm_fit(m, d,
                PLM_FIT(.epochs = t->o.steps, .extra = &observer, .extras = 1,
                        .class_weight = t->o.class_weight, .classes = t->o.classes));
    if (status != PLM_E_NUMERIC)
        return status;
    t->blown = true; /* not an error: the test looks for the rate at which training diverges */
    return PLM_OK;
}

/* Runs the test on a compiled model and applies the rules to the curve. Afterwards the model is
 * useless, since it was trained with rates that are too high. */
plm_status plm_lr_range_run(plm_model *m, plm_data *d, const plm_lr_range_options *o,
                            plm_lr_range *out)
{
    plm *w = m->w;
    *out = (plm_lr_range){.w = w, .o = *o, .min = INFINITY};
    out->rate = plm_allocate_array(w, (size_t)o->steps, sizeof *out->rate);
    out->loss = plm_allocate_array(w, (size_t)o->steps, sizeof *out->loss);
    if (!out->rate || !out->loss)
        return PLM_E_MEMORY;
    const plm_status status = test(out, m, d);
    if (status >= 0 && !out->stopped)
        plm_lr_range_evaluate(out);
    return status < 0 ? status : PLM_OK;
}

/* Frees the measured rates and losses. The curve and the rules stay, as they are part of the
 * struct. */
void plm_lr_range_free(plm_lr_range *t)
{
    plm_release(t->w, t->rate);
    plm_release(t->w, t->loss);
    t->rate = t->loss = NULL;
}
