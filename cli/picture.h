/* Pictures (plot/plot.h) in the terminal and as files. */
#ifndef PLM_CLI_PICTURE_H
#define PLM_CLI_PICTURE_H

#include "options.h"
#include "plot/plot.h"

/* Where something is drawn. */
typedef struct {
    const char *path; /* a file that ends in .svg or .png; NULL = the terminal */
    bool dark;        /* a picture in a file has a dark ground */
} plm_cli_picture;

/* Reads the options output and dark of a verb that has both. */
plm_cli_picture plm_cli_picture_of(const plm_cli_call *call);

/* Draws a picture: in the terminal, its charts one below the other, or in a file, which appears
 * under its name only when it is complete. Returns an exit code: PLM_EXIT_USAGE if a chart has no
 * point to draw. */
int plm_cli_plot_show(const plm_plot *p, plm_cli_picture to);
/* Checks that this build can draw a picture of this name. path: NULL = no picture is wanted.
 * Returns an exit code. */
int plm_cli_picture_check(const char *path);
/* Returns the forms of pictures that this build can draw, for --version. */
const char *plm_cli_picture_forms(void);

#endif
