/* Looks for moving averages of the weights, which an optimizer can keep beside them or put in their
 * place, that leave the net near its initial weights, whatever it learns. */
#include <math.h>
#include <string.h>

#include "doctor/optimizers.h"
#include "doctor/rates.h"

/* Returns the share of the initial weights that remains in the final weights if these are a moving
 * average. *key: the argument of the optimizer that determines it. */
static double initial_share(const plm_case *c, const char **key, double *value)
{
    const plm_optimizer_common *o = &c->model->training->common;
    const double updates = plm_case_updates(c);
    *key = "ema_momentum";
    *value = o->ema_momentum;
    if (o->use_ema && o->ema_overwrite_frequency == 0)
        return pow(o->ema_momentum, updates);
    *key = "lookahead_rate";
    *value = o->lookahead_rate;
    const double times = o->lookahead_steps > 0 ? updates / (double)o->lookahead_steps : 0;
    return times >= 1 ? pow(1 - o->lookahead_rate, times) : 0;
}

/* Reports a moving average of the weights that is longer than the training, so that the final
 * weights are near the initial weights, whatever the net has learned. */
static void find_average(const plm_case *c, double limit, plm_report *r)
{
    const char *key;
    double value;
    const double share = initial_share(c, &key, &value);
    if (!(share > limit))
        return;
    const bool ema = strcmp(key, "ema_momentum") == 0;
    plm_report_found(r, PLM_WARNING, PLM_PART_STATIC, -1,
                     "after all %lld steps the net still has %.0f %% of its initial weights: %s "
                     "is %g",
                     (long long)c->planned, 100 * share, key, value);
    r->number = share;
    r->threshold = limit;
    r->key = "optimizer";
    plm_report_line(r, ema ? "use_ema gives the net the moving average of its weights"
                           : "lookahead gives the net its slow weights");
    const char *other = plm_optimizer_with(r->arena, c->model, key, ema ? "0.99" : "0.5");
    if (other != NULL)
        plm_report_remedy(r, "optimizer", "%s", other);
}

/* Returns the part that the average of the weights keeps of the way which they move until it
 * replaces them, if all steps are equal; 1 = it never replaces them. */
static double kept_part(const plm_case *c)
{
    const plm_optimizer_common *o = &c->model->training->common;
    const double steps = (double)o->ema_overwrite_frequency, m = o->ema_momentum;
    if (!o->use_ema || steps < 1 || !(m < 1))
        return 1;
    return 1 - m * (1 - pow(m, steps)) / ((1 - m) * steps);
}

/* Reports an average of the weights that replaces them so often that they hardly move. */
static void find_overwritten(const plm_case *c, double limit, plm_report *r)
{
    const plm_optimizer_common *o = &c->model->training->common;
    const double kept = kept_part(c);
    if (!(kept < limit))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_STATIC, -1,
                     "the average of the weights replaces them every %lld step%s, and keeps "
                     "%.2g of the way that they have moved",
                     (long long)o->ema_overwrite_frequency,
                     o->ema_overwrite_frequency == 1 ? "" : "s", kept);
    r->number = kept;
    r->threshold = limit;
    r->key = "optimizer";
    plm_report_line(r, "ema_overwrite_frequency is %lld, ema_momentum is %g",
                    (long long)o->ema_overwrite_frequency, o->ema_momentum);
    const char *other = plm_optimizer_with(r->arena, c->model, "ema_overwrite_frequency", "0");
    if (other != NULL)
        plm_report_remedy(r, "optimizer", "%s", other);
}

/* Looks at the average that the net ends with, then at one that replaces the weights meanwhile. */
void plm_find_averages(const plm_case *c, double initial, double kept, plm_report *r)
{
    if (c->model == NULL || c->model->training == NULL || c->planned < 1)
        return;
    find_average(c, initial, r);
    if (!r->found)
        find_overwritten(c, kept, r);
}
