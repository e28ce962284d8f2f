/* Colours findings of the doctor, see findings.h. */
#include "show/findings.h"

#include <string.h>

/* Appends a text line by line, and colours the word that begins a finding, such as "error[G101]".
 * Only this word is coloured, so that the text is also readable without colours. */
void plm_text_add_findings(plm_text *out, plm_screen s, const char *text)
{
    static const struct {
        const char *word;
        plm_paint paint;
    } words[] = {{"error[", PLM_RED}, {"warning[", PLM_YELLOW}, {"note[", PLM_CYAN}};
    for (const char *line = text; *line;) {
        const size_t length = strcspn(line, "\n");
        size_t word = 0;
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
            if (!strncmp(line, words[i].word, strlen(words[i].word))) {
                word = strcspn(line, "]") + 1;
                plm_text_paint(out, s, words[i].paint, "%.*s", (int)word, line);
            }
        plm_text_format(out, "%.*s\n", (int)(length - word), line + word);
        line += length + (line[length] == '\n');
    }
}
