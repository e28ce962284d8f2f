/* Converts the numbers of a target that is learned standardized to the unit of the user's table.
 *
 * The columns of table(...) know mean and deviation of such a target. An error is computed from the
 * standardized numbers and multiplied by the deviation (results.c). A relative error, a logarithm
 * or a mean cannot be: these metrics get converted rows. */
#include <math.h>

#include "train/train.h"

/* True if the target of an output is learned standardized. */
bool plm_is_standardized(const plm_model *m, int output)
{
    const plm_column *c = plm_model_target(m, output);
    return c != NULL && c->encoding == PLM_ENCODE_STANDARDIZE;
}

/* Returns a number of a target or a prediction in the target's own unit. A standardized number is
 * rounded to float32; so a result that is as good as a whole number is one, since tables have
 * many and some metrics compare with exactly 0 and 1. */
double plm_own_number(plm_scale s, double number)
{
    const double own = number * s.deviation + s.center, whole = rint(own);
    const double digits = 5e-7 * (fabs(s.center) + fabs(number) * s.deviation);
    return fabs(own - whole) <= digits && digits < 0.01 ? whole : own;
}

/* True if a metric gets rows in the target's own unit. A standardized target has one number. */
static bool is_converted(const plm_training *t, const plm_metric *metric)
{
    return metric->kind->unit == PLM_UNIT_UNKNOWN && plm_is_standardized(t->m, metric->target);
}

/* Takes memory for converted rows, if a metric needs it. */
plm_status plm_training_reserve_own(plm_training *t, int64_t rows)
{
    bool needed = false;
    for (int i = 0; i < t->metrics; i++)
        needed = needed || is_converted(t, &t->metric[i]);
    if (!needed || rows <= t->own_rows)
        return PLM_OK;
    plm_release(t->m->w, t->own);
    t->own_rows = 0;
    t->own = plm_allocate_array(t->m->w, 2 * (size_t)rows, sizeof *t->own);
    if (t->own == NULL)
        return PLM_E_MEMORY;
    t->own_rows = rows;
    return PLM_OK;
}

/* Replaces the rows of a metric by rows in the target's own unit, where it needs them. */
void plm_training_to_own(const plm_training *t, const plm_metric *metric, plm_metric_rows *r)
{
    const plm_scale s = plm_model_scale(t->m, metric->target);
    plm_real *prediction = t->own, *target = t->own + t->own_rows;
    if (!is_converted(t, metric) || r->width != 1 || r->target_width != 1 ||
        r->rows > (size_t)t->own_rows)
        return;
    for (size_t i = 0; i < r->rows; i++) {
        prediction[i] = (plm_real)((double)r->prediction[i * r->stride] * s.deviation + s.center);
        target[i] = (plm_real)plm_own_number(s, (double)r->target[i * r->target_stride]);
    }
    r->prediction = prediction;
    r->target = target;
    r->stride = r->target_stride = 1;
}
