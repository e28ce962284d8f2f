/* What a picture is drawn on: lines, dots and texts, in points from the upper left corner; as
 * SVG or, where the build found cairo, as PNG. */
#ifndef PLM_CLI_CANVAS_H
#define PLM_CLI_CANVAS_H

#include <stdbool.h>
#include <stdio.h>

/* A colour is "#rrggbb". dash > 0: the line is drawn for so many points of each period, from its
 * beginning. */
typedef struct {
    const char *colour;
    double width, dash, period;
} plm_cli_pen;

typedef struct {
    double size;
    bool bold, upward; /* upward: turned by a quarter, to be read from below */
    char anchor;       /* where x is: 's' start, 'm' middle, 'e' end of the text */
} plm_cli_lettering;

/* A canvas: `to` is whatever its functions want. */
typedef struct {
    void *to;
    /* Through count points x, y, x, y, ...; a point whose x is NaN breaks the line. */
    void (*line)(void *to, plm_cli_pen pen, int count, const double *at);
    /* A disc, with a white rim where there is a pen. */
    void (*dot)(void *to, double x, double y, double radius, const char *colour, bool rim);
    void (*text)(void *to, double x, double y, plm_cli_lettering how, const char *text);
    /* Writes what is drawn; false = it could not be written. Frees what the canvas holds. */
    bool (*close)(void *to);
} plm_cli_canvas;

/* A white ground of width x height; close does not close the file. false = there is no memory. */
bool plm_cli_canvas_svg(plm_cli_canvas *c, FILE *f, int width, int height);
/* The same, two dots to a point. false also where the build has no cairo. */
bool plm_cli_canvas_png(plm_cli_canvas *c, FILE *f, int width, int height);
/* "svg png" or "svg": for --version. */
const char *plm_cli_canvas_kinds(void);

#endif
