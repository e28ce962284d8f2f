/* Draws pictures (plot/plot.h) in the terminal and into files. */
#ifndef PLM_CLI_PICTURE_H
#define PLM_CLI_PICTURE_H

#include "options.h"
#include "plot/plot.h"

/* Where something is drawn. */
typedef struct {
    const char *path; /* a file name that ends in .svg or .png; NULL = draw in the terminal */
    bool dark;        /* a picture in a file has a dark ground */
} plm_cli_picture;

/* Reads the options output and dark of a subcommand. */
plm_cli_picture plm_cli_picture_of(const plm_cli_call *call);

/* Draws a picture in the terminal, with its charts one below the other, or into a file, which
 * appears under its name only when it is complete. Returns an exit code: PLM_EXIT_USAGE if a chart
 * has no point to draw. */
int plm_cli_plot_show(const plm_plot *p, plm_cli_picture to);
/* Checks that this build can draw a picture into a file of this name. path: NULL = no picture file
 * is requested. Returns an exit code. */
int plm_cli_picture_check(const char *path);
/* Returns the file formats that this build can draw, for --version. */
const char *plm_cli_picture_forms(void);

#endif
