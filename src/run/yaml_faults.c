/* Faults of run files for which libyaml has only its own words, see yaml_faults.h. */
#include "run/yaml_faults.h"

#include <ctype.h>
#include <string.h>

#include "base/split.h"

enum { LINE = 400 }; /* bytes of a copied line */

/* A problem of libyaml, and what it means for a run file. */
static const struct {
    const char *problem;
    plm_yaml_fault fault;
} faults[] = {
    {"mapping values are not allowed in this context",
     {"a value has a second ': '",
      "quote the whole value: key: 'text: more text'; within a spec, = follows a key", false}},
    {"could not find expected ':'",
     {"a line is not 'key: value'", "write a ':' and a blank after the key, as in epochs: 10",
      false}},
    {"did not find expected key",
     {"a line does not fit the lines above",
      "begin keys at the left edge, and items of a list with '- ', all at the same column; write "
      "nothing after a quoted text",
      false}},
    {"did not find expected '-' indicator",
     {"a line does not fit the list above", "begin every item with '- ', all at the same column",
      false}},
    {"did not find expected ',' or ']'",
     {"a list in brackets is not closed, or something follows a quoted text in it",
      "close it by ], or write each item on a line of its own: '- dense(10)'", false}},
    {"did not find expected ',' or '}'",
     {"a dictionary in braces is not closed", "close it by }, as in {0: 1.0, 1: 9.0}", false}},
    {"found character that cannot start any token",
     {"a value begins with a character that YAML reserves", "quote the value: key: '...'", false}},
    {"found unexpected end of stream",
     {"a quoted text is not closed", "write the same quote at its end", true}},
    {"found unexpected document indicator",
     {"a quoted text is not closed", "write the same quote at its end", true}},
    {"found unknown escape character",
     {"a text in double quotes has a backslash that YAML does not know",
      "use single quotes, in which a backslash is an ordinary character", false}},
    {"block sequence entries are not allowed in this context",
     {"a list of '- ' lines begins on the line of its key", "begin it on the next line", false}},
};

/* The words of libyaml are kept for problems that are not in the table. */
plm_yaml_fault plm_yaml_fault_of(const char *problem)
{
    const char *words = problem ? problem : "the text is not YAML";
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        if (strcmp(words, faults[i].problem) == 0)
            return faults[i].fault;
    return (plm_yaml_fault){
        .what = words,
        .hint =
            "a run file consists of lines 'key: value'; quote a value that contains ': ' or ' #'"};
}

/* Returns the beginning of the line in which byte `at` of text [length] is. */
static size_t line_start(const char *text, size_t length, size_t at)
{
    at = at < length ? at : length;
    while (at > 0 && text[at - 1] != '\n')
        at--;
    return at;
}

void plm_yaml_line(const char *text, size_t length, size_t at, char out[LINE])
{
    const size_t start = line_start(text, length, at);
    size_t count = 0;
    while (start + count < length && count + 1 < LINE && text[start + count] != '\n')
        count++;
    memcpy(out, text + start, count);
    out[count] = '\0';
}

bool plm_yaml_assigned(const char *text, size_t length, size_t at, char name[80])
{
    char line[LINE];
    size_t count = 0;
    plm_yaml_line(text, length, at, line);
    while (isalnum((unsigned char)line[count]) || line[count] == '_')
        count++;
    if (count == 0 || count >= 80)
        return false;
    memcpy(name, line, count);
    name[count] = '\0';
    return line[count + strspn(line + count, " ")] == '=';
}

/* True if a comment begins at byte `at`: a # at the beginning of a line or after a blank. */
static bool begins_comment(const char *text, size_t at)
{
    return text[at] == '#' && (at == 0 || strchr(" \t\n", text[at - 1]) != NULL);
}

/* Adds the character at `at`, or a quoted text. In single quotes a ' is written twice. */
static void add_quoted(plm_text *out, const char *at, const char *end)
{
    for (; at < end; at++) {
        plm_text_append(out, at, 1);
        if (*at == '\'')
            plm_text_append(out, at, 1);
    }
}

/* plm_scan_step finds the end of the list, as when its items are separated. It needs a text that
 * ends with NUL, which the caller's has. */
bool plm_yaml_quote_list(const char *text, size_t length, size_t at, plm_text *out)
{
    int depth = 0;
    const char *next = text + at;
    plm_text_append(out, text, at);
    plm_text_add(out, "'");
    do {
        const char *now = next;
        if (begins_comment(text, (size_t)(now - text))) {
            next = now + strcspn(now, "\n");
            continue;
        }
        next = plm_scan_step(now, &depth);
        add_quoted(out, now, next);
    } while (depth > 0 && next < text + length);
    plm_text_add(out, "'");
    plm_text_append(out, next, (size_t)(text + length - next));
    return depth == 0;
}
