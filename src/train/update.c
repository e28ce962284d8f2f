/* Makes a training step: runs the plan's passes and, within or after them, the optimizer over spans
 * of the parameter vectors. The order is that of Keras: penalties are added to the gradient, then
 * accumulation, clipping, weight decay, optimizer, moving average, constraints. In a fused and in a
 * stored update the optimizer gets the same numbers, so the results have the same bits.
 *
 * An update is fused if nothing needs whole gradients (rules.c): then the plan passes each piece of
 * a gradient to apply_fused while the piece is in the cache, and no vector of gradients exists.
 * Otherwise the plan stores the gradients, and update_stored.c goes through the vectors several
 * times. */
#include <string.h>

#include "train/probe.h"
#include "train/train.h"

/* ---- one span of a fused update ---- */

/* Called by the plan with a piece of a parameter's gradient, g [count], as soon as it is known:
 * updates this piece of the parameter. It runs on the thread that computed the piece; pieces never
 * overlap. */
static void apply_fused(void *self, const plm_weight *weight, size_t offset, plm_real *g,
                        size_t count, int thread)
{
    const plm_training *t = self;
    plm_training_penalize(t, weight, offset, g, count);
    if (t->norm.measured)
        plm_training_norm_add(t, weight, offset, g, count);
    plm_training_update_span(t, weight, offset, g, count, thread);
}

/* Updates a span as apply_fused does, and adds the squares of the weights, of their gradient and
 * of their update to the partial sums of a probe. Spans of matrices are chunks, whose size
 * depends only on the shape; other spans are cut into pieces of 16. So the sums do not depend on
 * threads. */
static void apply_probed(void *self, const plm_weight *weight, size_t offset, plm_real *g,
                         size_t count, int thread)
{
    enum { PIECE = 2048 };
    const plm_training *t = self;
    const plm_kernels *kernel = t->m->w->kernel;
    _Alignas(64) plm_real old[PIECE];
    double squares[2];
    size_t n = weight->layout == PLM_LAYOUT_PANELS ? PIECE : PLM_LANES;
    for (size_t i = 0; i < count; i += n) {
        n = count - i < n ? count - i : n;
        const plm_real *p = t->m->vector.p + offset + i;
        plm_probe_cell *cell = plm_probe_cell_of(t->probe, weight, offset + i);
        kernel->update_before(old, p, g + i, n, squares);
        apply_fused(self, weight, offset + i, g + i, n, thread);
        cell->weight += squares[0];
        cell->gradient += squares[1];
        cell->update += kernel->update_after(p, old, n);
    }
}

/* ---- the step ---- */

/* Sets the learning rate and the scalars of each group for the next step. due: true = an update
 * will be made. A group is all layers with the same learning rate factor. All groups start from the
 * same step number and state of the optimizer, as if there were one optimizer for all weights; only
 * the rate differs. Group 0 is processed last, and the optimizer keeps its new state. */
static void begin(plm_training *t, bool due)
{
    const plm_kernels *kernel = t->m->w->kernel;
    for (int k = t->groups - 1; k >= 0; k--) {
        double state[4];
        t->span[k].rate = t->rate * t->factor[k];
        t->span[k].step = t->updates + 1;
        t->span[k].isa = kernel->isa;
        t->span[k].kernel = kernel;
        t->span[k].adam = t->m->w->tuning.roots > 0 ? kernel->adam_by_fma : kernel->adam_by_divider;
        memcpy(state, t->state, sizeof state);
        if (t->optimizer->begin != NULL && due)
            t->optimizer->begin(t->config, &t->span[k], k > 0 ? state : t->state);
    }
}

/* Replaces the weights by their moving average. The plans are notified, since they have copies of
 * the weights. */
static void overwrite_by_average(plm_training *t)
{
    memcpy(t->m->vector.p, t->average, t->m->vector.trained * sizeof(plm_real));
    plm_model_mark_dirty(t->m);
}

/* Lists in `vector` the vectors that the fused update reads, so that the plan can prefetch them.
 * vector: PLM_FUSED_READS pointers. Returns their number; 0 if all of them fit into half of a
 * core's second-level cache: they are then still in the cache from the last batch, and prefetching
 * would only cost instructions. */
static int list_fused_reads(const plm_training *t, const plm_real **vector)
{
    const plm_parameters_vector *v = &t->m->vector;
    int count = 0;
    vector[count++] = v->p;
    for (int i = 0; i < PLM_SLOTS; i++)
        if (v->slot[i] != NULL)
            vector[count++] = v->slot[i];
    if (t->average != NULL)
        vector[count++] = t->average;
    if (t->slow != NULL)
        vector[count++] = t->slow;
    return v->trained * (size_t)count > t->m->w->second_cache / 2 ? count : 0;
}

/* Sets up the state that the steps of the plan share. apply: called with each gradient, if the
 * update is fused; NULL = gradients are stored in r->g. Exactly one of apply and g is set: a
 * gradient is either used at once or stored. */
static void set_up(plm_training *t, plm_running *r,
                   void (*apply)(void *, const plm_weight *, size_t, plm_real *, size_t, int))
{
    r->step = t->step;
    r->apply = t->m->fused ? apply : NULL;
    r->apply_self = t;
    r->fused_reads = t->m->fused ? list_fused_reads(t, r->fused_read) : 0;
    r->g = t->m->fused ? NULL : t->m->vector.g;
}

/* Replaces the weights by their moving average after this update, if ema_overwrite_frequency says
 * so. */
static void overwrite_if_due(plm_training *t, bool due)
{
    const int64_t often = t->common.ema_overwrite_frequency;
    if (t->average != NULL && often > 0 && due && t->updates % often == 0)
        overwrite_by_average(t);
}

/* Enforces those constraints that must hold before the first step, too. */
static void constrain_first(plm_training *t, plm_plan *plan)
{
    const plm_graph *g = &t->m->graph;
    for (size_t i = 0; i < g->weights; i++)
        if (g->weight[i].trainable && t->rule[i].constraint.kept != NULL)
            plm_constraint_apply(&t->rule[i].constraint, t->m->vector.p);
    plm_plan_refresh(plan);
}

/* Runs one training step on a bound plan: forward, backward, update. The step is counted at the
 * end, so that the first step has the number 0 for schedules and noise. The penalty is computed
 * before the update, as the loss is, so that both belong to the same weights. Whether the update is
 * fused was decided when the model was compiled. */
void plm_training_step(plm_training *t, plm_plan *plan)
{
    const bool due = plm_training_update_due(t), probed = plm_probe_begin(t->probe, t->step);
    plm_training_wake(t);
    if (t->constrains_first && t->step == 0)
        constrain_first(t, plan);
    begin(t, due);
    plm_training_norm_begin(t, due);
    t->penalty = plm_training_penalty(t);
    set_up(t, plm_plan_running(plan), probed ? apply_probed : apply_fused);
    plm_plan_run(plan);
    if (probed && !t->m->fused)
        plm_probe_stored(t);
    if (!t->m->fused)
        plm_training_update_stored(t, plan, due);
    if (probed && !t->m->fused)
        plm_probe_update(t);
    if (t->norm.measured)
        plm_training_norm_end(t);
    if (due)
        t->updates++;
    overwrite_if_due(t, due);
    if (probed)
        t->probe->look(t->probe->self, plan, t->step);
    t->step++;
}

/* Runs the passes of plm_training_step without the update, to examine an untrained net. */
void plm_training_look(plm_training *t, plm_plan *plan)
{
    const bool probed = plm_probe_begin(t->probe, t->step);
    t->penalty = plm_training_penalty(t);
    set_up(t, plm_plan_running(plan), plm_probe_apply);
    plm_plan_run(plan);
    if (!t->m->fused)
        plm_probe_stored(t);
    if (probed)
        t->probe->look(t->probe->self, plan, t->step);
}

/* Makes an update from the gradients that were accumulated since the last update, so that the last
 * batches of a fit are not lost if they are fewer than gradient_accumulation_steps. */
static void flush(plm_training *t)
{
    plm_training_wake(t);
    begin(t, true);
    plm_training_update_gathered(t);
    t->updates++;
    plm_model_mark_dirty(t->m);
}

/* Ends the training of a fit. Returns true if the average has replaced the weights. The caller has
 * written its last checkpoint before, since a resumed training continues with the weights that this
 * function replaces. */
bool plm_training_finish(plm_training *t)
{
    if (t->gathered != NULL && t->gathered_batches > 0)
        flush(t);
    plm_training_rest(t);
    const bool averaged = t->average != NULL && t->updates > 0;
    if (averaged)
        overwrite_by_average(t);
    return averaged;
}
