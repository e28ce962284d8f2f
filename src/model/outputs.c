/* The outputs of a model: finds the entry of a setting for each of them, by order or by name, and
 * describes inputs and outputs to programs.
 *
 * A setting such as loss may be one entry for all outputs, one for each, or entries with names;
 * loss, loss_weights and metrics share these rules. */
#include <math.h>
#include <string.h>

#include "model/model.h"

/* Returns the name of the layer that computes output k. Without declared outputs the last layer is
 * the only output. */
const char *plm_model_output_name(const plm_model *m, int k)
{
    return m->layer[m->outputs > 0 ? (size_t)m->output[k] : m->layers - 1].name;
}

/* Fails on an unknown name of an output; the hint lists the known ones. */
static plm_status fail_name(const plm_model *m, const char *key, const char *given)
{
    plm_text names = {.w = m->w};
    plm_text_add(&names, "its outputs: ");
    for (int k = 0; k < m->heads; k++)
        plm_text_format(&names, "%s%s", k > 0 ? ", " : "", plm_model_output_name(m, k));
    const plm_status status = plm_fail(m->w, PLM_E_SPEC, key, plm_text_get(&names),
                                       "the model has no output '%s'", given);
    plm_text_free(&names);
    return status;
}

/* Assigns an entry with a name, such as aux=mae, to its output. key: the setting, for errors. */
static plm_status by_name(const plm_model *m, const char *key, const plm_spec_argument *given,
                          const plm_spec *out[PLM_TARGETS])
{
    int k = 0;
    while (k < m->heads && strcmp(plm_model_output_name(m, k), given->key) != 0)
        k++;
    if (k == m->heads)
        return fail_name(m, key, given->key);
    if (out[k] != NULL)
        return plm_fail_key(m->w, PLM_E_SPEC, key, "give the entry by order or by name, not both",
                            "output '%s' is given twice", given->key);
    out[k] = given->value;
    return PLM_OK;
}

/* Assigns the entries without a name, which are the first `ordered` ones, to outputs. There may be
 * one for all outputs, or one for each output in order. There may be fewer if entries with names
 * follow for the other outputs. */
static plm_status in_order(const plm_model *m, const char *key, const plm_spec *given,
                           size_t ordered, const plm_spec *out[PLM_TARGETS])
{
    /* a single entry without a name is for all outputs */
    const bool names = ordered < given->count, one_for_all = ordered == 1 && !names;
    const size_t outputs = (size_t)m->heads;
    if (ordered > outputs || (ordered > 0 && ordered < outputs && !names && !one_for_all))
        return plm_fail_key(m->w, PLM_E_SPEC, key,
                            "give one entry for all outputs, one for each output in order, or "
                            "entries by name: aux=...",
                            "%zu entries are given for %d output%s", ordered, m->heads,
                            m->heads == 1 ? "" : "s");
    for (size_t k = 0; k < (one_for_all ? outputs : ordered); k++)
        out[k] = given->argument[one_for_all ? 0 : k].value;
    return PLM_OK;
}

/* Assigns all entries to outputs, first the entries without a name. */
static plm_status distribute(const plm_model *m, const char *key, const plm_spec *given,
                             const plm_spec *out[PLM_TARGETS])
{
    size_t ordered = 0;
    while (ordered < given->count && given->argument[ordered].key == NULL)
        ordered++;
    PLM_TRY(in_order(m, key, given, ordered, out));
    for (size_t i = ordered; i < given->count; i++)
        PLM_TRY(by_name(m, key, &given->argument[i], out));
    return PLM_OK;
}

/* Parses `text` like the arguments of a call ("price=mse, kind=...") and stores the argument for
 * output k in out[k]. */
plm_status plm_model_by_output(const plm_model *m, plm_arena *a, const char *key, const char *text,
                               const plm_spec *out[PLM_TARGETS])
{
    const plm_spec *given = NULL;
    for (int k = 0; k < PLM_TARGETS; k++)
        out[k] = NULL;
    plm_status status = plm_spec_parse_arguments(a, text, &given);
    if (status >= 0)
        return distribute(m, key, given, out);
    plm_fail_in_key(m->w, key);
    return status;
}

/* Stores the text as a setting. plm_compile checks the text, when the outputs are known. */
plm_status plm_model_set_loss_weights(plm_model *m, const char *weights)
{
    PLM_TRY(plm_model_idle(m, "plm_model_set_loss_weights"));
    PLM_TRY(plm_model_sound(m));
    const char *kept = plm_arena_text(&m->arena, weights != NULL ? weights : "", SIZE_MAX);
    if (kept == NULL)
        return PLM_E_MEMORY;
    m->setting[PLM_SETTING_LOSS_WEIGHTS] = kept;
    m->compiled = false;
    return PLM_OK;
}

/* ---- the public view ---- */

/* Fills *out with the name and shape of a value of the graph. Returns `count`, the number of inputs
 * or outputs, which callers return in turn. */
static int describe(const plm_model *m, const plm_value *value, const char *name, int count,
                    plm_port *out)
{
    const plm_shape *s = plm_graph_shape(&m->graph, *value);
    *out = (plm_port){.name = name, .loss = "", .rank = s->rank};
    memcpy(out->dims, s->dims, sizeof s->dims);
    return count;
}

/* Describes input `index`; inputs are numbered in the order of their layers. Returns the number of
 * inputs. */
int plm_model_inputs(const plm_model *m, int index, plm_port *out)
{
    int place = 0;
    if (plm_model_ready(m) < 0)
        return -1;
    for (size_t i = 0; i < m->layers; i++)
        if (m->layer[i].is_input && place++ == index && out != NULL)
            return describe(m, &m->input[index], m->layer[i].name, m->inputs, out);
    return m->inputs;
}

/* Describes output `index`. Returns the number of outputs. */
int plm_model_outputs(const plm_model *m, int index, plm_port *out)
{
    if (plm_model_ready(m) < 0)
        return -1;
    if (index < 0 || index >= m->heads || out == NULL)
        return m->heads;
    describe(m, &m->head[index].prediction, plm_model_output_name(m, index), m->heads, out);
    if (m->head[index].losses.id != 0)
        out->loss = m->head[index].loss_text;
    return m->heads;
}

/* Fills dims with the shape of a value. Returns its rank; -1 = not compiled. */
static int shape_out(const plm_model *m, const plm_value *value, int64_t dims[8])
{
    if (plm_model_ready(m) < 0)
        return -1;
    const plm_shape *s = plm_graph_shape(&m->graph, *value);
    if (dims != NULL)
        memcpy(dims, s->dims, sizeof s->dims);
    return s->rank;
}

/* Returns the number of axes, without the batch; -1 = not known. */
int plm_model_input_shape(const plm_model *m, int64_t dims[8])
{
    return m != NULL ? shape_out(m, &m->input[0], dims) : -1;
}

/* Writes the dims of a row of the first output and returns their number; -1 = there is no model. */
int plm_model_output_shape(const plm_model *m, int64_t dims[8])
{
    return m != NULL ? shape_out(m, &m->head[0].prediction, dims) : -1;
}
