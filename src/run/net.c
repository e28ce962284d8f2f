/* Builds and compiles the model of a run file: loads the model that the run starts from, if any,
 * adds the layers of the key model, and names the outputs. This order does not depend on the order
 * of the keys in the run file: layers need an input, outputs need layers, and the loss needs
 * outputs. */
#include "run/net.h"

#include <string.h>

#include "base/fields.h"
#include "model/first_shape.h"
#include "model/layer_names.h"
#include "run/reuse.h"
#include "run/runfile.h"

/* Sets *has: true if an item of the key `model` is an input layer, or a layer with the argument
 * input_shape. */
plm_status plm_net_has_input(plm_arena *a, const char *item, bool *has)
{
    return plm_first_shape_given(a, item, has);
}

/* Fails since the key outputs names no layer, with its item i. */
static plm_status fail_output(const plm_job *j, plm_settings *s, int i, const char *name)
{
    plm_text hint = {.w = j->home};
    plm_model_advise_layer(j->model, name, &hint);
    plm_text_add(&hint, "; a layer gets its name by name=: dense(10, name=NAME)");
    const plm_status status = plm_setting_fail(s, "outputs", i, plm_text_get(&hint),
                                               "the model has no layer of the name '%s'", name);
    plm_text_free(&hint);
    return status;
}

/* Makes the layers that the key outputs names the outputs of the model. Without this key, the
 * outputs are not changed; with it, those of the model that the run starts from no longer count. */
static plm_status declare_outputs(plm_job *j, plm_settings *s)
{
    const plm_setting *names = plm_setting_of(s, "outputs");
    if (names->count > 0 && plm_setting_text(s, "start") && plm_model_pop(j->model, 0) < 0)
        return plm_job_fail_key(j, s, PLM_OK, "outputs", 0);
    for (size_t i = 0; i < names->count; i++) {
        const plm_value y = plm_find(j->model, names->item[i].text);
        if (!y.id)
            return fail_output(j, s, (int)i, names->item[i].text);
        plm_output(j->model, y);
    }
    return PLM_OK;
}

/* Adds an input layer with the shape of the data's rows, for a model that does not declare its
 * input. first: the first item of the key model, for errors. */
static plm_status input_of_data(plm_job *j, plm_settings *s, const char *first)
{
    if (!j->data)
        return plm_fail(j->home, PLM_E_SPEC, first, "begin the model with input(...)",
                        "the model does not declare its input");
    if (j->about.inputs > 1)
        return plm_fail(j->home, PLM_E_SPEC, first,
                        "begin the model with an input(...) for each input of the data",
                        "the data has %d inputs, but the model does not declare its inputs",
                        j->about.inputs);
    if (!plm_input(j->model, NULL, j->about.input_rank[0], j->about.input_dims[0]).id)
        return plm_job_fail_key(j, s, PLM_OK, "data", 0);
    return PLM_OK;
}

/* Makes an empty model. If the run file does not begin with input(...), the input comes from the
 * data. */
static plm_status new_model(plm_job *j, plm_settings *s)
{
    const plm_setting *layers = plm_setting_of(s, "model");
    if (!layers->count)
        return plm_fail(j->home, PLM_E_SPEC, s->file,
                        "add 'model:' and below it lines like '  - dense(10)'",
                        "the run has no key model");
    plm_job_keep_model(j, plm_model_new(j->w));
    if (!j->model)
        return plm_job_fail_at(j, PLM_E_MEMORY, NULL);
    const char *first = layers->item[0].text;
    bool has = false;
    PLM_TRY(plm_net_has_input(&s->arena, first, &has));
    return has ? PLM_OK : input_of_data(j, s, first);
}

/* Loads the model that the run starts from, if any, and adds the layers of the run file after its
 * layers. */
plm_status plm_net_layers(plm_job *j, plm_settings *s)
{
    const plm_setting *layers = plm_setting_of(s, "model");
    PLM_TRY(plm_reuse_start(j, s));
    if (!j->model)
        PLM_TRY(new_model(j, s));
    for (size_t i = 0; i < layers->count; i++)
        if (!plm_add(j->model, "%s", layers->item[i].text).id)
            return plm_job_fail_key(j, s, PLM_OK, "model", (int)i);
    PLM_TRY(declare_outputs(j, s));
    return plm_reuse_layers(j, s);
}

/* Compiles the model by the settings. optimizer: the key whose value is used. */
plm_status plm_net_compile(plm_job *j, plm_settings *s, const char *optimizer)
{
    PLM_TRY(plm_net_usual(j, s));
    const char *weights = plm_setting_text(s, "loss_weights"), *loss = plm_setting_text(s, "loss"),
               *metrics = plm_setting_text(s, "metrics"), *chosen = plm_setting_text(s, optimizer);
    PLM_TRY(plm_settings_sound(s, j->w));
    /* the model that the run starts from may have other weights: without the key they are 1 */
    plm_status status = plm_model_set_loss_weights(j->model, weights);
    if (status >= 0)
        status = plm_compile(j->model, chosen, loss, metrics);
    return status < 0 ? plm_job_fail(j, s, status) : PLM_OK;
}

/* If layers are frozen, checks that at least one parameter can still be trained. */
static plm_status check_learns(plm_job *j, plm_settings *s)
{
    plm_parameter p;
    if (!plm_setting_text(s, "freeze"))
        return PLM_OK;
    const plm_status status = plm_compile(j->model, NULL, NULL, NULL);
    if (status < 0)
        return plm_job_fail(j, s, status);
    const int64_t count = plm_parameters(j->model, 0, NULL);
    for (int64_t i = 0; i < count; i++)
        if (plm_parameters(j->model, i, &p) && p.trainable)
            return PLM_OK;
    return plm_fail_code(
        s->w, "S310",
        plm_setting_fail(s, "freeze", 0,
                         "freeze fewer layers, or add a layer that is trained: model: [...]",
                         "all layers with parameters are frozen, so nothing can be learned"));
}

/* Checks the specs of the observers, so that a mistake in them is reported even if no fit begins.
 * */
static plm_status check_observers(plm_job *j, plm_settings *s)
{
    const char *text = plm_setting_text(s, "observers");
    plm_arena a = {.w = j->w};
    size_t count = 0;
    const plm_spec *const *spec = NULL;
    const plm_kind *kind = NULL;
    const void *config = NULL;
    if (!text || !*text)
        return plm_settings_sound(s, j->w);
    plm_status status = plm_spec_parse_sequence(&a, text, ',', &count, &spec);
    for (size_t i = 0; status >= 0 && i < count; i++)
        status = plm_kind_bind(&a, "observer", spec[i], &kind, &config);
    plm_arena_free(&a);
    if (status >= 0)
        return PLM_OK;
    plm_fail_in_key(j->w, "observers");
    return plm_job_fail(j, s, status);
}

/* Makes and compiles the model of a run. It is called for each trial of lr-find, too, and always
 * gives the same initial weights. */
plm_status plm_net_make(plm_job *j, plm_settings *s)
{
    plm_job_keep_model(j, NULL);
    PLM_TRY(plm_net_layers(j, s));
    PLM_TRY(check_learns(j, s));
    PLM_TRY(check_observers(j, s));
    PLM_TRY(plm_net_compile(j, s, "optimizer"));
    /* frozen_optimizer is compiled as well, so that a mistake in it is reported before the first
     * step */
    if (plm_setting_text(s, "frozen_optimizer"))
        PLM_TRY(plm_net_compile(j, s, "frozen_optimizer"));
    return plm_reuse_check_unfreeze(j, s);
}

/* Opens the runtime, then the data, then builds and compiles the model, since each needs the one
 * before. */
plm_status plm_net_build(plm_job *j, plm_settings *s)
{
    PLM_TRY(plm_job_open(j, s));
    PLM_TRY(plm_job_data(j, s));
    return plm_net_make(j, s);
}

/* Sets *needs: true if the shape of the model's input must be taken from the data. */
static plm_status needs_data(plm_settings *s, bool *needs)
{
    const plm_setting *layers = plm_setting_of(s, "model");
    bool has = true;
    if (layers->count)
        PLM_TRY(plm_net_has_input(&s->arena, layers->item[0].text, &has));
    *needs = !has;
    return PLM_OK;
}

/* Builds a model to describe it. If its first item declares its input, the data is not opened, as
 * it may not be on this machine. */
plm_status plm_net_outline(plm_job *j, plm_settings *s, const char *path)
{
    PLM_TRY(plm_run_settings_load(s, path, 0, NULL));
    PLM_TRY(plm_job_open(j, s));
    bool needs = false;
    PLM_TRY(needs_data(s, &needs));
    if (needs)
        PLM_TRY(plm_job_data(j, s));
    PLM_TRY(plm_net_layers(j, s));
    PLM_TRY(check_observers(j, s));
    return plm_net_compile(j, s, "optimizer");
}
