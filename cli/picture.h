/* Charts in the terminal and as picture files. */
#ifndef PLM_CLI_PICTURE_H
#define PLM_CLI_PICTURE_H

#include "draw/chart.h"
#include "draw/heat.h"
#include "draw/tiles.h"
#include "options.h"

/* Where something is drawn. */
typedef struct {
    const char *path; /* a file that ends in .svg or .png; NULL = the terminal */
    bool dark;        /* of a file: a dark ground */
} plm_cli_picture;

/* Reads the options output and dark of a verb that has both. */
plm_cli_picture plm_cli_picture_of(const plm_cli_call *call);

/* Draws a chart on standard output, in width columns and height lines. Returns an exit code:
 * PLM_EXIT_USAGE if the chart has no point to draw. */
int plm_cli_chart_print(const plm_chart *chart, int width, int height);
/* Writes `count` charts, `columns` in a row, to a file whose name ends in .svg or .png. The file
 * appears under its name only when it is complete. Returns an exit code. */
int plm_cli_picture_save(const plm_chart *chart, int count, int columns, plm_cli_picture to);
/* Draws `count` charts: in the terminal one below the other, in a file `columns` in a row. Returns
 * an exit code. */
int plm_cli_charts_show(const plm_chart *chart, int count, int columns, plm_cli_picture to);
/* Draws a heat map in the terminal or in a file. Returns an exit code. */
int plm_cli_heat_show(const plm_heat *map, plm_cli_picture to);
/* Draws grey pictures in the terminal or in a file. Returns an exit code. */
int plm_cli_tiles_show(const plm_tiles *tiles, plm_cli_picture to);
/* Checks that this build can draw a picture of this name. path: NULL = no picture is wanted.
 * Returns an exit code. */
int plm_cli_picture_check(const char *path);
/* Returns the forms of pictures that this build can draw, for --version. */
const char *plm_cli_picture_forms(void);

#endif
