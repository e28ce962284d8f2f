/* Splits a text at separators outside of the brackets and quotes of the notation (spec.h). It
 * accepts any text; mistakes in a part are found later, when the part is parsed. */
#include "base/split.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/notation.h"

/* True for blanks between parts. Line ends are blanks, too, since a list may go over several lines
 * of a YAML block. */
static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Returns the position after the quoted text that begins at s. If the closing quote is missing,
 * this is the end of the whole text. */
static const char *skip_quoted(const char *s)
{
    const char quote = *s++;
    while (*s && *s != quote)
        s += *s == '\\' && s[1] ? 2 : 1;
    return *s == quote ? s + 1 : s;
}

/* Moves over one character or one quoted text. A closing bracket that was not opened is ignored. */
const char *plm_scan_step(const char *s, int *depth)
{
    if (*s == '\'' || *s == '"')
        return skip_quoted(s);
    if (*s == '(' || *s == '[' || *s == '{')
        ++*depth;
    else if ((*s == ')' || *s == ']' || *s == '}') && *depth > 0)
        --*depth;
    return s + 1;
}

/* Skips blanks at both ends: spaces, tabs and line ends. */
size_t plm_trim(const char **text, size_t length)
{
    while (length && is_blank(**text)) {
        ++*text;
        length--;
    }
    while (length && is_blank((*text)[length - 1]))
        length--;
    return length;
}

/* Finds the next part of the text, up to a separator outside of brackets and quotes. plm_scan_step
 * keeps track of brackets and skips quoted texts. */
bool plm_split_next(const char **text, char separator, const char **part, size_t *length)
{
    int depth = 0;
    const char *c = *text;
    if (!c)
        return false;
    while (*c && (depth > 0 || *c != separator))
        c = plm_scan_step(c, &depth);
    *part = *text;
    *length = plm_trim(part, (size_t)(c - *text));
    *text = *c ? c + 1 : NULL;
    return true;
}

bool plm_is_enclosed(const char *text, size_t length)
{
    const char *at = text, *const end = text + length;
    int depth = 0;
    if (length < 2 || (text[0] != '[' && text[0] != '('))
        return false;
    do
        at = plm_scan_step(at, &depth);
    while (at < end && depth > 0);
    return at == end && at[-1] == (text[0] == '[' ? ']' : ')');
}

/* Reads the number by strtoll, and rejects two things that strtoll accepts: blanks before the
 * number and other characters after it. */
bool plm_read_whole(const char *text, int64_t *out)
{
    char *end = NULL;
    errno = 0;
    const long long value = strtoll(text, &end, 10);
    if (errno || end == text || *end || is_blank(text[0]))
        return false;
    *out = value;
    return true;
}

/* True if the text is a number (in the C locale) and nothing else; *out is then its value. False if
 * anything follows the number or a blank precedes it. */
bool plm_read_real(const char *text, double *out)
{
    const char *end = text;
    *out = plm_text_number(text, &end);
    return end != text && !*end && !is_blank(text[0]);
}

/* True if `text` ends in `ending`. The comparison takes case into account. */
bool plm_ends_with(const char *text, const char *ending)
{
    const size_t length = strlen(text), tail = strlen(ending);
    return length >= tail && !strcmp(text + length - tail, ending);
}
