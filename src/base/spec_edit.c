/* Specs changed after they were parsed: one argument said anew or left out. */
#include "base/spec.h"

#include "base/names.h"

const plm_spec *plm_spec_with(plm_arena *a, const plm_spec *s, const char *key,
                              const plm_spec *value)
{
    plm_spec *said = plm_arena_take(a, sizeof *said);
    plm_spec_argument *argument = plm_arena_array(a, s->count + 1, sizeof *argument);
    if (!said || !argument)
        return NULL;
    *said = *s;
    said->called = true;
    said->argument = argument;
    said->count = 0;
    for (size_t i = 0; i < s->count; i++)
        if (!s->argument[i].key || !plm_name_equal(s->argument[i].key, key))
            argument[said->count++] = s->argument[i];
    if (value)
        argument[said->count++] = (plm_spec_argument){.key = key, .value = value};
    return said;
}
