/* Finds the keys input_shape, input_dim, batch_input_shape and batch_shape of the first layer. */
#include "model/first_shape.h"

#include <string.h>

#include "base/chain.h"
#include "base/kinds.h"
#include "base/names.h"
#include "base/spec.h"

/* The keys by which a first layer can give the shape of the input, and whether the first number of
 * a key's list is the batch size. */
static const struct {
    const char *key;
    bool batch;
} shapes[] = {{"input_shape", false},
              {"input_dim", false},
              {"batch_input_shape", true},
              {"batch_shape", true}};

enum { SHAPES = sizeof shapes / sizeof *shapes };

/* True if the value is None, Keras's default of these keys. */
static bool is_none(const plm_spec *value)
{
    return value->type == PLM_SPEC_NAME && plm_name_equal(value->text, "none");
}

/* Returns the index in the table `shapes` of the first key of the spec that is in this table, and
 * sets *value to the key's value; -1 = the spec has none of these keys. */
static int find_shape(const plm_spec *s, const plm_spec **value)
{
    for (size_t i = 0; s->type == PLM_SPEC_NAME && i < s->count; i++)
        for (int k = 0; k < SHAPES; k++)
            if (s->argument[i].key && plm_name_equal(s->argument[i].key, shapes[k].key) &&
                !is_none(s->argument[i].value)) {
                *value = s->argument[i].value;
                return k;
            }
    return -1;
}

/* Converts the value of key number k of the table to a spec such as "input(28, 28)"; NULL = the
 * value is not a list of lengths. */
static const char *input_of(plm_arena *a, int k, const plm_spec *value)
{
    plm_text t = {.w = a->w};
    const bool list = value->type == PLM_SPEC_LIST;
    const plm_spec_argument alone = {.value = value};
    const plm_spec_argument *item = list ? value->argument : &alone;
    const size_t count = list ? value->count : 1, first = shapes[k].batch && list;
    bool good = count > first;
    plm_text_add(&t, "input(");
    for (size_t i = first; i < count; i++) {
        good = good && item[i].value->type == PLM_SPEC_NUMBER;
        plm_text_format(&t, "%s%s", i > first ? ", " : "", good ? item[i].value->text : "");
    }
    plm_text_add(&t, ")");
    const char *text = good && !t.failed ? plm_arena_text(a, plm_text_get(&t), t.length) : NULL;
    plm_text_free(&t);
    return text;
}

/* Returns the lengths of a row: the list without the batch, which is the first number if the key
 * number k has one. NULL = no memory. */
static const plm_spec *row_shape(plm_arena *a, int k, const plm_spec *value)
{
    if (!shapes[k].batch || value->type != PLM_SPEC_LIST || value->count == 0)
        return value;
    plm_spec *row = plm_arena_take(a, sizeof *row);
    if (row == NULL)
        return NULL;
    *row = *value;
    row->argument++;
    row->count--;
    return row;
}

/* True if the spec is an input layer by any of its names, as in InputLayer(input_shape=[64]). */
static bool is_input(plm *w, const plm_spec *s)
{
    const plm_family *layers = plm_family_find(w, "layer");
    for (const plm_kind *const *k = layers ? layers->kinds : NULL; k && *k; k++)
        if (s->type == PLM_SPEC_NAME && plm_kind_named(*k, s->text))
            return strcmp((*k)->name, "input") == 0;
    return false;
}

/* Writes the spec of a layer to *layer, without the keys that give the input's shape. shape: the
 * value of the layer's own key `shape`; NULL = it has no such key. */
static plm_status without_keys(plm_arena *a, const plm_spec *s, const plm_spec *shape,
                               const char **layer)
{
    for (int i = 0; i < SHAPES && s; i++)
        s = plm_spec_with(a, s, shapes[i].key, NULL);
    if (s && shape)
        s = plm_spec_with(a, s, "shape", shape);
    *layer = s ? plm_spec_text(a, s) : NULL;
    return *layer ? PLM_OK : PLM_E_MEMORY;
}

/* Removes the key of the input's shape from the text of a layer. "dense(10, input_shape=(784,))"
 * becomes "input(784)" and "dense(10)". *input NULL = the layer has no such key, or is itself an
 * input layer: InputLayer(input_shape=[64]) becomes "InputLayer(shape=[64])". */
plm_status plm_first_shape_cut(plm_arena *a, const char *text, const char **input,
                               const char **layer)
{
    const plm_spec *s = NULL, *value = NULL;
    *input = NULL;
    *layer = text;
    const plm_status parsed = plm_spec_parse(a, text, &s);
    if (parsed == PLM_E_MEMORY)
        return parsed;
    /* a text that cannot be parsed causes an error, with its place, when the layer is added */
    const int k = parsed < 0 ? -1 : find_shape(s, &value);
    if (k < 0)
        return PLM_OK;
    if (is_input(a->w, s)) {
        value = row_shape(a, k, value);
        return value ? without_keys(a, s, value, layer) : PLM_E_MEMORY;
    }
    *input = input_of(a, k, value);
    if (*input == NULL)
        return plm_fail(a->w, PLM_E_SPEC, text,
                        "write (784,) or [28, 28], or begin with input(784)",
                        "%s is not a list of lengths", shapes[k].key);
    return without_keys(a, s, NULL, layer);
}

/* Sets *given: true if the first layer of a chain is an input layer or has one of the keys that
 * give the input's shape. */
plm_status plm_first_shape_given(plm_arena *a, const char *chain, bool *given)
{
    plm_chain c;
    const plm_spec *s = NULL, *value = NULL;
    plm_status status = plm_chain_parse(a, chain, &c);
    if (status >= 0)
        status = plm_spec_parse(a, c.part[0].layer, &s);
    *given = status >= 0 && (is_input(a->w, s) || find_shape(s, &value) >= 0);
    return status == PLM_E_MEMORY ? status : PLM_OK;
}
