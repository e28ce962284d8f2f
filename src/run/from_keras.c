/* Replaces what Keras writes as a whole by its parts: Sequential by its layers, as in
 *   model: keras.Sequential([keras.Input(shape=(784,)), keras.layers.Dense(10)])
 * and a dictionary of get_config() by the spec that it describes, as in
 *   optimizer: {'name': 'adam', 'learning_rate': 0.01}
 * so that run.yaml has the specs. */
#include "run/from_keras.h"

#include <string.h>

#include "base/names.h"
#include "base/runtime.h"
#include "base/spec.h"

/* Parses the only item of the key if it looks like a Sequential; *out NULL = it is none. A text
 * that cannot be parsed gets its error, with its place, when the layer is added. */
static plm_status find_sequential(plm_settings *s, const plm_setting *model, const plm_spec **out)
{
    const plm_spec *spec = NULL;
    *out = NULL;
    if (model == NULL || model->count != 1 || strstr(model->item[0].text, "equential") == NULL)
        return PLM_OK;
    const plm_status parsed = plm_spec_parse(&s->arena, model->item[0].text, &spec);
    if (parsed >= 0 && spec->type == PLM_SPEC_NAME && plm_name_equal(spec->text, "Sequential"))
        *out = spec;
    return parsed == PLM_E_MEMORY ? parsed : PLM_OK;
}

/* Returns the list of layers; NULL = there is none. */
static const plm_spec *layers_of(const plm_spec *sequential)
{
    const plm_spec *list = plm_spec_argument_of(sequential, "layers", 0);
    return list != NULL && list->type == PLM_SPEC_LIST && list->count > 0 ? list : NULL;
}

/* Puts the layers into the place of the Sequential. Each has its place in the run file. */
static plm_status replace_sequential(plm_settings *s)
{
    plm_setting *model = plm_setting_of(s, "model");
    const plm_spec *sequential = NULL;
    PLM_TRY(find_sequential(s, model, &sequential));
    if (sequential == NULL)
        return PLM_OK;
    const plm_spec *list = layers_of(sequential);
    if (list == NULL)
        return plm_setting_fail(s, "model", 0, "write Sequential([Dense(300), Dense(10)])",
                                "Sequential has no list of layers");
    plm_setting_item *item = plm_arena_array(&s->arena, list->count, sizeof *item);
    if (item == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < list->count; i++) {
        item[i] = model->item[0];
        item[i].text = plm_spec_text(&s->arena, list->argument[i].value);
        if (item[i].text == NULL)
            return PLM_E_MEMORY;
    }
    model->item = item;
    model->count = model->capacity = list->count;
    return PLM_OK;
}

/* True if the text may contain a dictionary of get_config(), whose keys are quoted. */
static bool has_dictionary(const char *text)
{
    const char *brace = strchr(text, '{');
    while (brace && brace[1 + strspn(brace + 1, " \n")] != '\'' &&
           brace[1 + strspn(brace + 1, " \n")] != '"')
        brace = strchr(brace + 1, '{');
    return brace != NULL;
}

/* Replaces the text of an item by its spec, printed without dictionaries. A text that is not one
 * spec is not changed: a list of several is parsed later. */
static plm_status replace_dictionary(plm_settings *s, plm_setting_item *item)
{
    const plm_spec *spec = NULL;
    if (!has_dictionary(item->text))
        return PLM_OK;
    const plm_status parsed = plm_spec_parse(&s->arena, item->text, &spec);
    if (parsed < 0 || spec->type != PLM_SPEC_NAME)
        return parsed == PLM_E_MEMORY ? parsed : PLM_OK;
    item->text = plm_spec_text(&s->arena, spec);
    return item->text ? PLM_OK : PLM_E_MEMORY;
}

/* Takes Sequential apart first, so that each of its layers is one spec. */
plm_status plm_from_keras_apply(plm_settings *s)
{
    PLM_TRY(replace_sequential(s));
    for (int i = 0; i < s->count; i++)
        for (size_t n = 0; n < s->at[i].count; n++)
            PLM_TRY(replace_dictionary(s, &s->at[i].item[n]));
    return PLM_OK;
}
