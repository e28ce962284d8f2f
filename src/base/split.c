/* Parts of a text between separators. It knows brackets and quotes of the notation (spec.h), and
 * takes any text: what is wrong in a part is found when that is parsed. */
#include "base/split.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/notation.h"

/* Where a scan stands: inside quotes, inside how many brackets. */
typedef struct {
    int depth;
    char quote;
} nesting;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Takes one character in; returns how many more it covers: a backslash in quotes takes its
 * follower along. */
static int nest(nesting *n, const char *c)
{
    if (n->quote) {
        if (*c == '\\' && c[1])
            return 1;
        if (*c == n->quote)
            n->quote = 0;
        return 0;
    }
    if (*c == '\'' || *c == '"')
        n->quote = *c;
    else if (*c == '(' || *c == '[')
        n->depth++;
    else if ((*c == ')' || *c == ']') && n->depth)
        n->depth--;
    return 0;
}

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

bool plm_split_next(const char **text, char separator, const char **part, size_t *length)
{
    nesting n = {0};
    const char *c = *text;
    if (!c)
        return false;
    for (; *c; c++) {
        if (*c == separator && !n.depth && !n.quote)
            break;
        c += nest(&n, c);
    }
    *part = *text;
    *length = plm_trim(part, (size_t)(c - *text));
    *text = *c ? c + 1 : NULL;
    return true;
}

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

bool plm_read_real(const char *text, double *out)
{
    const char *end = text;
    *out = plm_text_number(text, &end);
    return end != text && !*end && !is_blank(text[0]);
}

bool plm_ends_with(const char *text, const char *ending)
{
    const size_t length = strlen(text), tail = strlen(ending);
    return length >= tail && !strcmp(text + length - tail, ending);
}
