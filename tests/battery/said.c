#include "said.h"

#include <stdio.h>

enum { ROOM = 400 };

typedef struct {
    battery_saying *each;
    void *argument;
} listener;

/* Writes what is said, followed by a value of the field: by its key, or as the first by position if
 * the field is required. value NULL = none. Returns false if there is no room. */
static bool say(char text[ROOM], const char *said, bool first, const plm_field *f,
                const char *value)
{
    const char *comma = first ? "" : ", ";
    if (value == NULL)
        return snprintf(text, ROOM, "%s", said) < ROOM;
    if (f->fallback == NULL)
        return snprintf(text, ROOM, "%s%s%s", said, comma, value) < ROOM;
    return snprintf(text, ROOM, "%s%s%s=%s", said, comma, f->name, value) < ROOM;
}

static void go_on(const listener *l, const plm_field *f, const char *said, bool first)
{
    char values[8][40], text[ROOM];
    if (f == NULL || f->name == NULL) {
        snprintf(text, sizeof text, "%s)", said);
        l->each(l->argument, text);
        return;
    }
    /* value 0 is nothing at all, which a required field does not allow */
    const int count = battery_values_of(f, values);
    for (int i = f->fallback == NULL && count > 1 ? 1 : 0; i < count; i++) {
        if (!say(text, said, first, f, i == 0 ? NULL : values[i]))
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
