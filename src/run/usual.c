/* Chooses the loss and the metrics of a run that sets no loss, by the last layers of the model and
 * the targets of the data. With a crossentropy the target is a class, so the accuracy is added as a
 * metric; for other targets the loss itself is informative enough. */
#include <string.h>

#include "base/split.h"
#include "run/net.h"

/* Sets the loss: one loss for each target, such as "mean_squared_error, binary_crossentropy". */
static plm_status choose_loss(plm_job *j, plm_settings *s)
{
    plm_text all = {.w = j->home};
    for (int k = 0; k < j->about.targets; k++) {
        const char *loss = plm_model_default_loss(j->model, j->data, k);
        if (!loss) {
            plm_text_free(&all);
            return plm_job_fail(j, s, PLM_OK);
        }
        plm_text_format(&all, "%s%s", k ? ", " : "", loss);
    }
    plm_status status = PLM_E_MEMORY;
    if (!all.failed)
        status = plm_setting_suggest(s, "loss", all.length ? all.data : "mean_squared_error", NULL);
    plm_text_free(&all);
    j->chose_loss = true;
    return status;
}

/* Metrics that fit a list of losses, one metric for each output. */
typedef struct {
    plm_text all; /* the list, such as "none, accuracy" */
    int count;    /* metrics in the list so far */
    /* any: at least one metric other than "none" was chosen. by_name: the losses are written as
     * NAME=LOSS */
    bool any, by_name;
} metrics;

/* Adds the metric for one loss: accuracy for a crossentropy. For other losses it is "none", as the
 * list must have an entry for each output. */
static void add_metric(metrics *m, const char *loss)
{
    const bool classes = strstr(loss, "crossentropy") != NULL;
    plm_text_format(&m->all, "%s%s", m->count ? ", " : "", classes ? "accuracy" : "none");
    m->by_name = m->by_name || (strchr(loss, '=') && !strchr(loss, '('));
    m->any = m->any || classes;
    m->count++;
}

/* Sets the metrics to accuracy if the net predicts classes. If there are several outputs, those
 * with another loss get no metric. */
static plm_status choose_metrics(plm_job *j, plm_settings *s)
{
    metrics m = {.all = {.w = j->home}};
    const char *losses = plm_setting_text(s, "loss"), *part = NULL;
    size_t length = 0;
    plm_status status = PLM_OK;
    while (plm_split_next(&losses, ',', &part, &length)) {
        const char *loss = plm_arena_text(&s->arena, part, length);
        if (loss)
            add_metric(&m, loss);
        m.all.failed = m.all.failed || !loss;
    }
    if (m.all.failed)
        status = PLM_E_MEMORY;
    else if (j->about.targets == 1 && (m.any || j->about.classes > 0))
        status = plm_setting_suggest(s, "metrics", "accuracy", NULL);
    else if (m.any && !m.by_name && m.count == j->about.targets)
        status = plm_setting_suggest(s, "metrics", plm_text_get(&m.all), NULL);
    plm_text_free(&m.all);
    return status;
}

/* Chooses the loss and the metrics that the user has not set. Without a loss no metrics are chosen,
 * since the loss tells what the target means. */
plm_status plm_net_usual(plm_job *j, plm_settings *s)
{
    if (!j->data) /* without data the model is only described, not trained, so any loss will do */
        return plm_setting_default(s, "loss", "mean_squared_error");
    if (!plm_setting_text(s, "loss"))
        PLM_TRY(choose_loss(j, s));
    return plm_setting_text(s, "loss") ? choose_metrics(j, s) : PLM_OK;
}
