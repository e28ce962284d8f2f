/* Decides how the command writes: width and colour of a terminal, wrapped text. */
#ifndef PLM_CLI_OUTPUT_H
#define PLM_CLI_OUTPUT_H

#include "cli.h"
#include "show/screen.h"

/* Finds what a stream can show. Its width is the width of the terminal or COLUMNS, whichever is
 * smaller, as far as these are known. If neither is known, 80. */
plm_screen plm_cli_screen_of(FILE *f);
/* Returns the width that tables on standard output must fit, see plm_screen_room. */
int plm_cli_room(void);
/* Prints a text to a stream as it is, and frees it. */
void plm_cli_print(FILE *f, plm_text *text);

#endif
