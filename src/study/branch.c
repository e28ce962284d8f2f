/* Trains a branch, which is a short trial training (see branch.h): runs a fit, which an observer
 * ends after the planned steps, then evaluates the model once.
 *
 * A branch only has to show whether a change helps. So its length is not a number of epochs but the
 * number of steps that the caller can afford. */
#include "study/branch.h"

#include <math.h>

#include "base/runtime.h"
#include "study/batch_loss.h"

/* The state of the observer that ends a branch. */
typedef struct {
    const plm_branch_plan *plan; /* what is trained, how long, and on which rows it is measured */
    plm_branch *out;             /* gets the curve of the loss */
    plm_epoch_loss epoch;        /* computes the loss of each step from the means that observers
                                  * get */
    bool huge;                   /* a loss of this epoch was huge */
    /* for each part of the loss curve: number of batches whose loss was added to it */
    int count[PLM_BRANCH_CURVE];
} training;

/* Adds the loss of a batch to its part of the curve. After a huge loss the rest of the epoch is
 * left out: the loss of a batch is the difference of two sums, and a huge sum rounds it away. */
static void add_loss(training *t, double loss)
{
    const int64_t part = t->out->steps * PLM_BRANCH_CURVE / t->plan->steps;
    double *mean = &t->out->curve[part];
    if (t->huge)
        return;
    t->huge = fabs(loss) > 1e6;
    const int before = t->count[part]++;
    *mean = before == 0 ? loss : (*mean * before + loss) / (before + 1);
}

/* Handles an event: counts steps, and ends the fit after the planned number of steps. */
static plm_status on_event(void *self, plm_run *run, const plm_event *e)
{
    training *t = self;
    (void)run;
    if (e->kind == PLM_EPOCH_BEGIN) {
        t->epoch = (plm_epoch_loss){0};
        t->huge = false;
    }
    if (e->kind != PLM_BATCH_END)
        return PLM_OK;
    add_loss(t, plm_batch_loss(&t->epoch, e));
    return ++t->out->steps >= t->plan->steps ? PLM_STOPPED : PLM_OK;
}

/* Measures the model. If its weights are not finite, loss and value stay NaN. */
static plm_status measure(plm_model *m, const plm_branch_plan *p, plm_branch *out)
{
    enum { LOGS = 16 };
    plm_log log[LOGS] = {0};
    const plm_status status = plm_evaluate(m, p->rows, log, LOGS);
    if (status == PLM_E_NUMERIC)
        return PLM_OK;
    PLM_TRY(status);
    out->loss = log[0].value;
    out->value = log[1].name != NULL ? log[1].value : (double)NAN;
    return PLM_OK;
}

/* Trains a model for the steps of the plan and measures it. A loss that is not finite is a result
 * (out->failed), not an error. */
plm_status plm_branch_train(plm_model *m, const plm_branch_plan *p, plm_branch *out)
{
    training t = {.plan = p, .out = out};
    const plm_observer observer = {.name = "branch", .on_event = on_event, .self = &t};
    out->steps = 0;
    out->value = out->loss = (double)NAN;
    for (int i = 0; i < PLM_BRANCH_CURVE; i++)
        out->curve[i] = (double)NAN;
    const plm_status status =
        plm_fit(m, p->train,
                PLM_FIT(.epochs = p->epochs, .extra = &observer, .extras = 1,
                        .class_weight = p->class_weight, .classes = p->classes));
    out->failed = status == PLM_E_NUMERIC;
    if (status < 0 && !out->failed)
        return status;
    return measure(m, p, out);
}
