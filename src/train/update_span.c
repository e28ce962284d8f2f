/* Updates a span of a parameter when its gradient is known: clips it by value, then decoupled
 * decay, the optimizer, lookahead, moving average. This runs within the backward pass (fused) or
 * after it; the numbers are the same, so the results have the same bits. */
#include <string.h>

#include "kernel/per_isa.h"
#include "train/train.h"

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

/* Applies weight decay: x -= part * x. */
static PLM_BODY void shrink_body(plm_real *restrict x, size_t count, plm_real part)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++)
        x[i] = plm_flushed(x[i] - x[i] * part);
}
PLM_PER_ISA(shrink, (const char *isa, plm_real *restrict x, size_t count, plm_real part),
            (x, count, part))

/* Updates the moving average a of the weights x: a = old a + (1 - old) x. */
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

/* Makes a step of lookahead's slow weights: slow += rate (x - slow), then x = slow. */
static PLM_BODY void catch_up_body(plm_real *restrict slow, plm_real *restrict x, size_t count,
                                   plm_real rate)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++) {
        slow[i] = plm_flushed(slow[i] + rate * (x[i] - slow[i]));
        x[i] = slow[i];
    }
}
PLM_PER_ISA(catch_up,
            (const char *isa, plm_real *restrict slow, plm_real *restrict x, size_t count,
             plm_real rate),
            (slow, x, count, rate))

/* Returns the penalty, constraint and decay of a parameter. They are in the order of the graph's
 * parameters. */
static const plm_rule *rule_of(const plm_training *t, const plm_weight *weight)
{
    return &t->rule[weight - t->m->graph.weight];
}

/* Adds the gradient of the penalty to g [count], the gradient of a part of a parameter. offset:
 * index in the parameter vector at which this part begins. */
void plm_training_penalize(const plm_training *t, const plm_weight *weight, size_t offset,
                           plm_real *g, size_t count)
{
    const plm_rule *rule = rule_of(t, weight);
    if (rule->penalized)
        plm_penalty_gradient(&rule->penalty, t->span->isa, t->m->vector.p + offset, g, count);
}

/* Copies the weights of a span to those vectors that start as a copy of the weights. The first
 * update does this, when the initial or loaded weights are final. */
static void copy_weights(const plm_training *t, const plm_span *span, size_t offset)
{
    for (int i = 0; i < PLM_SLOTS; i++)
        if ((t->optimizer->copies >> i & 1u) != 0 && span->slot[i] != NULL)
            memcpy(span->slot[i], span->p, span->count * sizeof *span->p);
    if (t->slow != NULL)
        memcpy(t->slow + offset, span->p, span->count * sizeof *span->p);
}

/* Calls the optimizer for a span, which is a whole parameter if the optimizer needs one. It gets
 * the working memory of the thread and the optimizer's memory for this parameter. */
static void optimize(const plm_training *t, const plm_weight *weight, const plm_span *span,
                     int thread)
{
    if (t->optimizer->update_whole == NULL) {
        t->optimizer->update(t->config, span);
        return;
    }
    const plm_rule *rule = rule_of(t, weight);
    const plm_whole whole = {.weight = weight,
                             .kernel = t->m->w->kernel,
                             .memory = t->memory != NULL ? t->memory + rule->memory : NULL,
                             .work =
                                 t->work != NULL ? t->work + (size_t)thread * t->work_size : NULL};
    t->optimizer->update_whole(t->config, span, &whole);
}

/* Updates `count` numbers of a parameter, from `offset` in the parameter vector on, by their
 * gradient g. The span of the group is copied, and its pointers are set to these numbers in each
 * vector. The order of the steps is that of Keras. Penalties were added to g before; clipping comes
 * after them and before the decay, which is not part of the gradient. */
void plm_training_update_span(const plm_training *t, const plm_weight *weight, size_t offset,
                              plm_real *g, size_t count, int thread)
{
    const plm_rule *rule = rule_of(t, weight);
    plm_span span = t->span[rule->group];
    if (t->common.clipvalue > 0)
        clip(span.isa, g, count, (plm_real)t->common.clipvalue);
    span.p = t->m->vector.p + offset;
    span.g = g;
    for (int i = 0; i < PLM_SLOTS; i++)
        span.slot[i] = t->m->vector.slot[i] != NULL ? t->m->vector.slot[i] + offset : NULL;
    span.count = count;
    if (t->updates == 0)
        copy_weights(t, &span, offset);
    if (rule->decays)
        shrink(span.isa, span.p, count,
               (plm_real)((rule->decay < 0 ? t->weight_decay : rule->decay) * span.rate));
    optimize(t, weight, &span, thread);
    if (t->slow != NULL && (t->updates + 1) % t->common.lookahead_steps == 0)
        catch_up(span.isa, t->slow + offset, span.p, count, (plm_real)t->common.lookahead_rate);
    if (t->average != NULL) {
        /* at the first update, the average becomes a copy of the weights */
        const double old = t->updates == 0 ? 0.0 : t->common.ema_momentum;
        average(span.isa, t->average + offset, span.p, count, (plm_real)old);
    }
}
