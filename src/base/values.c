/* Checks the values and defaults of fields by type and range, stores them in the struct, and writes
 * the texts of errors.
 *
 * A value is a parsed spec, and its field says which type it must have. For each type there is a
 * function set_TYPE that checks the value and writes it to the member of the struct. All errors
 * have one form: "KEY must be ..., got ...", with the help of the field as the hint. */
#include "base/values.h"

#include <math.h>
#include <string.h>

#include "base/names.h"
#include "base/notation.h"

/* Maximum number of choices that an error lists; maximum number of values in a plm_ints. */
enum { MAX_WORDS = 64, MAX_INTS = 8 };

/* ---- faults ---- */

/* Records the error with its place: the kind and, if known, the column. Frees both texts, so that
 * callers can return its result. */
plm_status plm_bind_fail(const plm_binder *b, int column, plm_text *what, plm_text *hint)
{
    plm_text where = {.w = b->a->w};
    plm_text_format(&where, "%s %s", b->what, b->kind->name);
    if (column > 0)
        plm_text_format(&where, ", column %d", column);
    plm_status status = PLM_E_MEMORY;
    if (!where.failed && !what->failed && !hint->failed)
        status = plm_fail(b->a->w, PLM_E_SPEC, plm_text_get(&where), plm_text_get(hint), "%s",
                          plm_text_get(what));
    plm_text_free(&where);
    plm_text_free(what);
    plm_text_free(hint);
    return status;
}

/* ---- values ---- */

/* Copies the words of a list "a|b|c" into the arena, at most `capacity` of them. Returns how
 * many. */
static size_t list_words(plm_arena *a, const char *list, const char **out, size_t capacity)
{
    size_t count = 0, length = 0;
    for (const char *at; count < capacity && (at = plm_word_next(&list, &length)) != NULL;) {
        out[count] = plm_arena_text(a, at, length);
        if (!out[count])
            break;
        count++;
    }
    return count;
}

/* Fails with "units must be a whole number, got 'x'". must: what was expected, such as "a whole
 * number". A long value is cut after 80 characters. */
static plm_status fail_value(const plm_binder *b, const plm_field *f, const plm_spec *s,
                             const char *must)
{
    plm_text got = {.w = b->a->w}, what = got, hint = got;
    plm_spec_print(&got, s);
    plm_text_format(&what, "%s must be %s, got %.80s%s", f->name, must, plm_text_get(&got),
                    got.length > 80 ? "..." : "");
    plm_text_free(&got);
    if (f->help && *f->help)
        plm_text_format(&hint, "%s: %s", f->name, f->help);
    return plm_bind_fail(b, s->column, &what, &hint);
}

/* True if the value is a name without parentheses, such as true or none. Case and underscores do
 * not matter. */
static bool is_name(const plm_spec *s, const char *name)
{
    return s->type == PLM_SPEC_NAME && !s->called && plm_name_equal(s->text, name);
}

/* ---- numbers ---- */

/* True if the numbers of a field have a range; both bounds 0 mean that they have none. */
static bool has_range(const plm_field *f)
{
    return f->low < 0 || f->low > 0 || f->high < 0 || f->high > 0;
}

/* Adds "between 1 and 300", "at least 0" or "at most 1". */
static void add_range(plm_text *t, const plm_field *f)
{
    char low[32], high[32];
    plm_text_from_number(f->low, low, sizeof(low));
    plm_text_from_number(f->high, high, sizeof(high));
    if (isinf(f->high))
        plm_text_format(t, "at least %s", low);
    else if (isinf(f->low))
        plm_text_format(t, "at most %s", high);
    else
        plm_text_format(t, "between %s and %s", low, high);
}

/* Fails if x is out of the range of its field. The comparison is written so that a NaN is out of
 * any range. */
static plm_status check_range(const plm_binder *b, const plm_field *f, const plm_spec *s, double x)
{
    if (!has_range(f) || (x >= f->low && x <= f->high))
        return PLM_OK;
    plm_text must = {.w = b->a->w};
    add_range(&must, f);
    const plm_status status = fail_value(b, f, s, plm_text_get(&must));
    plm_text_free(&must);
    return status;
}

/* Reads a whole number; returns false if the value is not a whole number. Numbers without point and
 * exponent are read exactly, so that seeds keep all their digits. A number with a point or exponent
 * may be whole as well: 1e6. */
static bool read_whole(const plm_spec *s, int64_t *out)
{
    if (s->type != PLM_SPEC_NUMBER)
        return false;
    if (!s->whole) {
        if (!(fabs(s->number) <= 9007199254740992.0) || floor(s->number) < s->number)
            return false;
        *out = (int64_t)s->number;
        return true;
    }
    /* read the digits themselves, as a double would lose digits of numbers beyond 2^53 */
    const bool negative = s->text[0] == '-';
    /* computed as a negative number, as INT64_MIN has no positive counterpart */
    int64_t value = 0;
    for (const char *at = s->text + negative; *at; at++) {
        const int digit = *at - '0';
        if (value < (INT64_MIN + digit) / 10)
            return false;
        value = value * 10 - digit;
    }
    if (!negative && value == INT64_MIN)
        return false;
    *out = negative ? value : -value;
    return true;
}

/* Stores a whole number in the int64_t at `place`, after checking its range. */
static plm_status set_int(const plm_binder *b, const plm_field *f, const plm_spec *s, void *place)
{
    int64_t value = 0;
    if (!read_whole(s, &value))
        return fail_value(b, f, s, "a whole number");
    PLM_TRY(check_range(b, f, s, (double)value));
    *(int64_t *)place = value;
    return PLM_OK;
}

/* Stores a number in the double at `place`, after checking its range. */
static plm_status set_real(const plm_binder *b, const plm_field *f, const plm_spec *s, void *place)
{
    if (s->type != PLM_SPEC_NUMBER)
        return fail_value(b, f, s, "a number");
    PLM_TRY(check_range(b, f, s, s->number));
    *(double *)place = s->number;
    return PLM_OK;
}

/* Stores a number of steps in the double at `place`; -1 for the word all. A field of this type also
 * accepts a fraction of the run (below 1), so its range begins at 0. */
static plm_status set_steps(const plm_binder *b, const plm_field *f, const plm_spec *s, void *place)
{
    if (is_name(s, "all")) {
        *(double *)place = -1;
        return PLM_OK;
    }
    if (s->type != PLM_SPEC_NUMBER)
        return fail_value(b, f, s, "a number of steps, a fraction of the run below 1, or all");
    return set_real(b, f, s, place);
}

/* Stores a truth value in the bool at `place`. Accepts true, false, 1 and 0. */
static plm_status set_bool(const plm_binder *b, const plm_field *f, const plm_spec *s, void *place)
{
    int64_t number = -1;
    const bool numeric = read_whole(s, &number);
    const bool yes = is_name(s, "true") || (numeric && number == 1);
    if (!yes && !is_name(s, "false") && !(numeric && number == 0))
        return fail_value(b, f, s, "true or false");
    *(bool *)place = yes;
    return PLM_OK;
}

/* ---- text and specs ---- */

/* Returns a value as text: a quoted text, a name without parentheses, or a number as it was written
 * (a column, a label). NULL = the value is none of them. */
static const char *text_of(const plm_spec *s)
{
    const bool bare = s->type == PLM_SPEC_NAME && !s->called;
    return bare || s->type == PLM_SPEC_TEXT || s->type == PLM_SPEC_NUMBER ? s->text : NULL;
}

/* Stores a text. The name none gives "" if the default is "". The text is part of the spec, which
 * is in the arena. */
static plm_status set_text(const plm_binder *b, const plm_field *f, const plm_spec *s, void *place)
{
    const char *text = text_of(s);
    if (!text)
        return fail_value(b, f, s, "a text: 'quoted', or a bare name");
    const bool none = is_name(s, "none") && f->fallback && !*f->fallback;
    *(const char **)place = none ? "" : text;
    return PLM_OK;
}

/* Stores the word of the choices that equals the text. The word is stored as the field table writes
 * it, so users of the config compare it exactly. */
static plm_status set_choice(const plm_binder *b, const plm_field *f, const plm_spec *s,
                             void *place)
{
    const char *text = text_of(s), *words[MAX_WORDS];
    size_t length = 0;
    const char *word = text ? plm_word_find(f->choices, text, &length) : NULL;
    if (word) {
        *(const char **)place = plm_arena_text(b->a, word, length);
        return *(const char **)place ? PLM_OK : PLM_E_MEMORY;
    }
    plm_text what = {.w = b->a->w}, hint = what;
    const size_t count = list_words(b->a, f->choices, words, MAX_WORDS);
    plm_text_format(&what, "%s must be one of ", f->name);
    for (size_t i = 0; i < count; i++)
        plm_text_format(&what, "%s%s", i > 0 ? ", " : "", words[i]);
    plm_text_add(&what, ", got ");
    plm_spec_print(&what, s);
    const char *nearest = text ? plm_name_nearest(text, words, count) : NULL;
    if (nearest)
        plm_text_format(&hint, "did you mean %s?", nearest);
    else if (f->help)
        plm_text_format(&hint, "%s: %s", f->name, f->help);
    return plm_bind_fail(b, s->column, &what, &hint);
}

/* Stores a spec, after checking that its family knows its name. A quoted text is parsed first, for
 * activation='relu' as in Keras. The column of the quoted text is kept, since columns within it
 * would mislead. f->choices: the family. */
static plm_status set_spec(const plm_binder *b, const plm_field *f, const plm_spec *s, void *place)
{
    if (s->type == PLM_SPEC_TEXT) {
        const int column = s->column;
        PLM_TRY(plm_spec_parse(b->a, s->text, &s));
        if (s->type == PLM_SPEC_TEXT)
            return fail_value(b, f, s, "a spec such as name or name(key=value)");
        plm_spec *moved = plm_arena_take(b->a, sizeof(plm_spec));
        if (!moved)
            return PLM_E_MEMORY;
        *moved = *s;
        moved->column = column;
        s = moved;
    }
    if (is_name(s, "none")) {
        *(const plm_spec **)place = NULL;
        return PLM_OK;
    }
    if (f->choices && s->type == PLM_SPEC_NAME && plm_family_find(b->a->w, f->choices) &&
        !plm_kind_find(b->a->w, f->choices, s->text)) {
        plm_fail_within(b->a->w, "%s of %s %s, column %d", f->name, b->what, b->kind->name,
                        s->column);
        return PLM_E_SPEC;
    }
    *(const plm_spec **)place = s;
    return PLM_OK;
}

/* Stores the spec of a value of any type, for fields whose values the kind checks itself. */
static plm_status set_as_written(const plm_binder *b, const plm_field *f, const plm_spec *s,
                                 void *place)
{
    (void)b;
    (void)f;
    *(const plm_spec **)place = is_name(s, "none") ? NULL : s;
    return PLM_OK;
}

/* ---- lists ---- */

/* Stores one number or a list of them in the plm_ints or plm_reals at `place`. A single number is
 * stored as a list of one. */
static plm_status set_many(const plm_binder *b, const plm_field *f, const plm_spec *s, void *place)
{
    const plm_spec_argument alone = {.value = s, .column = s->column};
    const bool list = s->type == PLM_SPEC_LIST;
    const plm_spec_argument *item = list ? s->argument : &alone;
    const size_t count = list ? s->count : 1;
    if (f->type == PLM_INTS) {
        plm_ints *ints = place;
        if (count > MAX_INTS)
            return fail_value(b, f, s, "at most 8 whole numbers");
        for (size_t i = 0; i < count; i++)
            PLM_TRY(set_int(b, f, item[i].value, &ints->at[i]));
        ints->count = (int)count;
        return PLM_OK;
    }
    double *values = plm_arena_array(b->a, count, sizeof(double));
    if (!values)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < count; i++)
        PLM_TRY(set_real(b, f, item[i].value, &values[i]));
    *(plm_reals *)place = (plm_reals){.count = (int)count, .at = values};
    return PLM_OK;
}

/* Stores a value in its member of the struct, by the function of its type. config: the struct; the
 * member is f->offset bytes after its beginning. */
static plm_status set_value(const plm_binder *b, const plm_field *f, const plm_spec *s,
                            void *config)
{
    static plm_status (*const set[])(const plm_binder *, const plm_field *, const plm_spec *,
                                     void *) = {
        [PLM_INT] = set_int,    [PLM_REAL] = set_real,     [PLM_BOOL] = set_bool,
        [PLM_TEXT] = set_text,  [PLM_CHOICE] = set_choice, [PLM_SPEC] = set_spec,
        [PLM_INTS] = set_many,  [PLM_REALS] = set_many,    [PLM_VALUE] = set_as_written,
        [PLM_STEPS] = set_steps};
    return set[f->type](b, f, s, (char *)config + f->offset);
}

/* ---- defaults ---- */

/* True for fields that hold numbers. */
static bool is_number_type(plm_field_type type)
{
    return type == PLM_INT || type == PLM_REAL || type == PLM_INTS || type == PLM_REALS ||
           type == PLM_STEPS;
}

/* True if a default is "" or none. */
static bool is_nothing(const char *fallback)
{
    return !*fallback || plm_name_equal(fallback, "none");
}

/* True if the default of a field of numbers means "unset": "", none, NaN, an infinite number or a
 * number out of range. Users may write `none` for such a field, and `describe` shows none as its
 * default. */
bool plm_default_is_none(const plm_field *f)
{
    const char *end = NULL;
    if (!f->fallback || !is_number_type(f->type))
        return false;
    if (is_nothing(f->fallback))
        return true;
    const double x = plm_text_number(f->fallback, &end);
    return end != f->fallback && (!isfinite(x) || (has_range(f) && (x < f->low || x > f->high)));
}

/* Parses the text of the default and stores it like a user's value, but without checks of range
 * and family: the text is ours, so an error in it is a mistake in the field table. */
plm_status plm_bind_default(const plm_binder *b, const plm_field *f, void *config)
{
    void *place = (char *)config + f->offset;
    const plm_spec *s = NULL;
    if (!f->fallback)
        return PLM_OK;
    if (f->type == PLM_TEXT || f->type == PLM_CHOICE) {
        *(const char **)place = f->fallback;
        return PLM_OK;
    }
    if (f->type == PLM_REAL && (is_nothing(f->fallback) || plm_name_equal(f->fallback, "nan"))) {
        *(double *)place = (double)NAN;
        return PLM_OK;
    }
    if (is_nothing(f->fallback)) /* no default: the member keeps its zero bytes (0, NULL or an empty
                                  * list) */
        return PLM_OK;
    plm_field anything = *f;
    anything.low = anything.high = 0;
    anything.choices = NULL;
    plm_status status = plm_spec_parse(b->a, f->fallback, &s);
    if (status >= 0)
        status = set_value(b, &anything, s, config);
    if (status < 0 && status != PLM_E_MEMORY)
        return plm_fail(b->a->w, PLM_E_INTERNAL, b->kind->name,
                        "please report this fault of plummet: a field table is wrong",
                        "the default '%s' of %s is not understood", f->fallback, f->name);
    return status;
}

/* Stores the value. If the value is `none`, and none means "unset" for this field, stores the
 * default. */
plm_status plm_bind_value(const plm_binder *b, const plm_field *f, const plm_spec *s, void *config)
{
    if (is_name(s, "none") && plm_default_is_none(f)) {
        memset((char *)config + f->offset, 0,
               f->type == PLM_INTS    ? sizeof(plm_ints)
               : f->type == PLM_REALS ? sizeof(plm_reals)
                                      : sizeof(double));
        return plm_bind_default(b, f, config);
    }
    return set_value(b, f, s, config);
}
