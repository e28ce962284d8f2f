/* Adds layers by their specs: plm_add, plm_apply, plm_merge. The text may be a chain of layers; an
 * arrow after a layer names its inputs. base/chain.c cuts the chain into parts, and each part
 * becomes a layer.
 *
 * The kind of a layer and its arguments are checked at once, so an error names the layer as the
 * user wrote it. Its shapes are checked when the model is compiled, since they depend on the
 * previous layers.
 *
 * An error is kept in the model and the call returns the value with id 0. Calls that get this value
 * do nothing, so that the first error is reported. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/chain.h"
#include "base/names.h"
#include "model/first_shape.h"
#include "model/layer_names.h"
#include "model/model.h"
#include "nn/layer/input.h"

/* The inputs of a layer. */
typedef struct {
    /* number of inputs; may be above PLM_OPERANDS, which take_inputs reports as an error */
    int count;
    plm_value x[PLM_OPERANDS]; /* [count] the values of the graph */
    /* true = the caller chose no inputs, so x is the output of the previous layer; an input layer
     * ignores x */
    bool before;
} operands;

/* Returns the text of a layer's spec as the model stores it: in canonical form and without the
 * argument `name`, since the name is stored separately. NULL = no memory. */
static const char *stored_text(plm_model *m, const plm_spec *s)
{
    plm_spec_argument *kept = plm_arena_array(&m->arena, s->count + 1, sizeof *kept);
    plm_spec copy = *s;
    if (kept == NULL)
        return NULL;
    copy.count = 0;
    copy.called = true;
    for (size_t i = 0; i < s->count; i++)
        if (s->argument[i].key == NULL || !plm_name_equal(s->argument[i].key, "name"))
            kept[copy.count++] = s->argument[i];
    copy.argument = kept;
    return plm_spec_text(&m->arena, &copy);
}

/* Fails because a layer got the wrong number of inputs. */
static plm_status fail_inputs(plm_model *m, const plm_layer *l, int low, int high, int count)
{
    char takes[48];
    if (low == high)
        snprintf(takes, sizeof takes, "%d input%s", low, low == 1 ? "" : "s");
    else
        snprintf(takes, sizeof takes, "%d to %d inputs", low, high);
    return plm_fail(m->w, PLM_E_SHAPE, NULL,
                    count == 0 ? "begin the model with its input: input(4), or input(28, 28)"
                               : "name the inputs after an arrow: add() <- left right",
                    "%s takes %s, but was given %d", l->kind->kind.name, takes, count);
}

/* Stores the inputs of a layer, after checking their number and that they are values of this
 * model. */
static plm_status take_inputs(plm_model *m, plm_layer *l, const operands *given)
{
    const int count = given->count;
    const int low = l->kind->inputs_high == 0 ? 1 : l->kind->inputs_low;
    const int high = l->kind->inputs_high == 0 ? 1 : l->kind->inputs_high;
    if (count < low || count > high || count > PLM_OPERANDS)
        return fail_inputs(m, l, low, high, count);
    for (int i = 0; i < count; i++) {
        size_t layer = 0;
        if (!plm_model_layer_of(m, given->x[i], &layer))
            return plm_fail(m->w, PLM_E_ORDER, NULL,
                            "use a value that plm_add, plm_input, plm_apply or plm_find returned "
                            "for this model",
                            "input %d is not a value of this model", i);
        l->input[l->inputs++] = (int)layer;
    }
    return PLM_OK;
}

/* Finds the kind of a layer, reads its arguments, and gives the layer its name: the argument
 * `name`, or a free one. */
static plm_status layer_bind(plm_model *m, plm_layer *l, const plm_spec *s)
{
    plm_layer_common common = {0};
    const plm_kind *kind = plm_kind_find(m->w, "layer", s->text);
    if (kind == NULL)
        return plm_last_error(m->w)->status;
    l->kind = (const plm_layer_kind *)(const void *)kind;
    void *config = plm_arena_take(&m->arena, kind->config_size + 1);
    if (config == NULL)
        return PLM_E_MEMORY;
    PLM_TRY(plm_fields_bind(&m->arena, "layer", kind, s, config, plm_layer_common_fields, &common));
    l->config = config;
    l->trainable = common.trainable;
    l->learning_rate_factor = common.learning_rate_factor;
    l->activity_regularizer = common.activity_regularizer;
    l->text = stored_text(m, s);
    const bool named = common.name != NULL && common.name[0] != '\0';
    if (named)
        PLM_TRY(plm_model_check_name(m, NULL, common.name));
    l->name = named ? common.name : plm_model_free_name(m, kind->name);
    return l->name != NULL && l->text != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Makes the layer an input with the shape that its spec gives. Fails if the caller chose inputs for
 * it. */
static plm_status read_input(plm_model *m, plm_layer *l, const operands *given)
{
    const plm_input_config *c = l->config;
    if (given->count > 0 && !given->before)
        return plm_fail(m->w, PLM_E_SPEC, NULL,
                        "add the input layer without an arrow, or use plm_input",
                        "an input layer takes no input");
    return plm_model_input_shape_of(m, l, c->shape.count, c->shape.at);
}

/* Fills the new layer l from one spec. */
static plm_status layer_read(plm_model *m, plm_layer *l, const char *text, const operands *given)
{
    const plm_spec *s = NULL;
    l->where = plm_arena_format(&m->arena, "layer %zu, %s", m->layers, text);
    if (l->where == NULL)
        return PLM_E_MEMORY;
    plm_status status = plm_spec_parse(&m->arena, text, &s);
    if (status >= 0)
        status = layer_bind(m, l, s);
    PLM_TRY(status);
    if (strcmp(l->kind->kind.name, "input") == 0)
        return read_input(m, l, given);
    return take_inputs(m, l, given);
}

/* Fails since an arrow names layer i of a part, which does not exist, or is one too many. */
static plm_status fail_operand(plm_model *m, const plm_chain_part *p, size_t i, bool exists)
{
    plm_text hint = {.w = m->w};
    if (exists)
        plm_text_add(&hint, "name at most 8 layers");
    else
        plm_model_advise_layer(m, p->input[i], &hint);
    const plm_status status =
        plm_fail(m->w, PLM_E_SPEC, p->layer, plm_text_get(&hint),
                 exists ? "'%s' is one input too many" : "there is no layer '%s' before this one",
                 p->input[i]);
    plm_text_free(&hint);
    return status;
}

/* Finds the layers that an arrow names. */
static plm_status named_inputs(plm_model *m, const plm_chain_part *p, operands *out)
{
    *out = (operands){0};
    for (size_t i = 0; i < p->inputs; i++) {
        const plm_value v = plm_find(m, p->input[i]);
        if (v.id == 0 || out->count >= PLM_OPERANDS)
            return fail_operand(m, p, i, v.id != 0);
        out->x[out->count++] = v;
    }
    return PLM_OK;
}

/* Returns the output of the layer added last; id 0 = there is none. */
static plm_value last_value(const plm_model *m)
{
    return m->layers > 0 ? plm_model_value(m, m->layers - 1) : (plm_value){0};
}

/* Adds one layer of a chain with the inputs *given, then makes its output the input of the next
 * layer. */
static plm_status add_part(plm_model *m, const plm_chain_part *p, operands *given)
{
    operands named;
    if (p->inputs > 0)
        PLM_TRY(named_inputs(m, p, &named));
    plm_layer *l = plm_model_layer_new(m);
    if (l == NULL)
        return PLM_E_MEMORY;
    const plm_status status = layer_read(m, l, p->layer, p->inputs > 0 ? &named : given);
    if (status < 0)
        return plm_model_fail_in_layer(m, m->layers, status);
    const plm_value y = plm_model_layer_done(m);
    *given = (operands){.count = 1, .x = {y}, .before = true};
    return y.id != 0 ? PLM_OK : m->fault;
}

/* Adds the first layer of a model. If it gives the shape of the rows, by input_shape or a similar
 * key, an input layer is added before it. */
static plm_status add_first(plm_model *m, const plm_chain_part *p, operands *given)
{
    plm_chain_part input = {0}, layer = *p;
    PLM_TRY(plm_first_shape_cut(&m->arena, p->layer, &input.layer, &layer.layer));
    if (input.layer != NULL)
        PLM_TRY(add_part(m, &input, given));
    return add_part(m, &layer, given);
}

/* Adds all layers of a chain, with the repetitions that its text asks for. *given: the inputs of
 * the first layer; becomes the output of the last layer. */
static plm_status add_chain(plm_model *m, const char *text, operands *given)
{
    plm_chain chain;
    PLM_TRY(plm_chain_parse(&m->arena, text, &chain));
    for (int64_t i = 0; i < chain.times; i++)
        for (size_t k = 0; k < chain.parts; k++)
            PLM_TRY((m->layers == 0 ? add_first : add_part)(m, &chain.part[k], given));
    return PLM_OK;
}

/* Checks the arguments of plm_add and similar calls. Returns PLM_OK, an earlier error of the model,
 * or a new one. */
static plm_status check_arguments(const plm_model *m, int count, const plm_value *x,
                                  const char *format)
{
    if (m->fault < 0 || (format != NULL && (x != NULL || count <= 0)))
        return m->fault;
    return plm_fail_key(m->w, PLM_E_ORDER, "model",
                        "give a layer such as \"dense(10)\", and its inputs",
                        "a layer or its inputs are NULL");
}

/* Adds the layers of a formatted text; the first one gets the inputs x [count]. before: true = the
 * caller chose no inputs, and x is the output of the previous layer. Returns the output of the last
 * layer; id 0 = failed. */
static plm_value add(plm_model *m, int count, const plm_value *x, bool before, const char *format,
                     va_list list)
{
    plm_text text = {.w = m->w};
    if (plm_model_idle(m, "plm_add") < 0)
        return (plm_value){0};
    const plm_status wrong = check_arguments(m, count, x, format);
    if (wrong < 0)
        return plm_model_fail_layer(m, wrong);
    operands given = {.count = count, .before = before};
    for (int i = 0; i < count && i < PLM_OPERANDS; i++)
        given.x[i] = x[i];
    plm_text_format_list(&text, format, list);
    const plm_status status =
        text.failed ? PLM_E_MEMORY : add_chain(m, plm_text_get(&text), &given);
    plm_text_free(&text);
    return status < 0 ? plm_model_fail_layer(m, status) : given.x[0];
}

/* Adds layers whose first one takes the output of the layer that was added last. The first layer of
 * a model has no input. */
plm_value plm_add(plm_model *m, const char *spec, ...)
{
    va_list list;
    if (m == NULL)
        return (plm_value){0};
    const plm_value last = last_value(m);
    va_start(list, spec);
    const plm_value y = add(m, m->layers > 0 ? 1 : 0, &last, true, spec, list);
    va_end(list);
    return y;
}

/* Adds layers whose first one takes x. */
plm_value plm_apply(plm_model *m, plm_value x, const char *spec, ...)
{
    va_list list;
    if (m == NULL)
        return (plm_value){0};
    va_start(list, spec);
    const plm_value y = add(m, 1, &x, false, spec, list);
    va_end(list);
    return y;
}

/* Adds a chain of layers. Its first layer gets all values x [count] as inputs. */
plm_value plm_merge(plm_model *m, int count, const plm_value *x, const char *spec, ...)
{
    va_list list;
    if (m == NULL)
        return (plm_value){0};
    va_start(list, spec);
    const plm_value y = add(m, count, x, false, spec, list);
    va_end(list);
    return y;
}
