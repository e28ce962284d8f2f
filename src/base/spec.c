/* Parses the notation of specs:
 *   spec     = number | text | lists | name [ "(" [ argument { "," argument } [ "," ] ] ")" ]
 *            | dictionary | name ".from_config(" dictionary ")"
 *   argument = [ name "=" ] spec | "**" dictionary  (keys after arguments by position, each once)
 *   lists    = list { "*" number } { "+" list { "*" number } }   ([0] * 2 + [1] is [0, 0, 1])
 *   list     = "[" ... "]" or "(" ... ")"   elements as above, without keys
 *   number   = decimal [ "/" decimal ] | inf
 *   name     = letter or _, then letters, digits, _ ; dots inside
 *   text     = '...' or "..." with \\ \' \" \n \t \r
 *   dictionary = "{" [ text ":" spec { "," text ":" spec } ] "}"      (spec_config.c)
 * It knows no kinds and no fields. The text may come from an untrusted file, so depth, counts and
 * length are limited.
 *
 * The parser is recursive descent with one character of look-ahead, and keeps the column of every
 * part for messages. Blanks are skipped between all parts. All memory is in the caller's arena, so
 * an error in the middle of a text leaves nothing behind that must be freed here. */
#include "base/spec.h"

#include <string.h>

#include "base/names.h"
#include "base/notation.h"
#include "base/spec_reader.h"

/* Max number of: brackets that are open at once, bytes of the text. */
enum { MAX_DEPTH = 32, MAX_LENGTH = 1 << 24 };

/* ---- names, arguments, lists ---- */

/* Returns the length of a name at s; 0 = none. */
static size_t measure_name(const char *s)
{
    size_t n = 0;
    if (!plm_is_letter(s[0]))
        return 0;
    while (plm_is_inside_name(s[n]) || (s[n] == '.' && plm_is_inside_name(s[n + 1])))
        n++;
    return n;
}

/* Reads a key and its "=". Without a key, *key stays NULL and the position stays. */
static plm_status read_key(plm_spec_reader *r, const char **key)
{
    const size_t first = r->at, length = measure_name(r->text + first);
    if (length == 0)
        return PLM_OK;
    r->at += length;
    plm_spec_skip_blanks(r);
    if (plm_spec_peek(r) != '=') {
        r->at = first;
        return PLM_OK;
    }
    r->at++;
    plm_spec_skip_blanks(r);
    *key = plm_arena_text(r->a, r->text + first, length);
    return *key ? PLM_OK : PLM_E_MEMORY;
}

/* Counts a bracket that opens at the next character, and moves after it. The limit of the depth
 * keeps the recursion short. */
static plm_status open_bracket(plm_spec_reader *r)
{
    if (r->depth == MAX_DEPTH)
        return plm_spec_fail_at(r, r->at, "use fewer brackets within brackets",
                                "specs are nested deeper than 32");
    r->depth++;
    r->at++;
    return PLM_OK;
}

static plm_status read_spec(plm_spec_reader *r, plm_spec *s);
static plm_status read_dictionary(plm_spec_reader *r, plm_spec *s);

/* ---- dictionaries ---- */

/* Reads the quoted key of an entry, and the colon. */
static plm_status read_entry_key(plm_spec_reader *r, const char **key)
{
    plm_spec text = {0};
    const size_t at = r->at;
    if (plm_spec_peek(r) != '\'' && plm_spec_peek(r) != '"')
        return plm_spec_fail_expected(r, "a key in quotes",
                                      "write name(key=value), or what get_config() prints: "
                                      "{'name': 'adam', 'learning_rate': 0.01}");
    PLM_TRY(plm_spec_read_text(r, &text));
    if (!plm_spec_is_name(text.text))
        return plm_spec_fail_at(r, at, "give a name as the key: {'units': 10}",
                                "the key is not a name");
    *key = text.text;
    plm_spec_skip_blanks(r);
    if (plm_spec_peek(r) != ':')
        return plm_spec_fail_expected(r, "':'", "write {'key': value, 'key': value}");
    r->at++;
    plm_spec_skip_blanks(r);
    return PLM_OK;
}

/* Reads one entry and appends it. A dictionary stays as it is. null, of JSON, is none. */
static plm_status read_entry(plm_spec_reader *r, plm_spec_collector *c)
{
    plm_spec_argument entry = {.column = (int)r->at + 1};
    plm_spec *value = plm_arena_take(r->a, sizeof *value);
    if (!value)
        return PLM_E_MEMORY;
    PLM_TRY(read_entry_key(r, &entry.key));
    PLM_TRY(plm_spec_peek(r) == '{' ? read_dictionary(r, value) : read_spec(r, value));
    if (value->type == PLM_SPEC_NAME && strcmp(value->text, "null") == 0)
        value->text = "none";
    entry.value = value;
    return plm_spec_collect(r, c, &entry);
}

/* Reads a dictionary as it is. */
static plm_status read_dictionary(plm_spec_reader *r, plm_spec *s)
{
    *s = (plm_spec){.type = PLM_SPEC_NAME, .text = "", .called = true, .column = (int)r->at + 1};
    plm_spec_collector c = {.s = s, .keys = true};
    PLM_TRY(open_bracket(r));
    for (;;) {
        plm_spec_skip_blanks(r);
        if (plm_spec_peek(r) == '}')
            break;
        PLM_TRY(read_entry(r, &c));
        plm_spec_skip_blanks(r);
        if (plm_spec_peek(r) == '}')
            break;
        if (plm_spec_peek(r) != ',')
            return plm_spec_fail_expected(r, "',' or '}'", "write {'key': value, 'key': value}");
        r->at++;
    }
    r->at++;
    r->depth--;
    return PLM_OK;
}

/* Reads a dictionary, and appends its entries to the arguments of a call whose class is known. */
static plm_status collect_dictionary(plm_spec_reader *r, plm_spec_collector *c)
{
    plm_spec given = {0};
    if (plm_spec_peek(r) != '{')
        return plm_spec_fail_expected(r, "'{'", "after ** comes a dictionary: {'units': 10}");
    PLM_TRY(read_dictionary(r, &given));
    PLM_TRY(plm_spec_give_classes(r, &given));
    for (size_t i = 0; i < given.count; i++)
        PLM_TRY(plm_spec_collect(r, c, &given.argument[i]));
    return PLM_OK;
}

/* ---- arguments and lists ---- */

static const char from_config_hint[] =
    "write what get_config() prints: Dense.from_config({'units': 10})";

/* Reads one argument and appends it. ** before a dictionary, as in Python, gives its entries as
 * arguments. */
static plm_status read_argument(plm_spec_reader *r, plm_spec_collector *c)
{
    plm_spec_argument argument = {.column = (int)r->at + 1};
    if (c->keys && plm_spec_peek(r) == '*' && r->text[r->at + 1] == '*') {
        r->at += 2;
        plm_spec_skip_blanks(r);
        return collect_dictionary(r, c);
    }
    PLM_TRY(read_key(r, &argument.key));
    plm_spec *value = plm_arena_take(r->a, sizeof(plm_spec));
    if (!value)
        return PLM_E_MEMORY;
    PLM_TRY(read_spec(r, value));
    argument.value = value;
    return plm_spec_collect(r, c, &argument);
}

/* Reads arguments and the closing bracket after them. close: that bracket; NUL = the arguments go
 * on to the end of the text. */
static plm_status read_arguments(plm_spec_reader *r, plm_spec *s, char close, bool keys)
{
    plm_spec_collector c = {.s = s, .keys = keys};
    for (;;) {
        plm_spec_skip_blanks(r);
        if (plm_spec_peek(r) == close)
            break;
        PLM_TRY(read_argument(r, &c));
        plm_spec_skip_blanks(r);
        if (plm_spec_peek(r) == close)
            break;
        if (plm_spec_peek(r) != ',')
            return plm_spec_fail_expected(
                r,
                close == ')'   ? "',' or ')'"
                : close == ']' ? "',' or ']'"
                               : "',' or the end",
                "separate arguments by commas, close every bracket, quote text that is not a name");
        r->at++;
    }
    r->at++;
    return PLM_OK;
}

/* Reads an opening bracket, arguments and the closing bracket. */
static plm_status read_bracketed(plm_spec_reader *r, plm_spec *s, char close, bool keys)
{
    PLM_TRY(open_bracket(r));
    PLM_TRY(read_arguments(r, s, close, keys));
    r->depth--;
    return PLM_OK;
}

/* Reads ({...}) after the name of a class and .from_config: the class with these arguments. */
static plm_status read_from_config(plm_spec_reader *r, plm_spec *s)
{
    plm_spec_collector c = {.s = s, .keys = true};
    const char *key = NULL;
    plm_spec_skip_blanks(r);
    if (plm_spec_peek(r) != '(')
        return plm_spec_fail_expected(r, "'('", from_config_hint);
    PLM_TRY(open_bracket(r));
    s->called = true;
    plm_spec_skip_blanks(r);
    PLM_TRY(read_key(r, &key)); /* config={...} */
    if (plm_spec_peek(r) != '{')
        return plm_spec_fail_expected(r, "'{'", from_config_hint);
    PLM_TRY(collect_dictionary(r, &c));
    plm_spec_skip_blanks(r);
    if (plm_spec_peek(r) != ')')
        return plm_spec_fail_expected(r, "')'", from_config_hint);
    r->at++;
    r->depth--;
    return PLM_OK;
}

/* Reads a name, with its arguments if there are parentheses. */
static plm_status read_name(plm_spec_reader *r, plm_spec *s)
{
    const size_t length = measure_name(r->text + r->at);
    const bool gets = plm_spec_measure_method(r->text + r->at, length, ".get") > 0 ||
                      plm_spec_measure_method(r->text + r->at, length, ".deserialize") > 0;
    const size_t class = length - plm_spec_measure_method(r->text + r->at, length, ".from_config");
    s->type = PLM_SPEC_NAME;
    s->text = plm_arena_text(r->a, r->text + r->at, class);
    if (!s->text)
        return PLM_E_MEMORY;
    s->text = plm_name_without_module(s->text);
    r->at += length;
    if (class < length)
        return read_from_config(r, s);
    /* Blanks may come before a parenthesis. If there is none, they are not part of the name. */
    const size_t end = r->at;
    plm_spec_skip_blanks(r);
    if (plm_spec_peek(r) != '(') {
        r->at = end;
        return PLM_OK;
    }
    s->called = true;
    PLM_TRY(read_bracketed(r, s, ')', true));
    if (gets && s->count == 1) /* keras.activations.get('relu') is 'relu' */
        *s = *s->argument[0].value;
    return PLM_OK;
}

/* Reads a list, and repeats it for each * that follows. */
static plm_status read_term(plm_spec_reader *r, plm_spec *s)
{
    s->type = PLM_SPEC_LIST;
    PLM_TRY(read_bracketed(r, s, plm_spec_peek(r) == '[' ? ']' : ')', false));
    while (plm_spec_skip_operator(r, '*'))
        PLM_TRY(plm_spec_repeat(r, s));
    return PLM_OK;
}

/* Reads a list, and appends those that follow after +. */
static plm_status read_list(plm_spec_reader *r, plm_spec *s)
{
    PLM_TRY(read_term(r, s));
    while (plm_spec_skip_operator(r, '+')) {
        plm_spec more = {.column = (int)r->at + 1};
        if (plm_spec_peek(r) != '[' && plm_spec_peek(r) != '(')
            return plm_spec_fail_expected(r, "'['", "write a list after +: [0] * 3 + [1]");
        PLM_TRY(read_term(r, &more));
        PLM_TRY(plm_spec_append(r, s, &more));
    }
    return PLM_OK;
}

/* True if a number begins at the next character, or something that was meant as one. */
static bool at_number(const plm_spec_reader *r)
{
    const char c = plm_spec_peek(r);
    bool whole = false;
    return plm_is_digit(c) || c == '.' || c == '-' || c == '+' ||
           plm_spec_measure_decimal(r->text + r->at, &whole) > 0;
}

/* Reads any spec; the first character determines its type. */
static plm_status read_spec(plm_spec_reader *r, plm_spec *s)
{
    const char c = plm_spec_peek(r);
    s->column = (int)r->at + 1;
    if (c == '\'' || c == '"')
        return plm_spec_read_text(r, s);
    if (c == '[' || c == '(')
        return read_list(r, s);
    if (c == '{') {
        PLM_TRY(read_dictionary(r, s));
        return plm_spec_give_class(r, s);
    }
    if (at_number(r))
        return plm_spec_read_number(r, s);
    if (plm_is_letter(c))
        return read_name(r, s);
    return plm_spec_fail_expected(r, "a name, a number, a 'text' or a [list]",
                                  "write name(arg, key=value, ...)");
}

/* Starts to parse a text, after checking its length. */
static plm_status begin(plm_spec_reader *r, plm_arena *a, const char *text)
{
    *r = (plm_spec_reader){.a = a, .text = text};
    if (!text)
        return plm_fail(a->w, PLM_E_SPEC, "", "write name(arg, key=value, ...)",
                        "there is no text to read");
    if (memchr(text, '\0', MAX_LENGTH) == NULL)
        return plm_fail(a->w, PLM_E_SPEC, "", "read long lists from a file",
                        "the text is longer than 16 MiB");
    plm_spec_skip_blanks(r);
    return PLM_OK;
}

/* Reads one spec; only blanks may follow it. After an error, which names the column, *out stays
 * NULL. */
plm_status plm_spec_parse(plm_arena *a, const char *text, const plm_spec **out)
{
    plm_spec_reader r;
    *out = NULL;
    PLM_TRY(begin(&r, a, text));
    plm_spec *s = plm_arena_take(a, sizeof(plm_spec));
    if (!s)
        return PLM_E_MEMORY;
    PLM_TRY(read_spec(&r, s));
    plm_spec_skip_blanks(&r);
    if (plm_spec_peek(&r) != '\0')
        return plm_spec_fail_expected(
            &r, "the end",
            plm_spec_peek(&r) == '(' && s->called
                ? "a layer is not called on a tensor: layers are joined in the order of the list, "
                  "or by an arrow, as in dense(3) <- NAME"
                : "only one spec is allowed; separate arguments by commas inside parentheses");
    *out = s;
    return PLM_OK;
}

/* Reads specs, with separators between them, up to the end of the text. The steps of a pipeline are
 * separated by '|', metrics and observers by ','. *out [*count]. */
plm_status plm_spec_parse_sequence(plm_arena *a, const char *text, char separator, size_t *count,
                                   const plm_spec *const **out)
{
    plm_spec_reader r;
    const plm_spec **specs = NULL;
    size_t capacity = 0;
    *count = 0;
    *out = NULL;
    PLM_TRY(begin(&r, a, text));
    if (plm_spec_peek(&r) == '\0') /* an empty text is an empty sequence */
        return PLM_OK;
    for (;;) {
        specs = plm_arena_grow(a, specs, *count, &capacity, sizeof(*specs));
        plm_spec *s = specs ? plm_arena_take(a, sizeof(plm_spec)) : NULL;
        if (!s)
            return PLM_E_MEMORY;
        PLM_TRY(read_spec(&r, s));
        specs[(*count)++] = s;
        plm_spec_skip_blanks(&r);
        if (plm_spec_peek(&r) == '\0')
            break;
        if (plm_spec_peek(&r) != separator)
            return plm_spec_fail_expected(
                &r, separator == '|' ? "'|' or the end" : "',' or the end",
                separator == '|' ? "separate steps by |, as in csv('a.csv') | shuffle | batch(32)"
                                 : "separate specs by commas, as in accuracy, mae");
        r.at++;
        plm_spec_skip_blanks(&r);
    }
    *out = specs;
    return PLM_OK;
}

/* Reads arguments without parentheses around them, up to the end of the text. The result is a call
 * without a name, as "mse, aux=mae" gives the losses of several outputs. */
plm_status plm_spec_parse_arguments(plm_arena *a, const char *text, const plm_spec **out)
{
    plm_spec_reader r;
    *out = NULL;
    PLM_TRY(begin(&r, a, text));
    plm_spec *s = plm_arena_take(a, sizeof(plm_spec));
    if (!s)
        return PLM_E_MEMORY;
    *s = (plm_spec){.type = PLM_SPEC_NAME, .text = "", .called = true, .column = 1};
    PLM_TRY(read_arguments(&r, s, '\0', true));
    *out = s;
    return PLM_OK;
}
