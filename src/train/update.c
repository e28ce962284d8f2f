/* One update: the plan's passes, then (or within them) the optimizer over spans of the long vectors. Fused or stored,
 * the optimizer sees the same numbers, so the bits are the same. */
#include <math.h>

#include "base/threads.h"
#include "train/train.h"

static void apply_span(const plm_training *t, size_t offset, plm_real *gradient, size_t count)
{
    plm_span span = t->span;
    span.p = t->m->vector.p + offset;
    span.g = gradient;
    for (int i = 0; i < PLM_SLOTS; i++)
        span.slot[i] = t->m->vector.slot[i] != NULL ? t->m->vector.slot[i] + offset : NULL;
    span.count = count;
    t->optimizer->update(t->config, &span);
}

static void apply_fused(void *self, const plm_weight *weight, size_t offset, plm_real *gradient, size_t count,
                        int thread)
{
    (void)weight;
    (void)thread;
    apply_span(self, offset, gradient, count);
}

static void apply_stored(void *argument, int thread, int threads)
{
    const plm_training *t = argument;
    int64_t first = 0, last = 0;
    plm_share((int64_t)t->m->vector.trained, PLM_LANES, thread, threads, &first, &last);
    if (first < last)
        apply_span(t, (size_t)first, t->m->vector.g + first, (size_t)(last - first));
}

/* Rate and scalars of the coming update. */
static void begin(plm_training *t)
{
    t->rate = t->forced_rate >= 0 ? t->forced_rate : plm_schedule_rate(&t->schedule, t->step);
    t->span.rate = t->rate;
    t->span.step = t->step + 1;
    t->span.isa = t->m->w->kernel->isa;
    if (t->optimizer->begin != NULL)
        t->optimizer->begin(t->config, &t->span, t->state);
}

void plm_training_step(plm_training *t, plm_plan *plan)
{
    plm_running *r = plm_plan_running(plan);
    begin(t);
    r->step = t->step;
    r->apply = t->m->fused ? apply_fused : NULL;
    r->apply_self = t;
    r->g = t->m->fused ? NULL : t->m->vector.g;
    plm_plan_run(plan);
    if (!t->m->fused) {
        plm_parallel(t->m->w->pool, 0, apply_stored, t);
        plm_plan_refresh(plan);
    }
    t->step++;
}
