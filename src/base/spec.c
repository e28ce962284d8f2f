/* Parses the notation of specs:
 *   spec     = number | text | list | name [ "(" [ argument { "," argument } [ "," ] ] ")" ]
 *   argument = [ name "=" ] spec            (keys come after all arguments by position, each once)
 *   list     = "[" ... "]" or "(" ... ")"   elements as above, without keys
 *   number   = decimal [ "/" decimal ] | inf
 *   name     = letter or _, then letters, digits, _ ; dots inside
 *   text     = '...' or "..." with \\ \' \" \n \t \r
 * It knows no kinds and no fields. The text may come from an untrusted file, so depth, counts and
 * length are limited. */
#include "base/spec.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "base/notation.h"

/* Limits of a text: brackets that are open at once, arguments and keys of a bracket, bytes.
 * EXCERPT: bytes on each side of an error that its message shows. */
enum {
    MAX_DEPTH = 32,
    MAX_ARGUMENTS = 1 << 16,
    MAX_KEYS = 256,
    MAX_LENGTH = 1 << 24,
    EXCERPT = 24
};

/* The text being parsed and the position in it. */
typedef struct {
    plm_arena *a;
    const char *text;
    size_t at;
    int depth; /* number of open brackets */
} reader;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_inside_name(char c)
{
    return is_letter(c) || is_digit(c);
}

/* Returns the next character; NUL at the end. */
static char peek(const reader *r)
{
    return r->text[r->at];
}

static void skip_blanks(reader *r)
{
    while (peek(r) == ' ' || peek(r) == '\t' || peek(r) == '\n' || peek(r) == '\r')
        r->at++;
}

/* ---- errors ---- */

/* Fails at position `at`, with an excerpt of the text around it. */
static plm_status fail_at(const reader *r, size_t at, const char *hint, const char *what)
{
    const size_t first = at > EXCERPT ? at - EXCERPT : 0;
    const size_t before = at - first;
    size_t after = 0;
    while (after < EXCERPT && r->text[at + after])
        after++;
    char where[160];
    snprintf(where, sizeof(where), "column %zu of \"%s%.*s%s\"", at + 1, first ? "..." : "",
             (int)(before + after), r->text + first, r->text[at + after] ? "..." : "");
    return plm_fail(r->a->w, PLM_E_SPEC, where, hint, "%s", what);
}

/* Fails with "expected X, found Y" at the next character. */
static plm_status fail_expected(const reader *r, const char *expected, const char *hint)
{
    char what[160];
    const char c = peek(r);
    if (c == '\0')
        snprintf(what, sizeof(what), "expected %s, but the text ends", expected);
    else if ((unsigned char)c < ' ' || (unsigned char)c > '~')
        snprintf(what, sizeof(what), "expected %s, found byte 0x%02x", expected,
                 (unsigned)(unsigned char)c);
    else
        snprintf(what, sizeof(what), "expected %s, found '%c'", expected, c);
    return fail_at(r, r->at, hint, what);
}

/* ---- numbers ---- */

/* Returns the number of digits at s. */
static size_t measure_digits(const char *s)
{
    size_t n = 0;
    while (is_digit(s[n]))
        n++;
    return n;
}

/* Returns the length of an exponent, such as e-7, at s; 0 = none. */
static size_t measure_exponent(const char *s)
{
    if (*s != 'e' && *s != 'E')
        return 0;
    const size_t sign = s[1] == '-' || s[1] == '+', digits = measure_digits(s + 1 + sign);
    return digits ? 1 + sign + digits : 0;
}

/* Returns the length of a decimal at s; 0 = none. *whole: true if it has neither point nor
 * exponent. */
static size_t measure_decimal(const char *s, bool *whole)
{
    const size_t sign = *s == '-' || *s == '+';
    *whole = false;
    if (strncmp(s + sign, "inf", 3) == 0 && !is_inside_name(s[sign + 3]))
        return sign + 3;
    const size_t before = measure_digits(s + sign);
    size_t n = sign + before, after = 0;
    if (s[n] == '.') {
        after = measure_digits(s + n + 1);
        n += 1 + after;
    }
    if (before + after == 0)
        return 0;
    n += measure_exponent(s + n);
    *whole = n == sign + before;
    return n;
}

/* Reads one decimal. Its text, without a plus sign, is appended to t. */
static plm_status read_decimal(reader *r, plm_text *t, double *value, bool *whole)
{
    const size_t first = r->at, length = measure_decimal(r->text + r->at, whole);
    if (length == 0)
        return fail_expected(r, "a number", "write it as 3, -0.5, 1e-3, 1/255 or inf");
    const char *end = NULL;
    *value = plm_text_number(r->text + first, &end);
    const bool infinite = r->text[first + length - 1] == 'f';
    if (!infinite && !isfinite(*value))
        return fail_at(r, first, "a double reaches 1.8e308; write inf if that is meant",
                       "the number is too large");
    r->at = first + length;
    if (is_inside_name(peek(r)) || peek(r) == '.')
        return fail_at(r, first, "a name begins with a letter, and text needs quotes",
                       "a number is directly followed by a name");
    const size_t plus = r->text[first] == '+';
    plm_text_append(t, r->text + first + plus, length - plus);
    return PLM_OK;
}

/* Reads a decimal or a quotient of two into s. Its text, without blanks, is appended to t. */
static plm_status read_number_text(reader *r, plm_spec *s, plm_text *t)
{
    PLM_TRY(read_decimal(r, t, &s->number, &s->whole));
    /* Blanks may come before a slash. If there is none, they are not part of the number. */
    const size_t end = r->at;
    skip_blanks(r);
    if (peek(r) != '/') {
        r->at = end;
        return PLM_OK;
    }
    r->at++;
    skip_blanks(r);
    const size_t below = r->at;
    double divisor = 1;
    bool whole = false;
    plm_text_add(t, "/");
    PLM_TRY(read_decimal(r, t, &divisor, &whole));
    if (!(fabs(divisor) > 0) || isinf(divisor) || isinf(s->number))
        return fail_at(r, below,
                       "divide two numbers, neither of them infinite, by one that is not zero",
                       "this quotient is not a number");
    s->number /= divisor;
    s->whole = false;
    if (!isfinite(s->number))
        return fail_at(r, below, "a double reaches 1.8e308", "the quotient is too large");
    return PLM_OK;
}

/* Reads a number into s. */
static plm_status read_number(reader *r, plm_spec *s)
{
    s->type = PLM_SPEC_NUMBER;
    plm_text t = {.w = r->a->w};
    plm_status status = read_number_text(r, s, &t);
    if (status >= 0) {
        s->text = t.failed ? NULL : plm_arena_text(r->a, plm_text_get(&t), t.length);
        status = s->text ? PLM_OK : PLM_E_MEMORY;
    }
    plm_text_free(&t);
    return status;
}

/* ---- text ---- */

/* Returns the character that "\c" means, or 0. */
static char unescape(char c)
{
    static const char from[] = "\\'\"ntr", to[] = "\\'\"\n\t\r";
    const char *found = c ? strchr(from, c) : NULL;
    return found ? to[found - from] : '\0';
}

/* Reads a quoted text into s: finds its end, counting characters, then copies it without the
 * backslashes of escapes. */
static plm_status read_text(reader *r, plm_spec *s)
{
    const size_t first = r->at;
    const char quote = peek(r);
    size_t length = 0;
    for (r->at++; peek(r) != quote; r->at++, length++) {
        if (peek(r) == '\\' && !unescape(r->text[++r->at]))
            return fail_at(
                r, r->at - 1,
                "write \\\\ for a backslash, \\' for a quote; \\n, \\t and \\r are known",
                "an unknown escape in a quoted text");
        if (peek(r) == '\0')
            return fail_at(r, first, "end it with the quote it began with",
                           "a quoted text does not end");
    }
    char *text = plm_arena_text(r->a, r->text + first + 1, r->at - first - 1);
    if (!text)
        return PLM_E_MEMORY;
    /* remove the backslashes in place */
    size_t from = 0;
    for (size_t i = 0; i < length; i++, from++)
        text[i] = text[from] == '\\' ? unescape(text[++from]) : text[from];
    text[length] = '\0';
    r->at++;
    s->type = PLM_SPEC_TEXT;
    s->text = text;
    return PLM_OK;
}

/* ---- names, arguments, lists ---- */

/* Returns the length of a name at s; 0 = none. */
static size_t measure_name(const char *s)
{
    size_t n = 0;
    if (!is_letter(s[0]))
        return 0;
    while (is_inside_name(s[n]) || (s[n] == '.' && is_inside_name(s[n + 1])))
        n++;
    return n;
}

static plm_status read_spec(reader *r, plm_spec *s);

/* Reads a key and its "=". Without a key, *key stays NULL and the position stays. */
static plm_status read_key(reader *r, const char **key)
{
    const size_t first = r->at, length = measure_name(r->text + first);
    if (length == 0)
        return PLM_OK;
    r->at += length;
    skip_blanks(r);
    if (peek(r) != '=') {
        r->at = first;
        return PLM_OK;
    }
    r->at++;
    skip_blanks(r);
    *key = plm_arena_text(r->a, r->text + first, length);
    return *key ? PLM_OK : PLM_E_MEMORY;
}

/* Checks the order of arguments and that a key is not a duplicate. keys: true = keys are
 * allowed. */
static plm_status check_key(const reader *r, const plm_spec *s, const plm_spec_argument *argument,
                            bool keys)
{
    const size_t at = (size_t)argument->column - 1;
    if (!argument->key) {
        if (s->count > 0 && s->argument[s->count - 1].key)
            return fail_at(r, at, "put arguments by position first, or give their key",
                           "an argument by position comes after one by key");
        return PLM_OK;
    }
    if (!keys)
        return fail_at(r, at, "give only values: [1, 2]", "a key in a list");
    size_t first = s->count;
    for (; first > 0 && s->argument[first - 1].key; first--)
        if (plm_name_equal(s->argument[first - 1].key, argument->key))
            return fail_at(r, at, "keep one of the two", "a duplicate key");
    if (s->count - first >= MAX_KEYS)
        return fail_at(r, at, "no kind takes that many", "more than 256 keys");
    return PLM_OK;
}

/* The arguments of one bracket while they are read; s->argument has those read so far. */
typedef struct {
    plm_spec *s;
    plm_spec_argument *item; /* [s->count], with memory for `capacity` */
    size_t capacity;
    bool keys; /* true = keys are allowed */
} collector;

/* Reads one argument and appends it. */
static plm_status read_argument(reader *r, collector *c)
{
    plm_spec *s = c->s;
    if (s->count == MAX_ARGUMENTS)
        return fail_at(r, r->at, "read long lists from a file", "more than 65536 arguments");
    plm_spec_argument argument = {.column = (int)r->at + 1};
    PLM_TRY(read_key(r, &argument.key));
    PLM_TRY(check_key(r, s, &argument, c->keys));
    plm_spec *value = plm_arena_take(r->a, sizeof(plm_spec));
    if (!value)
        return PLM_E_MEMORY;
    PLM_TRY(read_spec(r, value));
    argument.value = value;
    c->item = plm_arena_grow(r->a, c->item, s->count, &c->capacity, sizeof(plm_spec_argument));
    if (!c->item)
        return PLM_E_MEMORY;
    c->item[s->count++] = argument;
    s->argument = c->item;
    return PLM_OK;
}

/* Reads arguments up to the closing bracket, and the bracket. close: the bracket; NUL = the end of
 * the text. */
static plm_status read_arguments(reader *r, plm_spec *s, char close, bool keys)
{
    collector c = {.s = s, .keys = keys};
    for (;;) {
        skip_blanks(r);
        if (peek(r) == close)
            break;
        PLM_TRY(read_argument(r, &c));
        skip_blanks(r);
        if (peek(r) == close)
            break;
        if (peek(r) != ',')
            return fail_expected(
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
static plm_status read_bracketed(reader *r, plm_spec *s, char close, bool keys)
{
    if (r->depth == MAX_DEPTH)
        return fail_at(r, r->at, "nest less", "specs are nested deeper than 32");
    r->depth++;
    r->at++;
    PLM_TRY(read_arguments(r, s, close, keys));
    r->depth--;
    return PLM_OK;
}

/* Reads a name, with its arguments if there are parentheses. */
static plm_status read_name(reader *r, plm_spec *s)
{
    const size_t length = measure_name(r->text + r->at);
    s->type = PLM_SPEC_NAME;
    s->text = plm_arena_text(r->a, r->text + r->at, length);
    if (!s->text)
        return PLM_E_MEMORY;
    s->text = plm_name_without_module(s->text);
    r->at += length;
    /* Blanks may come before a parenthesis. If there is none, they are not part of the name. */
    const size_t end = r->at;
    skip_blanks(r);
    if (peek(r) != '(') {
        r->at = end;
        return PLM_OK;
    }
    s->called = true;
    return read_bracketed(r, s, ')', true);
}

/* Reads any spec; its first character tells which type it is. */
static plm_status read_spec(reader *r, plm_spec *s)
{
    bool whole = false;
    const char c = peek(r);
    s->column = (int)r->at + 1;
    if (c == '\'' || c == '"')
        return read_text(r, s);
    if (c == '[' || c == '(') {
        s->type = PLM_SPEC_LIST;
        return read_bracketed(r, s, c == '[' ? ']' : ')', false);
    }
    if (is_digit(c) || c == '.' || c == '-' || c == '+' ||
        measure_decimal(r->text + r->at, &whole) > 0)
        return read_number(r, s);
    if (is_letter(c))
        return read_name(r, s);
    return fail_expected(r, "a name, a number, a 'text' or a [list]",
                         "write name(arg, key=value, ...)");
}

/* Starts to parse a text, after checking its length. */
static plm_status begin(reader *r, plm_arena *a, const char *text)
{
    *r = (reader){.a = a, .text = text};
    if (!text)
        return plm_fail(a->w, PLM_E_SPEC, "", "write name(arg, key=value, ...)",
                        "there is no text to read");
    if (memchr(text, '\0', MAX_LENGTH) == NULL)
        return plm_fail(a->w, PLM_E_SPEC, "", "read long lists from a file",
                        "the text is longer than 16 MiB");
    skip_blanks(r);
    return PLM_OK;
}

/* Reads one spec, which only blanks may follow. */
plm_status plm_spec_parse(plm_arena *a, const char *text, const plm_spec **out)
{
    reader r;
    *out = NULL;
    PLM_TRY(begin(&r, a, text));
    plm_spec *s = plm_arena_take(a, sizeof(plm_spec));
    if (!s)
        return PLM_E_MEMORY;
    PLM_TRY(read_spec(&r, s));
    skip_blanks(&r);
    if (peek(&r) != '\0')
        return fail_expected(
            &r, "the end",
            "only one spec is allowed; separate arguments by commas inside parentheses");
    *out = s;
    return PLM_OK;
}

/* Reads specs and separators in turn up to the end of the text. */
plm_status plm_spec_parse_sequence(plm_arena *a, const char *text, char separator, size_t *count,
                                   const plm_spec *const **out)
{
    reader r;
    const plm_spec **specs = NULL;
    size_t capacity = 0;
    *count = 0;
    *out = NULL;
    PLM_TRY(begin(&r, a, text));
    if (peek(&r) == '\0') /* an empty text is an empty sequence */
        return PLM_OK;
    for (;;) {
        specs = plm_arena_grow(a, specs, *count, &capacity, sizeof(*specs));
        plm_spec *s = specs ? plm_arena_take(a, sizeof(plm_spec)) : NULL;
        if (!s)
            return PLM_E_MEMORY;
        PLM_TRY(read_spec(&r, s));
        specs[(*count)++] = s;
        skip_blanks(&r);
        if (peek(&r) == '\0')
            break;
        if (peek(&r) != separator)
            return fail_expected(&r, separator == '|' ? "'|' or the end" : "',' or the end",
                                 separator == '|'
                                     ? "join steps by |: csv('a.csv') | shuffle | batch(32)"
                                     : "separate them by commas: accuracy, mae");
        r.at++;
        skip_blanks(&r);
    }
    *out = specs;
    return PLM_OK;
}

/* Reads arguments without parentheses around them, up to the end of the text. */
plm_status plm_spec_parse_arguments(plm_arena *a, const char *text, const plm_spec **out)
{
    reader r;
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
