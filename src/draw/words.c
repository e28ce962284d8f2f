/* Prints texts that are longer than a line. */
#include <string.h>

#include "draw/draw.h"

/* Prints a text and a newline, broken at blanks into lines of at most `width` columns. A word that
 * is longer than a line gets its own line. Each byte is counted as one column, so the texts should
 * be ASCII. */
void plm_draw_words(FILE *out, const char *text, int width)
{
    int column = 0;
    while (*text) {
        const int blanks = (int)strspn(text, " "), length = (int)strcspn(text + blanks, " ");
        const bool fits = column == 0 || column + blanks + length <= width;
        if (fits)
            fprintf(out, "%.*s", blanks + length, text);
        else
            fprintf(out, "\n%.*s", length, text + blanks);
        column = fits ? column + blanks + length : length;
        text += blanks + length;
    }
    fputc('\n', out);
}
