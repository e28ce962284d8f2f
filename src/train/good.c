/* Keeps fallback weights: the finite weights of the last epoch that ended with a finite loss. If
 * the loss or the weights of a fit become NaN or infinite, the fit ends with the fallback weights,
 * so that the model stays usable. */
#include <string.h>

#include "train/run.h"

/* Allocates the vector of fallback weights, unless it exists. It is kept for later fits. */
plm_status plm_training_open_good(plm_training *t)
{
    if (t->good == NULL)
        t->good = plm_allocate_array(t->m->w, t->m->vector.length + PLM_LANES, sizeof *t->good);
    return t->good != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Stores the weights that a fit would return if it ended now: the moving average if there is one,
 * else the parameters. */
static plm_status keep(plm_training *t)
{
    const plm_parameters_vector *v = &t->m->vector;
    PLM_TRY(plm_training_open_good(t));
    memcpy(t->good, v->p, v->length * sizeof *v->p);
    if (t->average != NULL && t->updates > 0)
        memcpy(t->good, t->average, v->trained * sizeof *v->p);
    return PLM_OK;
}

/* Stores the current weights as the fallback weights, unless a checkpoint has just restored
 * fallback weights. Without these, a fit begins with its initial weights as the fallback. */
plm_status plm_run_keep_first(plm_run *r)
{
    plm_training *t = r->training;
    const bool known = t->good_known;
    t->good_known = false;
    return known ? PLM_OK : keep(t);
}

/* True if all numbers are finite. x - x is 0 except for NaN and infinity. */
static bool all_finite(const plm_real *x, size_t count)
{
    int bad = 0;
    for (size_t i = 0; i < count; i++)
        bad |= !(x[i] - x[i] == 0);
    return bad == 0;
}

/* Stores the weights at the end of an epoch. The loss can be finite although a weight is not, if a
 * relu hides it, so the weights themselves are checked. */
plm_status plm_run_keep_good(plm_run *r)
{
    const plm_parameters_vector *v = &r->model->vector;
    if (!all_finite(v->p, v->length))
        return plm_fail_code(
            r->model->w, "G110",
            plm_fail(r->model->w, PLM_E_NUMERIC, "plm_fit",
                     "lower the learning rate, scale the inputs (rescaling, normalization), "
                     "or choose another kernel_initializer",
                     "the weights are no longer finite at the end of epoch %lld",
                     (long long)r->training->clock.epoch + 1));
    return keep(r->training);
}

/* Puts the fallback weights back into the model. Accumulated gradients belong to the replaced
 * weights, so they are dropped. */
void plm_run_restore_good(plm_run *r)
{
    plm_training *t = r->training;
    const plm_parameters_vector *v = &r->model->vector;
    if (t->good == NULL)
        return;
    memcpy(v->p, t->good, v->length * sizeof *v->p);
    if (t->gathered != NULL)
        memset(t->gathered, 0, v->trained * sizeof *t->gathered);
    t->gathered_batches = 0;
    /* If an optimizer distinguishes evaluation weights from training weights, the fallback weights
     * are evaluation weights, so its state is set accordingly. */
    if (t->optimizer->rest != NULL)
        t->state[3] = t->updates > 0;
    r->state.kept_epoch = r->state.epochs;
    r->state.averaged = t->average != NULL;
    plm_model_mark_dirty(r->model);
}
