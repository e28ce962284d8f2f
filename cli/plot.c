/* Reads lists of specs and numbers for plummet plot. */
#include "plot.h"

#include <stdlib.h>
#include <string.h>

void plm_cli_specs_add(plm_cli_specs *s, const char *text, size_t length)
{
    s->text = plm_cli_grow(s->text, (size_t)s->count, sizeof *s->text);
    s->text[s->count++] = plm_cli_format("%.*s", (int)length, text);
}

plm_cli_specs plm_cli_specs_of(const char *list)
{
    plm_cli_specs s = {0};
    const char *part = NULL;
    size_t length = 0;
    while (plm_split_next(&list, ',', &part, &length))
        plm_cli_specs_add(&s, part, length);
    return s;
}

plm_cli_specs plm_cli_specs_of_call(const plm_cli_call *call, const char *usual)
{
    plm_cli_specs s = {0};
    if (call->arguments < 2)
        return plm_cli_specs_of(usual);
    for (int i = 1; i < call->arguments; i++)
        plm_cli_specs_add(&s, call->argument[i], strlen(call->argument[i]));
    return s;
}

void plm_cli_specs_free(plm_cli_specs *s)
{
    for (int i = 0; i < s->count; i++)
        free(s->text[i]);
    free(s->text);
    *s = (plm_cli_specs){0};
}

int plm_cli_whole_option(const plm_cli_call *call, const char *name, const int64_t bounds[2],
                         int64_t *value)
{
    const char *text = plm_cli_option_of(call, name);
    if (!text || (plm_read_whole(text, value) && *value >= bounds[0] && *value <= bounds[1]))
        return PLM_EXIT_GOOD;
    char *where = plm_cli_format("--%s", name);
    char *hint = plm_cli_format("a whole number from %lld to %lld", (long long)bounds[0],
                                (long long)bounds[1]);
    int code = plm_cli_fail(PLM_EXIT_USAGE, where, hint, "%s cannot be '%s'", name, text);
    free(where);
    free(hint);
    return code;
}
