/* Prints findings of the doctor, see findings.h. */
#include "findings.h"

#include <string.h>

#include "output.h"

void plm_cli_findings(FILE *out, const char *text)
{
    static const struct {
        const char *word;
        plm_cli_paint paint;
    } words[] = {{"error[", PLM_RED}, {"warning[", PLM_YELLOW}, {"note[", PLM_CYAN}};
    const plm_cli_screen screen = plm_cli_screen_of(out);
    for (const char *line = text; *line;) {
        const size_t length = strcspn(line, "\n");
        size_t word = 0;
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
            if (!strncmp(line, words[i].word, strlen(words[i].word))) {
                word = strcspn(line, "]") + 1;
                fprintf(out, "%s%.*s%s", plm_cli_paint_begin(screen, words[i].paint), (int)word,
                        line, plm_cli_paint_begin(screen, PLM_PLAIN));
            }
        fprintf(out, "%.*s\n", (int)(length - word), line + word);
        line += length + (line[length] == '\n');
    }
}
