/* Decides how the command writes: width and colours of a terminal, wrapped text. */
#ifndef PLM_CLI_OUTPUT_H
#define PLM_CLI_OUTPUT_H

#include "cli.h"
#include "show/screen.h"

/* Finds the width and colours of a stream. The width is that of the terminal or COLUMNS, whichever
 * is smaller, as far as these are known; 80 if neither is known. */
plm_screen plm_cli_screen_of(FILE *f);
/* Returns the width, in characters, that tables on standard output must fit, see
 * plm_screen_room. */
int plm_cli_room(void);
/* Prints a text of the library to a stream unchanged, and frees the text. */
void plm_cli_print(FILE *f, plm_text *text);

#endif
