/* Manages the names of layers, and the values that stand for their outputs. Each name is unique,
 * and an index finds its layer in constant time.
 *
 * A plm_value that a user gets is the number of a layer together with a tag of the model. So a
 * value of another model, or one that was returned before layers were removed, is recognized as
 * wrong. The first tag of a runtime depends on its address, so that models of two runtimes have
 * different tags, too, but for one case in 4095. */
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "base/notation.h"
#include "model/layer_names.h"
#include "model/model.h"

/* The id of a value is the number of its layer, from 1, in the lower bits and the tag of the model
 * above them. */
enum { LAYER_BITS = 20, TAGS = 1 << 12 };

/* Gives the model a new tag, which makes all values returned so far invalid. Tags differ between
 * models, so that a value of the wrong model is an error. */
void plm_model_new_tag(plm_model *m)
{
    const uint64_t first = ((uint64_t)(uintptr_t)m->w >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 40;
    m->tag = (uint32_t)((first + m->w->tags++) % (TAGS - 1) + 1) << LAYER_BITS;
}

/* Returns the value that stands for the output of a layer in the public interface. The lower bits
 * are the number of the layer, from 1; the upper bits are the tag. */
plm_value plm_model_value(const plm_model *m, size_t layer)
{
    return (plm_value){m->tag | ((uint32_t)layer + 1)};
}

/* Splits the id of a value into the tag, which must be that of the model, and the number of the
 * layer. */
bool plm_model_layer_of(const plm_model *m, plm_value v, size_t *layer)
{
    *layer = (size_t)(v.id & ((1u << LAYER_BITS) - 1)) - 1;
    return v.id != 0 && v.id >> LAYER_BITS == m->tag >> LAYER_BITS && *layer < m->layers;
}

/* True if a layer has this name. Names are compared exactly. */
bool plm_model_name_taken(const plm_model *m, const char *name)
{
    return plm_index_find(&m->layer_of, name) != SIZE_MAX;
}

/* Lists at most MOST layers, as a hint has no room for more. */
void plm_model_advise_layer(const plm_model *m, const char *name, plm_text *hint)
{
    enum { MOST = 64 };
    const char *names[MOST] = {NULL}, *near = NULL;
    const size_t count = m->layers < MOST ? m->layers : MOST;
    for (size_t i = 0; i < count; i++)
        names[i] = m->layer[i].name;
    near = plm_name_nearest(name, names, count);
    if (near != NULL)
        plm_text_format(hint, "did you mean %s?", near);
    for (size_t i = 0; near == NULL && i < count && hint->length < PLM_HINT_CAPACITY - 80; i++)
        plm_text_format(hint, "%s%s", i > 0 ? ", " : "the layers are ", names[i]);
}

/* Returns a free name for a layer of this kind; NULL = no memory. Names are as in Keras: the kind
 * itself, then kind_1, kind_2, ... The search begins at the number at which the last one for this
 * kind ended, since all smaller numbers are taken. When a name becomes free, plm_model_drop_name
 * makes searches begin at 0 again. */
const char *plm_model_free_name(plm_model *m, const char *kind)
{
    char name[128];
    const size_t last = plm_index_find(&m->next_free, kind);
    size_t k = last != SIZE_MAX ? last : 0;
    for (;; k++) {
        snprintf(name, sizeof name, k > 0 ? "%s_%zu" : "%s", kind, k);
        if (!plm_model_name_taken(m, name))
            break;
    }
    if (plm_index_put(&m->next_free, kind, k) < 0)
        return NULL;
    return plm_arena_text(&m->arena, name, SIZE_MAX);
}

/* Stores the index of the layer under its name. Fails if the index has more than LAYER_BITS bits,
 * since it is a part of the ids of values. */
plm_status plm_model_keep_name(plm_model *m, size_t layer)
{
    if (layer + 1 >= 1u << LAYER_BITS)
        return plm_fail(m->w, PLM_E_UNSUPPORTED, m->layer[layer].where, "use fewer layers",
                        "a model has at most %d layers", (1 << LAYER_BITS) - 1);
    return plm_index_put(&m->layer_of, m->layer[layer].name, layer);
}

/* Changes the index that is stored under the name of a layer. Needed when earlier layers were
 * removed, so that the layer has another number. */
void plm_model_move_name(plm_model *m, size_t layer, size_t to)
{
    plm_index_set(&m->layer_of, m->layer[layer].name, to);
}

/* Removes a name, and lets searches for free names begin at 0 again; otherwise they would not find
 * this name. */
void plm_model_drop_name(plm_model *m, size_t layer)
{
    plm_index_remove(&m->layer_of, m->layer[layer].name);
    plm_index_clear(&m->next_free);
}

/* Appends the names of the frozen layers. */
void plm_model_name_frozen(const plm_model *m, int most, plm_text *t)
{
    int shown = 0;
    for (size_t i = 0; i < m->layers; i++)
        if (!m->layer[i].trainable && shown++ < most)
            plm_text_format(t, "%s%s", shown > 1 ? ", " : "", m->layer[i].name);
    if (shown > most)
        plm_text_format(t, " and %d more", shown - most);
}

/* Appends layers whose factor is not 1, then the setting for single parameters (factors.c). */
void plm_model_name_factors(const plm_model *m, int most, plm_text *t)
{
    const char *parameters = m->setting[PLM_SETTING_FACTORS];
    char number[32];
    int shown = 0;
    for (size_t i = 0; i < m->layers; i++) {
        const double factor = m->layer[i].learning_rate_factor;
        if ((factor >= 1 && factor <= 1) || shown++ >= most)
            continue;
        plm_text_from_number(factor, number, sizeof number);
        plm_text_format(t, "%s%s=%s", shown > 1 ? ", " : "", m->layer[i].name, number);
    }
    if (shown > most)
        plm_text_format(t, " and %d more", shown - most);
    if (parameters != NULL && *parameters != '\0')
        plm_text_format(t, "%s%s", shown > 0 ? "; " : "", parameters);
}
