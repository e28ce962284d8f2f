/* Makes a training step: runs the plan's passes and, within or after them, the optimizer over spans
 * of the long vectors. The order is that of Keras: penalties are added to the gradient, then
 * accumulation, clipping, weight decay, optimizer, moving average, constraints. In a fused and in a
 * stored update the optimizer gets the same numbers, so the results have the same bits.
 *
 * An update is fused if nothing needs whole gradients (rules.c): then the plan passes each piece of
 * a gradient to apply_fused while the piece is in the cache, and no vector of gradients exists.
 * Otherwise the plan stores the gradients, and update_stored goes through the vectors several
 * times. */
#include <math.h>
#include <string.h>

#include "base/threads.h"
#include "kernel/per_isa.h"
#include "train/probe.h"
#include "train/train.h"

/* ---- elementwise loops over spans, with the same bits on every instruction set ---- */

/* Limits g [count] to [-limit, limit]. A NaN is kept, since it must reach the loss, which reports
 * it. */
static PLM_BODY void clip_body(plm_real *restrict g, size_t count, plm_real limit)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++) {
        const plm_real low = g[i] < -limit ? -limit : g[i];
        g[i] = low > limit ? limit : low;
    }
}
PLM_PER_ISA(clip, (const char *isa, plm_real *restrict g, size_t count, plm_real limit),
            (g, count, limit))

/* Scales x [count]: x *= factor. Tiny results become 0, as denormal numbers are slow. */
static PLM_BODY void scale_body(plm_real *restrict x, size_t count, plm_real factor)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++)
        x[i] = plm_flushed(x[i] * factor);
}
PLM_PER_ISA(scale, (const char *isa, plm_real *restrict x, size_t count, plm_real factor),
            (x, count, factor))

/* ---- one span ---- */

/* Returns the rule of a parameter. Rules are in the order of the graph's parameters. */
static const plm_rule *rule_of(const plm_training *t, const plm_weight *weight)
{
    return &t->rule[weight - t->m->graph.weight];
}

/* Adds the gradient of the penalty to g [count]. g: a piece of the gradient. offset: index in the
 * long vector at which its weights begin. */
static void penalize(const plm_training *t, const plm_weight *weight, size_t offset, plm_real *g,
                     size_t count)
{
    const plm_rule *rule = rule_of(t, weight);
    if (rule->penalized)
        plm_penalty_gradient(&rule->penalty, t->span->isa, t->m->vector.p + offset, g, count);
}

/* Called by the plan as soon as the gradient g [count] of a span of a parameter is known. It runs
 * on the thread that computed the piece; pieces never overlap. */
static void apply_fused(void *self, const plm_weight *weight, size_t offset, plm_real *g,
                        size_t count, int thread)
{
    const plm_training *t = self;
    penalize(t, weight, offset, g, count);
    if (t->norm.measured)
        plm_training_norm_add(t, weight, offset, g, count);
    if (t->common.clipvalue > 0)
        clip(t->span->isa, g, count, (plm_real)t->common.clipvalue);
    plm_training_update_span(t, weight, offset, g, count, thread);
}

/* Does the same as apply_fused with a probe: adds the squares of the weights, of their gradient and
 * of their update to the cell of the span. Spans of matrices are chunks, whose size depends only on
 * the shape; other spans are cut into pieces of 16. So the sums do not depend on threads. */
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

/* ---- stored gradients: the same steps after the backward pass, parameter by parameter ---- */

/* A function for a span of a parameter: `count` numbers of the long vectors, from index `offset`
 * on. */
typedef void span_function(const plm_training *t, const plm_weight *weight, size_t offset,
                           size_t count, int thread);

/* The argument of each_span: the function to call. */
typedef struct {
    const plm_training *t;
    span_function *run;
} span_job;

/* Calls a function for the spans that belong to one thread: a part of each trained parameter.
 * plm_share cuts by multiples of 16 numbers, so that no cache line has two writers. */
static void each_span(void *argument, int thread, int threads)
{
    const span_job *job = argument;
    const plm_graph *g = &job->t->m->graph;
    for (size_t i = 0; i < g->weights; i++) {
        int64_t first = 0, last = 0;
        if (!g->weight[i].trainable)
            continue;
        plm_share((int64_t)g->weight[i].size, PLM_LANES, thread, threads, &first, &last);
        if (first < last)
            job->run(job->t, &g->weight[i], g->weight[i].offset + (size_t)first,
                     (size_t)(last - first), thread);
    }
}

/* Calls a function for the whole parameters that belong to one thread. The position in the long
 * vector determines which thread a parameter belongs to. So each parameter belongs to exactly one
 * thread, and its sums have a fixed order. */
static void each_whole(void *argument, int thread, int threads)
{
    const span_job *job = argument;
    const plm_graph *g = &job->t->m->graph;
    int64_t first = 0, last = 0;
    plm_share((int64_t)job->t->m->vector.trained, 1, thread, threads, &first, &last);
    for (size_t i = 0; i < g->weights; i++) {
        const plm_weight *weight = &g->weight[i];
        if (weight->trainable && (int64_t)weight->offset >= first && (int64_t)weight->offset < last)
            job->run(job->t, weight, weight->offset, weight->size, thread);
    }
}

/* Returns the number of threads that the step of the plan used; 0 = all. The update then uses as
 * many threads as the plan found to be fastest. */
static int threads_of_step(const plm_training *t)
{
    const plm_plan *plan = t->m->plan[PLM_PLAN_TRAIN];
    return plan != NULL ? plm_plan_parts(plan) : 0;
}

/* Calls a function for all trained parameters, on all threads. */
static void over_spans(const plm_training *t, span_function *run)
{
    span_job job = {.t = t, .run = run};
    plm_parallel(t->m->w->pool, threads_of_step(t), each_span, &job);
}

/* Adds the gradient of the penalty to the stored gradient. */
static void penalize_span(const plm_training *t, const plm_weight *weight, size_t offset,
                          size_t count, int thread)
{
    (void)thread;
    penalize(t, weight, offset, t->m->vector.g + offset, count);
}

/* Adds the gradient of a penalty on a whole matrix to its stored gradient. rule->work: memory of
 * the rule; NULL = the parameter has no such penalty. */
static void penalize_matrix(const plm_training *t, const plm_weight *weight, size_t offset,
                            size_t count, int thread)
{
    const plm_rule *rule = rule_of(t, weight);
    (void)count;
    (void)thread;
    if (rule->work != NULL)
        (void)rule->penalty.whole->matrix(rule->penalty.config, weight, t->m->vector.p + offset,
                                          t->m->vector.g + offset, rule->work);
}

/* Adds the gradient to the accumulated one. t->gathered [trained]: the sum of the gradients of the
 * batches since the last update. */
static void accumulate_span(const plm_training *t, const plm_weight *weight, size_t offset,
                            size_t count, int thread)
{
    (void)weight;
    (void)thread;
    t->m->w->kernel->add(t->gathered + offset, t->gathered + offset, t->m->vector.g + offset,
                         count);
}

/* Sets the gradient to the mean of the accumulated gradients, and the accumulated sum to 0. */
static void mean_span(const plm_training *t, const plm_weight *weight, size_t offset, size_t count,
                      int thread)
{
    (void)weight;
    (void)thread;
    plm_real *g = t->m->vector.g + offset, *sum = t->gathered + offset;
    memcpy(g, sum, count * sizeof *g);
    memset(sum, 0, count * sizeof *sum);
    scale(t->span->isa, g, count, (plm_real)(1.0 / (double)t->gathered_batches));
}

/* Clips the gradient by value and updates. */
static void clip_and_update_span(const plm_training *t, const plm_weight *weight, size_t offset,
                                 size_t count, int thread)
{
    plm_real *g = t->m->vector.g + offset;
    if (t->common.clipvalue > 0)
        clip(t->span->isa, g, count, (plm_real)t->common.clipvalue);
    plm_training_update_span(t, weight, offset, g, count, thread);
}

/* Adds the squares of a stored gradient to the norm of this update. */
static void norm_span(const plm_training *t, const plm_weight *weight, size_t offset, size_t count,
                      int thread)
{
    (void)thread;
    plm_training_norm_add(t, weight, offset, t->m->vector.g + offset, count);
}

/* Clips gradients by the norm of each parameter or by the norm of all. Norms are sums over whole
 * parameters in a fixed order. Padding is zero, so it does not change the norms. */
static void clip_norms(const plm_training *t)
{
    const plm_graph *graph = &t->m->graph;
    const plm_kernels *kernel = t->m->w->kernel;
    double total = 0;
    for (size_t i = 0; i < graph->weights; i++) {
        const plm_weight *weight = &graph->weight[i];
        if (!weight->trainable)
            continue;
        plm_real *g = t->m->vector.g + weight->offset;
        const double square = kernel->sum_squares(g, weight->size), norm = sqrt(square);
        total += square;
        if (t->common.clipnorm > 0 && norm > t->common.clipnorm)
            scale(t->span->isa, g, weight->size, (plm_real)(t->common.clipnorm / norm));
    }
    const double norm = sqrt(total);
    if (t->common.global_clipnorm > 0 && norm > t->common.global_clipnorm)
        scale(t->span->isa, t->m->vector.g, t->m->vector.trained,
              (plm_real)(t->common.global_clipnorm / norm));
}

/* Applies the constraints of the parameters that belong to one thread. */
static void constrain(void *argument, int thread, int threads)
{
    const plm_training *t = argument;
    const plm_graph *g = &t->m->graph;
    int64_t first = 0, last = 0;
    plm_share((int64_t)g->weights, 1, thread, threads, &first, &last);
    for (int64_t i = first; i < last; i++)
        if (g->weight[i].trainable && t->rule[i].constraint.kind != NULL)
            plm_constraint_apply(&t->rule[i].constraint, t->m->vector.p);
}

/* True if the gradient of this batch completes an update. With accumulation this is true after each
 * gradient_accumulation_steps batches. */
static bool update_due(const plm_training *t)
{
    return t->gathered == NULL || t->gathered_batches + 1 >= t->common.gradient_accumulation_steps;
}

/* Updates all parameters from the stored gradient. */
static void apply_stored(plm_training *t)
{
    if (t->norm.measured)
        plm_parallel(t->m->w->pool, threads_of_step(t), each_whole,
                     &(span_job){.t = t, .run = norm_span});
    if (t->common.clipnorm > 0 || t->common.global_clipnorm > 0)
        clip_norms(t);
    if (t->optimizer->update_whole != NULL)
        plm_parallel(t->m->w->pool, threads_of_step(t), each_whole,
                     &(span_job){.t = t, .run = clip_and_update_span});
    else
        over_spans(t, clip_and_update_span);
    if (t->constrained)
        plm_parallel(t->m->w->pool, threads_of_step(t), constrain, t);
}

/* Accumulates the stored gradient and, if `due`, updates the parameters. */
static void update_stored(plm_training *t, plm_plan *plan, bool due)
{
    if (t->penalized)
        over_spans(t, penalize_span);
    if (t->penalized_whole)
        plm_parallel(t->m->w->pool, threads_of_step(t), each_whole,
                     &(span_job){.t = t, .run = penalize_matrix});
    /* with accumulation, most batches only add their gradient */
    if (t->gathered != NULL) {
        over_spans(t, accumulate_span);
        t->gathered_batches++;
        if (!due)
            return;
        over_spans(t, mean_span);
        t->gathered_batches = 0;
    }
    apply_stored(t);
    plm_plan_refresh(plan);
}

/* ---- the step ---- */

/* Sets the learning rate and the scalars of each group for the next step. due: true = an update
 * will be made. Every group starts from the same state of the optimizer. Group 0 is processed last,
 * and its new state is stored. A group consists of layers with the same learning rate factor; each
 * group has a span as a template. */
static void begin(plm_training *t, bool due)
{
    for (int k = t->groups - 1; k >= 0; k--) {
        double state[4];
        t->span[k].rate = t->rate * t->factor[k];
        t->span[k].step = t->updates + 1;
        t->span[k].isa = t->m->w->kernel->isa;
        memcpy(state, t->state, sizeof state);
        if (t->optimizer->begin != NULL && due)
            t->optimizer->begin(t->config, &t->span[k], k > 0 ? state : t->state);
    }
}

/* Replaces the weights by their moving average. Copies of weights in the plans are then out of
 * date, so they are marked as dirty. */
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
 * update is fused; NULL = gradients are stored in r->g. */
static void set_up(plm_training *t, plm_running *r,
                   void (*apply)(void *, const plm_weight *, size_t, plm_real *, size_t, int))
{
    r->step = t->step;
    r->apply = t->m->fused ? apply : NULL;
    r->apply_self = t;
    r->fused_reads = t->m->fused ? list_fused_reads(t, r->fused_read) : 0;
    r->g = t->m->fused ? NULL : t->m->vector.g;
}

/* Replaces the weights by their moving average if the settings ask for it after this update. */
static void overwrite_if_due(plm_training *t, bool due)
{
    const int64_t often = t->common.ema_overwrite_frequency;
    if (t->average != NULL && often > 0 && due && t->updates % often == 0)
        overwrite_by_average(t);
}

/* Enforces the constraints that hold before the first step, too. */
static void constrain_first(plm_training *t, plm_plan *plan)
{
    const plm_graph *g = &t->m->graph;
    for (size_t i = 0; i < g->weights; i++)
        if (g->weight[i].trainable && t->rule[i].constraint.kept != NULL)
            plm_constraint_apply(&t->rule[i].constraint, t->m->vector.p);
    plm_plan_refresh(plan);
}

/* Runs one training step on a bound plan: forward, backward, update. The step is counted at the
 * end, so that the first step has the number 0 for schedules and noise. */
void plm_training_step(plm_training *t, plm_plan *plan)
{
    const bool due = update_due(t), probed = plm_probe_begin(t->probe, t->step);
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
        update_stored(t, plan, due);
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

/* Does the same as plm_training_step without the update, to examine an untrained net. */
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
    over_spans(t, mean_span);
    t->gathered_batches = 0;
    apply_stored(t);
    t->updates++;
    plm_model_mark_dirty(t->m);
}

/* Ends the training of a fit. Returns true if the average has replaced the weights. */
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
