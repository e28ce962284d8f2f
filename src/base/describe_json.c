/* Converts the field tables to JSON, for editors, bindings and other tools: every kind with its
 * arguments, their types, defaults and ranges. plm_describe gives the same as text.
 *
 * The names of the members are part of the interface: tools read them. */
#include "base/fields.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/values.h"

/* Stores a value under a key of an object, which then owns it. Sets *failed if there is no
 * memory for the key, or if value is NULL because there was none for it. */
static void set(bool *failed, json_t *object, const char *key, json_t *value)
{
    *failed = json_object_set_new(object, key, value) != 0 || *failed;
}

/* Appends a value to an array, which then owns it. Sets *failed if there is no memory. */
static void append(bool *failed, json_t *array, json_t *value)
{
    *failed = json_array_append_new(array, value) != 0 || *failed;
}

/* Stores a text under a key. Does nothing if text is NULL. */
static void set_text(bool *failed, json_t *object, const char *key, const char *text)
{
    if (text != NULL)
        set(failed, object, key, json_string(text));
}

/* Stores the parts of "a|b|c" as an array under a key. Does nothing if list is NULL. */
static void set_list(bool *failed, json_t *object, const char *key, const char *list)
{
    if (list == NULL)
        return;
    json_t *array = json_array();
    for (; *list; list += *list == '|') {
        const size_t length = strcspn(list, "|");
        append(failed, array, json_stringn(list, length));
        list += length;
    }
    set(failed, object, key, array);
}

/* Stores the range of a number as "min" and "max". An infinite end is left out; a field without a
 * range gets neither "min" nor "max". */
static void set_range(bool *failed, json_t *object, const plm_field *f)
{
    if (!(f->low < 0) && !(f->low > 0) && !(f->high < 0) && !(f->high > 0))
        return;
    if (isfinite(f->low))
        set(failed, object, "min", json_real(f->low));
    if (isfinite(f->high))
        set(failed, object, "max", json_real(f->high));
}

/* Returns a field as JSON: {"name": "units", "type": "int", "required": true, "min": 1, ...,
 * "help": "..."}. "default" is the default as a spec would write it; null = the default is empty or
 * unset; a required field has no "default". */
static json_t *json_of_field(bool *failed, const plm_field *f)
{
    static const char *const type[] = {
        [PLM_INT] = "int",       [PLM_REAL] = "float", [PLM_BOOL] = "bool", [PLM_TEXT] = "text",
        [PLM_CHOICE] = "choice", [PLM_SPEC] = "spec",  [PLM_INTS] = "ints", [PLM_REALS] = "floats",
        [PLM_VALUE] = "any",     [PLM_STEPS] = "steps"};
    json_t *object = json_object();
    set_text(failed, object, "name", f->name);
    set_text(failed, object, "type", type[f->type]);
    set_list(failed, object, "choices", f->type == PLM_CHOICE ? f->choices : NULL);
    set_text(failed, object, "family", f->type == PLM_SPEC ? f->choices : NULL);
    set(failed, object, "required", json_boolean(f->fallback == NULL));
    const bool none = f->fallback == NULL || *f->fallback == '\0' || plm_default_is_none(f);
    if (f->fallback != NULL)
        set(failed, object, "default", none ? json_null() : json_string(f->fallback));
    set_range(failed, object, f);
    set_list(failed, object, "aliases", f->alias);
    set_text(failed, object, "help", f->help);
    return object;
}

/* Returns the rows of a field table as a JSON array; f may be NULL. */
static json_t *json_of_fields(bool *failed, const plm_field *f)
{
    json_t *array = json_array();
    for (; f != NULL && f->name != NULL; f++)
        append(failed, array, json_of_field(failed, f));
    return array;
}

/* Returns a kind with its texts, arguments and examples as a JSON object. */
static json_t *json_of_kind(bool *failed, const plm_kind *kind)
{
    static const char *const direction[] = {[PLM_DIRECTION_NONE] = NULL,
                                            [PLM_DIRECTION_UNKNOWN] = "unknown",
                                            [PLM_DIRECTION_UP] = "up",
                                            [PLM_DIRECTION_DOWN] = "down"};
    json_t *object = json_object(), *examples = json_array();
    set_text(failed, object, "name", kind->name);
    set_list(failed, object, "aliases", kind->alias);
    set_text(failed, object, "help", kind->help);
    set_text(failed, object, "formula", kind->formula);
    set_text(failed, object, "direction", direction[kind->direction]);
    set_text(failed, object, "notes", kind->notes);
    set_text(failed, object, "source", kind->source);
    set(failed, object, "arguments", json_of_fields(failed, kind->fields));
    for (const char *const *example = kind->examples; example && *example; example++)
        append(failed, examples, json_string(*example));
    set(failed, object, "examples", examples);
    return object;
}

/* Returns a list of kinds, which ends with NULL, as a JSON array. kind may be NULL. */
static json_t *json_of_kinds(bool *failed, const plm_kind *const *kind)
{
    json_t *array = json_array();
    for (; kind != NULL && *kind != NULL; kind++)
        append(failed, array, json_of_kind(failed, *kind));
    return array;
}

/* Returns a family with its kinds and the arguments that they share as a JSON object. */
static json_t *json_of_family(bool *failed, const plm_family *family)
{
    json_t *object = json_object();
    set_text(failed, object, "name", family->name);
    set_text(failed, object, "help", family->help);
    set(failed, object, "common_arguments", json_of_fields(failed, family->common));
    set(failed, object, "kinds", json_of_kinds(failed, family->kinds));
    set(failed, object, "words", json_of_kinds(failed, family->words));
    return object;
}

/* Builds the whole array, then prints it. A failure of any step sets the same flag, which is
 * checked once at the end. */
plm_status plm_families_json(plm_text *t, const plm_family *one)
{
    bool failed = false;
    json_t *array = json_array();
    if (one)
        append(&failed, array, json_of_family(&failed, one));
    for (const plm_family *f = t->w->families; !one && f->name; f++)
        append(&failed, array, json_of_family(&failed, f));
    char *text = failed ? NULL : json_dumps(array, JSON_INDENT(1));
    json_decref(array);
    if (text)
        plm_text_add(t, text);
    plm_json_free(text);
    return text && !t->failed ? PLM_OK : plm_fail_memory(t->w, "plm_describe_json");
}
