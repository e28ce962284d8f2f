/* Makes the names of the values in the logs unique, finds the value that another name of a metric
 * means, and knows for each name whether higher is better.
 *
 * Two metrics with the same name would share a column of history.csv, and an observer could not
 * tell which one it monitors. */
#include <string.h>

#include "train/train.h"

/* True if a and b are the same text. a may be NULL, which equals no text. */
static bool same(const char *a, const char *b)
{
    return a != NULL && strcmp(a, b) == 0;
}

/* True for the name of a loss: the total loss or the loss of one output, in training or
 * validation. */
bool plm_training_is_loss(const plm_training *t, const char *name)
{
    bool found = same("loss", name) || same("val_loss", name);
    for (int k = 0; k < t->m->heads; k++)
        found = found || same(t->head[k].loss_name, name) || same(t->head[k].val_loss_name, name);
    return found;
}

/* Returns whether a higher or a lower value is better, for the value with this name in the logs.
 * Losses are recognised by their names; the descriptor of a metric says it. */
plm_direction plm_training_direction(const plm_training *t, const char *name)
{
    if (plm_training_is_loss(t, name))
        return PLM_DIRECTION_DOWN;
    for (const plm_metric *metric = t->metric; metric < t->metric + t->metrics; metric++)
        for (int at = 0; at < metric->results; at++)
            if (same(metric->name[at], name) || same(metric->val_name[at], name))
                return metric->kind->kind.direction;
    /* the names of values that are no metrics: learning_rate, gradient_norm, penalty_share */
    return PLM_DIRECTION_UNKNOWN;
}

/* True if `name`, without "val_", means this metric: it is the name of its kind or an alias of it,
 * with the name of the output before it if there are several. */
static bool means(const plm_training *t, const plm_metric *metric, const char *name)
{
    if (t->m->heads > 1) {
        const char *output = plm_model_output_name(t->m, metric->target);
        const size_t length = strlen(output);
        if (strncmp(name, output, length) != 0 || name[length] != '_')
            return false;
        name += length + 1;
    }
    return metric->results == 1 && plm_metric_is(metric->kind, name);
}

/* Compares the name with the kinds of all metrics, since Keras's code names the kind:
 * val_sparse_categorical_accuracy for what is called val_accuracy here. */
const char *plm_training_log_name(const plm_training *t, const char *name)
{
    const bool validation = strncmp(name, "val_", strlen("val_")) == 0;
    const char *found = NULL;
    for (const plm_metric *metric = t->metric; metric < t->metric + t->metrics; metric++) {
        const char *own = validation ? metric->val_name[0] : metric->name[0];
        if (same(own, name))
            return own;
        if (!means(t, metric, name + (validation ? strlen("val_") : 0)))
            continue;
        if (found != NULL)
            return NULL;
        found = own;
    }
    return found;
}

/* True for the name of a value that belongs to the training itself. */
static bool is_own(const char *name)
{
    return same(PLM_LOG_RATE, name) || same(PLM_LOG_NORM, name) || same(PLM_LOG_PENALTY, name);
}

/* True if a name is already that of a loss, of a value of the training itself, or of a metric's
 * value before this one. */
static bool is_used(const plm_training *t, const plm_metric *until, int results, const char *name)
{
    if (plm_training_is_loss(t, name) || is_own(name))
        return true;
    for (const plm_metric *metric = t->metric; metric <= until; metric++)
        for (int at = 0; at < (metric == until ? results : metric->results); at++)
            if (same(metric->name[at], name) || same(metric->val_name[at], name))
                return true;
    return false;
}

/* Makes the name of a value unique by a number at its end. name and val_name share their text: name
 * is the part of val_name after "val_". */
static plm_status name_once(plm_training *t, plm_metric *metric, int at)
{
    const char *first = metric->val_name[at];
    for (int k = 1;
         is_used(t, metric, at, metric->name[at]) || is_used(t, metric, at, metric->val_name[at]);
         k++) {
        if (metric->named)
            return plm_fail_key(t->m->w, PLM_E_SPEC, "metrics",
                                "give one of the metrics another name",
                                "'%s' is the name of two values in the logs", metric->name[at]);
        metric->val_name[at] = plm_arena_format(&t->m->built, "%s_%d", first, k);
        if (metric->val_name[at] == NULL)
            return PLM_E_MEMORY;
        metric->name[at] = metric->val_name[at] + strlen("val_");
    }
    return PLM_OK;
}

/* Makes the names in the logs unique: a second "auc" becomes "auc_1". Two metrics of the same kind
 * get numbers: mae, mae_1. */
plm_status plm_training_unique_names(plm_training *t)
{
    for (plm_metric *metric = t->metric; metric < t->metric + t->metrics; metric++)
        for (int at = 0; at < metric->results; at++)
            PLM_TRY(name_once(t, metric, at));
    return PLM_OK;
}
