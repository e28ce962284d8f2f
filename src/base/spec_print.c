/* Prints specs as text, in one canonical form, so that equal specs have equal texts.
 *
 * This form is what a model keeps of its layers and what files store, so two ways of writing the
 * same layer give the same file. */
#include "base/spec.h"

#include <string.h>

#include "base/notation.h"

/* Prints whole numbers and fractions such as 1/255 as they were written, and other numbers in their
 * shortest form. */
static void print_number(plm_text *t, const plm_spec *s)
{
    char number[32];
    if (s->text && (s->whole || strchr(s->text, '/'))) {
        plm_text_add(t, s->text);
        return;
    }
    plm_text_from_number(s->number, number, sizeof(number));
    plm_text_add(t, number);
}

/* Prints arguments, separated by commas, between two brackets. */
static void print_arguments(plm_text *t, const plm_spec *s, const char *open, const char *close)
{
    plm_text_add(t, open);
    for (size_t i = 0; i < s->count; i++) {
        if (i > 0)
            plm_text_add(t, ", ");
        if (s->argument[i].key)
            plm_text_format(t, "%s=", s->argument[i].key);
        plm_spec_print(t, s->argument[i].value);
    }
    plm_text_add(t, close);
}

/* Prints a name without arguments without parentheses, and any list in square brackets. */
void plm_spec_print(plm_text *t, const plm_spec *s)
{
    switch (s->type) {
    case PLM_SPEC_NUMBER:
        print_number(t, s);
        break;
    case PLM_SPEC_TEXT:
        plm_spec_quote(t, s->text);
        break;
    case PLM_SPEC_NAME:
        plm_text_add(t, s->text);
        if (s->count > 0)
            print_arguments(t, s, "(", ")");
        break;
    case PLM_SPEC_LIST:
        print_arguments(t, s, "[", "]");
        break;
    }
}

/* Returns the canonical text of a spec. It is printed into a growing text, then copied into the
 * arena. */
const char *plm_spec_text(plm_arena *a, const plm_spec *s)
{
    plm_text t = {.w = a->w};
    plm_spec_print(&t, s);
    const char *copy = t.failed ? NULL : plm_arena_text(a, plm_text_get(&t), t.length);
    plm_text_free(&t);
    return copy;
}

/* Adds a text in single quotes. Puts a backslash before quotes and backslashes, and writes line
 * ends and tabs as escapes. */
void plm_spec_quote(plm_text *t, const char *s)
{
    plm_text_add(t, "'");
    for (; *s; s++) {
        const char c = *s == '\n'                 ? 'n'
                       : *s == '\t'               ? 't'
                       : *s == '\r'               ? 'r'
                       : *s == '\\' || *s == '\'' ? *s
                                                  : '\0';
        if (c) {
            plm_text_add(t, "\\");
            plm_text_append(t, &c, 1);
        } else {
            plm_text_append(t, s, 1);
        }
    }
    plm_text_add(t, "'");
}
