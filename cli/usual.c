/* The loss and the metrics of a run that gives none: by its last layers and its targets. */
#include <stdlib.h>
#include <string.h>

#include "net.h"

/* "mean_squared_error, binary_crossentropy": one for each output. */
static int choose_loss(plm_cli_job *j, plm_cli_settings *s)
{
    char *all = plm_cli_format("%s", "");
    for (int k = 0; k < j->about.targets; k++) {
        const char *loss = plm_model_default_loss(j->model, j->data, k);
        if (!loss) {
            free(all);
            return plm_cli_job_fail(j, s, plm_last_error(j->w)->status);
        }
        char *longer = plm_cli_format("%s%s%s", all, k ? ", " : "", loss);
        free(all);
        all = longer;
    }
    plm_cli_setting_default(s, "loss", *all ? all : "mean_squared_error");
    free(all);
    j->chose_loss = true;
    return PLM_EXIT_GOOD;
}

/* The metric of each output, as its loss goes by. */
typedef struct {
    char *all; /* "none, accuracy" */
    int count;
    bool any, by_name;
} metrics;

static void add_metric(void *to, char *loss)
{
    metrics *m = to;
    bool classes = strstr(loss, "crossentropy") != NULL;
    char *longer =
        plm_cli_format("%s%s%s", m->all, m->count ? ", " : "", classes ? "accuracy" : "none");
    m->by_name = m->by_name || (strchr(loss, '=') && !strchr(loss, '('));
    m->any = m->any || classes;
    m->count++;
    free(m->all);
    m->all = longer;
    free(loss);
}

/* Accuracy where classes are told apart. Of several outputs, those that do not have none. */
static void choose_metrics(plm_cli_job *j, plm_cli_settings *s)
{
    metrics m = {.all = plm_cli_format("%s", "")};
    plm_cli_split(plm_cli_setting_text(s, "loss"), ',', add_metric, &m);
    if (j->about.targets == 1 && (m.any || j->about.classes > 0))
        plm_cli_setting_default(s, "metrics", "accuracy");
    else if (m.any && !m.by_name && m.count == j->about.targets)
        plm_cli_setting_default(s, "metrics", m.all);
    free(m.all);
}

int plm_cli_net_usual(plm_cli_job *j, plm_cli_settings *s)
{
    int code = PLM_EXIT_GOOD;
    if (!j->data) /* only looked at: any loss will do */
        plm_cli_setting_default(s, "loss", "mean_squared_error");
    else if (!plm_cli_setting_text(s, "loss"))
        code = choose_loss(j, s);
    if (!code && j->data && plm_cli_setting_text(s, "loss"))
        choose_metrics(j, s);
    return code;
}
