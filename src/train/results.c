/* Computes the values of the logs from the sums of an epoch, and warns if a value is undefined.
 * measure.c computes the sums.
 *
 * A value may be undefined, such as a precision if nothing was predicted positive. It is then NaN
 * or a number by convention, and a warning says which and why, once. */
#include <math.h>
#include <string.h>

#include "train/train.h"

/* Returns the value, but a NaN without its sign, which would be printed. */
static double plain(double value)
{
    return isnan(value) ? (double)NAN : value;
}

/* Returns the factor that converts a metric to the unit of its target, if the model learns the
 * target standardized. It is the standard deviation for errors, its square for squared errors, and
 * 1 for metrics without a unit, and for those that get their numbers in this unit (own_unit.c). */
static double unit_of(const plm_training *t, const plm_metric *metric)
{
    const double deviation = plm_model_scale(t->m, metric->target).deviation;
    const plm_metric_unit unit = metric->kind->unit;
    return unit == PLM_UNIT_SAME ? deviation : unit == PLM_UNIT_SQUARE ? deviation * deviation : 1;
}

/* Computes value number `at` of a metric. *why: the reason if the value is undefined or set by
 * convention, else NULL. */
static double result_of(const plm_metric *metric, int at, const char **why)
{
    *why = NULL;
    if (metric->kind->gather != NULL)
        return plain(metric->kind->result(metric->config, &metric->gathered, at, why));
    if (metric->weight > 0 || isnan(metric->weight))
        return plain(metric->sum / metric->weight);
    *why = metric->weighted ? "all weights are 0" : "no row takes part in this metric";
    return (double)NAN;
}

/* Computes value number `at` of a metric from the first `rows` rows of an epoch. Sorting all
 * predictions after every batch would take longer than training. So in a long epoch an area is
 * computed again only after the number of rows has grown by 1/16. */
static double result_so_far(plm_metric *metric, int at, int64_t rows)
{
    enum { FEW = 4096 };
    const char *why = NULL;
    const bool fresh = rows <= FEW || rows < metric->shown_rows ||
                       rows - metric->shown_rows > metric->shown_rows / 16;
    if (metric->gathered.curves == 0)
        return result_of(metric, at, &why);
    if (fresh || metric->shown_rows == 0) {
        metric->shown = result_of(metric, at, &why);
        metric->shown_rows = rows;
    }
    return metric->shown;
}

/* Writes the losses to the logs: the total loss, then the loss of each output if there are several.
 * Returns how many were written. */
static int log_losses(const plm_training *t, bool validation, plm_log *out, int capacity)
{
    const double rows = t->rows > 0 ? (double)t->rows : 1.0;
    int n = 0;
    if (n < capacity)
        out[n++] = (plm_log){.name = validation ? "val_loss" : "loss", .value = t->loss_sum / rows};
    for (int k = 0; k < t->m->heads && t->head[k].loss_name != NULL && n < capacity; k++)
        out[n++] = (plm_log){.name = validation ? t->head[k].val_loss_name : t->head[k].loss_name,
                             .value = t->head[k].loss_sum / rows};
    return n;
}

/* Writes the losses and metrics so far to the logs: the loss first, then metrics in the order given
 * to plm_compile. validation: true = use the names for validation (val_...). Errors of a
 * standardized target are in standardized units; unit_of converts them to the unit of the data. */
int plm_training_logs(plm_training *t, bool validation, plm_log *out, int capacity)
{
    const char *why = NULL;
    int n = log_losses(t, validation, out, capacity);
    for (plm_metric *metric = t->metric; metric < t->metric + t->metrics; metric++)
        for (int at = 0; at < metric->results && n < capacity; at++)
            out[n++] = (plm_log){.name = validation ? metric->val_name[at] : metric->name[at],
                                 .value = unit_of(t, metric) * result_of(metric, at, &why)};
    return n;
}

/* Writes the loss and the metrics of the rows so far, within an epoch. Returns the number of
 * values. Some metrics are too slow to compute after each batch; result_so_far has their last
 * value. */
int plm_training_logs_so_far(plm_training *t, plm_log *out, int capacity)
{
    int n = log_losses(t, false, out, capacity);
    for (plm_metric *metric = t->metric; metric < t->metric + t->metrics; metric++)
        for (int at = 0; at < metric->results && n < capacity; at++)
            out[n++] = (plm_log){.name = metric->name[at],
                                 .value = unit_of(t, metric) * result_so_far(metric, at, t->rows)};
    return n;
}

/* ---- undefined values ---- */

/* Allows plm_training_warn to warn about each metric once more, since each fit gives a warning once
 * for each metric. Allows the warning about weights of 0 once more, too. */
void plm_training_reset_warnings(plm_training *t)
{
    t->weightless = false;
    for (int i = 0; i < t->metrics; i++)
        t->metric[i].warned[0] = t->metric[i].warned[1] = false;
}

/* Warns about metrics that are not defined. validation: true = check the values of validation,
 * false = those of training. */
void plm_training_warn(plm_training *t, bool validation)
{
    for (plm_metric *metric = t->metric; metric < t->metric + t->metrics; metric++)
        for (int at = 0; at < metric->results && !metric->warned[validation]; at++) {
            const char *why = NULL, *name = validation ? metric->val_name[at] : metric->name[at];
            const double value = result_of(metric, at, &why);
            metric->warned[validation] = why != NULL;
            if (why != NULL && isnan(value))
                plm_warn(t->m->w, "%s is not defined (nan): %s", name, why);
            else if (why != NULL)
                plm_warn(t->m->w, "%s is %.4g by convention: %s", name, value, why);
        }
}
