/* Reuse of trained layers: another head, frozen layers, copies. Parameters are kept by name at the next compile. */
#include <string.h>

#include "model/document.h"
#include "model/model.h"

/* What a layer that goes had learned must not come back with a new one of its name. */
static void forget_weights(plm_model *m, const char *layer)
{
    for (size_t i = 0; i < m->graph.weights; i++)
        if (strcmp(m->graph.weight[i].layer, layer) == 0)
            m->graph.weight[i].name = "";
}

plm_status plm_model_pop(plm_model *m, int count)
{
    if (m == NULL)
        return PLM_E_ORDER;
    if (m->fault < 0)
        return m->fault;
    if (count < 0 || (size_t)count > m->layers)
        return plm_fail(m->w, PLM_E_ORDER, "plm_model_pop", "take fewer",
                        "%d layers cannot be taken from a model of %zu", count, m->layers);
    for (int i = 0; i < count; i++)
        forget_weights(m, m->layer[--m->layers].name);
    m->outputs = 0;
    m->compiled = false;
    return PLM_OK;
}

/* The layer's spec with `trainable` said as it now is, so that a saved model says so, too. */
static plm_status say_trainable(plm_model *m, plm_layer *l)
{
    const plm_spec *s = NULL;
    static const plm_spec no = {.type = PLM_SPEC_NAME, .text = "false"};
    PLM_TRY(plm_spec_parse(&m->arena, l->text, &s));
    plm_spec_argument *argument = plm_arena_array(&m->arena, s->count + 1, sizeof *argument);
    plm_spec said = *s;
    if (argument == NULL)
        return PLM_E_MEMORY;
    said.count = 0;
    for (size_t i = 0; i < s->count; i++)
        if (s->argument[i].key == NULL || !plm_name_equal(s->argument[i].key, "trainable"))
            argument[said.count++] = s->argument[i];
    if (!l->trainable)
        argument[said.count++] = (plm_spec_argument){.key = "trainable", .value = &no};
    said.argument = argument;
    said.called = true;
    const char *text = plm_spec_text(&m->arena, &said);
    l->text = text != NULL ? text : l->text;
    return text != NULL ? PLM_OK : PLM_E_MEMORY;
}

plm_status plm_model_set_trainable(plm_model *m, const char *patterns, bool trainable)
{
    int matches = 0;
    if (m == NULL || patterns == NULL)
        return PLM_E_ORDER;
    if (m->fault < 0)
        return m->fault;
    for (size_t i = 0; i < m->layers; i++) {
        plm_layer *l = &m->layer[i];
        if (l->is_input || !plm_pattern_matches(patterns, l->name))
            continue;
        matches++;
        l->trainable = trainable;
        PLM_TRY(say_trainable(m, l));
    }
    m->compiled = m->compiled && matches == 0;
    if (matches > 0)
        return PLM_OK;
    return plm_fail(m->w, PLM_E_SPEC, "plm_model_set_trainable", "see the names in the summary",
                    "no layer's name matches '%s'", patterns);
}

plm_model *plm_model_clone(const plm_model *m)
{
    plm_model *copy = NULL;
    if (plm_model_ready(m) < 0)
        return NULL;
    plm_document d = {.arena = {.w = m->w}};
    if (plm_document_from_model(m, &d) >= 0)
        (void)plm_document_to_model(m->w, &d, "plm_model_clone", &copy);
    plm_document_free(&d);
    return copy;
}
