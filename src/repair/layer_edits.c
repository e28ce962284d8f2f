/* Changes items of the key model: an item such as "20 * dense(100, activation=sigmoid) |
 * dropout(0.2)" is split into its parts, the layers of a kind are changed, and the parts are joined
 * again. A repair changes a text of the user, so everything else must stay unchanged: names,
 * arrows, repetitions, the order of arguments. Each layer is parsed, changed and printed again;
 * layers that the edit does not change keep their text. The last dense layer of the model is its
 * output, which most edits do not change. */
#include "repair/layer_edits.h"

#include <string.h>

#include "base/chain.h"
#include "base/names.h"
#include "base/spec.h"
#include "run/net.h"

/* The position of the activation among the arguments of dense if no key is written, as in Keras. */
enum { ACTIVATION_AT = 1 };

/* ---- one layer ---- */

/* Returns the name of the activation of a layer; NULL = the layer has no activation, or a linear
 * one. */
static const char *activation_of(const plm_spec *layer)
{
    const plm_spec *given = plm_spec_argument_of(layer, "activation", ACTIVATION_AT);
    if (given == NULL || given->type == PLM_SPEC_NUMBER || given->text == NULL ||
        plm_name_equal(given->text, "linear") || plm_name_equal(given->text, "none"))
        return NULL;
    return given->text;
}

/* Returns a copy of the layer in which an argument has another value; value = NULL: without the
 * argument. NULL = no memory. */
static const plm_spec *with(plm_arena *a, const plm_spec *layer, const char *key, size_t at,
                            const char *value)
{
    const plm_spec *parsed = NULL;
    if (value == NULL)
        return plm_spec_with(a, layer, key, NULL);
    if (plm_spec_parse(a, value, &parsed) < 0)
        return NULL;
    return plm_spec_set(a, layer, key, at, parsed);
}

/* Returns a copy of the layer with another activation, and with the initializer that suits this
 * activation. */
static const plm_spec *activated(plm_arena *a, const plm_spec *layer, const plm_layers_edit *e)
{
    const char *now = activation_of(layer);
    if (!e->every && (now == NULL || plm_name_equal(now, e->value)))
        return layer;
    layer = with(a, layer, "activation", ACTIVATION_AT, e->value);
    if (layer == NULL || e->every)
        return layer;
    return with(a, layer, "kernel_initializer", SIZE_MAX, plm_doctor_initializer(e->value));
}

/* Returns the layer after the edit; NULL = no memory. If nothing changes, it is the same
 * pointer. */
static const plm_spec *edited(plm_arena *a, const plm_spec *layer, const plm_layers_edit *e)
{
    const char *activation = activation_of(layer), *value = e->value;
    if (e->key == NULL)
        return layer;
    if (strcmp(e->key, "activation") == 0 && value != NULL)
        return activated(a, layer, e);
    if ((value == NULL || e->given) && plm_spec_argument_of(layer, e->key, e->at) == NULL)
        return layer;
    if (value != NULL && *value == '\0')
        value = plm_doctor_initializer(activation);
    return with(a, layer, e->key, e->at, value);
}

/* ---- one item ---- */

/* The position of the output layer, the last dense layer of the model. */
typedef struct {
    size_t item, part;
    bool found;
} place;

/* Sets *is to whether the text of a layer is of this kind; false for a text that cannot be parsed.
 * Errors: E_MEMORY. */
static plm_status find_kind(plm_arena *a, const char *layer, const char *kind, bool *is)
{
    const plm_spec *s = NULL;
    const plm_status status = plm_spec_parse(a, layer, &s);
    *is = status >= 0 && s->type == PLM_SPEC_NAME &&
          plm_name_equal(plm_name_without_module(s->text), kind);
    return status == PLM_E_MEMORY ? status : PLM_OK;
}

/* Finds the output layer. Items that cannot be parsed are skipped. Errors: E_MEMORY. */
static plm_status find_output(plm_arena *a, const plm_setting *items, place *found)
{
    *found = (place){0};
    for (size_t i = 0; i < items->count; i++) {
        plm_chain chain;
        const plm_status status = plm_chain_parse(a, items->item[i].text, &chain);
        if (status == PLM_E_MEMORY)
            return status;
        for (size_t k = 0; status >= 0 && k < chain.parts; k++) {
            bool is = false;
            PLM_TRY(find_kind(a, chain.part[k].layer, "dense", &is));
            if (is)
                *found = (place){i, k, true};
        }
    }
    return PLM_OK;
}

/* Adds one part of a chain to the text, with the arrow that follows it. */
static void add_part(plm_text *t, const char *layer, const plm_chain_part *part)
{
    plm_text_add(t, layer);
    for (size_t i = 0; i < part->inputs; i++)
        plm_text_format(t, "%s%s", i == 0 ? " <- " : " ", part->input[i]);
}

/* Adds part number k of a chain to the text, after the edit. Sets *changed if the edit changes it.
 * */
static plm_status add_edited(plm_arena *a, const plm_chain_part *part, const plm_layers_edit *e,
                             plm_text *t, bool *changed)
{
    const plm_spec *own = NULL;
    PLM_TRY(plm_spec_parse(a, part->layer, &own));
    const plm_spec *now = edited(a, own, e);
    const char *before = plm_spec_text(a, own), *after = now != NULL ? plm_spec_text(a, now) : NULL;
    if (before == NULL || after == NULL)
        return PLM_E_MEMORY;
    *changed = *changed || strcmp(before, after) != 0 || e->behind != NULL;
    add_part(t, after, part);
    if (e->behind != NULL)
        plm_text_format(t, " | %s", e->behind);
    return PLM_OK;
}

/* What is edited in the model: its output layer, or all other layers. */
typedef struct {
    const plm_layers_edit *edit;
    place output;
    bool only_output;
} editing;

/* Adds item number `item` after the edit to t. text: the text of the item. */
static plm_status edit_item(plm_arena *a, const editing *g, size_t item, const char *text,
                            plm_text *t, bool *changed)
{
    plm_chain chain;
    PLM_TRY(plm_chain_parse(a, text, &chain));
    if (chain.times > 1)
        plm_text_format(t, "%lld * ", (long long)chain.times);
    for (size_t k = 0; k < chain.parts; k++) {
        const plm_chain_part *part = &chain.part[k];
        const bool is_output = g->output.found && g->output.item == item && g->output.part == k;
        bool is = false;
        plm_text_add(t, k > 0 ? " | " : "");
        PLM_TRY(find_kind(a, part->layer, g->edit->kind, &is));
        if (is && is_output == g->only_output)
            PLM_TRY(add_edited(a, part, g->edit, t, changed));
        else
            add_part(t, part->layer, part);
    }
    return PLM_OK;
}

/* ---- the model ---- */

/* Adds a key and its value to a change. E_MEMORY if one of them is NULL, since then the caller had
 * no memory for it. */
plm_status plm_change_set(plm_change *c, const char *key, const char *value)
{
    if (key == NULL || value == NULL)
        return PLM_E_MEMORY;
    if (c->sets == PLM_CHANGE_SETS)
        return PLM_E_UNSUPPORTED;
    c->set[c->sets++] = (plm_remedy){.key = key, .value = value};
    return PLM_OK;
}

/* Makes the change in all items. */
static plm_status edit_items(plm_arena *a, const plm_settings *s, const editing *g, plm_change *c)
{
    const plm_setting *items = plm_setting_of(s, "model");
    for (size_t i = 0; i < items->count; i++) {
        plm_text t = {.w = a->w};
        bool changed = false;
        plm_status status = edit_item(a, g, i, items->item[i].text, &t, &changed);
        const char *text = t.failed ? NULL : plm_arena_text(a, plm_text_get(&t), SIZE_MAX);
        plm_text_free(&t);
        if (status >= 0 && changed)
            status = plm_change_set(c, plm_arena_format(a, "model.%d", (int)i), text);
        PLM_TRY(status);
    }
    return PLM_OK;
}

/* Changes all layers of a kind except the output layer. */
plm_status plm_edit_hidden(plm_arena *a, const plm_settings *s, const plm_layers_edit *e,
                           plm_change *c)
{
    editing g = {.edit = e};
    PLM_TRY(find_output(a, plm_setting_of(s, "model"), &g.output));
    return edit_items(a, s, &g, c);
}

/* Changes the output layer alone. */
plm_status plm_edit_output(plm_arena *a, const plm_settings *s, const plm_layers_edit *e,
                           plm_change *c)
{
    editing g = {.edit = e, .only_output = true};
    PLM_TRY(find_output(a, plm_setting_of(s, "model"), &g.output));
    return edit_items(a, s, &g, c);
}

/* Sets *at to the index of the item before which a first layer is inserted, which is after
 * input(...). -1 = the position is within an item. Errors: E_MEMORY. */
static plm_status find_first(plm_arena *a, const plm_setting *items, int64_t *at)
{
    plm_chain chain;
    *at = 0;
    bool has = false;
    if (items->count > 0)
        PLM_TRY(plm_net_has_input(a, items->item[0].text, &has));
    if (!has)
        return PLM_OK;
    const plm_status status = plm_chain_parse(a, items->item[0].text, &chain);
    *at = status >= 0 && chain.parts == 1 ? 1 : -1;
    return status == PLM_E_MEMORY ? status : PLM_OK;
}

/* Returns the last of the items from `at` on that are a layer rescaling(...) alone, with only such
 * layers and flatten before it; -1 = there is none. A layer that scales the inputs in another way
 * takes its place: before a rescaling, its effect would be undone. */
static int64_t find_rescaling(const plm_setting *items, int64_t at)
{
    int64_t found = -1;
    for (; at < (int64_t)items->count; at++) {
        const char *text = items->item[at].text;
        if (!strncmp(text, "rescaling(", 10) && !strchr(text, '|'))
            found = at;
        else if (strcmp(text, "flatten") != 0)
            break;
    }
    return found;
}

/* Adds a layer, either first (after the input) or last. The whole key model is replaced, since an
 * item cannot be inserted between others. A first layer replaces a rescaling that is there. */
plm_status plm_edit_add_layer(plm_arena *a, const plm_settings *s, const char *layer, bool last,
                              plm_change *c)
{
    const plm_setting *items = plm_setting_of(s, "model");
    int64_t at = (int64_t)items->count;
    plm_text t = {.w = a->w};
    if (!last)
        PLM_TRY(find_first(a, items, &at));
    if (at < 0)
        return PLM_OK;
    const int64_t own = last ? -1 : find_rescaling(items, at);
    if (own >= 0)
        return plm_change_set(c, plm_arena_format(a, "model.%lld", (long long)own), layer);
    for (int64_t i = 0; i <= (int64_t)items->count; i++) {
        if (i == at)
            plm_text_format(&t, ", %s", layer);
        if (i < (int64_t)items->count)
            plm_text_format(&t, ", %s", items->item[i].text);
    }
    const char *value =
        t.failed ? NULL : plm_arena_format(a, "[%s]", plm_text_get(&t) + strlen(", "));
    plm_text_free(&t);
    return plm_change_set(c, "model", value);
}
