/* Bad specs for every field of every kind: wrong type, below and above the range, unknown words;
 * unknown keys, missing required ones. Each gives E_SPEC with the key in the message. Layers are
 * tried in a model, the rest are bound. */
#include "battery.h"

#include <math.h>
#include <stdio.h>

#include "base/names.h"
#include "base/values.h"

/* A kind that is tried out. */
typedef struct {
    battery_report *r;
    plm *w;
    plm_arena a;
    const char *family;
    const plm_kind *kind;
    const plm_field *common;
    battery_example example; /* of a layer */
    char base[400];
} trial;

static plm_status bind(const trial *t, const char *text)
{
    plm_arena a = {.w = t->w};
    battery_net n;
    const battery_form form = {0};
    const plm_spec *s = NULL;
    uint64_t common[32] = {0};
    plm_status status = PLM_E_MEMORY;
    if (strcmp(t->family, "layer") == 0 && t->example.inputs > 0) {
        battery_example e = t->example;
        snprintf(e.spec, sizeof e.spec, "%s", text);
        status = battery_net_open(&n, t->w, &e, &form, 1);
        battery_net_close(&n);
        return status;
    }
    void *config = plm_arena_take(&a, t->kind->config_size + 1);
    if (config != NULL && (status = plm_spec_parse(&a, text, &s)) >= 0)
        status = plm_fields_bind(&a, t->family, t->kind, s, config, t->common,
                                 t->common != NULL ? common : NULL);
    plm_arena_free(&a);
    return status;
}

/* text must be refused with a message that has `word`. */
static void refuse(const trial *t, const char *text, const char *word)
{
    char error[1400];
    t->r->checks++;
    const plm_status status = bind(t, text);
    battery_error(t->w, error, sizeof error);
    if (status >= 0)
        battery_complain(t->r, "%s: '%s' is accepted", t->family, text);
    else if (status != PLM_E_SPEC)
        battery_complain(t->r, "%s: '%s' gives %d instead of E_SPEC: %s", t->family, text, status,
                         error);
    else if (strstr(error, word) == NULL)
        battery_complain(t->r, "%s: '%s' gives a message without '%s': %s", t->family, text, word,
                         error);
}

static void refuse_value(const trial *t, const plm_field *f, const char *value)
{
    plm_arena a = {.w = t->w};
    refuse(t, battery_respell(&a, t->kind, t->base, f->name, value), f->name);
    plm_arena_free(&a);
}

static void refuse_beyond(const trial *t, const plm_field *f)
{
    const bool whole = f->type == PLM_INT || f->type == PLM_INTS;
    char value[64];
    if (!battery_has_range(f))
        return;
    if (isfinite(f->low)) {
        snprintf(value, sizeof value, whole ? "%.0f" : "%.17g",
                 f->low - (whole ? 1 : fmax(fabs(f->low), 1) / 16));
        refuse_value(t, f, value);
    }
    if (isfinite(f->high)) {
        snprintf(value, sizeof value, whole ? "%.0f" : "%.17g",
                 f->high + (whole ? 1 : fmax(fabs(f->high), 1) / 16));
        refuse_value(t, f, value);
    }
}

/* Values of the wrong type. */
static void refuse_types(const trial *t, const plm_field *f)
{
    static const char *const wrong[][5] = {
        [PLM_INT] = {"'x'", "1.5", "relu(1)", "[1, 2]", "inf"},
        [PLM_REAL] = {"'x'", "relu(1)", "[1, 2]", "true"},
        [PLM_BOOL] = {"maybe", "2", "0.5", "[true]", "'x'"},
        [PLM_TEXT] = {"[1, 2]", "name(3)"},
        [PLM_CHOICE] = {"no_such_choice", "7", "[1]", "name(3)"},
        [PLM_SPEC] = {NULL},
        [PLM_INTS] = {"'x'", "[1, 'x']", "[1.5]", "[[1]]", "[1, 1, 1, 1, 1, 1, 1, 1, 1]"},
        [PLM_REALS] = {"'x'", "[1, 'x']", "[[1]]"},
        [PLM_VALUE] = {NULL},
        [PLM_STEPS] = {"'x'", "relu(1)", "[1, 2]", "true", "some"},
    };
    for (int i = 0; i < 5 && wrong[f->type][i] != NULL; i++)
        refuse_value(t, f, wrong[f->type][i]);
    const bool known = f->choices != NULL && battery_kinds(t->w, f->choices)[0] != NULL;
    if (f->type == PLM_SPEC && known) {
        refuse_value(t, f, "no_such_kind");
        refuse_value(t, f, "'no_such_kind(3)'");
    }
}

/* A spec within a layer: its own arguments are judged when the net is built, at the latest. */
static void refuse_within(const trial *t, const plm_field *f)
{
    const plm_kind *const *kinds = f->choices != NULL ? battery_kinds(t->w, f->choices) : NULL;
    if (f->type != PLM_SPEC || t->example.inputs == 0 || kinds == NULL || kinds[0] == NULL)
        return;
    plm_arena a = {.w = t->w};
    char base[400];
    if (battery_base_spec(kinds[0], base, sizeof base)) {
        const char *spoiled = battery_respell(&a, kinds[0], base, "no_such_key", "1");
        refuse(t, battery_respell(&a, t->kind, t->base, f->name, spoiled), "no_such_key");
    }
    /* told of the parameter that was to be made by it */
    refuse(t, battery_respell(&a, t->kind, t->base, f->name, "7"), "got 7");
    plm_arena_free(&a);
}

static void check_field(const trial *t, const plm_field *f)
{
    refuse_types(t, f);
    refuse_within(t, f);
    if (f->type == PLM_INT || f->type == PLM_REAL || f->type == PLM_INTS || f->type == PLM_REALS ||
        f->type == PLM_STEPS)
        refuse_beyond(t, f);
    if (f->fallback == NULL)
        refuse_value(t, f, NULL);
}

/* Binds a spec to a new config in the arena; NULL = it is refused. */
static const char *config_of(const trial *t, plm_arena *a, const char *text)
{
    const plm_spec *s = NULL;
    uint64_t common[32] = {0};
    char *config = plm_arena_take(a, t->kind->config_size + 1);
    if (config == NULL || plm_spec_parse(a, text, &s) < 0 ||
        plm_fields_bind(a, t->family, t->kind, s, config, t->common,
                        t->common != NULL ? common : NULL) < 0)
        return NULL;
    return config;
}

/* Where the default is none, `field=none` is the same as no such argument. */
static void check_none(const trial *t, const plm_field *f)
{
    const size_t size = f->type == PLM_INTS    ? sizeof(plm_ints)
                        : f->type == PLM_REALS ? sizeof(plm_reals)
                                               : sizeof(double);
    plm_arena a = {.w = t->w};
    const char *without = config_of(t, &a, battery_respell(&a, t->kind, t->base, f->name, NULL));
    const char *none = config_of(t, &a, battery_respell(&a, t->kind, t->base, f->name, "none"));
    t->r->checks++;
    if (without != NULL && (none == NULL || memcmp(none + f->offset, without + f->offset, size)))
        battery_complain(t->r, "%s %s: '%s=none' is not the default", t->family, t->kind->name,
                         f->name);
    plm_arena_free(&a);
}

static void check_keys(const trial *t)
{
    plm_arena a = {.w = t->w};
    const plm_field *f = t->kind->fields;
    refuse(t, battery_respell(&a, t->kind, t->base, "no_such_key", "1"), "no_such_key");
    if (f != NULL && f[0].name != NULL) {
        char near[100], twice[600];
        snprintf(near, sizeof near, "%sx", f[0].name);
        refuse(t, battery_respell(&a, t->kind, t->base, near, "1"), f[0].name);
        const char *all = battery_respell(&a, t->kind, t->base, f[0].name, "1");
        snprintf(twice, sizeof twice, "%.*s, %s=1)", (int)strlen(all) - 1, all, f[0].name);
        refuse(t, twice, f[0].name);
    }
    plm_arena_free(&a);
}

/* A field of the kind's own goes before a common one of the same name. */
static bool has_field(const plm_kind *kind, const char *name)
{
    for (const plm_field *f = kind->fields; f != NULL && f->name != NULL; f++)
        if (plm_name_equal(f->name, name))
            return true;
    return false;
}

/* The input and ops need no example: every net begins with the one, and layers emit the others. */
static bool is_spared(const char *family, const plm_kind *kind)
{
    return strcmp(family, "op") == 0 ||
           (strcmp(family, "layer") == 0 && strcmp(kind->name, "input") == 0);
}

/* What is good must be accepted, also with all arguments by key. */
static void accept(const trial *t)
{
    char error[1400];
    plm_arena a = {.w = t->w};
    const char *respelled = battery_respell(&a, t->kind, t->base, NULL, NULL);
    if (bind(t, t->base) < 0 || bind(t, respelled) < 0)
        battery_complain(t->r, "%s: '%s', or the same as '%s', is refused: %s", t->family, t->base,
                         respelled, battery_error(t->w, error, sizeof error));
    plm_arena_free(&a);
}

static void check_kind(battery_report *r, plm *w, const plm_family *of, const plm_kind *kind)
{
    const char *family = of->name;
    const bool layer = strcmp(family, "layer") == 0;
    trial t = {.r = r, .w = w, .family = family, .kind = kind, .common = layer ? NULL : of->common};
    r->checks++;
    if (layer)
        battery_parse(kind->examples != NULL ? kind->examples[0] : "", &t.example);
    if (!battery_base_spec(kind, t.base, sizeof t.base)) {
        if (!is_spared(family, kind))
            battery_complain(r, "%s %s has a required argument and no example: add one", family,
                             kind->name);
        return;
    }
    accept(&t);
    for (const plm_field *f = kind->fields; f != NULL && f->name != NULL; f++) {
        check_field(&t, f);
        if (plm_default_is_none(f))
            check_none(&t, f);
    }
    for (const plm_field *f = t.common; f != NULL && f->name != NULL; f++)
        if (!has_field(kind, f->name))
            check_field(&t, f);
    check_keys(&t);
}

static void bad_specs(void **state)
{
    battery_report r = {0};
    plm *w = battery_open(1, NULL);
    (void)state;
    for (const plm_family *f = w->families; f->name != NULL; f++)
        for (const plm_kind *const *k = f->kinds; *k != NULL; k++)
            check_kind(&r, w, f, *k);
    plm_close(w);
    battery_end(&r);
}

/* What all layers share is refused as well, whatever the layer. */
static void bad_common(void **state)
{
    battery_report r = {0};
    plm *w = battery_open(1, NULL);
    (void)state;
    for (const plm_kind *const *k = battery_kinds(w, "layer"); *k != NULL; k++) {
        trial t = {.r = &r, .w = w, .family = "layer", .kind = *k};
        if ((*k)->examples == NULL || !battery_parse((*k)->examples[0], &t.example))
            continue;
        snprintf(t.base, sizeof t.base, "%s", t.example.spec);
        for (const plm_field *f = plm_layer_common_fields; f->name != NULL; f++)
            check_field(&t, f);
    }
    plm_close(w);
    battery_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bad_specs), cmocka_unit_test(bad_common)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
