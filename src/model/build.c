/* Builds the graph of a model: each layer emits its ops, then the losses are added. Everything that
 * this file makes is in the arena m->built, so that plm_model_unbuild can free it at once.
 *
 * The order is fixed: first the layers, each after its inputs; then the predictions; then the
 * losses, whose targets and sample weights are inputs of the graph. Without a loss the graph can
 * only predict.
 *
 * A loss does not always read the prediction itself. It may read the logits before a softmax or
 * sigmoid, the vectors of a row that was stored as one long vector, or a standardized prediction.
 * The metrics always read the prediction that the user sees. */
#include <math.h>
#include <string.h>

#include "base/names.h"
#include "model/model.h"
#include "nn/penalty.h"

/* Frees the plans, the optimizer and metrics that train/ made for the model, and the arena of the
 * build. Plans come first, since they refer to the graph and to the arena. The parameters are not
 * in the arena, so they survive. */
void plm_model_unbuild(plm_model *m)
{
    plm_model_forget_plans(m);
    if (m->training != NULL && m->training_free != NULL)
        m->training_free(m->training);
    m->training = NULL;
    plm_arena_free(&m->built);
    m->graph = (plm_graph){0};
    m->value = NULL;
    m->inputs = m->heads = 0;
    m->compiled = false;
}

/* ---- layers ---- */

/* Adds the penalty on the output y of a layer, if the layer has an activity regularizer. */
static void penalize_output(plm_builder *b, const plm_spec *regularizer, plm_value y)
{
    plm_penalty p = {0};
    if (b->status < 0 || regularizer == NULL)
        return;
    b->status = plm_penalty_bind(b->graph->arena, regularizer, &p);
    if (b->status >= 0 && p.whole != NULL)
        b->status =
            plm_fail(b->graph->w, PLM_E_UNSUPPORTED, NULL, "use this penalty as kernel_regularizer",
                     "%s is a penalty on a matrix, not on outputs", p.whole->kind.name);
    plm_penalize_activity(b, y, p.l1, p.l2);
}

/* True if a later layer reads the output of layer i, or if that is a declared output of the
 * model. */
static bool is_read(const plm_model *m, size_t i)
{
    for (int k = 0; k < m->outputs; k++)
        if (m->output[k] == (int)i)
            return true;
    for (size_t j = i + 1; j < m->layers; j++)
        for (int k = 0; k < m->layer[j].inputs; k++)
            if (m->layer[j].input[k] == (int)i)
                return true;
    return false;
}

/* Fails if input layer i follows a layer whose output nothing reads. An input layer begins a new
 * chain, so the layer before it would be computed in vain, unless an arrow names it or it is an
 * output. Several input layers may follow one another. */
static plm_status check_cut(const plm_model *m, size_t i)
{
    if (i == 0 || m->layer[i - 1].is_input || is_read(m, i - 1))
        return PLM_OK;
    return plm_fail(m->w, PLM_E_SPEC, NULL,
                    "put the input first; or let a later layer join both chains, such as "
                    "concatenate() <- LAYER LAYER",
                    "an input begins a new chain, and nothing reads '%s', the layer before it",
                    m->layer[i - 1].name);
}

/* Adds one layer to the graph: an input, or the ops that its kind emits. If it fails, the caller
 * adds the position of the layer to the error. */
static plm_status emit_layer(plm_model *m, size_t i)
{
    const plm_layer *l = &m->layer[i];
    if (l->is_input) {
        if (m->inputs >= PLM_INPUTS)
            return plm_fail(m->w, PLM_E_SHAPE, NULL, "use at most 4 inputs",
                            "the model has too many inputs");
        PLM_TRY(check_cut(m, i));
        m->value[i] = plm_graph_input(&m->graph, PLM_FROM_INPUT, m->inputs, &l->shape);
        m->input[m->inputs++] = m->value[i];
        return m->value[i].id != 0 ? PLM_OK : PLM_E_MEMORY;
    }
    /* the inputs are earlier layers, so their values exist */
    plm_value x[PLM_OPERANDS];
    for (int k = 0; k < l->inputs; k++)
        x[k] = m->value[l->input[k]];
    if (l->inputs == 0)
        return plm_fail(m->w, PLM_E_SHAPE, NULL, "begin with input(...), such as input(784)",
                        "the first layer has no input");
    plm_builder b = {.graph = &m->graph,
                     .layer = l->name,
                     .where = l->where,
                     .trainable = l->trainable,
                     .learning_rate_factor = l->learning_rate_factor};
    m->value[i] = l->kind->emit(&b, l->config, l->inputs, x);
    penalize_output(&b, l->activity_regularizer, m->value[i]);
    if (b.status >= 0 && m->value[i].id != 0)
        return PLM_OK;
    return b.status < 0 ? b.status : PLM_E_INTERNAL;
}

/* Sets the predictions to the values of the declared outputs. A model without declared outputs has
 * one output, its last layer, as a sequential model has. */
static void find_outputs(plm_model *m)
{
    for (int i = 0; i < PLM_TARGETS; i++)
        m->head[i].target = (plm_value){0};
    for (int i = 0; i < m->outputs; i++)
        m->head[i].prediction = m->value[m->output[i]];
    m->heads = m->outputs;
    if (m->outputs == 0) {
        m->head[0].prediction = m->value[m->layers - 1];
        m->heads = 1;
    }
}

/* ---- losses ---- */

/* Returns the value that a loss reads in place of `prediction`. If the prediction comes from a
 * softmax or sigmoid and the loss can use logits, it is the input of that activation, the logits.
 * The loss is the same, but computed more precisely. The activation stays in the graph, since the
 * metrics and predictions read it; a plan for training leaves it out if nothing reads it. */
static plm_value logits_below(const plm_model *m, const plm_loss_kind *kind, plm_value prediction)
{
    const plm_graph_value *v = &m->graph.value[prediction.id];
    if (kind->logits_of == NULL || v->origin != PLM_FROM_OP)
        return prediction;
    const plm_node *node = &m->graph.node[v->index];
    const plm_activation *function = plm_activation_of(node);
    if (function == NULL || !plm_name_equal(function->kind->kind.name, kind->logits_of))
        return prediction;
    return (plm_value){node->input[0]};
}

/* Returns the shape of a target row: that of the prediction, without its last axis if the loss
 * takes class numbers. */
static plm_shape target_shape(const plm_loss_kind *kind, const plm_shape *prediction)
{
    if (!kind->sparse)
        return *prediction;
    return plm_shape_of(prediction->rank > 0 ? prediction->rank - 1 : 0, prediction->dims);
}

/* Fails if the loss does not accept these shapes. */
static plm_status loss_fits(plm_model *m, const plm_loss_kind *kind, const void *config,
                            const plm_shape *prediction, const plm_shape *target)
{
    const char *why = "prediction and target have different shapes";
    char shape[128];
    if (kind->fits == NULL || kind->fits(config, prediction, target, &why))
        return PLM_OK;
    plm_shape_print(prediction, shape, sizeof shape);
    return plm_fail_code(
        m->w, "S301",
        plm_fail_key(m->w, PLM_E_SHAPE, "loss", "choose another loss or change the last layer",
                     "loss %s does not fit the output %s: %s", kind->kind.name, shape, why));
}

/* Returns the node that converts the standardized output back to the targets' unit; NULL = there is
 * none, or the loss is not a function of prediction - target. */
static const plm_node *undoing_node(const plm_model *m, const plm_model_head *h,
                                    const plm_loss_kind *kind)
{
    const plm_graph_value *v = &m->graph.value[h->prediction.id];
    const plm_node *node = v->origin == PLM_FROM_OP ? &m->graph.node[v->index] : NULL;
    return node != NULL && kind->of_difference && plm_standardize_inverts(node) ? node : NULL;
}

/* Chooses what the loss of an output is computed from. If the output undoes a standardization, sets
 * *below and *target to the standardized prediction and target, where the size of the loss suits
 * any optimizer; metrics are in the targets' own unit. Otherwise nothing is changed. The target is
 * standardized by the layer's own parameters, mean and variance, so exactly as the layer converts
 * back. */
static plm_status standardize_loss(plm_model *m, const plm_model_head *h, const plm_loss_kind *kind,
                                   plm_value *below, plm_value *target)
{
    const plm_node *node = undoing_node(m, h, kind);
    if (node == NULL)
        return PLM_OK;
    const plm_value in[3] = {*target, {node->input[1]}, {node->input[2]}};
    *below = (plm_value){node->input[0]};
    *target = plm_graph_emit(&m->graph, "loss", 3, in,
                             plm_standardize_by_variance(node) ? "standardize(variance)"
                                                               : "standardize(deviation)");
    return target->id != 0 ? PLM_OK : plm_last_error(m->w)->status;
}

/* Sets *below to the value that the loss of an output reads. Losses and metrics work along the last
 * axis, so a prediction whose rows are stored as one long vector each is first stored by vectors of
 * that axis. */
static plm_status read_prediction(plm_model *m, plm_model_head *h, const plm_loss_kind *kind,
                                  bool from_logits, plm_value *below)
{
    /* the loss and the metrics may read different values: logits and probabilities */
    const plm_value given = h->prediction;
    const plm_value logits = from_logits ? given : logits_below(m, kind, given);
    h->prediction = plm_graph_lines(&m->graph, "loss", given, true);
    *below = logits.id != given.id || kind->whole_rows
                 ? plm_graph_lines(&m->graph, "loss", logits, !kind->whole_rows)
                 : h->prediction;
    return h->prediction.id != 0 && below->id != 0 ? PLM_OK : plm_last_error(m->w)->status;
}

/* Emits the op of the loss of an output. `below` is the value that the loss reads, the prediction
 * or its logits. The op gets the loss as text and parses it again; the text is needed for messages
 * and documents anyway. */
static plm_status emit_loss_op(plm_model *m, plm_model_head *h, const plm_spec *spec,
                               plm_value below, plm_value target)
{
    /* losses without from_logits ignore it */
    const bool logits = below.id != h->prediction.id;
    const plm_value in[3] = {below, target, m->weight};
    h->loss_text = plm_spec_text(&m->built, spec);
    const char *text =
        h->loss_text == NULL
            ? NULL
            : plm_arena_format(&m->built, "loss(function=%s, factor=%.17g%s)", h->loss_text,
                               h->loss_weight, logits ? ", logits=true" : "");
    if (text == NULL)
        return PLM_E_MEMORY;
    h->losses = plm_graph_emit(&m->graph, "loss", 3, in, text);
    return h->losses.id != 0 ? PLM_OK : plm_last_error(m->w)->status;
}

/* Adds the loss of output i: reads its spec, checks shapes, adds the target and the op. The order
 * of the steps matters: the loss determines whether logits are read, the prediction determines the
 * shape of the target, and a standardized output changes both values that the loss reads. */
static plm_status emit_loss(plm_model *m, int i, const plm_spec *spec)
{
    plm_model_head *h = &m->head[i];
    const plm_kind *found = NULL;
    const void *config = NULL;
    plm_loss_common common = {0}; /* checked here; the op uses it */
    PLM_TRY(plm_kind_bind_common(&m->built, "loss", spec, &found, &config, &common));
    const plm_loss_kind *kind = (const plm_loss_kind *)(const void *)found;
    bool from_logits = false;
    plm_value below = {0};
    if (kind->logits_of != NULL)
        memcpy(&from_logits, (const char *)config + kind->from_logits_offset, sizeof from_logits);
    PLM_TRY(read_prediction(m, h, kind, from_logits, &below));
    const plm_shape prediction = *plm_graph_shape(&m->graph, h->prediction);
    const plm_shape target = target_shape(kind, &prediction);
    PLM_TRY(loss_fits(m, kind, config, &prediction, &target));
    h->loss = kind;
    h->loss_config = config;
    h->target = plm_graph_input(&m->graph, PLM_FROM_TARGET, i, &target);
    if (h->target.id == 0)
        return PLM_E_MEMORY;
    plm_value target_read =
        kind->whole_rows ? plm_graph_lines(&m->graph, "loss", h->target, false) : h->target;
    PLM_TRY(standardize_loss(m, h, kind, &below, &target_read));
    return emit_loss_op(m, h, spec, below, target_read);
}

/* Reads the factor by which the loss of each output counts in the total loss: 1 unless the setting
 * loss_weights has another number. */
static plm_status weigh_losses(plm_model *m)
{
    const plm_spec *spec[PLM_TARGETS] = {NULL};
    if (m->setting[PLM_SETTING_LOSS_WEIGHTS][0] != '\0')
        PLM_TRY(plm_model_by_output(m, &m->built, "loss_weights",
                                    m->setting[PLM_SETTING_LOSS_WEIGHTS], spec));
    for (int i = 0; i < m->heads; i++) {
        double *weight = &m->head[i].loss_weight;
        *weight = spec[i] != NULL ? spec[i]->number : 1;
        if (spec[i] == NULL ||
            (spec[i]->type == PLM_SPEC_NUMBER && *weight >= 0 && *weight < INFINITY))
            continue;
        const char *given = plm_spec_text(&m->built, spec[i]);
        return plm_fail_key(m->w, PLM_E_SPEC, "loss_weights",
                            "give numbers of 0 or more, such as 1, 0.2",
                            "the loss of output '%s' cannot have the weight %s",
                            plm_model_output_name(m, i), given != NULL ? given : "that");
    }
    return PLM_OK;
}

/* Adds the input for the sample weights, which all losses read, then the loss of each output. loss:
 * the text of the setting. A batch without weights gets ones. */
static plm_status emit_losses(plm_model *m, const char *loss)
{
    const plm_spec *spec[PLM_TARGETS];
    const plm_shape number = plm_shape_of(0, NULL);
    PLM_TRY(plm_model_by_output(m, &m->built, "loss", loss, spec));
    PLM_TRY(weigh_losses(m));
    m->weight = plm_graph_input(&m->graph, PLM_FROM_SAMPLE_WEIGHT, 0, &number);
    plm_status status = m->weight.id != 0 ? PLM_OK : PLM_E_MEMORY;
    for (int i = 0; i < m->heads && status >= 0; i++)
        status = spec[i] != NULL
                     ? emit_loss(m, i, spec[i])
                     : plm_fail_key(m->w, PLM_E_SPEC, "loss", "give one loss for each output",
                                    "output '%s' has no loss", plm_model_output_name(m, i));
    if (status < 0)
        plm_fail_in_key(m->w, "loss");
    return status;
}

/* Lists the values whose sum is the loss: the losses of the outputs, then penalties on
 * activations. */
static plm_status gather_parts(plm_model *m)
{
    const plm_graph *g = &m->graph;
    m->part = plm_arena_array(&m->built, (size_t)m->heads + g->penalties, sizeof *m->part);
    if (m->part == NULL)
        return PLM_E_MEMORY;
    for (int i = 0; i < m->heads; i++)
        m->part[m->parts++] = m->head[i].losses;
    for (size_t i = 0; i < g->penalties; i++)
        m->part[m->parts++] = g->penalty[i];
    return PLM_OK;
}

/* Adds the layers in the order of the model, each after its inputs; then finds the outputs and adds
 * the losses. */
plm_status plm_model_build(plm_model *m, const char *loss)
{
    if (m->layers == 0)
        return plm_fail_key(m->w, PLM_E_ORDER, "model", "add layers, beginning with input(...)",
                            "the model is empty");
    /* 1. layers become ops */
    PLM_TRY(plm_graph_open(&m->graph, &m->built));
    m->value = plm_arena_array(&m->built, m->layers, sizeof *m->value);
    if (m->value == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < m->layers; i++) {
        const plm_status status = emit_layer(m, i);
        if (status < 0) {
            plm_fail_in_layer(m->w, i, m->layer[i].where);
            return status;
        }
    }
    if (m->inputs == 0)
        return plm_fail_key(m->w, PLM_E_SHAPE, "model", "begin with input(...), such as input(784)",
                            "the model has no input");
    plm_model_find_ids(m);
    /* 2. outputs, 3. losses */
    find_outputs(m);
    m->parts = 0;
    if (loss == NULL || loss[0] == '\0')
        return PLM_OK;
    PLM_TRY(emit_losses(m, loss));
    return gather_parts(m);
}
