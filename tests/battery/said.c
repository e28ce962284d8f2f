#include "said.h"

#include <stdio.h>

typedef struct {
    battery_saying *each;
    void *argument;
} listener;

static void go_on(const listener *l, const plm_field *f, const char *said, bool first)
{
    char values[8][40], text[400];
    if (f == NULL || f->name == NULL) {
        snprintf(text, sizeof text, "%s)", said);
        l->each(l->argument, text);
        return;
    }
    const int count = battery_values_of(f, values);
    for (int i = 0; i < count; i++) {
        const char *comma = i == 0 || first ? "" : ", ";
        const int written =
            i == 0 ? snprintf(text, sizeof text, "%s", said)
                   : snprintf(text, sizeof text, "%s%s%s=%s", said, comma, f->name, values[i]);
        if (written < 0 || (size_t)written >= sizeof text)
            fail_msg("too many fields: %s", said);
        go_on(l, f + 1, text, first && i == 0);
    }
}

void battery_each_saying(const plm_kind *kind, battery_saying *each, void *argument)
{
    const listener l = {.each = each, .argument = argument};
    char said[200];
    snprintf(said, sizeof said, "%s(", kind->name);
    go_on(&l, kind->fields, said, true);
}
