/* Replaces names by the specs that the key define assigns to them:
 *
 *     define:
 *       - he_avg_init = VarianceScaling(scale=2., mode='fan_avg', distribution='uniform')
 *       - hidden = partial(Dense, activation='elu', kernel_initializer=he_avg_init)
 *     model:
 *       - hidden(100)
 *
 * A definition may use earlier definitions. NAME without arguments is replaced by the spec.
 * NAME(arguments) is replaced by the spec with these arguments inserted after its own positional
 * arguments and before its keyword arguments, as Python's partial does. Names are replaced in the
 * texts of settings, since a chain of layers or a pipeline is not a single spec. Keys, quoted texts
 * and parts of longer names are not replaced, nor are the values of keys that name columns, layers
 * or files. */
#include "run/define.h"

#include <string.h>

#include "base/kinds.h"
#include "base/names.h"
#include "base/runtime.h"
#include "base/spec.h"
#include "base/split.h"

/* Max number of definitions, and max number of characters of a name. */
enum { MAX_DEFINITIONS = 64, NAME_CAPACITY = 64 };

/* A definition: a name, and the spec that it stands for, in parts. */
typedef struct {
    char name[NAME_CAPACITY];
    /* name of the spec, such as "VarianceScaling"; the whole text if the value is not a name with
     * arguments */
    const char *kind;
    const char *positional; /* "1, 2" or "" */
    const char *keys;       /* "scale=2, mode='fan_avg'" or "" */
    bool callable;          /* true = the spec is a name, so that arguments can be added */
} definition;

/* The definitions read so far. */
typedef struct {
    plm_settings *s; /* the run file, for places in messages */
    definition *at;  /* [count] */
    size_t count;
} definitions;

/* True for the characters that a name may contain. A name ends only before another character, so
 * `hid` in `hidden` is not replaced. */
static bool is_name_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Returns the length of the name at the beginning of s; 0 = s does not begin with a name. */
static size_t measure_name(const char *s)
{
    size_t n = 0;
    while (is_name_letter(s[n]))
        n++;
    return s[0] >= '0' && s[0] <= '9' ? 0 : n;
}

/* Returns the definition of the name at[0 .. length); NULL = the name is not defined. */
static const definition *find(const definitions *d, const char *at, size_t length)
{
    for (size_t i = 0; i < d->count; i++)
        if (strlen(d->at[i].name) == length && memcmp(d->at[i].name, at, length) == 0)
            return &d->at[i];
    return NULL;
}

/* Returns the position of the bracket that closes the bracket at s, or the end of the text. */
static const char *closing(const char *s)
{
    int depth = 0;
    const char *at = s;
    do
        at = plm_scan_step(at, &depth);
    while (*at != '\0' && depth > 0);
    return depth > 0 ? at : at - 1;
}

/* Adds the spec of a defined name as a call, with the arguments of the definition and of the place
 * where the name is used. Positional arguments of the definition come first, as in Python's
 * partial, then those of the place; keyword arguments of the definition come last, as the notation
 * demands. Empty parts are left out. */
static void add_call(plm_text *t, const definition *d, const char *arguments)
{
    const char *const part[] = {d->positional, arguments, d->keys};
    bool any = false;
    plm_text_format(t, "%s(", d->kind);
    for (int i = 0; i < 3; i++) {
        if (part[i][strspn(part[i], " ")] == '\0')
            continue;
        plm_text_format(t, "%s%s", any ? ", " : "", part[i]);
        any = true;
    }
    plm_text_add(t, ")");
}

static plm_status expand(const definitions *d, const char *text, plm_text *out);

/* Adds the spec of a defined name. *at: the end of the name; set to the end of the name's
 * arguments. These may contain defined names, too, so they are expanded recursively; this ends
 * since the text gets shorter. */
static plm_status expand_name(const definitions *d, const definition *one, const char **at,
                              plm_text *out)
{
    const bool bare = one->positional[0] == '\0' && one->keys[0] == '\0';
    if (**at != '(') {
        if (bare)
            plm_text_add(out, one->kind);
        else
            add_call(out, one, "");
        return PLM_OK;
    }
    if (!one->callable)
        return plm_fail(d->s->w, PLM_E_SPEC, one->name, "write the defined name without arguments",
                        "%s is not a name, and takes no arguments", one->kind);
    const char *end = closing(*at);
    plm_text inner = {.w = d->s->w}, given = inner;
    plm_text_append(&given, *at + 1, (size_t)(end - *at - 1));
    plm_status status = given.failed ? PLM_E_MEMORY : expand(d, plm_text_get(&given), &inner);
    if (status >= 0)
        add_call(out, one, plm_text_get(&inner));
    plm_text_free(&given);
    plm_text_free(&inner);
    *at = *end != '\0' ? end + 1 : end;
    return status;
}

/* True if the name that ends at `at` is a key: an = or, in a dictionary, a colon follows it. */
static bool is_key(const char *at)
{
    at += strspn(at, " ");
    return (*at == '=' && at[1] != '=') || *at == ':';
}

/* Adds the text to `out`, with all defined names replaced. plm_scan_step skips a quoted text as a
 * whole, so names in quotes are not replaced. Inserted texts are not searched again: each
 * definition was expanded when it was read. */
static plm_status expand(const definitions *d, const char *text, plm_text *out)
{
    for (const char *at = text; *at != '\0';) {
        const size_t length = measure_name(at);
        const bool inside = at > text && (is_name_letter(at[-1]) || at[-1] == '.');
        const definition *one = length > 0 && !inside ? find(d, at, length) : NULL;
        if (one && !is_key(at + length) && at[length] != '.') {
            at += length;
            PLM_TRY(expand_name(d, one, &at, out));
            continue;
        }
        int depth = 0;
        const char *next = length > 0 ? at + length : plm_scan_step(at, &depth);
        plm_text_append(out, at, (size_t)(next - at));
        at = next;
    }
    return out->failed ? PLM_E_MEMORY : PLM_OK;
}

/* ---- reading definitions ---- */

/* True if the name already has a meaning. */
static bool is_known(const plm *w, const char *name)
{
    static const char *const words[] = {"true", "false", "none", "inf", "nan"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (plm_name_equal(words[i], name))
            return true;
    for (const plm_family *f = w->families; f && f->name; f++)
        for (const plm_kind *const *k = f->kinds; *k; k++)
            if (strcmp(f->name, "op") != 0 && plm_kind_named(*k, name))
                return true;
    return false;
}

/* Returns arguments first..last of a spec as a text without brackets; NULL = no memory. */
static const char *arguments_text(plm_arena *a, const plm_spec *s, size_t first, size_t last)
{
    plm_text t = {.w = a->w};
    for (size_t i = first; i < last; i++) {
        const plm_spec_argument *argument = &s->argument[i];
        if (i > first)
            plm_text_add(&t, ", ");
        if (argument->key)
            plm_text_format(&t, "%s=", argument->key);
        plm_spec_print(&t, argument->value);
    }
    const char *text = t.failed ? NULL : plm_arena_text(a, plm_text_get(&t), t.length);
    plm_text_free(&t);
    return text;
}

/* True for partial(NAME, ...). */
static bool is_partial(const plm_spec *s)
{
    return s->type == PLM_SPEC_NAME && strcmp(s->text, "partial") == 0 && s->count > 0 &&
           !s->argument[0].key && s->argument[0].value->type == PLM_SPEC_NAME;
}

/* Splits the spec of a definition into its parts. partial(Dense, x=1) is Dense(x=1). */
static plm_status cut(definitions *d, const plm_spec *s, definition *out)
{
    plm_arena *a = &d->s->arena;
    const bool partial = is_partial(s);
    size_t positional = 0;
    out->callable = s->type == PLM_SPEC_NAME;
    out->kind = partial         ? s->argument[0].value->text
                : out->callable ? s->text
                                : plm_spec_text(a, s);
    out->positional = out->keys = "";
    if (out->callable) {
        while (positional < s->count && !s->argument[positional].key)
            positional++;
        out->positional = arguments_text(a, s, partial, positional);
        out->keys = arguments_text(a, s, positional, s->count);
    }
    return out->kind && out->positional && out->keys ? PLM_OK : PLM_E_MEMORY;
}

/* Reads "NAME = SPEC" into a new definition. item: its index in the key define, for errors. */
static plm_status read_definition(definitions *d, const char *text, int item)
{
    static const char hint[] = "write NAME = SPEC, such as he_avg = VarianceScaling(mode=fan_avg)";
    const size_t length = measure_name(text);
    const char *value = text + length + strspn(text + length, " ");
    definition one = {.name = ""};
    if (length == 0 || length >= NAME_CAPACITY || *value != '=')
        return plm_setting_fail(d->s, "define", item, hint, "'%s' is not a definition", text);
    memcpy(one.name, text, length);
    if (is_known(d->s->w, one.name))
        return plm_setting_fail(d->s, "define", item, "choose another name for the definition",
                                "%s cannot be defined: it is already the name of a kind", one.name);
    if (find(d, one.name, length))
        return plm_setting_fail(d->s, "define", item, "keep one of the two definitions",
                                "%s is defined twice", one.name);
    plm_text spec = {.w = d->s->w};
    const plm_spec *parsed = NULL;
    plm_status status = expand(d, value + 1, &spec);
    if (status >= 0)
        status = plm_spec_parse(&d->s->arena, plm_text_get(&spec), &parsed);
    plm_text_free(&spec);
    if (status >= 0)
        status = cut(d, parsed, &one);
    if (status < 0) {
        plm_fail_within(d->s->w, "%s", plm_setting_place(d->s, "define", item));
        return status;
    }
    d->at[d->count++] = one;
    return PLM_OK;
}

/* Replaces the defined names in the items of one setting. */
static plm_status apply_to(const definitions *d, const char *key, plm_setting *setting)
{
    for (size_t i = 0; i < setting->count; i++) {
        plm_text t = {.w = d->s->w};
        plm_status status = expand(d, setting->item[i].text, &t);
        const char *text =
            status < 0 ? NULL : plm_arena_text(&d->s->arena, plm_text_get(&t), t.length);
        plm_text_free(&t);
        if (status < 0) {
            plm_fail_within(d->s->w, "%s", plm_setting_place(d->s, key, (int)i));
            return status;
        }
        if (text == NULL)
            return PLM_E_MEMORY;
        setting->item[i].text = text;
    }
    return PLM_OK;
}

/* True for keys whose values are specs. Others have columns, layers, files or words, which may be
 * called as a definition is: `out: units` is a folder, `columns: {zip: drop}` a type. */
static bool takes_specs(const plm_setting_key *key)
{
    static const char names[] = "target|weight|group|order|spill|outputs|start|cut|freeze|unfreeze|"
                                "fingerprint|name|out|data_dir|directory|isa|table|query|delimiter|"
                                "encoding";
    return key->type != PLM_SETTING_COUNT && key->type != PLM_SETTING_PAIRS &&
           !plm_pattern_matches(names, key->name);
}

/* Applies all definitions. Afterwards the key `define` is empty, so that run.yaml has the complete
 * specs. */
plm_status plm_definitions_apply(plm_settings *s)
{
    plm_setting *given = plm_setting_of(s, "define");
    if (given == NULL || given->count == 0)
        return PLM_OK;
    if (given->count > MAX_DEFINITIONS)
        return plm_setting_fail(s, "define", -1,
                                "write some specs directly in the place of their names",
                                "the key define has more than %d definitions", MAX_DEFINITIONS);
    definitions d = {.s = s, .at = plm_arena_array(&s->arena, given->count, sizeof *d.at)};
    if (d.at == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < given->count; i++)
        PLM_TRY(read_definition(&d, given->item[i].text, (int)i));
    for (int i = 0; i < s->count; i++)
        if (&s->at[i] != given && takes_specs(&s->keys[i]))
            PLM_TRY(apply_to(&d, s->keys[i].name, &s->at[i]));
    *given = (plm_setting){0};
    return PLM_OK;
}
