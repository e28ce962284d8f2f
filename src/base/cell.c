/* plm_csv_cell writes a text as one cell of a table of comma-separated values. Everything that
 * writes such a table uses it, so that all tables are quoted in the same way. */
#include <string.h>

#include "plummet.h"

/* True if the text must be quoted: otherwise a reader would split it or strip its blanks. A text
 * with any common separator is quoted, not only one with a comma, since readers guess the separator
 * by counting such characters outside of quotes. */
static bool needs_quotes(const char *s, const char *separator)
{
    const size_t length = strlen(s);
    if (length == 0)
        return false;
    const char first = s[0], last = s[length - 1];
    return strpbrk(s, "\"\r\n,;|\t") != NULL ||
           (*separator != '\0' && strstr(s, separator) != NULL) || first == ' ' || last == ' ';
}

/* The cell being written. */
typedef struct {
    char *out; /* [capacity] bytes, for the cell and a NUL */
    /* length: number of bytes of the whole cell, including those that did not fit into `out` */
    size_t capacity, length;
} cell;

/* Appends a byte, if it fits. */
static void put(cell *c, char letter)
{
    if (c->length + 1 < c->capacity)
        c->out[c->length] = letter;
    c->length++;
}

/* Writes the cell, in quotes if they are needed. Quotes within the text are then doubled. */
size_t plm_csv_cell(const char *text, const char *separator, char *out, size_t capacity)
{
    const char *s = text != NULL ? text : "";
    const bool quotes = needs_quotes(s, separator != NULL ? separator : ",");
    cell c = {.out = out, .capacity = out != NULL ? capacity : 0};
    if (quotes)
        put(&c, '"');
    for (; *s != '\0'; s++) {
        if (*s == '"')
            put(&c, '"');
        put(&c, *s);
    }
    if (quotes)
        put(&c, '"');
    if (c.capacity > 0)
        out[c.length < capacity ? c.length : capacity - 1] = '\0';
    return c.length;
}
