/* Reads an array of JSON objects, as pandas and many programs write tables. The whole text is kept
 * in memory, but only one object at a time is parsed, since a parsed object is many times larger
 * than its text. */
#include "data/json_array.h"

#include <stdio.h>
#include <string.h>

/* Appends the lines of the file to one text. */
plm_status plm_json_array_open(plm_json_array *a, plm *w, plm_records *r)
{
    a->text = (plm_text){.w = w};
    for (bool got = true; got;) {
        const char *line = NULL;
        size_t n = 0;
        PLM_TRY(plm_records_line(r, &line, &n, &got));
        if (!got)
            break;
        plm_text_append(&a->text, line, n);
        plm_text_append(&a->text, "\n", 1);
        if (a->text.failed)
            return PLM_E_MEMORY;
    }
    plm_json_array_rewind(a);
    return PLM_OK;
}

void plm_json_array_rewind(plm_json_array *a)
{
    a->at = 0;
    a->line = 1;
}

/* Skips blanks and line ends. Returns the next character; NUL = the end of the text. */
static char skip(plm_json_array *a)
{
    const char *s = plm_text_get(&a->text);
    for (; a->at < a->text.length && s[a->at] && strchr(" \t\r\n", s[a->at]); a->at++)
        a->line += s[a->at] == '\n';
    return a->at < a->text.length ? s[a->at] : '\0';
}

/* Returns the length of the object that begins at s[0], without checking what is in it; 0 = it does
 * not end within n bytes. */
static size_t length_of(const char *s, size_t n)
{
    int64_t depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < n; i++) {
        if (quoted && s[i] == '\\')
            i++;
        else if (s[i] == '"')
            quoted = !quoted;
        else if (!quoted && s[i] == '{')
            depth++;
        else if (!quoted && s[i] == '}' && --depth == 0)
            return i + 1;
    }
    return 0;
}

/* Checks that nothing but blanks is after the array. */
static plm_status check_end(plm_json_array *a, const char *name)
{
    char where[PLM_WHERE_CAPACITY];
    a->at++;
    if (skip(a) == '\0')
        return PLM_OK;
    snprintf(where, sizeof where, "%.200s, line %lld", name, (long long)a->line);
    return plm_fail(a->text.w, PLM_E_FORMAT, where, "write one array of objects: [{\"age\": 3}]",
                    "line %lld has text after the end of the array", (long long)a->line);
}

/* Parses the object at a->at. */
static plm_status parse(plm_json_array *a, const char *where, json_t **out)
{
    const char *s = plm_text_get(&a->text) + a->at;
    const size_t n = length_of(s, a->text.length - a->at);
    if (n == 0)
        return plm_fail(a->text.w, PLM_E_FORMAT, where, "get the file again: it may be incomplete",
                        "the object that begins in line %lld has no end", (long long)a->line);
    PLM_TRY(plm_json_parse(a->text.w, where, "JSON", s, n, out));
    for (size_t i = 0; i < n; i++)
        a->line += s[i] == '\n';
    a->at += n;
    return PLM_OK;
}

/* Skips the bracket that begins the array, or the comma between two elements, and blanks around it.
 * *before: the character that was skipped; NUL = neither. Returns the next character. */
static char skip_mark(plm_json_array *a, char *before)
{
    const char mark = a->at == 0 ? '[' : ',', next = skip(a);
    *before = next == mark ? mark : '\0';
    if (next != mark)
        return next;
    a->at++;
    return skip(a);
}

plm_status plm_json_array_next(plm_json_array *a, const char *name, json_t **out, int64_t *line)
{
    char where[PLM_WHERE_CAPACITY];
    char before = '\0';
    const char next = skip_mark(a, &before);
    *out = NULL;
    *line = a->line;
    snprintf(where, sizeof where, "%.200s, line %lld", name, (long long)a->line);
    if (next == ']' && before != ',')
        return check_end(a, name);
    if (next != '\0' && (before == '\0' || next == ']'))
        return plm_fail(a->text.w, PLM_E_FORMAT, where, "write one comma between two objects",
                        before == ',' ? "line %lld ends the array after a comma"
                                      : "line %lld has no comma before the next element",
                        (long long)a->line);
    if (next == '{')
        return parse(a, where, out);
    if (next == '\0')
        return plm_fail(a->text.w, PLM_E_FORMAT, where, "get the file again: it may be incomplete",
                        "the array of objects has no end");
    return plm_fail(a->text.w, PLM_E_FORMAT, where,
                    "write an object for each row: [{\"age\": 3}, {\"age\": 4}]",
                    "line %lld has an element that is not an object", (long long)a->line);
}

void plm_json_array_close(plm_json_array *a)
{
    plm_text_free(&a->text);
}
