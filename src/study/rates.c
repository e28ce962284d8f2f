/* Computes the learning rates of a schedule step by step, as a training does. */
#include "study/rates.h"

#include "base/arena.h"
#include "base/runtime.h"
#include "nn/nn.h"

/* Fills the curve with the rates of a schedule. */
static plm_status fill(plm *w, const plm_schedule *s, int64_t epochs, int64_t steps, plm_curve *out)
{
    plm_clock clock = {.epochs = epochs,
                       .steps = epochs * steps,
                       .steps_per_epoch = steps,
                       .rate = plm_schedule_first(s)};
    for (int64_t i = 0; i < epochs * steps; i++) {
        clock.step = i;
        clock.epoch = i / steps;
        clock.fresh = i % steps == 0;
        PLM_TRY(plm_schedule_ask(w, s, &clock, &clock.rate));
        out->x[i] = (double)i / (double)steps;
        out->y[i] = clock.rate;
        out->count++;
    }
    out->x[out->count] = (double)epochs; /* the last rate applies until the end of the last step */
    out->y[out->count++] = clock.rate;
    return PLM_OK;
}

/* Computes the learning rate of a schedule at every step of a training. The number of steps is
 * given to the schedule, since some of its lengths may be fractions of the run. The curve has one
 * more point than there are steps, at the end of the last step. */
plm_status plm_rate_curve(plm *w, const char *spec, int64_t epochs, int64_t steps, plm_curve *out)
{
    plm_arena a = {.w = w};
    plm_schedule schedule;
    const plm_spec *parsed = NULL;
    *out = (plm_curve){0};
    out->x = plm_allocate_array(w, (size_t)(epochs * steps) + 1, sizeof *out->x);
    out->y = plm_allocate_array(w, (size_t)(epochs * steps) + 1, sizeof *out->y);
    plm_status status = out->x && out->y ? plm_spec_parse(&a, spec, &parsed) : PLM_E_MEMORY;
    if (status >= 0)
        status = plm_schedule_bind(&a, parsed, &schedule);
    if (status >= 0)
        plm_schedule_resolve(&schedule, epochs * steps);
    if (status >= 0)
        status = fill(w, &schedule, epochs, steps, out);
    if (status < 0)
        plm_fail_within(w, "%s", spec);
    plm_arena_free(&a);
    return status;
}
