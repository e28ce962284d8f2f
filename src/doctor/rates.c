/* Sizes of updates, and other learning rates for the optimizer of a model. */
#include "doctor/rates.h"

#include <math.h>

#include "nn/nn.h"

double plm_largest_update(const plm_case *c, const plm_sample *s, int64_t *layer)
{
    double most = 0;
    *layer = -1;
    for (int64_t i = 0; i < c->layers; i++) {
        const plm_reading *r = &s->reading[i];
        if (!(r->norm_w > 0) || isnan(r->norm_u) || !(r->norm_u / r->norm_w > most))
            continue;
        most = r->norm_u / r->norm_w;
        *layer = i;
    }
    return most;
}

/* Rounds to one significant digit. */
static double one_digit(double value)
{
    const double power = pow(10, floor(log10(value)));
    return round(value / power) * power;
}

/* Returns a spec without its first argument, if that has no key: the rate of an optimizer. NULL =
 * no memory. */
static const plm_spec *without_first(plm_arena *a, const plm_spec *s)
{
    if (s->count == 0 || s->argument[0].key != NULL)
        return s;
    plm_spec *copy = plm_arena_take(a, sizeof *copy);
    if (copy == NULL)
        return NULL;
    *copy = *s;
    copy->argument++;
    copy->count--;
    return copy;
}

/* Returns the optimizer of a model with another learning rate; NULL = no memory. */
static const char *optimizer_with(plm_arena *a, const plm_model *m, double rate)
{
    const plm_spec *own = NULL, *number = NULL;
    const char *text = plm_model_setting(m, "optimizer"),
               *digits = plm_arena_format(a, "%g", one_digit(rate));
    if (text == NULL || digits == NULL || plm_spec_parse(a, text, &own) < 0 ||
        plm_spec_parse(a, digits, &number) < 0)
        return NULL;
    own = without_first(a, own);
    const plm_spec *changed = own != NULL ? plm_spec_with(a, own, "learning_rate", number) : NULL;
    return changed != NULL ? plm_spec_text(a, changed) : NULL;
}

void plm_rate_remedy(plm_report *r, const plm_case *c, double factor)
{
    const plm_training *t = c->model->training;
    const char *value =
        t != NULL && t->rate > 0 ? optimizer_with(r->arena, c->model, t->rate * factor) : NULL;
    if (value != NULL)
        plm_report_remedy(r, "optimizer", "%s", value);
    plm_report_remedy(r, "", "plummet lr-find RUNFILE shows the range");
}
