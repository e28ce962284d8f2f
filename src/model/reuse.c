/* Reuse of trained layers: another head, frozen layers, copies. Parameters are kept by name at
 * the next compile. */
#include <string.h>

#include "base/names.h"
#include "model/document.h"
#include "model/model.h"

/* What a layer that goes had learned must not come back with a new one of its name. goes[i]: layer
 * i goes; NULL = those from `first` on. */
static void forget_weights(plm_model *m, const bool *goes, size_t first)
{
    for (size_t i = 0; i < m->graph.weights; i++) {
        const size_t layer = plm_index_find(&m->layer_of, m->graph.weight[i].layer);
        if (layer != SIZE_MAX && (goes != NULL ? goes[layer] : layer >= first))
            m->graph.weight[i].name = "";
    }
}

/* Does `taker` take what a layer that goes (marked) gave, while it stays itself? */
static const plm_layer *missed(const plm_model *m, const bool *goes, const plm_layer **taker)
{
    for (size_t i = 0; i < m->layers; i++)
        for (int k = 0; !goes[i] && k < m->layer[i].inputs; k++)
            if (goes[m->layer[i].input[k]]) {
                *taker = &m->layer[i];
                return &m->layer[m->layer[i].input[k]];
            }
    return NULL;
}

/* Another head answers other questions; without an input nothing is known of those either.
 * Before the layers go. */
static void forget_columns(plm_model *m, const bool *goes)
{
    bool head = m->outputs == 0 && goes[m->layers - 1];
    for (int i = 0; i < m->outputs; i++)
        head = head || goes[m->output[i]];
    if (head)
        m->word[PLM_WORD_TARGETS] = "";
    for (size_t i = 0; i < m->layers; i++)
        if (goes[i] && m->layer[i].is_input)
            m->word[PLM_WORD_INPUTS] = "";
}

/* The layers that stay close up; what named a place in the list names the new one. */
static void close_up(plm_model *m, const bool *goes, int *place)
{
    size_t stay = 0;
    int outputs = 0;
    forget_columns(m, goes);
    forget_weights(m, goes, 0);
    for (size_t i = 0; i < m->layers; i++) {
        place[i] = goes[i] ? -1 : (int)stay;
        if (goes[i]) {
            plm_model_drop_name(m, i);
            continue;
        }
        plm_model_move_name(m, i, stay);
        m->layer[stay] = m->layer[i];
        for (int k = 0; k < m->layer[stay].inputs; k++)
            m->layer[stay].input[k] = place[m->layer[stay].input[k]];
        stay++;
    }
    for (int i = 0; i < m->outputs; i++)
        if (place[m->output[i]] >= 0)
            m->output[outputs++] = place[m->output[i]];
    if (outputs < m->outputs)
        m->word[PLM_WORD_LOSS_WEIGHTS] = "";
    m->outputs = outputs;
    m->layers = stay;
    m->compiled = false;
    plm_model_new_tag(m);
}

static plm_status remove_marked(plm_model *m, const bool *goes, const char *caller)
{
    const plm_layer *taker = NULL, *gone = missed(m, goes, &taker);
    if (gone != NULL)
        return plm_fail(m->w, PLM_E_ORDER, caller, "take that one, too",
                        "layer '%s' takes what '%s' gives, which is to go", taker->name,
                        gone->name);
    int *place = plm_allocate_array(m->w, m->layers + 1, sizeof *place);
    if (place == NULL)
        return PLM_E_MEMORY;
    close_up(m, goes, place);
    plm_release(m->w, place);
    return PLM_OK;
}

plm_status plm_model_pop(plm_model *m, int count)
{
    PLM_TRY(plm_model_idle(m, "plm_model_pop"));
    PLM_TRY(plm_model_sound(m));
    if (count < 0 || (size_t)count > m->layers)
        return plm_fail(m->w, PLM_E_ORDER, "plm_model_pop", "take fewer",
                        "%d layers cannot be taken from a model of %zu", count, m->layers);
    forget_weights(m, NULL, m->layers - (size_t)count);
    for (int i = 0; i < count; i++) {
        plm_model_drop_name(m, --m->layers);
        m->word[PLM_WORD_INPUTS] = m->layer[m->layers].is_input ? "" : m->word[PLM_WORD_INPUTS];
    }
    m->outputs = 0;
    m->word[PLM_WORD_LOSS_WEIGHTS] = "";
    m->word[PLM_WORD_TARGETS] = count > 0 ? "" : m->word[PLM_WORD_TARGETS];
    m->compiled = false;
    return PLM_OK;
}

/* A model, without an error so far, and patterns to look for. */
static plm_status ready(plm_model *m, const char *caller, const char *patterns)
{
    PLM_TRY(plm_model_idle(m, caller));
    PLM_TRY(plm_model_sound(m));
    if (patterns == NULL)
        return plm_fail(m->w, PLM_E_ORDER, caller,
                        "give the name of a layer, or a pattern such as \"dense*\"",
                        "an argument is NULL");
    return PLM_OK;
}

static plm_status no_match(plm_model *m, const char *caller, const char *patterns)
{
    plm_text names = {.w = m->w};
    plm_text_add(&names, "its layers: ");
    for (size_t i = 0; i < m->layers && names.length < PLM_HINT_ROOM - 80; i++)
        plm_text_format(&names, "%s%s", i > 0 ? ", " : "", m->layer[i].name);
    const plm_status status = plm_fail(m->w, PLM_E_SPEC, caller, plm_text_get(&names),
                                       "no layer's name matches '%s'", patterns);
    plm_text_free(&names);
    return status;
}

plm_status plm_model_remove(plm_model *m, const char *patterns)
{
    size_t count = 0;
    PLM_TRY(ready(m, "plm_model_remove", patterns));
    bool *goes = plm_allocate_array(m->w, m->layers + 1, sizeof *goes);
    if (goes == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < m->layers; i++)
        count += goes[i] = plm_pattern_matches(patterns, m->layer[i].name);
    const plm_status status = count > 0 ? remove_marked(m, goes, "plm_model_remove")
                                        : no_match(m, "plm_model_remove", patterns);
    plm_release(m->w, goes);
    return status;
}

/* The layer's spec with a common key said as it now is (NULL = left out), so that a saved model
 * says so, too. */
static plm_status say_key(plm_model *m, plm_layer *l, const char *key, const plm_spec *value)
{
    const plm_spec *s = NULL;
    PLM_TRY(plm_spec_parse(&m->arena, l->text, &s));
    s = plm_spec_with(&m->arena, s, key, value);
    const char *text = s != NULL ? plm_spec_text(&m->arena, s) : NULL;
    l->text = text != NULL ? text : l->text;
    return text != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Goes through the layers whose names match; E_SPEC where none does. */
static plm_status say_matching(plm_model *m, const char *caller, const char *patterns,
                               plm_status (*say)(plm_model *m, plm_layer *l, double value),
                               double value)
{
    int matches = 0;
    PLM_TRY(ready(m, caller, patterns));
    for (size_t i = 0; i < m->layers; i++) {
        if (m->layer[i].is_input || !plm_pattern_matches(patterns, m->layer[i].name))
            continue;
        matches++;
        PLM_TRY(say(m, &m->layer[i], value));
    }
    m->compiled = m->compiled && matches == 0;
    return matches > 0 ? PLM_OK : no_match(m, caller, patterns);
}

static plm_status say_trainable(plm_model *m, plm_layer *l, double value)
{
    static const plm_spec no = {.type = PLM_SPEC_NAME, .text = "false"};
    l->trainable = value != 0;
    return say_key(m, l, "trainable", l->trainable ? NULL : &no);
}

plm_status plm_model_set_trainable(plm_model *m, const char *patterns, bool trainable)
{
    return say_matching(m, "plm_model_set_trainable", patterns, say_trainable, trainable);
}

static plm_status say_factor(plm_model *m, plm_layer *l, double value)
{
    const plm_spec said = {.type = PLM_SPEC_NUMBER, .number = value};
    l->learning_rate_factor = value;
    return say_key(m, l, "learning_rate_factor", value != 1 ? &said : NULL);
}

plm_status plm_model_set_learning_rate_factor(plm_model *m, const char *patterns, double factor)
{
    if (m != NULL && !(factor >= 0 && factor <= 1e6))
        return plm_fail(m->w, PLM_E_SPEC, "plm_model_set_learning_rate_factor",
                        "give a number from 0 to 1000000, such as 0.1",
                        "the learning rate cannot be multiplied by %g", factor);
    return say_matching(m, "plm_model_set_learning_rate_factor", patterns, say_factor, factor);
}
