/* Compiles a model (plm_compile): builds the graph from the layers, allocates the parameters and
 * keeps their values, and binds optimizer, loss and metrics.
 *
 * Everything that is derived from layers and settings is in the arena `built`, which every call
 * makes again. The layers and the values of parameters are outside of it and are kept. So compiling
 * again with another optimizer keeps what was learned, and an error leaves the model unchanged. */
#include <math.h>
#include <string.h>

#include "base/letters.h"
#include "base/names.h"
#include "base/notation.h"
#include "train/sense.h"
#include "train/train.h"

/* Frees a training. Memory in the arena of the model is freed with the arena. */
static void training_free(plm_training *t)
{
    plm_release(t->m->w, t->value);
    plm_release(t->m->w, t->row_weight);
    plm_release(t->m->w, t->good);
    for (int i = 0; i < t->metrics; i++)
        for (int k = 0; k < t->metric[i].gathered.curves; k++)
            plm_scores_free(t->m->w, &t->metric[i].gathered.scores[k]);
    plm_release(t->m->w, t);
}

/* True if the spec contains the key. It is needed where a missing key differs from its default. */
static bool has_key(const plm_spec *s, const char *key)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->argument[i].key != NULL && plm_name_equal(s->argument[i].key, key))
            return true;
    return false;
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

/* Binds the optimizer and the options that all optimizers share. */
static plm_status bind_optimizer(plm_training *t, const char *text)
{
    plm_model *m = t->m;
    const plm_spec *spec = NULL;
    PLM_TRY(plm_spec_parse(&m->built, text, &spec));
    const plm_kind *kind = NULL;
    const void *config = NULL;
    PLM_TRY(plm_kind_bind_common(&m->built, "optimizer", spec, &kind, &config, &t->common));
    t->config = (void *)(uintptr_t)config; /* not const: a schedule may change its momentum */
    t->optimizer = (const plm_optimizer_kind *)(const void *)kind;
    PLM_TRY(bind_decay(t, has_key(spec, "weight_decay")));
    return bind_schedule(t);
}

/* Sets a slot to `start` for all trained parameters. Padding stays zero. Writes through the layout
 * of the parameter, so that the padding keeps its zeros. */
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
    /* a bit for each slot; the optimizer may not use all of them with this config */
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

/* ---- metrics ---- */

/* Allocates the sums and the lists of predictions of a metric that is not a mean over rows. All
 * lists of a metric together have at most MAX_SCORES predictions, but each list may have at least
 * MIN_SCORES. An exact area (AUC) needs all predictions of an epoch. If there are more different
 * predictions, neighbours are joined (scores.h). */
static plm_status prepare_gathered(plm_training *t, plm_metric *metric, const plm_shape *prediction)
{
    enum { MAX_SCORES = 1 << 19, MIN_SCORES = 1 << 12 };
    plm_gathered *g = &metric->gathered;
    const plm_metric_kind *kind = metric->kind;
    if (kind->totals == NULL)
        return PLM_OK;
    g->totals = kind->totals(metric->config, prediction);
    g->total = plm_arena_array(&t->m->built, g->totals + 1, sizeof *g->total);
    const int curves = kind->curves != NULL ? kind->curves(metric->config, prediction) : 0;
    g->scores = plm_arena_array(&t->m->built, (size_t)curves + 1, sizeof *g->scores);
    if (g->total == NULL || g->scores == NULL)
        return PLM_E_MEMORY;
    for (int k = 0; k < curves; k++)
        g->scores[k].max =
            MAX_SCORES / curves > MIN_SCORES ? MAX_SCORES / (size_t)curves : MIN_SCORES;
    g->curves = curves;
    return PLM_OK;
}

/* Finds the kind of a metric, binds its own keys and those that all metrics share, and checks that
 * it fits the shapes of the output and its target. "accuracy" stands for one of three kinds,
 * depending on the shapes of the output and the target. */
static plm_status metric_kind(plm_training *t, plm_metric *metric, const plm_spec *spec,
                              plm_metric_common *common)
{
    plm_model *m = t->m;
    const plm_shape *prediction = plm_graph_shape(&m->graph, m->head[metric->target].prediction);
    const plm_shape *wanted = plm_graph_shape(&m->graph, m->head[metric->target].target);
    const char *resolved = NULL, *why = "the shapes differ";
    if (spec->type != PLM_SPEC_NAME)
        return plm_fail_key(m->w, PLM_E_SPEC, "metrics",
                            "separate the names of metrics by commas, as in accuracy, mae",
                            "a metric is not given by its name");
    PLM_TRY(plm_metric_resolve(m->w, spec->text, prediction, wanted, &resolved));
    const plm_kind *kind = plm_kind_find(m->w, "metric", resolved);
    if (kind == NULL)
        return plm_last_error(m->w)->status;
    void *config = plm_arena_take(&m->built, kind->config_size + 1);
    if (config == NULL)
        return PLM_E_MEMORY;
    PLM_TRY(
        plm_fields_bind(&m->built, "metric", kind, spec, config, plm_metric_common_fields, common));
    metric->config = config;
    metric->kind = (const plm_metric_kind *)(const void *)kind;
    if (metric->kind->fits != NULL && !metric->kind->fits(metric->config, prediction, wanted, &why))
        return plm_fail_key(m->w, PLM_E_SHAPE, "metrics", "choose another metric",
                            "metric %s does not fit the output: %s", spec->text, why);
    return prepare_gathered(t, metric, prediction);
}

/* Names one value of a metric in the logs: "accuracy"; "price_mae" if there are several outputs;
 * "precision_0.25" if the metric gives several values. Both names share one text: name begins after
 * the "val_" of val_name. If a metric gives several values, a number follows the name: the
 * threshold, or the index of the class. */
static plm_status name_result(plm_training *t, plm_metric *metric, const char *given, int at)
{
    plm_model *m = t->m;
    const plm_metric_kind *kind = metric->kind;
    const bool outputs = m->heads > 1, several = metric->results > 1;
    char number[32] = "";
    if (several)
        plm_text_from_number(kind->number != NULL ? kind->number(metric->config, at) : at, number,
                             sizeof number);
    metric->val_name[at] = plm_arena_format(&m->built, "val_%s%s%s%s%s",
                                            outputs ? plm_model_output_name(m, metric->target) : "",
                                            outputs ? "_" : "", given, several ? "_" : "", number);
    if (metric->val_name[at] == NULL)
        return PLM_E_MEMORY;
    metric->name[at] = metric->val_name[at] + strlen("val_");
    return PLM_OK;
}

/* Names all values of a metric. PLM_RESULTS bounds the columns of history.csv and the arrays of
 * events. */
static plm_status name_results(plm_training *t, plm_metric *metric, const char *given)
{
    plm_model *m = t->m;
    const plm_shape *prediction = plm_graph_shape(&m->graph, m->head[metric->target].prediction);
    metric->results =
        metric->kind->results != NULL ? metric->kind->results(metric->config, prediction) : 1;
    t->results += metric->results;
    if (t->results > PLM_RESULTS)
        return plm_fail(m->w, PLM_E_SPEC, NULL, "use metrics that give at most 64 values",
                        "the metrics give %d values", t->results);
    metric->name = plm_arena_array(&m->built, (size_t)metric->results, sizeof *metric->name);
    metric->val_name =
        plm_arena_array(&m->built, (size_t)metric->results, sizeof *metric->val_name);
    if (metric->name == NULL || metric->val_name == NULL)
        return PLM_E_MEMORY;
    for (int at = 0; at < metric->results; at++)
        PLM_TRY(name_result(t, metric, given, at));
    return PLM_OK;
}

/* Binds one metric of an output and names its values. The name may come from a file and ends up in
 * logs and in the terminal, so it must be printable. */
static plm_status bind_metric(plm_training *t, const plm_spec *spec, int target)
{
    plm_metric *metric = &t->metric[t->metrics];
    plm_metric_common common = {0};
    *metric = (plm_metric){.target = target};
    PLM_TRY(metric_kind(t, metric, spec, &common));
    const char *given = common.name != NULL && common.name[0] != '\0' ? common.name : spec->text;
    if (!plm_is_printable(given))
        return plm_fail_key(t->m->w, PLM_E_SPEC, "metrics",
                            "use letters, digits and other visible characters",
                            "the name '%s' has invisible characters", given);
    metric->weighted = common.weighted;
    metric->named = given != spec->text;
    PLM_TRY(name_results(t, metric, given));
    t->metrics++;
    return PLM_OK;
}

/* Binds the metrics of one output. The user gives one metric, or several in brackets. The word none
 * leaves an output without metrics. */
static plm_status bind_output(plm_training *t, const plm_spec *given, int target)
{
    const bool several = given != NULL && given->type == PLM_SPEC_LIST;
    const bool none = given == NULL || (given->type == PLM_SPEC_NAME && !given->called &&
                                        strcmp(given->text, "none") == 0);
    const size_t count = several ? given->count : none ? 0 : 1;
    for (size_t i = 0; i < count; i++) {
        if (t->metrics >= PLM_METRICS)
            return plm_fail(t->m->w, PLM_E_SPEC, NULL, "use at most 16 metrics",
                            "too many metrics");
        PLM_TRY(bind_metric(t, several ? given->argument[i].value : given, target));
    }
    return PLM_OK;
}

/* Binds all metrics. With one output, the text is the list of its metrics. With several outputs,
 * the text has an entry for each output, by order or by name, as in the other settings of
 * outputs. */
static plm_status bind_metrics(plm_training *t, const char *text)
{
    size_t count = 0;
    const plm_spec *const *spec = NULL, *given[PLM_TARGETS];
    if (text[0] == '\0')
        return PLM_OK;
    if (t->m->heads > 1) {
        PLM_TRY(plm_model_by_output(t->m, &t->m->built, "metrics", text, given));
        for (int target = 0; target < t->m->heads; target++)
            PLM_TRY(bind_output(t, given[target], target));
        return PLM_OK;
    }
    PLM_TRY(plm_spec_parse_sequence(&t->m->built, text, ',', &count, &spec));
    for (size_t i = 0; i < count; i++)
        PLM_TRY(bind_output(t, spec[i], 0));
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
    status = bind_metrics(t, metrics);
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
    /* keep the old model in `before`, to be restored after an error */
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
