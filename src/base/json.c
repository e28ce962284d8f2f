/* The only file that parses with jansson.
 * jansson 2.14 is not safe when it runs out of memory while it parses. Its lexer ignores that a
 * buffer could not grow and loses characters of a string; if it loses the closing quote, it reads
 * and writes beyond its blocks. So the memory that a text can need is bounded, and requested from
 * the runtime once as a test, before jansson sees the text. */
#include "base/json.h"

#include <string.h>

/* OBJECT to ELEMENT: upper bounds of the bytes that jansson allocates for an object, a list, a pair
 * and an element, with block heads and growth, on 64-bit machines. TEXTS: upper bound of the number
 * of copies of a string that jansson has at the same time (growing buffer, copy, result).
 * MAX_PARTS: maximum number of bytes that all parts of a text may take. */
enum { OBJECT = 256, LIST = 144, PAIR = 192, ELEMENT = 96, TEXTS = 4, MAX_PARTS = 256 << 20 };

/* Returns an upper bound for the memory, in bytes, of the values of a parsed JSON text, without the
 * contents of its strings. Each object, list, pair and element is counted by the character that
 * begins or separates it: { [ : or a comma. Characters inside quotes are not counted. */
static size_t memory_of_parts(const char *text, size_t length)
{
    size_t bytes = OBJECT;
    bool quoted = false;
    for (size_t i = 0; i < length; i++) {
        const char c = text[i];
        if (quoted) {
            i += c == '\\';
            quoted = c != '"';
            continue;
        }
        quoted = c == '"';
        bytes += c == '{' ? OBJECT : c == '[' ? LIST : c == ':' ? PAIR : c == ',' ? ELEMENT : 0;
    }
    return bytes;
}

/* Fails if there is not enough memory for what jansson allocates to parse the text: allocates as
 * much and frees it at once. */
static plm_status check_memory(plm *w, const char *where, const char *part, const char *text,
                               size_t length)
{
    const size_t parts = memory_of_parts(text, length);
    size_t all = 0;
    if (parts > MAX_PARTS)
        return plm_fail(w, PLM_E_UNSUPPORTED, where,
                        "use fewer tensors, or split them into several files",
                        "%s: its parts would take more than 256 MiB of memory", part);
    if (!plm_checked_multiply(length, TEXTS, &all) || !plm_checked_add(all, parts, &all))
        return plm_fail_memory(w, where);
    void *test = plm_allocate(w, all);
    plm_release(w, test);
    return test != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* True if the text goes on with Python's NaN or Infinity where jansson stopped: after the token, or
 * at its end, since jansson reads a minus as a token and NaN as another. */
static bool is_not_finite(const char *text, size_t length, const json_error_t *error)
{
    const size_t at = error->position > 0 ? (size_t)error->position : 0;
    return strstr(error->text, "near 'NaN'") != NULL ||
           strstr(error->text, "near 'Infinity'") != NULL ||
           (at < length && strncmp(text + at, "Infinity", length - at < 8 ? length - at : 8) == 0);
}

/* What is known of a JSON text up to a character: the member of the outer object in whose value the
 * character lies, how deep it is nested, and whether it is within quotes. */
typedef struct {
    const char *name; /* of the member; NULL = the character is in no value of the object */
    size_t length;    /* bytes of the name between its quotes */
    size_t begin;     /* where the last string begins, behind its quote; 0 = no string yet */
    size_t depth;     /* number of objects and lists that are open */
    bool quoted;
} member_search;

/* Takes the quote at byte i, which begins or ends a string. */
static void pass_quote(member_search *m, size_t i)
{
    if (!m->quoted)
        m->begin = i + 1;
    else if (m->depth == 1 && m->name == NULL)
        m->length = i - m->begin;
    m->quoted = !m->quoted;
}

/* Takes a character outside quotes: a colon begins the value of the member whose name was the last
 * string, a comma ends it, and brackets change the depth. */
static void pass_mark(member_search *m, const char *text, char c)
{
    if (c == ':' && m->depth == 1 && m->begin > 0)
        m->name = text + m->begin;
    if (c == ',' && m->depth == 1)
        m->name = NULL;
    m->depth += c == '{' || c == '[';
    m->depth -= m->depth > 0 && (c == '}' || c == ']');
}

/* Finds the name of the member of the outer object in which a byte lies. *length: bytes of the name
 * between its quotes. NULL = the byte is in no value of the object. */
static const char *find_member(const char *text, size_t at, size_t *length)
{
    member_search m = {.name = NULL};
    for (size_t i = 0; i < at; i++)
        if (text[i] == '"')
            pass_quote(&m, i);
        else if (!m.quoted)
            pass_mark(&m, text, text[i]);
        else
            i += text[i] == '\\'; /* passes the character behind the backslash, too */
    *length = m.length;
    return m.name;
}

/* Fails with the error of jansson. A number that is too large, or NaN, is no damage of the file:
 * the program that wrote it knows more numbers than JSON has. */
static plm_status fail_syntax(plm *w, const char *where, const char *part, const char *text,
                              size_t length, const json_error_t *error)
{
    const bool rows = strcmp(part, "JSON") == 0; /* of a table; other texts are plummet's own */
    const bool large = rows && json_error_code(error) == json_error_numeric_overflow;
    const char *hint =
        large ? "a whole number must be below 2^63, another below 1e308: write it in quotes, as a "
                "text, or leave it out"
        : rows && is_not_finite(text, length, error)
            ? "write null for a number that is missing: JSON has no NaN and no Infinity"
            : "the file is damaged or was written by a faulty program: get it again";
    size_t name = 0, at = error->position > 0 ? (size_t)error->position : 0;
    const char *member = rows ? find_member(text, at < length ? at : length, &name) : NULL;
    return plm_fail(w, PLM_E_FORMAT, where, hint, "%s, byte %d%s%.*s%s: %s", part, error->position,
                    member ? ", column '" : "", (int)(name < 60 ? name : 60), member ? member : "",
                    member ? "'" : "", error->text);
}

/* Checks that there is enough memory before jansson parses the text, then turns an error of jansson
 * into an error of the library. */
plm_status plm_json_parse(plm *w, const char *where, const char *part, const char *text,
                          size_t length, json_t **out)
{
    json_error_t error = {0};
    *out = NULL;
    PLM_TRY(check_memory(w, where, part, text, length));
    *out = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (*out != NULL)
        return PLM_OK;
    /* when out of memory, jansson seldom sets the code */
    if (json_error_code(&error) == json_error_out_of_memory || error.text[0] == '\0')
        return plm_fail_memory(w, where);
    return fail_syntax(w, where, part, text, length, &error);
}

/* Frees a text with jansson's function, since the program may have set another allocator than
 * malloc for jansson. */
void plm_json_free(char *text)
{
    json_malloc_t take = NULL;
    json_free_t give = NULL;
    json_get_alloc_funcs(&take, &give);
    if (text != NULL && give != NULL)
        give(text);
}
