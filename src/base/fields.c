/* Binds a spec to a C struct by a field table: first the defaults, then the arguments by position
 * in the order of the table or of Keras, then the arguments with a key. Every error names the key,
 * the value, what was expected and the nearest known name.
 *
 * A user may write a spec by position, as in dense(10), or by key, as in dense(units=10), and may
 * mix both as in Python. Names of Keras and PyTorch that mean another key here are accepted or
 * explained (foreign.h), since most specs are written by people who know those. */
#include "base/fields.h"

#include <stdio.h>

#include "base/foreign.h"
#include "base/names.h"
#include "base/runtime.h"
#include "base/values.h"

/* MAX_FIELDS: maximum number of rows of a field table. LONGEST_KEY: bytes of a key. */
enum { MAX_FIELDS = 64, LONGEST_KEY = 64 };

/* Returns the number of rows of a table; a NULL table has 0 rows. */
static size_t count_fields(const plm_field *f)
{
    size_t n = 0;
    while (f && f[n].name)
        n++;
    return n;
}

/* A field table, the struct that it fills, and which fields were given so far. */
typedef struct {
    const plm_field *field; /* [count] */
    void *config;           /* the struct, at the offsets of the fields */
    size_t count;           /* number of rows of the table */
    bool given[MAX_FIELDS]; /* the field in this row of the table was given */
} table;

/* Starts a bind: fills the struct with the defaults of the table. Defaults come first, so an
 * argument simply overwrites its default. */
static plm_status open_table(const plm_binder *b, const plm_field *fields, void *config, table *t)
{
    *t = (table){.field = fields, .config = config, .count = count_fields(fields)};
    if (t->count > MAX_FIELDS)
        return plm_fail(b->a->w, PLM_E_INTERNAL, b->kind->name,
                        "please report this fault of plummet",
                        "a field table has more than 64 rows");
    for (size_t i = 0; i < t->count; i++)
        PLM_TRY(plm_bind_default(b, &fields[i], config));
    return PLM_OK;
}

/* Copies the key of the argument at a position of the kind into `key`; "" = the kind has fewer. */
static void key_at(const table *own, const plm_kind *kind, size_t at, char key[LONGEST_KEY])
{
    const char *words = kind->positions, *word = NULL;
    size_t length = 0;
    key[0] = '\0';
    if (!words) {
        snprintf(key, LONGEST_KEY, "%s", at < own->count ? own->field[at].name : "");
        return;
    }
    for (size_t i = 0; i <= at; i++)
        word = plm_word_next(&words, &length);
    if (word)
        snprintf(key, LONGEST_KEY, "%.*s", (int)length, word);
}

/* Fails since the spec has more arguments by position than the kind has. The hint lists them in
 * their order, since one was probably left out. */
static plm_status fail_too_many(const plm_binder *b, const table *own, const plm_spec *s,
                                int column)
{
    plm_text what = {.w = b->a->w}, hint = what;
    char key[LONGEST_KEY];
    size_t given = 0, most = 0;
    while (given < s->count && !s->argument[given].key)
        given++;
    for (key_at(own, b->kind, 0, key); key[0]; key_at(own, b->kind, ++most, key))
        plm_text_format(&hint, "%s%s", most ? ", " : "in this order: ", key);
    if (most == 0) {
        plm_text_format(&what, "%s takes no arguments by position, got %zu", b->kind->name, given);
        plm_text_format(&hint, "write %s alone", b->kind->name);
        return plm_bind_fail(b, column, &what, &hint);
    }
    plm_text_format(&what, "%s takes at most %zu argument%s by position, got %zu", b->kind->name,
                    most, most > 1 ? "s" : "", given);
    return plm_bind_fail(b, column, &what, &hint);
}

/* Binds all positional arguments from `first` on to one field that takes several numbers. The
 * numbers are the arguments of s from number `first` on. */
static plm_status bind_rest(const plm_binder *b, table *own, const plm_field *f, const plm_spec *s,
                            size_t first)
{
    plm_spec list = {.type = PLM_SPEC_LIST,
                     .column = s->argument[first].column,
                     .argument = s->argument + first};
    while (first + list.count < s->count && !s->argument[first + list.count].key)
        list.count++;
    return plm_bind_value(b, f, &list, own->config);
}

/* Returns the index of the field with this name or alias; t->count = none. Case and underscores do
 * not matter; an alias is as good as the name. */
static size_t find_field(const table *t, const char *key)
{
    size_t length = 0;
    for (size_t i = 0; i < t->count; i++)
        if (plm_name_equal(t->field[i].name, key) || plm_word_find(t->field[i].alias, key, &length))
            return i;
    return t->count;
}

/* Fails on an argument of another library; the hint says what to write instead: "did you mean
 * rate?" if the kind has such a key. foreign: the row that describes the argument. */
static plm_status fail_foreign(const plm_binder *b, const table *own, const table *common,
                               const plm_foreign_key *foreign, const plm_spec_argument *argument)
{
    plm_text what = {.w = b->a->w}, hint = what, got = what;
    const bool renamed = find_field(own, foreign->ours) < own->count ||
                         find_field(common, foreign->ours) < common->count;
    plm_spec_print(&got, argument->value);
    if (foreign->taken)
        plm_text_format(&what, "%s of %s %s cannot be %.60s", argument->key, b->what, b->kind->name,
                        plm_text_get(&got));
    else
        plm_text_format(&what, "unknown key '%s' of %s %s", argument->key, b->what, b->kind->name);
    plm_text_free(&got);
    if (renamed)
        plm_text_format(&hint, "did you mean %s?", foreign->ours);
    else
        plm_foreign_advise(&hint, foreign->library, argument->key, foreign->ours);
    return plm_bind_fail(b, argument->column, &what, &hint);
}

/* Returns the row of another library's argument that has this key; NULL = there is none. */
static const plm_foreign_key *foreign_of(const plm_binder *b, const char *key)
{
    return plm_foreign_key_find(b->a->w, b->what, b->kind->name, key);
}

/* True if the value is none or a list, and asks for what plummet does without the argument. Keras
 * code often writes such arguments explicitly, as axis=(-1,), though they change nothing. */
static bool is_foreign_default(const plm_binder *b, const plm_spec_argument *argument)
{
    const plm_spec *s = argument->value;
    const bool none = s->type == PLM_SPEC_NAME && !s->called && plm_name_equal(s->text, "none");
    if (!none && s->type != PLM_SPEC_LIST)
        return false;
    const plm_foreign_key *foreign = foreign_of(b, argument->key);
    return foreign && plm_foreign_takes(b->a, foreign, s);
}

/* Accepts an unknown key if it is an argument of another library and its value asks for what
 * plummet does anyway. Otherwise fails; the hint says what to write, or names the nearest known
 * key. */
static plm_status try_foreign(const plm_binder *b, const table *own, const table *common,
                              const plm_spec_argument *argument)
{
    const plm_foreign_key *foreign = foreign_of(b, argument->key);
    if (foreign)
        return plm_foreign_takes(b->a, foreign, argument->value)
                   ? PLM_OK
                   : fail_foreign(b, own, common, foreign, argument);
    const char *names[MAX_FIELDS * 2];
    size_t count = 0;
    for (size_t i = 0; i < own->count; i++)
        names[count++] = own->field[i].name;
    for (size_t i = 0; i < common->count; i++)
        names[count++] = common->field[i].name;
    plm_text what = {.w = b->a->w}, hint = what;
    plm_text_format(&what, "unknown key '%s' of %s %s", argument->key, b->what, b->kind->name);
    if (count > 0)
        plm_name_advise(&hint, argument->key, names, count);
    else
        plm_text_format(&hint, "%s takes no arguments", b->kind->name);
    return plm_bind_fail(b, argument->column, &what, &hint);
}

/* Binds an argument with a key, from the kind's own table or the shared one. A key of another
 * library is accepted without effect if its value asks for what plummet does anyway. */
static plm_status bind_key(const plm_binder *b, table *own, table *common,
                           const plm_spec_argument *argument)
{
    table *t = own;
    /* the kind's own keys take precedence over the shared ones */
    size_t at = find_field(own, argument->key);
    if (at == own->count) {
        t = common;
        at = find_field(common, argument->key);
        if (at == common->count)
            return try_foreign(b, own, common, argument);
    }
    if (t->given[at]) {
        plm_text what = {.w = b->a->w}, hint = what;
        plm_text_format(&what, "%s is given twice", t->field[at].name);
        plm_text_add(&hint, "keep one of the two");
        return plm_bind_fail(b, argument->column, &what, &hint);
    }
    t->given[at] = true;
    return is_foreign_default(b, argument)
               ? PLM_OK
               : plm_bind_value(b, &t->field[at], argument->value, t->config);
}

/* Binds all arguments with a key. */
static plm_status bind_keys(const plm_binder *b, table *own, table *common, const plm_spec *s)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->argument[i].key)
            PLM_TRY(bind_key(b, own, common, &s->argument[i]));
    return PLM_OK;
}

/* Fails if another library's argument at this position means something else than plummet's, and the
 * value shows that it is meant: GroupNorm(8, 64). */
static plm_status check_place(const plm_binder *b, const plm_spec *s, size_t at)
{
    const plm_foreign_place *place = plm_foreign_place_find(b->a->w, b->what, b->kind, s, at);
    if (!place)
        return PLM_OK;
    plm_text what = {.w = b->a->w}, hint = what, got = what;
    plm_spec_print(&got, s->argument[at].value);
    plm_text_format(&what, "argument %zu of %s %s cannot be %.60s", at + 1, b->what, b->kind->name,
                    plm_text_get(&got));
    plm_text_free(&got);
    plm_foreign_advise(&hint, place->library, place->argument, place->ours);
    return plm_bind_fail(b, s->argument[at].column, &what, &hint);
}

/* Binds the arguments without a key, in the order of the fields, or in that of Keras if the kind
 * has another one. */
static plm_status bind_positional(const plm_binder *b, table *own, table *common, const plm_spec *s)
{
    char key[LONGEST_KEY];
    for (size_t i = 0; i < s->count && !s->argument[i].key; i++) {
        plm_spec_argument argument = s->argument[i];
        PLM_TRY(check_place(b, s, i));
        key_at(own, b->kind, i, key);
        if (!key[0])
            return fail_too_many(b, own, s, argument.column);
        const plm_field *f = b->kind->positions ? NULL : &own->field[i];
        /* several numbers in a row, as in input(28, 28), belong to one field */
        if (f && (f->type == PLM_INTS || f->type == PLM_REALS) &&
            argument.value->type == PLM_SPEC_NUMBER) {
            own->given[i] = true;
            return bind_rest(b, own, f, s, i);
        }
        argument.key = key;
        PLM_TRY(bind_key(b, own, common, &argument));
    }
    return PLM_OK;
}

/* Fails if a required field, which is one without a default, was not given. */
static plm_status check_required(const plm_binder *b, const table *t, const plm_spec *s)
{
    for (size_t i = 0; i < t->count; i++) {
        const plm_field *f = &t->field[i];
        if (f->fallback || t->given[i])
            continue;
        plm_text what = {.w = b->a->w}, hint = what;
        plm_text_format(&what, "%s %s needs %s", b->what, b->kind->name, f->name);
        plm_text_format(&hint, "write %s(%s=...)", b->kind->name, f->name);
        if (f->help && *f->help)
            plm_text_format(&hint, "; %s: %s", f->name, f->help);
        return plm_bind_fail(b, s->column, &what, &hint);
    }
    return PLM_OK;
}

/* Binds defaults, then positional arguments, then keys. Missing arguments are reported last, so
 * that a mistake in a given argument is reported first. */
plm_status plm_fields_bind(plm_arena *a, const char *what, const plm_kind *kind, const plm_spec *s,
                           void *config, const plm_field *common, void *common_config)
{
    const plm_binder b = {.a = a, .what = what, .kind = kind};
    table own, shared;
    PLM_TRY(open_table(&b, kind->fields, config, &own));
    PLM_TRY(open_table(&b, common, common_config, &shared));
    PLM_TRY(bind_positional(&b, &own, &shared, s));
    PLM_TRY(bind_keys(&b, &own, &shared, s));
    PLM_TRY(check_required(&b, &own, s));
    return check_required(&b, &shared, s);
}

/* Checks that the spec is a name, with or without quotes, finds its kind, then binds
 * into new memory of the arena. */
plm_status plm_kind_bind_common(plm_arena *a, const char *family, const plm_spec *s,
                                const plm_kind **kind, const void **config, void *common)
{
    if (s)
        PLM_TRY(plm_spec_unquoted(a, s, &s));
    if (!s || s->type != PLM_SPEC_NAME) {
        const char *got = s ? plm_spec_text(a, s) : "nothing";
        return plm_fail(a->w, PLM_E_SPEC, family, "write name or name(key=value)",
                        "expected the name of a kind of %s, got %s", family, got ? got : "?");
    }
    const plm_kind *found = plm_kind_find(a->w, family, s->text);
    if (!found)
        return PLM_E_SPEC;
    void *bound = plm_arena_take(a, found->config_size + 1);
    if (!bound)
        return PLM_E_MEMORY;
    PLM_TRY(plm_fields_bind(a, family, found, s, bound,
                            common ? plm_family_find(a->w, family)->common : NULL, common));
    *kind = found;
    *config = bound;
    return PLM_OK;
}

/* Finds the kind that a spec names, and binds its arguments. This serves families whose kinds share
 * no keys. */
plm_status plm_kind_bind(plm_arena *a, const char *family, const plm_spec *s, const plm_kind **kind,
                         const void **config)
{
    return plm_kind_bind_common(a, family, s, kind, config, NULL);
}
