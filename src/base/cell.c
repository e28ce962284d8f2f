/* A text as a cell of a CSV file: the one function for every file and stream of such cells. */
#include <string.h>

#include "plummet.h"

/* Would a reader take the text apart, or take letters of it away? Readers guess the separator by
 * how often the usual ones stand outside quotes. */
static bool needs_quotes(const char *s, const char *separator)
{
    const size_t length = strlen(s);
    if (length == 0)
        return false;
    const char first = s[0], last = s[length - 1];
    return strpbrk(s, "\"\r\n,;|\t") != NULL ||
           (*separator != '\0' && strstr(s, separator) != NULL) || first == ' ' || last == ' ';
}

typedef struct {
    char *out;
    size_t room, length;
} cell;

static void put(cell *c, char letter)
{
    if (c->length + 1 < c->room)
        c->out[c->length] = letter;
    c->length++;
}

size_t plm_csv_cell(const char *text, const char *separator, char *out, size_t room)
{
    const char *s = text != NULL ? text : "";
    const bool quotes = needs_quotes(s, separator != NULL ? separator : ",");
    cell c = {.out = out, .room = room};
    if (quotes)
        put(&c, '"');
    for (; *s != '\0'; s++) {
        if (*s == '"')
            put(&c, '"');
        put(&c, *s);
    }
    if (quotes)
        put(&c, '"');
    if (room > 0)
        out[c.length < room ? c.length : room - 1] = '\0';
    return c.length;
}
