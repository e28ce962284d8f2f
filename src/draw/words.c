/* Prints texts that are longer than a line. */
#include <string.h>

#include "draw/draw.h"

/* Prints a text and a newline, broken at blanks into lines of at most `width` columns. A word that
 * is longer than a line gets its own line. Blanks at the beginning indent every line. Each byte is
 * counted as one column, so the texts should be ASCII. */
void plm_draw_words(FILE *out, const char *text, int width)
{
    const int indent = (int)strspn(text, " ");
    int column = 0;
    while (*text) {
        const int blanks = (int)strspn(text, " "), length = (int)strcspn(text + blanks, " ");
        const bool fits = column <= indent || column + blanks + length <= width;
        if (fits)
            fprintf(out, "%.*s", blanks + length, text);
        else
            fprintf(out, "\n%*s%.*s", indent, "", length, text + blanks);
        column = fits ? column + blanks + length : indent + length;
        text += blanks + length;
    }
    fputc('\n', out);
}
