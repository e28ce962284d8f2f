/* Writes JSON objects as lines of text, see json_text.h. Predictions are written line by line,
 * without a tree in memory. Every text is escaped, so that the result is valid UTF-8 without
 * control characters, whatever bytes the names of columns or files contain. NaN and infinity, which
 * JSON does not have, become null. */
#include "run/json_text.h"

#include <math.h>
#include <string.h>

#include "base/letters.h"

/* Adds one character to a JSON string. letter[bytes]: its UTF-8; bytes = 0 for a byte that is not
 * UTF-8, which becomes U+FFFD. code: its code point. Characters above U+FFFF need two escapes, a
 * surrogate pair. */
static void add_letter(plm_text *t, const char *letter, size_t bytes, uint32_t code)
{
    char text[5] = "";
    memcpy(text, letter, bytes < 4 ? bytes : 4);
    if (bytes == 0)
        plm_text_add(t, "\\ufffd");
    else if (*letter == '"' || *letter == '\\')
        plm_text_format(t, "\\%c", *letter);
    else if (plm_is_printable(text))
        plm_text_add(t, text);
    else if (code > 0xffff)
        plm_text_format(t, "\\u%04lx\\u%04lx", (unsigned long)(0xd800 + ((code - 0x10000) >> 10)),
                        (unsigned long)(0xdc00 + ((code - 0x10000) & 0x3ff)));
    else
        plm_text_format(t, "\\u%04lx", (unsigned long)code);
}

/* Adds a text in quotes, escaped. */
void plm_json_text_string(plm_text *t, const char *text)
{
    const size_t length = strlen(text);
    plm_text_add(t, "\"");
    for (size_t at = 0; at < length;) {
        uint32_t code = 0;
        const size_t bytes = plm_utf8_letter(text + at, length - at, &code);
        add_letter(t, text + at, bytes, code);
        at += bytes ? bytes : 1;
    }
    plm_text_add(t, "\"");
}

/* Begins an object without members, so no comma comes before the first member. */
plm_json_text plm_json_text_begin(plm_text *t)
{
    plm_text_add(t, "{");
    return (plm_json_text){.t = t};
}

/* Adds a comma if needed, the member's key in quotes, and a colon. */
static void add_key(plm_json_text *j, const char *key)
{
    plm_text_add(j->t, j->more ? "," : "");
    j->more = true;
    plm_json_text_string(j->t, key);
    plm_text_add(j->t, ":");
}

/* Adds a number; null if it is not finite. */
static void add_number(const plm_json_text *j, double value)
{
    if (isfinite(value))
        plm_text_format(j->t, "%.*g", j->digits > 0 ? j->digits : 9, value);
    else
        plm_text_add(j->t, "null");
}

/* Adds a member with a number. */
void plm_json_text_number(plm_json_text *j, const char *key, double value)
{
    add_key(j, key);
    add_number(j, value);
}

/* Adds a member with a text. */
void plm_json_text_member(plm_json_text *j, const char *key, const char *text)
{
    add_key(j, key);
    plm_json_text_string(j->t, text);
}

/* Adds a member that is an object of numbers: value[i] has the key name[i]. name, value:
 * [count]. */
void plm_json_text_named(plm_json_text *j, const char *key, int count, const char *const *name,
                         const double *value)
{
    add_key(j, key);
    plm_json_text inner = plm_json_text_begin(j->t);
    for (int i = 0; i < count; i++) {
        add_key(&inner, name[i]);
        add_number(j, value[i]);
    }
    plm_text_add(j->t, "}");
}

/* Adds a member that is a list of numbers, value [count]. */
void plm_json_text_reals(plm_json_text *j, const char *key, int count, const double *value)
{
    add_key(j, key);
    plm_text_add(j->t, "[");
    for (int i = 0; i < count; i++) {
        plm_text_add(j->t, i ? "," : "");
        add_number(j, value[i]);
    }
    plm_text_add(j->t, "]");
}

/* Ends the object and the line. */
void plm_json_text_end(plm_json_text *j)
{
    plm_text_add(j->t, "}\n");
}
