/* Manages the names of layers, and the values that stand for their outputs. Each name is unique,
 * and an index finds its layer in constant time.
 *
 * A value that a user holds is the number of a layer together with a tag of the model. So a value
 * of another model, or one from before layers were removed, is recognized as wrong. */
#include <stdio.h>
#include <string.h>

#include "model/model.h"

/* The id of a value is the number of its layer, from 1, in the lower bits and the tag of the model
 * above them. */
enum { LAYER_BITS = 20, TAGS = 1 << 12 };

/* Makes all values returned so far invalid, by giving the model a new tag. A tag distinguishes the
 * values of a model from those of other models, so that a value of the wrong model is an error. */
void plm_model_new_tag(plm_model *m)
{
    m->tag = (m->w->tags++ % (TAGS - 1) + 1) << LAYER_BITS;
}

/* Returns the value that stands for the output of a layer in the public interface. The lower bits
 * are the number of the layer, from 1; the upper bits are the tag. */
plm_value plm_model_value(const plm_model *m, size_t layer)
{
    return (plm_value){m->tag | ((uint32_t)layer + 1)};
}

/* Splits the id into the tag, which must be that of the model, and the number of the layer. */
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

/* Returns a free name for a layer of this kind; NULL = no memory. Names are as in Keras: the kind
 * itself, then kind_1, kind_2, ... The search starts at the number where the last search for this
 * kind ended, since all names before it are taken. When a name becomes free, plm_model_drop_name
 * clears these numbers. */
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

/* Stores the index of the layer under its name. Fails if the index needs more than LAYER_BITS bits,
 * since the id of a value contains the index. */
plm_status plm_model_keep_name(plm_model *m, size_t layer)
{
    if (layer + 1 >= 1u << LAYER_BITS)
        return plm_fail(m->w, PLM_E_UNSUPPORTED, m->layer[layer].where, "use fewer layers",
                        "a model has at most %d layers", (1 << LAYER_BITS) - 1);
    return plm_index_put(&m->layer_of, m->layer[layer].name, layer);
}

/* Gives a layer another number in the index of names. Called when layers before it were removed, so
 * that its number has changed. */
void plm_model_move_name(plm_model *m, size_t layer, size_t to)
{
    plm_index_set(&m->layer_of, m->layer[layer].name, to);
}

/* Removes the name from the index. Searches for free names then start from the beginning again;
 * otherwise they would not find this name. */
void plm_model_drop_name(plm_model *m, size_t layer)
{
    plm_index_remove(&m->layer_of, m->layer[layer].name);
    plm_index_clear(&m->next_free);
}
