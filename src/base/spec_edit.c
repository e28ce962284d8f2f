/* Changes parsed specs: replaces or removes one argument, or the quotes around a name. */
#include "base/spec.h"

#include <string.h>

#include "base/names.h"

/* Copies the list of arguments without the key, then appends the new value. The values are shared
 * with s. */
const plm_spec *plm_spec_with(plm_arena *a, const plm_spec *s, const char *key,
                              const plm_spec *value)
{
    plm_spec *edited = plm_arena_take(a, sizeof *edited);
    plm_spec_argument *argument = plm_arena_array(a, s->count + 1, sizeof *argument);
    if (!edited || !argument)
        return NULL;
    *edited = *s;
    edited->called = true;
    edited->argument = argument;
    edited->count = 0;
    for (size_t i = 0; i < s->count; i++)
        if (!s->argument[i].key || !plm_name_equal(s->argument[i].key, key))
            argument[edited->count++] = s->argument[i];
    if (value)
        argument[edited->count++] = (plm_spec_argument){.key = key, .value = value};
    return edited;
}

/* True if the text is a name, perhaps with modules before it and parentheses after it. */
static bool is_call(const char *s)
{
    static const char first[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    const char *open = strchr(s, '(');
    const size_t length = strlen(s), name = open ? (size_t)(open - s) : length;
    return *s != '\0' && strchr(first, *s) && (!open || s[length - 1] == ')') &&
           strcspn(s, " /\\:,'\"") >= name;
}

/* Parses a quoted text that looks like a name or a call. Other texts, such as names of files, stay
 * texts. The column is that of the quoted text. */
plm_status plm_spec_unquoted(plm_arena *a, const plm_spec *s, const plm_spec **out)
{
    const plm_spec *parsed = NULL;
    *out = s;
    if (s->type != PLM_SPEC_TEXT || !is_call(s->text))
        return PLM_OK;
    PLM_TRY(plm_spec_parse(a, s->text, &parsed));
    plm_spec *moved = plm_arena_take(a, sizeof *moved);
    if (!moved)
        return PLM_E_MEMORY;
    *moved = *parsed;
    moved->column = s->column;
    *out = moved;
    return PLM_OK;
}

/* True if the argument number `at` is given by its position. */
static bool is_at(const plm_spec *s, size_t at)
{
    return at < s->count && s->argument[at].key == NULL;
}

/* Returns a copy of a spec in which an argument has another value, whether it was given by its key
 * or by its position. at: the position of that argument. NULL = no memory. */
const plm_spec *plm_spec_set(plm_arena *a, const plm_spec *s, const char *key, size_t at,
                             const plm_spec *value)
{
    if (!is_at(s, at))
        return plm_spec_with(a, s, key, value);
    plm_spec *copy = plm_arena_take(a, sizeof *copy);
    plm_spec_argument *argument = plm_arena_array(a, s->count, sizeof *argument);
    if (!copy || !argument)
        return NULL;
    memcpy(argument, s->argument, s->count * sizeof *argument);
    argument[at].value = value;
    *copy = *s;
    copy->argument = argument;
    return copy;
}

/* Returns the value of an argument that is given by its key or by its position; NULL = it is not
 * given. */
const plm_spec *plm_spec_argument_of(const plm_spec *s, const char *key, size_t at)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->argument[i].key && plm_name_equal(s->argument[i].key, key))
            return s->argument[i].value;
    return is_at(s, at) ? s->argument[at].value : NULL;
}
