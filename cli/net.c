/* The net of a run file: its layers, on top of what a run starts from, compiled. */
#include "net.h"

#include <stdlib.h>
#include <string.h>

#include "reuse.h"

bool plm_cli_net_has_input(const char *item)
{
    return strncmp(item, "input", 5) == 0 && (item[5] == '(' || item[5] == '\0');
}

static int declare_outputs(plm_cli_job *j, plm_cli_settings *s)
{
    const plm_cli_setting *names = plm_cli_setting_of(s, "outputs");
    for (size_t i = 0; i < names->count; i++) {
        plm_value y = plm_find(j->model, names->item[i].text);
        if (!y.id)
            return plm_cli_setting_fail(
                s, "outputs", (int)i, "give the layer a name: dense(10, name=NAME)",
                "the model has no layer of the name '%s'", names->item[i].text);
        plm_output(j->model, y);
    }
    return PLM_EXIT_GOOD;
}

/* An empty model, and its input where the run file leaves it to the data. */
static int new_model(plm_cli_job *j, plm_cli_settings *s)
{
    const plm_cli_setting *layers = plm_cli_setting_of(s, "model");
    if (!layers->count)
        return plm_cli_fail(PLM_EXIT_USAGE, s->file,
                            "add 'model:' and below it lines like '  - dense(10)'",
                            "the run does not say its model");
    j->model = plm_model_new(j->w);
    if (!j->model)
        return plm_cli_fail_status(j->w, PLM_E_MEMORY, NULL);
    if (!plm_cli_net_has_input(layers->item[0].text)) { /* the data knows its shape */
        if (!j->data)
            return plm_cli_fail(PLM_EXIT_USAGE, layers->item[0].text,
                                "begin the model with input(...)",
                                "the model does not say its input");
        if (j->about.inputs > 1)
            return plm_cli_fail(PLM_EXIT_USAGE, layers->item[0].text,
                                "begin with input(...), and say one for each",
                                "the data has %d inputs", j->about.inputs);
        if (!plm_input(j->model, NULL, j->about.input_rank[0], j->about.input_dims[0]).id)
            return plm_cli_job_fail_key(j, s, plm_last_error(j->w)->status, "data", 0);
    }
    return PLM_EXIT_GOOD;
}

int plm_cli_net_layers(plm_cli_job *j, plm_cli_settings *s)
{
    const plm_cli_setting *layers = plm_cli_setting_of(s, "model");
    int code = plm_cli_reuse_start(j, s);
    code = code || j->model ? code : new_model(j, s);
    for (size_t i = 0; !code && i < layers->count; i++) {
        if (plm_add(j->model, "%s", layers->item[i].text).id)
            continue;
        char *place = plm_cli_setting_place(s, "model", (int)i);
        code = plm_cli_fail_status(j->w, plm_last_error(j->w)->status, place);
        free(place);
    }
    code = code ? code : declare_outputs(j, s);
    return code ? code : plm_cli_reuse_layers(j, s);
}

int plm_cli_net_compile(plm_cli_job *j, plm_cli_settings *s, const char *optimizer)
{
    const char *weights = plm_cli_setting_text(s, "loss_weights");
    int code = plm_cli_net_usual(j, s);
    if (code)
        return code;
    plm_status status = weights ? plm_model_set_loss_weights(j->model, weights) : PLM_OK;
    if (status >= 0)
        status = plm_compile(j->model, plm_cli_setting_text(s, optimizer),
                             plm_cli_setting_text(s, "loss"), plm_cli_setting_text(s, "metrics"));
    return status < 0 ? plm_cli_job_fail(j, s, status) : PLM_EXIT_GOOD;
}

/* Where layers are frozen, something must be left that learns. */
static int check_learns(plm_cli_job *j, plm_cli_settings *s)
{
    plm_parameter p;
    if (!plm_cli_setting_text(s, "freeze"))
        return PLM_EXIT_GOOD;
    plm_status status = plm_compile(j->model, NULL, NULL, NULL);
    if (status < 0)
        return plm_cli_job_fail(j, s, status);
    const int64_t count = plm_parameters(j->model, 0, NULL);
    for (int64_t i = 0; i < count; i++)
        if (plm_parameters(j->model, i, &p) && p.trainable)
            return PLM_EXIT_GOOD;
    return plm_cli_setting_fail(s, "freeze", 0, "freeze fewer, or add a layer: model: [...]",
                                "no layer is left that learns");
}

int plm_cli_net_make(plm_cli_job *j, plm_cli_settings *s)
{
    plm_model_free(j->model);
    j->model = NULL;
    int code = plm_cli_net_layers(j, s);
    code = code ? code : check_learns(j, s);
    code = code ? code : plm_cli_net_compile(j, s, "optimizer");
    if (!code &&
        plm_cli_setting_text(s, "frozen_optimizer")) /* both are checked before the first step */
        code = plm_cli_net_compile(j, s, "frozen_optimizer");
    return code ? code : plm_cli_reuse_check_unfreeze(j, s);
}

int plm_cli_net_build(plm_cli_job *j, plm_cli_settings *s)
{
    int code = plm_cli_job_open(j, s);
    code = code ? code : plm_cli_job_data(j, s);
    return code ? code : plm_cli_net_make(j, s);
}
