/* Remedies that change an argument of a layer. A finding names the layer in which it measured a
 * fault. The argument that causes it may belong to another layer: an activation can be a layer of
 * its own, and then the initializer belongs to the dense layer before it. */
#include <string.h>

#include "base/names.h"
#include "doctor/doctor.h"
#include "doctor/finding.h"

/* Returns the layer of the model that a spot shows. */
static const plm_layer *layer_of(const plm_case *c, int64_t spot)
{
    return &c->model->layer[c->spot[spot].layer];
}

/* Returns the number of an argument in a table of arguments; -1 = the table does not have it. */
static int64_t find_field(const plm_field *fields, const char *key)
{
    for (int64_t i = 0; fields != NULL && fields[i].name != NULL; i++)
        if (strcmp(fields[i].name, key) == 0)
            return i;
    return -1;
}

/* True if a layer has an argument of this name. */
static bool takes(const plm_layer *l, const char *key)
{
    return l->kind != NULL && (find_field(l->kind->kind.fields, key) >= 0 ||
                               find_field(plm_layer_common_fields, key) >= 0);
}

/* Returns the layer that applies the activation of `layer`: itself, or the activation layer that
 * reads it, perhaps behind a normalization or dropout. */
static int64_t activating(const plm_case *c, int64_t layer)
{
    int64_t from = layer;
    for (int64_t i = layer + 1; c->spot[layer].function == NULL && i < c->layers; i++) {
        const plm_layer *l = layer_of(c, i);
        if (l->inputs != 1 || l->input[0] != (int)c->spot[from].layer)
            continue;
        if (c->spot[i].function != NULL && !takes(l, "units"))
            return i;
        if (!plm_case_layer_is(c, i, "*normalization|*dropout|gaussian_noise|identity"))
            break;
        from = i;
    }
    return layer;
}

int64_t plm_case_owner(const plm_case *c, int64_t layer, const char *key)
{
    if (strcmp(key, "activation") == 0)
        return activating(c, layer);
    while (layer >= 0 && !takes(layer_of(c, layer), key)) {
        const plm_layer *l = layer_of(c, layer);
        int64_t before = l->inputs == 1 ? layer - 1 : -1;
        while (before >= 0 && (int)c->spot[before].layer != l->input[0])
            before--;
        layer = before;
    }
    return layer;
}

/* Returns a copy of the layer's spec in which an argument has another value. An argument that is
 * written by position is replaced, too: dropout(0.9) becomes dropout(0.3). NULL = no memory. */
static const plm_spec *change(plm_arena *a, const plm_layer *l, const plm_spec *own,
                              const char *key, const plm_spec *value)
{
    const size_t at = l->kind != NULL ? plm_kind_position(&l->kind->kind, key) : SIZE_MAX;
    return at == SIZE_MAX ? plm_spec_with(a, own, key, value)
                          : plm_spec_set(a, own, key, at, value);
}

/* Returns the initializer for an activation. The variance 2 / inputs (He et al., 2015) compensates
 * for the half that relu and similar functions cut off, 1 / inputs (LeCun) is what selu assumes for
 * its self-normalization, and Glorot suits functions that are symmetric about 0. */
const char *plm_doctor_initializer(const char *activation)
{
    if (activation == NULL)
        return "glorot_uniform";
    if (plm_name_equal(activation, "selu"))
        return "lecun_normal";
    return plm_pattern_matches("*relu*|*elu|gelu|swish|silu|mish", activation) ? "he_normal"
                                                                               : "glorot_uniform";
}

/* Returns the spec of a layer with the initializer that suits its new activation, if the layer has
 * an initializer. NULL = no memory. */
static const plm_spec *with_initializer(plm_arena *a, const plm_layer *l, const plm_spec *s,
                                        const char *activation)
{
    static const char key[] = "kernel_initializer";
    const plm_spec *value = NULL;
    if (!takes(l, key))
        return s;
    if (plm_spec_parse(a, plm_doctor_initializer(activation), &value) < 0)
        return NULL;
    return change(a, l, s, key, value);
}

/* Returns the spec of a layer with another value of an argument. An activation layer that has no
 * argument for its function, such as relu, is replaced by another one. NULL = this is not possible,
 * or there is no memory. */
static const plm_spec *changed_spec(plm_arena *a, const plm_case *c, int64_t layer, const char *key,
                                    const char *value)
{
    const plm_layer *l = layer_of(c, layer);
    const plm_spec *own = NULL, *given = NULL;
    const bool activates = strcmp(key, "activation") == 0;
    if (activates && !takes(l, key)) {
        const bool layers = plm_pattern_matches("relu|leaky_relu|elu|softmax", value);
        const char *text = layers ? value : plm_arena_format(a, "activation(%s)", value);
        return c->spot[layer].function != NULL && text != NULL &&
                       plm_spec_parse(a, text, &given) >= 0
                   ? given
                   : NULL;
    }
    if (plm_spec_parse(a, l->text, &own) < 0 || plm_spec_parse(a, value, &given) < 0)
        return NULL;
    const plm_spec *s = change(a, l, own, key, given);
    return s != NULL && activates && strcmp(value, "linear") != 0 ? with_initializer(a, l, s, value)
                                                                  : s;
}

/* True if a spec is a layer with arguments that it accepts, so that a model can be made of it. */
static bool is_layer(plm_arena *a, const plm_spec *s)
{
    plm_layer_common common = {0};
    const plm_kind *kind = plm_kind_find(a->w, "layer", s->text);
    void *config = kind != NULL ? plm_arena_take(a, kind->config_size + 1) : NULL;
    return config != NULL &&
           plm_fields_bind(a, "layer", kind, s, config, plm_layer_common_fields, &common) >= 0;
}

/* Returns the text of layer `own` with another value of an argument; NULL = the text is no valid
 * layer, nothing changes, or there is no memory. */
static const char *changed_text(plm_report *r, const plm_case *c, int64_t own, const char *key,
                                const char *value)
{
    const plm_spec *s = own >= 0 ? changed_spec(r->arena, c, own, key, value) : NULL, *old = NULL;
    if (s == NULL || !is_layer(r->arena, s) ||
        plm_spec_parse(r->arena, layer_of(c, own)->text, &old) < 0)
        return NULL;
    const char *text = plm_spec_text(r->arena, s), *before = plm_spec_text(r->arena, old);
    return text != NULL && before != NULL && strcmp(text, before) != 0 ? text : NULL;
}

/* Adds a remedy that changes an argument of the layer that has it. The whole layer is written, with
 * its other arguments, so that the remedy can be pasted. If the activation changes, the initializer
 * is changed with it. A text that is no valid layer, or that changes nothing, gives no remedy;
 * whoever applies the rule sees whether memory ran out. */
void plm_report_change(plm_report *r, const plm_case *c, int64_t layer, const char *key,
                       const char *value)
{
    const int64_t own = plm_case_owner(c, layer, key);
    const char *text = changed_text(r, c, own, key, value);
    const int count = r->remedies;
    if (text == NULL)
        return;
    plm_report_remedy(r, "model", "%s", text);
    if (r->remedies > count)
        r->changes[count] = own + 1;
}

/* Returns the initializer that suits the activation of a layer. */
static const char *initializer_of(const plm_case *c, int64_t layer)
{
    return plm_doctor_initializer(c->spot[plm_case_owner(c, layer, "activation")].function);
}

/* Fills text[count] with the new texts of the layers that have the argument, each once. Returns how
 * many there are. */
static int64_t change_layers(plm_report *r, const plm_case *c, const int64_t *list, int64_t count,
                             const char *key, const char *value, plm_layer_text *text)
{
    int64_t texts = 0;
    for (int64_t i = 0; i < count; i++) {
        const int64_t own = plm_case_owner(c, list[i], key);
        int64_t same = 0;
        while (same < texts && text[same].layer != own)
            same++;
        const char *now =
            same == texts
                ? changed_text(r, c, own, key, *value != '\0' ? value : initializer_of(c, list[i]))
                : NULL;
        if (now != NULL)
            text[texts++] = (plm_layer_text){own, now};
    }
    return texts;
}

/* The items of the run file that make the layers are found later, by plm_diagnosis_place: several
 * layers may be parts of one item. */
void plm_report_texts(plm_report *r, const plm_layer_text *text, int64_t count)
{
    const int before = r->remedies;
    plm_report_remedy(r, "model", "%s", text[0].text);
    if (r->remedies == before)
        return;
    r->changes[before] = text[0].layer + 1;
    r->text[before] = text;
    r->texts[before] = count;
}

/* Layers whose text would not change are left out. */
void plm_report_change_all(plm_report *r, const plm_case *c, const int64_t *list, int64_t count,
                           const char *key, const char *value)
{
    plm_layer_text *text = plm_arena_array(r->arena, (size_t)count + 1, sizeof *text);
    const int64_t texts = text != NULL ? change_layers(r, c, list, count, key, value, text) : 0;
    if (texts > 0)
        plm_report_texts(r, text, texts);
}

void plm_report_initializer(plm_report *r, const plm_case *c, int64_t layer)
{
    plm_report_change(r, c, layer, "kernel_initializer", initializer_of(c, layer));
}

/* Adds a remedy with another layer after the given one. A layer that is only an activation is
 * replaced by the other one. */
void plm_report_after_linear(plm_report *r, const plm_case *c, int64_t layer, const char *other)
{
    const plm_layer *l = layer_of(c, layer);
    if (c->spot[layer].function == NULL) {
        plm_report_after(r, c, layer, other);
        return;
    }
    if (!takes(l, "units")) {
        plm_report_remedy(r, PLM_REMEDY_ONCE, "%s", other);
        return;
    }
    const plm_spec *s = changed_spec(r->arena, c, layer, "activation", "linear");
    const char *text = s != NULL ? plm_spec_text(r->arena, s) : NULL;
    if (text != NULL)
        plm_report_remedy(r, PLM_REMEDY_ONCE, "%s | %s", text, other);
}
