/* Learning rate schedules: the rate as a function of the step, from 0. Binds their specs and
 * computes the rate of a step. Each group of schedules has a file, schedule_*.c. */
#include <math.h>

#include "nn/schedule_rule.h"

/* ---- binding ---- */

/* Fails on an invalid learning rate. */
static plm_status fail_rate(plm *w, const char *where, double rate)
{
    return plm_fail(w, PLM_E_SPEC, where,
                    "0.01 suits sgd, 0.001 adam: find your own with a learning-rate range test",
                    "learning_rate must be above 0 and finite, got %g", rate);
}

/* True if the first rate is valid. Only a warm-up may start at 0. */
static bool is_rate(const plm_schedule *s)
{
    const double first = s->kind->rate(s->config, 0);
    return isfinite(first) && (first > 0 || (!(first < 0) && s->kind->rate(s->config, 1) > 0));
}

plm_status plm_schedule_bind(plm_arena *a, const plm_spec *spec, plm_schedule *out)
{
    *out = (plm_schedule){0};
    if (!spec)
        return plm_fail(a->w, PLM_E_SPEC, "learning_rate", "give a number or a schedule",
                        "learning_rate is none");
    if (spec->type == PLM_SPEC_NUMBER) {
        out->constant = spec->number;
        return isfinite(spec->number) && spec->number > 0
                   ? PLM_OK
                   : fail_rate(a->w, "learning_rate", spec->number);
    }
    const plm_kind *kind = NULL;
    PLM_TRY(plm_kind_bind(a, "schedule", spec, &kind, &out->config));
    out->kind = (const plm_schedule_kind *)(const void *)kind;
    if (out->kind->rule != PLM_RULE_NONE)
        return plm_schedule_rule_bind(a, out);
    const char *fault = out->kind->fault ? out->kind->fault(out->config) : NULL;
    if (fault)
        return plm_fail(a->w, PLM_E_SPEC, kind->name, kind->examples ? kind->examples[0] : NULL,
                        "%s: %s", kind->name, fault);
    return is_rate(out) ? PLM_OK : fail_rate(a->w, kind->name, out->kind->rate(out->config, 0));
}

double plm_schedule_first(const plm_schedule *s)
{
    if (s->kind && s->kind->rate)
        return s->kind->rate(s->config, 0);
    return isnan(s->constant) ? 0 : s->constant;
}

double plm_schedule_momentum(const plm_schedule *s, int64_t step)
{
    return s->kind && s->kind->momentum ? s->kind->momentum(s->config, step) : (double)NAN;
}

plm_status plm_schedule_ask(plm *w, const plm_schedule *s, const plm_clock *clock, double *rate)
{
    if (!s->kind || s->kind->rate)
        *rate = s->kind ? s->kind->rate(s->config, clock->step) : s->constant;
    else
        PLM_TRY(plm_schedule_rule_ask(w, s, clock, rate));
    if (isfinite(*rate) && !(*rate < 0))
        return PLM_OK;
    return plm_fail(
        w, PLM_E_NUMERIC, s->kind ? s->kind->kind.name : "learning_rate",
        "a rate must be finite and not negative: check the expression for this epoch and step",
        "the schedule gives the rate %g in epoch %lld, step %lld", *rate,
        (long long)clock->epoch + 1, (long long)clock->step);
}
