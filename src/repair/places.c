/* Finds the places of keys in a run file, for findings that name the line that the user wrote.
 * src/doctor may not include the code for run files. So it gets functions that find a key's text
 * and place, and the number of layers that each item of the key `model` makes. */
#include <string.h>

#include "base/chain.h"
#include "repair/examination.h"

/* Sets *layers to the number of layers that an item of the key model makes: 20 for "20 *
 * dense(100)", 2 for "dense(3) | relu". A text that cannot be parsed counts as one. */
static plm_status count_layers(plm_arena *a, const char *item, int64_t *layers)
{
    plm_chain chain;
    const plm_status status = plm_chain_parse(a, item, &chain);
    *layers = status >= 0 ? chain.times * (int64_t)chain.parts : 1;
    return status == PLM_E_MEMORY ? status : PLM_OK;
}

/* Returns the number at the beginning of a text; 0 = none. */
static size_t number_of(const char *text)
{
    size_t number = 0;
    for (; *text >= '0' && *text <= '9'; text++)
        number = 10 * number + (size_t)(*text - '0');
    return number;
}

/* Returns the place of a list in the run file as a whole: "net.yaml:4   model:". */
static const char *list_place(plm_settings *s, const plm_setting *list, const char *name)
{
    return list->line > 0 ? plm_arena_format(&s->arena, "%s:%d   %s:", s->file, list->line, name)
                          : name;
}

/* Returns the place of a key in the run file, with its text, such as "run.yaml:7 - dense(100)"; for
 * a key from the command line "key=value". key: "model.2" = item 2 of the list. "" = the key is not
 * set; NULL = no memory. */
static const char *place(void *self, const char *key)
{
    plm_settings *s = self;
    const char *dot = strchr(key, '.');
    const char *name = plm_arena_text(&s->arena, key, dot != NULL ? (size_t)(dot - key) : SIZE_MAX);
    const size_t item = dot != NULL ? number_of(dot + 1) : 0;
    if (name == NULL)
        return NULL;
    const plm_setting *setting = plm_setting_of(s, name);
    if (setting == NULL || item >= setting->count)
        return "";
    if (dot == NULL && setting->count > 1)
        return list_place(s, setting, name);
    const plm_setting_item *at = &setting->item[item];
    return at->line > 0
               ? plm_arena_format(&s->arena, "%s:%d   %s%s%s", s->file, at->line,
                                  dot != NULL ? "- " : name, dot != NULL ? "" : ": ", at->text)
               : plm_arena_format(&s->arena, "%s=%s", key, at->text);
}

/* Returns the text of a key of the run file; "" = not set. */
static const char *setting(void *self, const char *key)
{
    return plm_setting_joined(self, key);
}

/* Sets the settings of the run file in a diagnosis: a function that reads them and their address,
 * as src/doctor may not include the code for run files. */
void plm_examination_settings(plm_diagnosis *d, plm_settings *s)
{
    plm_diagnosis_settings(d, setting, s);
}

/* True if plummet itself has written the key data, since a table was given instead of a run
 * file. */
static bool is_own_data(plm_settings *s)
{
    const plm_setting *data = plm_setting_of(s, "data");
    return data && data->comment;
}

/* Sets the model and the places in the run file. The doctor names places as the user wrote them, so
 * it must know how many layers each item of the key `model` makes. */
plm_status plm_examination_model(plm_diagnosis *d, plm_settings *s, plm_model *m)
{
    const plm_setting *items = plm_setting_of(s, "model");
    int64_t *layers = plm_arena_array(&s->arena, items->count + 1, sizeof *layers);
    const char **text = plm_arena_array(&s->arena, items->count + 1, sizeof *text);
    if (layers == NULL || text == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < items->count; i++) {
        text[i] = items->item[i].text;
        PLM_TRY(count_layers(&s->arena, text[i], &layers[i]));
    }
    return plm_diagnosis_model(d, m,
                               &(plm_doctor_places){.items = items->count,
                                                    .layers = layers,
                                                    .item = text,
                                                    .place = place,
                                                    .self = s,
                                                    .own_batch = is_own_data(s)});
}
