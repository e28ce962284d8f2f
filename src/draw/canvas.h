/* What a picture is drawn on: lines, dots and texts, in points from the upper left corner; as
 * SVG or, where the build found cairo, as PNG. */
#ifndef PLM_DRAW_CANVAS_H
#define PLM_DRAW_CANVAS_H

#include "draw/draw.h"

/* How a line is drawn. A colour is "#rrggbb". dash > 0: the line is drawn for that many points of
 * each period, from its beginning. */
typedef struct {
    const char *colour;
    double width, dash, period;
} plm_pen;

/* How a text is written. */
typedef struct {
    double size;
    bool bold, upward; /* upward: turned by a quarter, to be read from below */
    char anchor;       /* where x is: 's' start, 'm' middle, 'e' end of the text */
} plm_lettering;

/* A canvas: `to` is the first argument of its functions. */
typedef struct {
    void *to;
    /* Draws a line through count points x, y, x, y, ...; a point whose x is NaN breaks the line. */
    void (*line)(void *to, plm_pen pen, int count, const double *at);
    /* Draws a disc, with a white rim where rim is true. */
    void (*dot)(void *to, double x, double y, double radius, const char *colour, bool rim);
    /* Writes a text with its baseline at y. */
    void (*text)(void *to, double x, double y, plm_lettering how, const char *text);
    /* Writes what is drawn to the file and frees what the canvas holds; the file stays open.
     * Errors: PLM_DRAW_MEMORY, PLM_DRAW_WRITE. */
    plm_draw_status (*close)(void *to);
} plm_canvas;

/* A white ground of width x height points, written to f. */
PLM_DRAW_CHECKED plm_draw_status plm_canvas_svg(plm_canvas *c, FILE *f, int width, int height);
/* The same, two pixels to a point. Errors: PLM_DRAW_MEMORY; PLM_DRAW_UNSUPPORTED where the build
 * has no cairo. */
PLM_DRAW_CHECKED plm_draw_status plm_canvas_png(plm_canvas *c, FILE *f, int width, int height);

#endif
