/* Compiles a model (plm_compile): builds the graph from the layers, allocates the parameters and
 * keeps their values, and binds optimizer, loss and metrics.
 *
 * Everything that is derived from layers and settings is in the arena `built`, which every call
 * makes again. The layers and the values of parameters are outside of it and are kept. So compiling
 * again with another optimizer keeps what was learned, and an error leaves the model unchanged. */
#include <math.h>
#include <string.h>

#include "base/names.h"
#include "train/roots.h"
#include "train/sense.h"
#include "train/train.h"

/* Frees a training. Memory in the arena of the model is freed with the arena. */
static void training_free(plm_training *t)
{
    plm_release(t->m->w, t->value);
    plm_release(t->m->w, t->own);
    plm_release(t->m->w, t->row_weight);
    plm_release(t->m->w, t->good);
    for (int i = 0; i < t->metrics; i++)
        for (int k = 0; k < t->metric[i].gathered.curves; k++)
            plm_scores_free(t->m->w, &t->metric[i].gathered.scores[k]);
    plm_release(t->m->w, t);
}

/* True if the spec gives the argument, by key or by position. Used where leaving out an argument
 * and writing its default differ in effect. */
static bool has_argument(const plm_kind *kind, const plm_spec *s, const char *key)
{
    return plm_spec_argument_of(s, key, plm_kind_position(kind, key)) != NULL;
}

/* Binds the learning rate, a number or a schedule, and sets the first rate. The rate is a field of
 * every optimizer's config, at rate_offset. */
static plm_status bind_schedule(plm_training *t)
{
    const plm_spec *rate = NULL;
    memcpy(&rate, (const char *)t->config + t->optimizer->rate_offset, sizeof rate);
    PLM_TRY(plm_schedule_bind(&t->m->built, rate, &t->schedule));
    if (!isnan(plm_schedule_momentum(&t->schedule, 0)) && t->optimizer->momentum_offset == 0)
        return plm_fail(t->m->w, PLM_E_SPEC, "learning_rate",
                        "leave out max_momentum and min_momentum, or use sgd",
                        "%s has no momentum that %s could change", t->optimizer->kind.name,
                        t->schedule.kind->kind.name);
    t->rate = plm_schedule_first(&t->schedule);
    t->clock.epoch = -1;
    t->forced_rate = -1;
    /* the momentum is read before the slots are allocated: sgd has a slot only with momentum */
    plm_training_momentum(t);
    return PLM_OK;
}

/* Binds the weight decay, a number or a schedule. If the key is not given, the decay is the default
 * of the optimizer, which is above 0 for adamw. Only a key that the user wrote replaces the
 * default; none means 0. */
static plm_status bind_decay(plm_training *t, bool given)
{
    const plm_spec *spec = t->common.weight_decay;
    t->decay = (plm_schedule){.constant = given ? 0 : t->optimizer->weight_decay, .high = 1};
    if (given && spec != NULL)
        PLM_TRY(plm_schedule_bind_value(&t->m->built, spec, "weight_decay", 1, &t->decay));
    t->weight_decay = plm_schedule_first(&t->decay);
    return PLM_OK;
}

/* Binds the optimizer, and the options that all optimizers have in common. */
static plm_status bind_optimizer(plm_training *t, const char *text)
{
    plm_model *m = t->m;
    const plm_spec *spec = NULL;
    PLM_TRY(plm_spec_parse(&m->built, text, &spec));
    const plm_kind *kind = NULL;
    const void *config = NULL;
    PLM_TRY(plm_kind_bind_common(&m->built, "optimizer", spec, &kind, &config, &t->common));
    /* not const, since a schedule may change the momentum in these arguments */
    t->config = (void *)(uintptr_t)config;
    t->optimizer = (const plm_optimizer_kind *)(const void *)kind;
    if (t->optimizer->is_adam)
        plm_roots_choose(m->w);
    PLM_TRY(bind_decay(t, has_argument(kind, spec, "weight_decay")));
    return bind_schedule(t);
}

/* Sets the numbers of all trained parameters in a slot to `start`. Writes through the layout of the
 * parameter, so that padding stays zero. */
static plm_status fill_slot(plm_model *m, plm_real *slot, double start)
{
    for (size_t k = 0; k < m->graph.weights; k++) {
        const plm_weight *weight = &m->graph.weight[k];
        if (!weight->trainable)
            continue;
        plm_real *values = plm_allocate_array(m->w, weight->count, sizeof *values);
        if (values == NULL)
            return PLM_E_MEMORY;
        for (size_t j = 0; j < weight->count; j++)
            values[j] = (plm_real)start;
        plm_weight_write(weight, slot, values);
        plm_release(m->w, values);
    }
    return PLM_OK;
}

/* Allocates the slots that the optimizer uses with this config, and sets their initial values.
 * Without the fused update there is also a vector for the gradients. */
static plm_status start_slots(plm_training *t)
{
    plm_model *m = t->m;
    int count = 0;
    while (t->optimizer->slots != NULL && t->optimizer->slots[count] != NULL)
        count++;
    /* bit i is set if the optimizer, with this config, uses slot i */
    const uint32_t all = (1u << count) - 1u;
    const uint32_t mask = t->optimizer->uses != NULL ? t->optimizer->uses(t->config) & all : all;
    PLM_TRY(plm_parameters_slots(m, mask, !m->fused));
    for (int i = 0; i < count && t->optimizer->slot_start != NULL; i++) {
        const double start = t->optimizer->slot_start(t->config, i);
        if (start != 0.0 && m->vector.slot[i] != NULL)
            PLM_TRY(fill_slot(m, m->vector.slot[i], start));
    }
    return PLM_OK;
}

/* Names the loss of each output in the logs, "aux_loss", if there are several. With a single output
 * there is only "loss", and these names stay NULL. */
static plm_status name_losses(plm_training *t)
{
    plm_model *m = t->m;
    for (int k = 0; k < m->heads && m->heads > 1; k++) {
        t->head[k].loss_name = plm_arena_format(&m->built, "%s_loss", plm_model_output_name(m, k));
        t->head[k].val_loss_name =
            plm_arena_format(&m->built, "val_%s_loss", plm_model_output_name(m, k));
        if (t->head[k].loss_name == NULL || t->head[k].val_loss_name == NULL)
            return PLM_E_MEMORY;
    }
    return PLM_OK;
}

/* ---- compile ---- */

/* Makes the training of a model: optimizer, rules, slots, metrics. The model owns it from the
 * start, so an error frees it later. Rules come before slots: they determine whether the update is
 * fused, and the memory depends on this. */
static plm_status make_training(plm_model *m, const char *optimizer, const char *metrics)
{
    plm_training *t = plm_allocate(m->w, sizeof *t);
    if (t == NULL)
        return PLM_E_MEMORY;
    t->m = m;
    m->training = t;
    m->training_free = training_free;
    plm_status status = bind_optimizer(t, optimizer);
    if (status < 0) {
        plm_fail_in_key(m->w, "optimizer");
        return status;
    }
    PLM_TRY(plm_training_rules(t));
    PLM_TRY(start_slots(t));
    PLM_TRY(name_losses(t));
    status = plm_training_metrics(t, metrics);
    m->outputs_unread = t->metrics == 0;
    if (status >= 0)
        status = plm_training_unique_names(t);
    if (status < 0)
        plm_fail_in_key(m->w, "metrics");
    return status;
}

/* Builds the model and its training from the settings. old, old_p: the previous graph and its
 * parameters, whose values are kept; or NULL. Without an optimizer the model can predict and, with
 * a loss, evaluate. */
static plm_status build_all(plm_model *m, const plm_graph *old, const plm_real *old_p)
{
    m->vector = (plm_parameters_vector){0};
    PLM_TRY(plm_model_build(m, m->setting[PLM_SETTING_LOSS]));
    PLM_TRY(plm_model_apply_factors(m));
    PLM_TRY(plm_parameters_place(m, old, old_p));
    if (m->setting[PLM_SETTING_OPTIMIZER][0] == '\0')
        return PLM_OK;
    if (m->setting[PLM_SETTING_LOSS][0] == '\0')
        return plm_fail(m->w, PLM_E_SPEC, "plm_compile",
                        "give a loss, such as mse or sparse_categorical_crossentropy",
                        "an optimizer needs a loss");
    PLM_TRY(make_training(m, m->setting[PLM_SETTING_OPTIMIZER], m->setting[PLM_SETTING_METRICS]));
    return m->restoring ? PLM_OK : plm_sense_compiled(m);
}

/* Builds the model; it may have been built before. The old graph and parameters are kept until the
 * new ones have taken over the values; after an error they stay in use. The struct is copied as a
 * whole; the objects that it points to are either kept or freed below. */
static plm_status rebuild(plm_model *m)
{
    /* the old model is kept in `before`, and restored after an error */
    plm_model before = *m;
    const bool had = before.vector.p != NULL;
    m->built = (plm_arena){.w = m->w};
    m->inputs = m->heads = 0;
    memset(m->head, 0, sizeof m->head);
    const plm_status status = build_all(m, had ? &before.graph : NULL, before.vector.p);
    if (status < 0) {
        plm_model_unbuild(m);
        plm_parameters_free(m);
        m->built = before.built;
        m->graph = before.graph;
        m->vector = before.vector;
        return status;
    }
    plm_parameters_free(&before);
    plm_arena_free(&before.built);
    return PLM_OK;
}

/* Stores the arguments of plm_compile in the model. plm_model_clone, model files and a later
 * rebuild read them again, so they are copied. */
static plm_status store_settings(plm_model *m, const char *optimizer, const char *loss,
                                 const char *metrics)
{
    m->setting[PLM_SETTING_OPTIMIZER] =
        plm_arena_text(&m->arena, optimizer != NULL ? optimizer : "", SIZE_MAX);
    m->setting[PLM_SETTING_LOSS] = plm_arena_text(&m->arena, loss != NULL ? loss : "", SIZE_MAX);
    m->setting[PLM_SETTING_METRICS] =
        plm_arena_text(&m->arena, metrics != NULL ? metrics : "", SIZE_MAX);
    if (m->setting[PLM_SETTING_OPTIMIZER] != NULL && m->setting[PLM_SETTING_LOSS] != NULL &&
        m->setting[PLM_SETTING_METRICS] != NULL)
        return PLM_OK;
    m->setting[PLM_SETTING_OPTIMIZER] = m->setting[PLM_SETTING_LOSS] =
        m->setting[PLM_SETTING_METRICS] = "";
    return PLM_E_MEMORY;
}

/* Frees the plans and the training of an earlier call, then compiles the model by the new
 * settings. */
static plm_status compile(plm_model *m, const char *optimizer, const char *loss,
                          const char *metrics)
{
    plm_model_forget_plans(m);
    if (m->training != NULL)
        m->training_free(m->training);
    m->training = NULL;
    m->outputs_unread = false;
    m->compiled = false;
    m->kept_compile = (plm_error){0};
    PLM_TRY(store_settings(m, optimizer, loss, metrics));
    PLM_TRY(rebuild(m));
    m->compiled = true;
    return PLM_OK;
}

/* Checks the shapes and initializes the parameters. An error of an earlier plm_add is reported
 * first. An error of this call is kept, so that a later plm_fit can say why the model is not
 * compiled. */
plm_status plm_compile(plm_model *m, const char *optimizer, const char *loss, const char *metrics)
{
    PLM_TRY(plm_model_begin(m, "plm_compile"));
    plm_status status = plm_model_sound(m);
    if (status >= 0) {
        status = compile(m, optimizer, loss, metrics);
        if (status < 0)
            plm_model_keep_error(m, &m->kept_compile, status);
    }
    return plm_model_end(m, status);
}
