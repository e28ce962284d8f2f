/* Makes calls of dictionaries, as get_config() of Keras gives them:
 *   {'class_name': 'Dense', 'config': {'units': 10}, ...}   Dense(units=10)
 *   {'name': 'dense_1', 'units': 10}                        dense(name='dense_1', units=10)
 *   Dense(**{'units': 10})                                  Dense(units=10)
 * spec.c reads a dictionary as it is: as a call without a name, whose keys are the entries. Here
 * its class is found. A dictionary below the key config is the only one that stays as it is, since
 * it has no class of its own. */
#include <string.h>

#include "base/names.h"
#include "base/spec_reader.h"

/* True for a dictionary that has no class yet. No other spec has an empty name. */
static bool is_dictionary(const plm_spec *s)
{
    return s->type == PLM_SPEC_NAME && s->text[0] == '\0';
}

/* True if the text is a name, which an argument needs as its key. */
bool plm_spec_is_name(const char *text)
{
    size_t n = 0;
    while (plm_is_inside_name(text[n]))
        n++;
    return plm_is_letter(text[0]) && text[n] == '\0';
}

/* Returns the value of an entry; NULL = there is none. */
static const plm_spec *entry_of(const plm_spec *s, const char *key)
{
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->argument[i].key, key) == 0)
            return s->argument[i].value;
    return NULL;
}

/* Returns the text of an entry; NULL = there is none, or it is not a text. */
static const char *text_of(const plm_spec *s, const char *key)
{
    const plm_spec *value = entry_of(s, key);
    return value && value->type == PLM_SPEC_TEXT ? value->text : NULL;
}

/* Returns a name without the number that Keras appends to the second layer of a class and those
 * after it: dense of dense_1. NULL = no memory. */
static const char *without_number(plm_arena *a, const char *name)
{
    size_t n = strlen(name);
    while (n > 0 && plm_is_digit(name[n - 1]))
        n--;
    const bool numbered = name[n] != '\0' && n > 1 && name[n - 1] == '_';
    return plm_arena_text(a, name, numbered ? n - 1 : strlen(name));
}

/* Gives a class to the dictionaries among the entries: s gets new entries. */
plm_status plm_spec_give_classes(const plm_spec_reader *r, plm_spec *s)
{
    plm_spec_argument *entry = plm_arena_array(r->a, s->count + 1, sizeof *entry);
    if (!entry)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < s->count; i++) {
        entry[i] = s->argument[i];
        if (!is_dictionary(entry[i].value))
            continue;
        plm_spec *value = plm_arena_take(r->a, sizeof *value);
        if (!value)
            return PLM_E_MEMORY;
        *value = *entry[i].value;
        PLM_TRY(plm_spec_give_class(r, value));
        entry[i].value = value;
    }
    s->argument = entry;
    return PLM_OK;
}

/* Makes a call of a dictionary with a class_name. Of its other entries only config counts: the
 * arguments of the class, or the name of a function. The config of a dtype is its name. */
static plm_status call_class(const plm_spec_reader *r, plm_spec *s, const char *class_name)
{
    static const plm_spec nothing = {.type = PLM_SPEC_NAME, .text = ""};
    const plm_spec *config = entry_of(s, "config");
    const int column = s->column;
    config = config ? config : &nothing;
    if (is_dictionary(config) && strcmp(class_name, "DTypePolicy") == 0) {
        const char *dtype = text_of(config, "name");
        *s = (plm_spec){.type = PLM_SPEC_TEXT, .text = dtype ? dtype : "", .column = column};
        return PLM_OK;
    }
    if (config->type == PLM_SPEC_TEXT) /* a function, such as 'relu' */
        class_name = config->text;
    else if (!is_dictionary(config))
        return plm_spec_fail_at(r, (size_t)column - 1,
                                "write {'class_name': 'Dense', 'config': {'units': 10}}",
                                "the config is not a dictionary");
    if (!plm_spec_is_name(class_name))
        return plm_spec_fail_at(r, (size_t)column - 1, "write the class by its name, such as Dense",
                                "the class_name is not a name");
    *s = (plm_spec){.type = PLM_SPEC_NAME,
                    .text = class_name,
                    .column = column,
                    .called = true,
                    .count = is_dictionary(config) ? config->count : 0,
                    .argument = is_dictionary(config) ? config->argument : NULL};
    return plm_spec_give_classes(r, s);
}

/* Makes a call of a dictionary that is read. Without a class_name, its name is that of the class,
 * unless the user chose another one. */
plm_status plm_spec_give_class(const plm_spec_reader *r, plm_spec *s)
{
    const char *class_name = text_of(s, "class_name"), *name = text_of(s, "name");
    if (class_name)
        return call_class(r, s, class_name);
    if (!name || !plm_spec_is_name(name))
        return plm_spec_fail_at(r, (size_t)s->column - 1,
                                "write the class before it: GlorotUniform(**{'seed': None})",
                                "neither 'class_name' nor 'name' says what this describes");
    s->text = without_number(r->a, name);
    return s->text ? plm_spec_give_classes(r, s) : PLM_E_MEMORY;
}
