/* Breaks text into lines at blanks, for help, summaries and messages. */
#include <string.h>

#include "base/text.h"

/* Returns the number of characters in the first `length` bytes of text: in UTF-8, the number of
 * bytes that do not continue a character. */
static int letters(const char *text, size_t length)
{
    int count = 0;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

/* Appends a text, broken at blanks into lines of `width` columns, and a newline. begin: the column
 * where the first line begins. indent: the indent of all other lines. A blank at which a line is
 * broken is dropped. A word that is wider than a line stays whole, as it may be a path or a command
 * that somebody copies. */
void plm_text_wrap(plm_text *t, int begin, int indent, int width, const char *text)
{
    int column = begin;
    const char *c = text;
    while (*c) {
        size_t blanks = strspn(c, " ");
        const size_t word = strcspn(c + blanks, " \n");
        const bool first = column == indent || (column == begin && begin <= indent);
        if (!first && column + (int)blanks + letters(c + blanks, word) > width) {
            plm_text_format(t, "\n%*s", indent, "");
            column = indent;
            c += blanks;
            blanks = 0;
        }
        plm_text_append(t, c, blanks + word);
        column += (int)blanks + letters(c + blanks, word);
        c += blanks + word;
        if (*c == '\n') {
            c++;
            plm_text_format(t, *c && *c != '\n' ? "\n%*s" : "\n", indent, "");
            column = indent;
        }
    }
    plm_text_add(t, "\n");
}
