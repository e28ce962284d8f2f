/* Every kind of every family describes itself: within 80 columns, in words of its own, with
 * examples that are understood. The lists of families are only held to be there. */
#include "battery.h"

#include <ctype.h>
#include <stdio.h>

/* Letters of the longest line; a byte that goes on with a letter (UTF-8) does not count. */
static int widest(const char *text)
{
    int most = 0, column = 0;
    for (; *text != '\0'; text++) {
        column = *text == '\n' ? 0 : column + (((unsigned char)*text & 0xC0) != 0x80);
        most = column > most ? column : most;
    }
    return most;
}

static void check_text(battery_report *r, const char *family, const char *name, const char *text)
{
    r->checks++;
    if (text == NULL || text[0] == '\0')
        battery_complain(r, "%s %s: no description", family, name);
    else if (name[0] != '(' && widest(text) > 80)
        battery_complain(r, "%s %s: the description is %d columns wide:\n%s", family, name,
                         widest(text), text);
}

/* A help line begins small (unless with a name) and ends without a full stop. */
static void check_help(battery_report *r, const char *family, const char *name, const char *key,
                       const char *help)
{
    r->checks++;
    if (help == NULL || help[0] == '\0')
        battery_complain(r, "%s %s: %s has no help", family, name, key);
    else if (help[strlen(help) - 1] == '.' || strchr(help, '\n') != NULL)
        battery_complain(r, "%s %s: the help of %s must be one line without a full stop: '%s'",
                         family, name, key, help);
}

/* "a(1) | b <- [4]": the part before the arrow, as a sequence. */
static void check_example(battery_report *r, plm *w, const char *family, const plm_kind *kind,
                          const char *text)
{
    plm_arena a = {.w = w};
    size_t count = 0;
    const plm_spec *const *spec = NULL;
    const char *arrow = strstr(text, "<-");
    char error[1400];
    const char *said = plm_arena_text(&a, text, arrow != NULL ? (size_t)(arrow - text) : SIZE_MAX);
    bool named = false;
    r->checks++;
    if (plm_spec_parse_sequence(&a, said, '|', &count, &spec) < 0)
        battery_complain(r, "%s %s: the example '%s': %s", family, kind->name, text,
                         battery_error(w, error, sizeof error));
    for (size_t i = 0; spec != NULL && i < count; i++)
        named = named || plm_kind_named(kind, spec[i]->text);
    if (spec != NULL && !named)
        battery_complain(r, "%s %s: the example '%s' is not about it", family, kind->name, text);
    plm_arena_free(&a);
}

static void check_kind(battery_report *r, plm *w, const plm_family *family, const plm_kind *kind)
{
    check_text(r, family->name, kind->name, plm_describe(w, family->name, kind->name));
    check_help(r, family->name, kind->name, "the kind", kind->help);
    for (const plm_field *f = kind->fields; f != NULL && f->name != NULL; f++)
        check_help(r, family->name, kind->name, f->name, f->help);
    for (const plm_field *f = family->common; f != NULL && f->name != NULL; f++)
        check_help(r, family->name, "(all)", f->name, f->help);
    for (const char *const *e = kind->examples; e != NULL && *e != NULL; e++)
        check_example(r, w, family->name, kind, *e);
    for (const char *c = kind->name; *c != '\0'; c++)
        if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) && *c != '_') {
            battery_complain(r, "%s %s: a name is made of small letters, digits and '_'",
                             family->name, kind->name);
            break;
        }
}

static void descriptions(void **state)
{
    battery_report r = {0};
    plm *w = battery_open(1, NULL);
    (void)state;
    check_text(&r, "all", "(families)", plm_describe(w, NULL, NULL));
    for (const plm_family *f = w->families; f->name != NULL; f++) {
        check_text(&r, f->name, "(the list)", plm_describe(w, f->name, NULL));
        for (const plm_kind *const *k = f->kinds; *k != NULL; k++)
            check_kind(&r, w, f, *k);
    }
    plm_close(w);
    battery_end(&r);
}

/* No two kinds of a family answer to the same name. */
static void names(void **state)
{
    battery_report r = {0};
    plm *w = battery_open(1, NULL);
    (void)state;
    for (const plm_family *f = w->families; f->name != NULL; f++)
        for (const plm_kind *const *k = f->kinds; *k != NULL; k++) {
            r.checks++;
            if (plm_kind_find(w, f->name, (*k)->name) != *k)
                battery_complain(&r, "%s %s: another kind has that name", f->name, (*k)->name);
            for (const char *word = (*k)->alias; word != NULL;) {
                char alias[100];
                const size_t length = strcspn(word, "|");
                snprintf(alias, sizeof alias, "%.*s", (int)length, word);
                if (plm_kind_find(w, f->name, alias) != *k)
                    battery_complain(&r, "%s %s: another kind has its alias %s", f->name,
                                     (*k)->name, alias);
                word = word[length] == '|' ? word + length + 1 : NULL;
            }
        }
    plm_close(w);
    battery_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(descriptions), cmocka_unit_test(names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
