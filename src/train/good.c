/* Keeps the fallback state: parameters, vectors and numbers of the training at the end of the last
 * epoch that ended with a finite loss and finite weights. If the loss or the weights of a fit
 * become NaN or infinite, the moments of the optimizer do, too. So model and training return to the
 * whole fallback state: the model stays usable, later fits can go on, and the fit can be resumed
 * from there. */
#include <string.h>

#include "train/snapshot.h"

/* Returns the number of vectors that plm_snapshot_own lists besides those of the fallback state. */
static int own_vectors(const plm_training *t, plm_snapshot_vector *list)
{
    return plm_snapshot_own(t, false, list);
}

/* Returns the numbers of the fallback state: of the parameters, the vectors and the optimizer's
 * memory. */
static size_t good_count(const plm_training *t)
{
    plm_snapshot_vector list[PLM_SNAPSHOT_OWN];
    return t->m->vector.length + (size_t)own_vectors(t, list) * t->m->vector.trained + t->memories +
           PLM_LANES;
}

/* For plm_model_memory. */
size_t plm_training_good_bytes(const plm_training *t)
{
    return good_count(t) * sizeof *t->good;
}

/* Allocates the fallback state, unless it exists. It is kept for later fits. */
plm_status plm_training_open_good(plm_training *t)
{
    if (t->good == NULL)
        t->good = plm_allocate_array(t->m->w, good_count(t), sizeof *t->good);
    return t->good != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Copies `count` numbers from `own` to `copy` if `out`, else from `copy` to `own`. */
static void copy_numbers(plm_real *own, plm_real *copy, size_t count, bool out)
{
    if (count > 0)
        memcpy(out ? copy : own, out ? own : copy, count * sizeof *own);
}

/* Copies the vectors and the memory of the training to the fallback state if `out`, else back. */
static void copy_vectors(plm_training *t, bool out)
{
    plm_snapshot_vector list[PLM_SNAPSHOT_OWN];
    const int n = own_vectors(t, list);
    plm_real *copy = t->good + t->m->vector.length;
    for (int i = 0; i < n; i++, copy += t->m->vector.trained)
        copy_numbers(list[i].vector, copy, t->m->vector.trained, out);
    copy_numbers(t->memory, copy, t->memories, out);
}

/* For checkpoints: the numbers, then the copy of the optimizer's memory, which is the end of the
 * fallback state. */
size_t plm_good_numbers(plm_training *t, double *at, bool out)
{
    const size_t end = t->good != NULL ? good_count(t) - PLM_LANES - t->memories : 0;
    if (at != NULL)
        memcpy(out ? at : t->good_number, out ? t->good_number : at, sizeof t->good_number);
    for (size_t i = 0; at != NULL && i < t->memories; i++) {
        if (out)
            at[PLM_GOOD_NUMBERS + i] = (double)t->good[end + i];
        else
            t->good[end + i] = (plm_real)at[PLM_GOOD_NUMBERS + i];
    }
    return PLM_GOOD_NUMBERS + t->memories;
}

/* Stores the current state as the fallback state, except the parameters. */
static void keep_rest(plm_training *t)
{
    double *number = t->good_number;
    copy_vectors(t, true);
    number[PLM_GOOD_STEP] = (double)t->step;
    number[PLM_GOOD_UPDATES] = (double)t->updates;
    number[PLM_GOOD_GATHERED] = (double)t->gathered_batches;
    number[PLM_GOOD_RATE] = t->rate;
    number[PLM_GOOD_FORCED_RATE] = t->forced_rate;
    memcpy(number + PLM_GOOD_STATE, t->state, sizeof t->state);
}

/* Stores the current state as the fallback state. */
static plm_status keep(plm_training *t)
{
    PLM_TRY(plm_training_open_good(t));
    copy_numbers(t->m->vector.p, t->good, t->m->vector.length, true);
    keep_rest(t);
    return PLM_OK;
}

/* Stores the current state as the fallback state, unless a checkpoint has just restored one. A
 * checkpoint of an older version restored only its parameters. */
plm_status plm_run_keep_first(plm_run *r)
{
    plm_training *t = r->training;
    const bool known = t->good_known;
    t->good_known = false;
    if (!known)
        return keep(t);
    if (!t->good_whole)
        keep_rest(t);
    return PLM_OK;
}

/* True if all numbers are finite, or as infinite as before: normalization keeps the variance of a
 * column whose square is too large for float32 as infinity. x - x is 0 except for NaN and infinity.
 * before [count]: the numbers of the fallback state. */
static bool all_finite(const plm_real *x, const plm_real *before, size_t count)
{
    int bad = 0;
    for (size_t i = 0; i < count; i++)
        bad |= !(x[i] - x[i] == 0 || x[i] == before[i]);
    return bad == 0;
}

/* Stores the state at the end of an epoch. The loss can be finite although a weight is not, if a
 * relu hides it, so the weights themselves are checked. */
plm_status plm_run_keep_good(plm_run *r)
{
    const plm_parameters_vector *v = &r->model->vector;
    if (!all_finite(v->p, r->training->good, v->length))
        return plm_fail_code(
            r->model->w, "G110",
            plm_fail(r->model->w, PLM_E_NUMERIC, "plm_fit",
                     "lower the learning rate, scale the inputs (rescaling, normalization), "
                     "or choose another kernel_initializer",
                     "the weights are no longer finite at the end of epoch %lld",
                     (long long)r->training->clock.epoch + 1));
    return keep(r->training);
}

/* Adds a learning rate that an observer has set at the end of the epoch. */
void plm_run_keep_rate(plm_run *r)
{
    r->training->good_number[PLM_GOOD_FORCED_RATE] = r->training->forced_rate;
}

/* Sets model and training to the fallback state. */
void plm_run_restore_good(plm_run *r)
{
    plm_training *t = r->training;
    const double *number = t->good_number;
    if (t->good == NULL)
        return;
    copy_numbers(t->m->vector.p, t->good, t->m->vector.length, false);
    copy_vectors(t, false);
    t->step = (int64_t)number[PLM_GOOD_STEP];
    t->updates = (int64_t)number[PLM_GOOD_UPDATES];
    t->gathered_batches = (int64_t)number[PLM_GOOD_GATHERED];
    t->rate = number[PLM_GOOD_RATE];
    t->forced_rate = number[PLM_GOOD_FORCED_RATE];
    memcpy(t->state, number + PLM_GOOD_STATE, sizeof t->state);
    plm_model_mark_dirty(r->model);
}
