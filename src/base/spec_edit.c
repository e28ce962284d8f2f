/* Changes to parsed specs: one argument replaced or removed. */
#include "base/spec.h"

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
