/* Updates by stored gradients: after the backward pass, penalties, accumulation over batches,
 * clipping by norms, the optimizer and constraints go through the parameter vectors one after the
 * other, parameter by parameter. Used if something needs whole gradients (rules.c). Each function
 * below that ends in _span is given `count` numbers of the vectors from index `offset` on. */
#include <math.h>
#include <string.h>

#include "base/threads.h"
#include "kernel/per_isa.h"
#include "train/train.h"

/* Scales x [count]: x *= factor. Tiny results become 0, as denormal numbers are slow. */
static PLM_BODY void scale_body(plm_real *restrict x, size_t count, plm_real factor)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++)
        x[i] = plm_flushed(x[i] * factor);
}
PLM_PER_ISA(scale, (const char *isa, plm_real *restrict x, size_t count, plm_real factor),
            (x, count, factor))

/* A function for a span of a parameter: `count` numbers of the parameter vectors, from index
 * `offset` on. */
typedef void span_function(const plm_training *t, const plm_weight *weight, size_t offset,
                           size_t count, int thread);

/* What each_span does: the function that it calls for each span. */
typedef struct {
    /* the training, shared by all threads; each thread writes only to its own spans */
    const plm_training *t;
    span_function *run; /* called for each span */
} span_job;

/* Calls a function for the spans that belong to one thread: a part of each trained parameter.
 * plm_share cuts by multiples of 16 numbers, so that no cache line has two writers. A thread gets a
 * part of every parameter, not some whole parameters, so that all have the same work even if one
 * kernel has most of the weights. */
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

/* Calls a function for the whole parameters that belong to one thread. The position in the
 * parameter vector determines which thread a parameter belongs to. So each parameter belongs to
 * exactly one thread, and its sums have a fixed order. */
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

/* Calls a function for spans of all trained parameters, on all threads. */
static void over_spans(const plm_training *t, span_function *run)
{
    span_job job = {.t = t, .run = run};
    plm_parallel(t->m->w->pool, threads_of_step(t), each_span, &job);
}

/* Adds the gradient of the penalty to the stored gradient of a span. */
static void penalize_span(const plm_training *t, const plm_weight *weight, size_t offset,
                          size_t count, int thread)
{
    (void)thread;
    plm_training_penalize(t, weight, offset, t->m->vector.g + offset, count);
}

/* Adds the gradient of a penalty on a whole matrix to its stored gradient. rule->work: the
 * penalty's working memory; NULL = the parameter has no such penalty. */
static void penalize_matrix(const plm_training *t, const plm_weight *weight, size_t offset,
                            size_t count, int thread)
{
    const plm_rule *rule = &t->rule[weight - t->m->graph.weight];
    (void)count;
    (void)thread;
    if (rule->work != NULL)
        (void)rule->penalty.whole->matrix(rule->penalty.config, weight, t->m->w->kernel->isa,
                                          t->m->vector.p + offset, t->m->vector.g + offset,
                                          rule->work);
}

/* Adds a stored gradient to the accumulated one, t->gathered [trained]: the sum of the gradients of
 * the batches since the last update. */
static void accumulate_span(const plm_training *t, const plm_weight *weight, size_t offset,
                            size_t count, int thread)
{
    (void)weight;
    (void)thread;
    t->m->w->kernel->add(t->gathered + offset, t->gathered + offset, t->m->vector.g + offset,
                         count);
}

/* Sets the gradient to the mean of the accumulated gradients, and the accumulated sum to 0. The
 * mean, not the sum, makes the rate independent of the number of batches. */
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

/* Updates a span by its stored gradient. */
static void update_span(const plm_training *t, const plm_weight *weight, size_t offset,
                        size_t count, int thread)
{
    plm_training_update_span(t, weight, offset, t->m->vector.g + offset, count, thread);
}

/* Adds the squares of a stored gradient to the norm of this update. */
static void norm_span(const plm_training *t, const plm_weight *weight, size_t offset, size_t count,
                      int thread)
{
    (void)thread;
    plm_training_norm_add(t, weight, offset, t->m->vector.g + offset, count);
}

/* Clips gradients by the norm of each parameter, or by the norm of all; only one of these is set.
 * Norms are sums over whole parameters in a fixed order, so one thread computes them when all
 * gradients are complete. Padding is zero, so it does not change the norms. */
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

/* Applies the constraints of the parameters that belong to one thread. A thread gets whole
 * parameters, since a constraint may need all numbers of a parameter. */
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

/* True if an update follows the gradient of this batch. With accumulation this is so after each
 * gradient_accumulation_steps batches. */
bool plm_training_update_due(const plm_training *t)
{
    return t->gathered == NULL || t->gathered_batches + 1 >= t->common.gradient_accumulation_steps;
}

/* Updates all parameters from the stored gradient. The gradient's norm is measured before the
 * gradient is clipped, so the log shows the norm that the net really has. Constraints come last, so
 * that the weights obey them whenever they are used. */
static void apply_stored(plm_training *t)
{
    if (t->norm.measured)
        plm_parallel(t->m->w->pool, threads_of_step(t), each_whole,
                     &(span_job){.t = t, .run = norm_span});
    if (t->common.clipnorm > 0 || t->common.global_clipnorm > 0)
        clip_norms(t);
    if (t->optimizer->update_whole != NULL)
        plm_parallel(t->m->w->pool, threads_of_step(t), each_whole,
                     &(span_job){.t = t, .run = update_span});
    else
        over_spans(t, update_span);
    if (t->constrained)
        plm_parallel(t->m->w->pool, threads_of_step(t), constrain, t);
}

/* Adds the stored gradient of a batch to the accumulated one, if gradients are accumulated, and, if
 * `due`, updates the parameters. */
void plm_training_update_stored(plm_training *t, plm_plan *plan, bool due)
{
    if (t->penalized)
        over_spans(t, penalize_span);
    if (t->penalized_whole)
        plm_parallel(t->m->w->pool, threads_of_step(t), each_whole,
                     &(span_job){.t = t, .run = penalize_matrix});
    /* with accumulation, most batches only add their gradient, and do not update */
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

/* Updates by the mean of the gradients that were accumulated since the last update. */
void plm_training_update_gathered(plm_training *t)
{
    over_spans(t, mean_span);
    t->gathered_batches = 0;
    apply_stored(t);
}
