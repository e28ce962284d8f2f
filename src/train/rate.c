/* The learning rate and the momentum of a step, as the schedule gives them. */
#include <math.h>
#include <string.h>

#include "train/train.h"

enum { MAX_EPOCHS_AHEAD = 100000 }; /* epochs whose learning rate is checked before a fit */

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

/* Evaluates the schedule for later epochs, so that an expression that fails there is reported
 * before the first step. */
plm_status plm_training_rates_ahead(const plm_training *t, int64_t first, int64_t epochs)
{
    const plm_schedule *s = &t->schedule;
    plm_clock clock = t->clock;
    double rate = t->rate;
    if (s->kind == NULL || s->kind->rule != PLM_RULE_EPOCH || t->forced_rate >= 0)
        return PLM_OK;
    for (int64_t epoch = first; epoch < epochs && epoch < first + MAX_EPOCHS_AHEAD; epoch++) {
        clock.epoch = epoch;
        clock.step = t->step + (epoch - first) * clock.steps_per_epoch;
        clock.fresh = true;
        clock.rate = rate;
        PLM_TRY(plm_schedule_ask(t->m->w, s, &clock, &rate));
    }
    return PLM_OK;
}
