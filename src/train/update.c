/* One update: the plan's passes, then (or within them) the optimizer over spans of the long
 * vectors. Order of Keras: penalties join the gradient -> accumulate -> clip -> weight decay ->
 * optimizer -> average -> constraints. Fused or stored, the optimizer sees the same numbers, so
 * the bits are the same. */
#include <math.h>
#include <string.h>

#include "base/threads.h"
#include "kernel/per_isa.h"
#include "train/train.h"

enum { LOOKED_AHEAD = 100000 }; /* epochs */

/* ---- loops over spans: elementwise, the same bits on every instruction set ---- */

static PLM_BODY void clip_body(plm_real *restrict g, size_t count, plm_real limit)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++) {
        const plm_real low = g[i] < -limit ? -limit : g[i];
        g[i] = low > limit ? limit : low;
    }
}
PLM_PER_ISA(clip, (const char *isa, plm_real *restrict g, size_t count, plm_real limit),
            (g, count, limit))

static PLM_BODY void shrink_body(plm_real *restrict x, size_t count, plm_real part)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++)
        x[i] = plm_flushed(x[i] - x[i] * part);
}
PLM_PER_ISA(shrink, (const char *isa, plm_real *restrict x, size_t count, plm_real part),
            (x, count, part))

static PLM_BODY void scale_body(plm_real *restrict x, size_t count, plm_real factor)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++)
        x[i] = plm_flushed(x[i] * factor);
}
PLM_PER_ISA(scale, (const char *isa, plm_real *restrict x, size_t count, plm_real factor),
            (x, count, factor))

static PLM_BODY void average_body(plm_real *restrict a, const plm_real *restrict x, size_t count,
                                  plm_real old)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++)
        a[i] = plm_flushed(old * a[i] + (1 - old) * x[i]);
}
PLM_PER_ISA(average,
            (const char *isa, plm_real *restrict a, const plm_real *restrict x, size_t count,
             plm_real old),
            (a, x, count, old))

/* ---- one span ---- */

static const plm_rule *rule_of(const plm_training *t, const plm_weight *weight)
{
    return &t->rule[weight - t->m->graph.weight];
}

static void penalize(const plm_training *t, const plm_weight *weight, size_t offset, plm_real *g,
                     size_t count)
{
    const plm_rule *rule = rule_of(t, weight);
    if (rule->penalized)
        plm_penalty_gradient(&rule->penalty, t->span->isa, t->m->vector.p + offset, g, count);
}

/* From the clipped gradient on: decay, optimizer, average. */
static void move(const plm_training *t, const plm_weight *weight, size_t offset, plm_real *g,
                 size_t count)
{
    plm_span span = t->span[rule_of(t, weight)->group];
    span.p = t->m->vector.p + offset;
    span.g = g;
    for (int i = 0; i < PLM_SLOTS; i++)
        span.slot[i] = t->m->vector.slot[i] != NULL ? t->m->vector.slot[i] + offset : NULL;
    span.count = count;
    if (rule_of(t, weight)->decays)
        shrink(span.isa, span.p, count, (plm_real)(t->common.weight_decay * span.rate));
    t->optimizer->update(t->config, &span);
    if (t->average != NULL) {
        /* the first average is the weights themselves */
        const double old = t->updates == 0 ? 0.0 : t->common.ema_momentum;
        average(span.isa, t->average + offset, span.p, count, (plm_real)old);
    }
}

static void apply_fused(void *self, const plm_weight *weight, size_t offset, plm_real *g,
                        size_t count, int thread)
{
    const plm_training *t = self;
    (void)thread;
    penalize(t, weight, offset, g, count);
    if (t->common.clipvalue > 0)
        clip(t->span->isa, g, count, (plm_real)t->common.clipvalue);
    move(t, weight, offset, g, count);
}

/* ---- stored gradients: the same steps over the long vector, parameter by parameter ---- */

typedef void span_function(const plm_training *t, const plm_weight *weight, size_t offset,
                           size_t count);

typedef struct {
    const plm_training *t;
    span_function *run;
} span_job;

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
                     (size_t)(last - first));
    }
}

/* As many threads as the step of the plan had; 0 = all. */
static int threads_of_step(const plm_training *t)
{
    const plm_plan *plan = t->m->plan[PLM_PLAN_TRAIN];
    return plan != NULL ? plm_plan_parts(plan) : 0;
}

static void over_spans(const plm_training *t, span_function *run)
{
    span_job job = {.t = t, .run = run};
    plm_parallel(t->m->w->pool, threads_of_step(t), each_span, &job);
}

static void penalize_span(const plm_training *t, const plm_weight *weight, size_t offset,
                          size_t count)
{
    penalize(t, weight, offset, t->m->vector.g + offset, count);
}

static void gather_span(const plm_training *t, const plm_weight *weight, size_t offset,
                        size_t count)
{
    (void)weight;
    t->m->w->kernel->add(t->gathered + offset, t->gathered + offset, t->m->vector.g + offset,
                         count);
}

/* The mean gradient of what was gathered, which begins again from 0. */
static void spread_span(const plm_training *t, const plm_weight *weight, size_t offset,
                        size_t count)
{
    (void)weight;
    plm_real *g = t->m->vector.g + offset, *sum = t->gathered + offset;
    memcpy(g, sum, count * sizeof *g);
    memset(sum, 0, count * sizeof *sum);
    scale(t->span->isa, g, count, (plm_real)(1.0 / (double)t->gathered_batches));
}

static void move_span(const plm_training *t, const plm_weight *weight, size_t offset, size_t count)
{
    plm_real *g = t->m->vector.g + offset;
    if (t->common.clipvalue > 0)
        clip(t->span->isa, g, count, (plm_real)t->common.clipvalue);
    move(t, weight, offset, g, count);
}

/* Norms are sums over whole parameters in a fixed order; zeros of the padding do not disturb
 * them. */
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

static void constrain(void *argument, int thread, int threads)
{
    const plm_training *t = argument;
    const plm_graph *g = &t->m->graph;
    int64_t first = 0, last = 0;
    plm_share((int64_t)g->weights, 1, thread, threads, &first, &last);
    for (int64_t i = first; i < last; i++)
        if (g->weight[i].trainable && t->rule[i].constraint.kind != NULL)
            plm_constraint_apply(&t->rule[i].constraint, &g->weight[i], t->m->vector.p);
}

/* Is this the batch whose gradient makes an update? */
static bool update_due(const plm_training *t)
{
    return t->gathered == NULL || t->gathered_batches + 1 >= t->common.gradient_accumulation_steps;
}

/* From the whole gradient on. */
static void move_stored(plm_training *t)
{
    if (t->common.clipnorm > 0 || t->common.global_clipnorm > 0)
        clip_norms(t);
    over_spans(t, move_span);
    if (t->constrained)
        plm_parallel(t->m->w->pool, threads_of_step(t), constrain, t);
}

static void update_stored(plm_training *t, plm_plan *plan, bool due)
{
    if (t->penalized)
        over_spans(t, penalize_span);
    if (t->gathered != NULL) {
        over_spans(t, gather_span);
        t->gathered_batches++;
        if (!due)
            return;
        over_spans(t, spread_span);
        t->gathered_batches = 0;
    }
    move_stored(t);
    plm_plan_refresh(plan);
}

/* ---- the step ---- */

void plm_training_momentum(plm_training *t)
{
    const double momentum = plm_schedule_momentum(&t->schedule, t->step);
    if (!isnan(momentum) && t->optimizer->momentum_offset > 0)
        memcpy((char *)t->config + t->optimizer->momentum_offset, &momentum, sizeof momentum);
}

plm_status plm_training_rate(plm_training *t)
{
    plm_training_momentum(t);
    t->clock.step = t->step;
    t->clock.rate = t->rate;
    if (t->forced_rate >= 0)
        t->rate = t->forced_rate;
    else
        PLM_TRY(plm_schedule_ask(t->m->w, &t->schedule, &t->clock, &t->rate));
    t->clock.fresh = false;
    return PLM_OK;
}

/* A rule that goes wrong in a later epoch is told before the first step. */
plm_status plm_training_rates_ahead(const plm_training *t, int64_t first, int64_t epochs)
{
    const plm_schedule *s = &t->schedule;
    plm_clock clock = t->clock;
    double rate = t->rate;
    if (s->kind == NULL || s->kind->rule != PLM_RULE_EPOCH || t->forced_rate >= 0)
        return PLM_OK;
    for (int64_t epoch = first; epoch < epochs && epoch < first + LOOKED_AHEAD; epoch++) {
        clock.epoch = epoch;
        clock.step = t->step + (epoch - first) * clock.steps_per_epoch;
        clock.fresh = true;
        clock.rate = rate;
        PLM_TRY(plm_schedule_ask(t->m->w, s, &clock, &rate));
    }
    return PLM_OK;
}

/* Scalars of the coming update; due: it is made. */
static void begin(plm_training *t, bool due)
{
    /* the first group last: all begin from one state, and its is kept */
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

static void overwrite_by_average(plm_training *t)
{
    memcpy(t->m->vector.p, t->average, t->m->vector.trained * sizeof(plm_real));
    plm_model_stale(t->m);
}

/* Vectors that the fused update reads: named where they are more than a core's cache keeps. */
static int list_fused_reads(const plm_training *t, const plm_real **vector)
{
    enum { KEPT = 1 << 17 }; /* numbers: half of a second cache of 1 MiB */
    const plm_parameters_vector *v = &t->m->vector;
    int count = 0;
    vector[count++] = v->p;
    for (int i = 0; i < PLM_SLOTS; i++)
        if (v->slot[i] != NULL)
            vector[count++] = v->slot[i];
    if (t->average != NULL)
        vector[count++] = t->average;
    return v->trained * (size_t)count > KEPT ? count : 0;
}

void plm_training_step(plm_training *t, plm_plan *plan)
{
    plm_running *r = plm_plan_running(plan);
    const bool due = update_due(t);
    begin(t, due);
    t->penalty = plm_training_penalty(t);
    r->step = t->step;
    r->apply = t->m->fused ? apply_fused : NULL;
    r->apply_self = t;
    r->fused_reads = t->m->fused ? list_fused_reads(t, r->fused_read) : 0;
    r->g = t->m->fused ? NULL : t->m->vector.g;
    plm_plan_run(plan);
    if (!t->m->fused)
        update_stored(t, plan, due);
    if (due)
        t->updates++;
    const int64_t often = t->common.ema_overwrite_frequency;
    if (t->average != NULL && often > 0 && due && t->updates % often == 0)
        overwrite_by_average(t);
    t->step++;
}

/* What was gathered since the last update makes one of its own: nothing of a fit is lost. */
static void flush(plm_training *t)
{
    begin(t, true);
    over_spans(t, spread_span);
    t->gathered_batches = 0;
    move_stored(t);
    t->updates++;
    plm_model_stale(t->m);
}

bool plm_training_settle(plm_training *t)
{
    if (t->gathered != NULL && t->gathered_batches > 0)
        flush(t);
    const bool averaged = t->average != NULL && t->updates > 0;
    if (averaged)
        overwrite_by_average(t);
    return averaged;
}
