/* Charts as the command shows them: in the terminal, and as files. */
#ifndef PLM_CLI_PICTURE_H
#define PLM_CLI_PICTURE_H

#include "draw/chart.h"

/* Draws a chart on standard output, in width columns and height lines. Returns an exit code:
 * wrong use where there is no point to draw. */
int plm_cli_chart_print(const plm_chart *chart, int width, int height);
/* Writes charts side by side, `columns` in a row, to a file that ends in .svg or .png; it appears
 * under its name only when it is complete. Returns an exit code. */
int plm_cli_picture_save(const plm_chart *chart, int count, int columns, const char *path);
/* Checks that a picture of that name can be drawn; NULL = none is wanted. Returns an exit code. */
int plm_cli_picture_check(const char *path);
/* The forms of pictures that this build draws, for --version. */
const char *plm_cli_picture_forms(void);

#endif
