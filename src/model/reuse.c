/* Helps to reuse trained layers: removes layers, freezes them, and slows their learning. At the
 * next compile, a parameter gets the old values if its name and shape are the same.
 *
 * With a removed layer its parameters, its name, its output if it was declared, and the table
 * columns that were its inputs or targets are forgotten, too. Otherwise the next compile would give
 * its old values to a new layer with the same name. */
#include <string.h>

#include "base/names.h"
#include "model/document.h"
#include "model/model.h"

/* Renames the old parameters of removed layers, so that a new layer of the same name does not get
 * their values. removed[i]: true = layer i is removed; removed == NULL: all layers from `first` on
 * are removed. */
static void forget_weights(plm_model *m, const bool *removed, size_t first)
{
    for (size_t i = 0; i < m->graph.weights; i++) {
        const size_t layer = plm_index_find(&m->layer_of, m->graph.weight[i].layer);
        if (layer != SIZE_MAX && (removed != NULL ? removed[layer] : layer >= first))
            m->graph.weight[i].name = "";
    }
}

/* Searches for a layer that is kept but takes the output of a removed layer. Returns the removed
 * layer and sets *taker to the kept layer; NULL = there is none. removed: [m->layers]. */
static const plm_layer *find_missing(const plm_model *m, const bool *removed,
                                     const plm_layer **taker)
{
    for (size_t i = 0; i < m->layers; i++)
        for (int k = 0; !removed[i] && k < m->layer[i].inputs; k++)
            if (removed[m->layer[i].input[k]]) {
                *taker = &m->layer[i];
                return &m->layer[m->layer[i].input[k]];
            }
    return NULL;
}

/* Forgets the schema of the table, since the inputs have changed. */
static void forget_schema(plm_model *m)
{
    m->setting[PLM_SETTING_SCHEMA] = "";
    m->schema = NULL;
}

/* Forgets the target columns if an output is removed, since a new head has other targets. Forgets
 * the input columns if an input is removed. Call it before the layers are removed. */
static void forget_columns(plm_model *m, const bool *removed)
{
    /* without declared outputs the last layer is the output */
    bool head = m->outputs == 0 && removed[m->layers - 1];
    for (int i = 0; i < m->outputs; i++)
        head = head || removed[m->output[i]];
    if (head)
        m->setting[PLM_SETTING_TARGETS] = "";
    for (size_t i = 0; i < m->layers; i++)
        if (removed[i] && m->layer[i].is_input)
            m->setting[PLM_SETTING_INPUTS] = "";
    if (m->setting[PLM_SETTING_INPUTS][0] == '\0')
        forget_schema(m);
}

/* Removes the marked layers from the list and renumbers the inputs and outputs of the others.
 * place: [m->layers] memory for the new index of each layer. Values of the model become invalid. */
static void compact(plm_model *m, const bool *removed, int *place)
{
    size_t count = 0;
    int outputs = 0;
    forget_columns(m, removed);
    forget_weights(m, removed, 0);
    for (size_t i = 0; i < m->layers; i++) {
        /* the new index of layer i; -1 = removed */
        place[i] = removed[i] ? -1 : (int)count;
        if (removed[i]) {
            plm_model_drop_name(m, i);
            continue;
        }
        plm_model_move_name(m, i, count);
        m->layer[count] = m->layer[i];
        for (int k = 0; k < m->layer[count].inputs; k++)
            m->layer[count].input[k] = place[m->layer[count].input[k]];
        count++;
    }
    for (int i = 0; i < m->outputs; i++)
        if (place[m->output[i]] >= 0)
            m->output[outputs++] = place[m->output[i]];
    if (outputs < m->outputs)
        m->setting[PLM_SETTING_LOSS_WEIGHTS] = "";
    m->outputs = outputs;
    m->layers = count;
    m->compiled = false;
    plm_model_new_tag(m);
}

/* Removes the marked layers. Fails if a layer that is kept takes the output of a removed one. */
static plm_status remove_marked(plm_model *m, const bool *removed, const char *caller)
{
    const plm_layer *taker = NULL, *gone = find_missing(m, removed, &taker);
    if (gone != NULL)
        return plm_fail(m->w, PLM_E_ORDER, caller, "remove that layer too",
                        "layer '%s' takes the output of '%s', which is to be removed", taker->name,
                        gone->name);
    int *place = plm_allocate_array(m->w, m->layers + 1, sizeof *place);
    if (place == NULL)
        return PLM_E_MEMORY;
    compact(m, removed, place);
    plm_release(m->w, place);
    return PLM_OK;
}

/* Removes the last `count` layers from the list. Also forgets declared outputs of these layers and
 * the weights of their losses, and the names of their table columns. */
plm_status plm_model_pop(plm_model *m, int count)
{
    PLM_TRY(plm_model_idle(m, "plm_model_pop"));
    PLM_TRY(plm_model_sound(m));
    if (count < 0 || (size_t)count > m->layers)
        return plm_fail(m->w, PLM_E_ORDER, "plm_model_pop", "remove fewer layers",
                        "%d layers cannot be removed from a model of %zu layers", count, m->layers);
    forget_weights(m, NULL, m->layers - (size_t)count);
    for (int i = 0; i < count; i++) {
        plm_model_drop_name(m, --m->layers);
        m->setting[PLM_SETTING_INPUTS] =
            m->layer[m->layers].is_input ? "" : m->setting[PLM_SETTING_INPUTS];
    }
    if (count > 0 || m->outputs > 0)
        m->setting[PLM_SETTING_TARGETS] = ""; /* the model will have another output */
    if (count > 0)
        /* a new layer gets the number of a removed one; a new tag makes the values of removed
         * layers invalid */
        plm_model_new_tag(m);
    if (m->setting[PLM_SETTING_INPUTS][0] == '\0')
        forget_schema(m);
    m->outputs = 0;
    m->setting[PLM_SETTING_LOSS_WEIGHTS] = "";
    m->compiled = false;
    return PLM_OK;
}

/* Checks that the model has no error, no call is running on it, and patterns are given. */
static plm_status check_call(plm_model *m, const char *caller, const char *patterns)
{
    PLM_TRY(plm_model_idle(m, caller));
    PLM_TRY(plm_model_sound(m));
    if (patterns == NULL)
        return plm_fail(m->w, PLM_E_ORDER, caller,
                        "give the name of a layer, or a pattern such as \"dense*\"",
                        "an argument is NULL");
    return PLM_OK;
}

/* Fails because no layer matches; the hint lists the layers. Names that are separated by anything
 * but | are taken as one name. */
static plm_status no_match(plm_model *m, const char *caller, const char *patterns)
{
    plm_text names = {.w = m->w};
    if (strpbrk(patterns, ",; ") != NULL)
        plm_text_add(&names, "write | between names, as in 'low|high'; ");
    plm_text_add(&names, "its layers: ");
    for (size_t i = 0; i < m->layers && names.length < PLM_HINT_CAPACITY - 80; i++)
        plm_text_format(&names, "%s%s", i > 0 ? ", " : "", m->layer[i].name);
    const plm_status status = plm_fail(m->w, PLM_E_SPEC, caller, plm_text_get(&names),
                                       "no layer's name matches '%s'", patterns);
    plm_text_free(&names);
    return status;
}

/* Marks the layers whose names match, then removes the marked ones. */
plm_status plm_model_remove(plm_model *m, const char *patterns)
{
    size_t count = 0;
    PLM_TRY(check_call(m, "plm_model_remove", patterns));
    bool *removed = plm_allocate_array(m->w, m->layers + 1, sizeof *removed);
    if (removed == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < m->layers; i++)
        count += removed[i] = plm_pattern_matches(patterns, m->layer[i].name);
    const plm_status status = count > 0 ? remove_marked(m, removed, "plm_model_remove")
                                        : no_match(m, "plm_model_remove", patterns);
    plm_release(m->w, removed);
    return status;
}

/* Sets a key in the stored spec of a layer, so that a saved model has the new value. value == NULL:
 * removes the key. */
static plm_status set_key(plm_model *m, plm_layer *l, const char *key, const plm_spec *value)
{
    const plm_spec *s = NULL;
    PLM_TRY(plm_spec_parse(&m->arena, l->text, &s));
    s = plm_spec_with(&m->arena, s, key, value);
    const char *text = s != NULL ? plm_spec_text(&m->arena, s) : NULL;
    l->text = text != NULL ? text : l->text;
    return text != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Calls set(m, layer, value) for each layer whose name matches the patterns, except inputs. Errors:
 * E_SPEC if no layer matches. */
static plm_status set_matching(plm_model *m, const char *caller, const char *patterns,
                               plm_status (*set)(plm_model *m, plm_layer *l, double value),
                               double value)
{
    int matches = 0;
    PLM_TRY(check_call(m, caller, patterns));
    for (size_t i = 0; i < m->layers; i++) {
        if (m->layer[i].is_input || !plm_pattern_matches(patterns, m->layer[i].name))
            continue;
        matches++;
        PLM_TRY(set(m, &m->layer[i], value));
    }
    m->compiled = m->compiled && matches == 0;
    return matches > 0 ? PLM_OK : no_match(m, caller, patterns);
}

/* Freezes (0) or unfreezes a layer. */
static plm_status set_trainable(plm_model *m, plm_layer *l, double value)
{
    static const plm_spec no = {.type = PLM_SPEC_NAME, .text = "false"};
    l->trainable = value != 0;
    return set_key(m, l, "trainable", l->trainable ? NULL : &no);
}

/* Freezes layers, or trains them again. patterns: names of layers, "*dense*|head". */
plm_status plm_model_set_trainable(plm_model *m, const char *patterns, bool trainable)
{
    return set_matching(m, "plm_model_set_trainable", patterns, set_trainable, trainable);
}

/* Sets the learning rate factor of a layer and of its stored spec. */
static plm_status set_factor(plm_model *m, plm_layer *l, double value)
{
    const plm_spec number = {.type = PLM_SPEC_NUMBER, .number = value};
    l->learning_rate_factor = value;
    return set_key(m, l, "learning_rate_factor", value != 1 ? &number : NULL);
}

/* Sets the learning rate factors of the layers or parameters that match the patterns. Checks the
 * factor, since no field table does it here. */
plm_status plm_model_set_learning_rate_factor(plm_model *m, const char *patterns, double factor)
{
    if (m != NULL && !(factor >= 0 && factor <= 1e6))
        return plm_fail(m->w, PLM_E_SPEC, "plm_model_set_learning_rate_factor",
                        "give a number from 0 to 1000000, such as 0.1",
                        "the learning rate cannot be multiplied by %g", factor);
    if (m == NULL || patterns == NULL || strchr(patterns, '/') == NULL)
        return set_matching(m, "plm_model_set_learning_rate_factor", patterns, set_factor, factor);
    PLM_TRY(check_call(m, "plm_model_set_learning_rate_factor", patterns));
    return plm_model_add_factor(m, patterns, factor);
}
