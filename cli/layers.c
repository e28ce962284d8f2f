/* An item of the key model: a layer, or a chain of layers so many times, "20 * dense(100) |
 * batch_normalization". */
#include <stdlib.h>
#include <string.h>

#include "net.h"

enum { MOST_TIMES = 10000 };

static bool is_input(const char *spec)
{
    size_t length = strspn(spec, "abcdefghijklmnopqrstuvwxyz");
    return length == 5 && !strncmp(spec, "input", 5) && spec[5] != '_';
}

/* A further input(...) takes nothing, where any other layer takes the value before it. */
static plm_value add_layer(plm_model *m, const char *spec)
{
    return is_input(spec) ? plm_merge(m, 0, NULL, "%s", spec) : plm_add(m, "%s", spec);
}

/* What follows "20 *", and *times = 20; NULL = the item does not begin like that. */
static const char *chain_of(const char *item, int64_t *times)
{
    const size_t digits = strspn(item, "0123456789");
    const char *star = item + digits + strspn(item + digits, " ");
    if (!digits || *star != '*')
        return NULL;
    char *number = plm_cli_trimmed(item, digits);
    if (!plm_cli_whole(number, times))
        *times = 0;
    free(number);
    return star + 1;
}

typedef struct {
    plm_model *m;
    bool failed;
} chain;

static void add_part(void *to, char *part)
{
    chain *c = to;
    c->failed = c->failed || !add_layer(c->m, part).id;
    free(part);
}

bool plm_cli_layers_begin(const char *item)
{
    return is_input(item);
}

int plm_cli_layers_add(plm *w, plm_model *m, const char *item, const char *place)
{
    chain c = {.m = m};
    int64_t times = 1;
    const char *parts = chain_of(item, &times);
    if (times < 1 || times > MOST_TIMES)
        return plm_cli_fail(PLM_EXIT_USAGE, place,
                            "a whole number from 1 to 10000 goes before the *",
                            "layers cannot be repeated so often: '%s'", item);
    for (int64_t i = 0; i < times && !c.failed; i++) {
        if (parts)
            plm_cli_split(parts, '|', add_part, &c);
        else
            c.failed = !add_layer(m, item).id;
    }
    return c.failed ? plm_cli_fail_status(w, plm_last_error(w)->status, place) : PLM_EXIT_GOOD;
}
