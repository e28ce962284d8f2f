/* Computes the learning rate and the momentum of a step from the schedule. A schedule is evaluated
 * for each step and not once for each epoch, so its curve is smooth. It can also be evaluated
 * ahead: an expression that fails in the last epoch is found before the first one. */
#include <math.h>
#include <string.h>

#include "train/train.h"

/* max number of epochs whose learning rate is checked before a fit */
enum { MAX_EPOCHS_AHEAD = 100000 };

/* Sets the momentum of the next step among the optimizer's arguments, if the schedule changes
 * it. */
void plm_training_momentum(plm_training *t)
{
    const double momentum = plm_schedule_momentum(&t->schedule, t->step);
    if (!isnan(momentum) && t->optimizer->momentum_offset > 0)
        memcpy((char *)t->config + t->optimizer->momentum_offset, &momentum, sizeof momentum);
}

/* Sets the number of steps of the run in one schedule; 0 = unknown. */
static void resolve(plm_schedule *s, int64_t steps)
{
    s->resolved = steps > 0;
    if (steps > 0)
        plm_schedule_resolve(s, steps);
}

/* Sets the number of the run's last step in all schedules: of the rate, the decay, and the noise of
 * all layers. Their lengths may be fractions of the run. 0 = unknown. */
void plm_training_set_steps(plm_training *t, int64_t steps)
{
    t->clock.steps = steps;
    resolve(&t->schedule, steps);
    resolve(&t->decay, steps);
    for (size_t k = 0; k < t->m->graph.controls; k++)
        resolve(t->m->graph.control[k].schedule, steps);
}

/* Computes the numbers of the next step that schedules give besides the learning rate: weight decay
 * and rates of dropout. Their expressions are evaluated at every step, so that nothing has to be
 * kept in checkpoints. */
static plm_status ask_values(plm_training *t)
{
    plm_graph *g = &t->m->graph;
    plm_clock clock = t->clock;
    clock.fresh = true;
    if (t->decay.kind != NULL)
        PLM_TRY(plm_schedule_ask(t->m->w, &t->decay, &clock, &t->weight_decay));
    for (size_t k = 0; k < g->controls; k++)
        PLM_TRY(plm_schedule_ask(t->m->w, g->control[k].schedule, &clock, &g->control[k].value));
    return PLM_OK;
}

/* Computes the learning rate (and momentum) of the next step. A rate that an observer has set is
 * kept until the observer sets -1, which means the schedule. */
plm_status plm_training_rate(plm_training *t)
{
    plm_training_momentum(t);
    t->clock.step = t->step;
    t->clock.rate = t->rate;
    PLM_TRY(ask_values(t));
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
