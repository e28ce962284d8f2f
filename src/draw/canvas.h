/* The interface that pictures are drawn on: lines, dots and texts. Coordinates are in points from
 * the upper left corner. There are two canvases: SVG and, if the build found cairo, PNG. */
#ifndef PLM_DRAW_CANVAS_H
#define PLM_DRAW_CANVAS_H

#include "draw/draw.h"

/* How a line is drawn. colour: "#rrggbb". width, dash, period: in points. dash > 0: of each period,
 * counted from the beginning of the line, the first `dash` points are drawn. */
typedef struct {
    const char *colour;
    double width, dash, period;
} plm_pen;

/* How a text is written. */
typedef struct {
    double size; /* height of the letters in points */
    /* upward: rotated by a quarter turn, so that it is read from bottom to top */
    bool bold, upward;
    char anchor; /* where x is: 's' start, 'm' middle, 'e' end of the text */
} plm_lettering;

/* A canvas. `to` is its own data, the first argument of its functions. */
typedef struct {
    void *to;
    /* Draws a line through `count` points, at = x, y, x, y, ... A point whose x is NaN interrupts
     * the line. */
    void (*line)(void *to, plm_pen pen, int count, const double *at);
    /* Draws a disc. rim: with a white rim. */
    void (*dot)(void *to, double x, double y, double radius, const char *colour, bool rim);
    /* Writes a text with its baseline at y. */
    void (*text)(void *to, double x, double y, plm_lettering how, const char *text);
    /* Writes the picture to the file and frees the canvas. The file stays open. Errors:
     * PLM_DRAW_MEMORY, PLM_DRAW_WRITE. */
    plm_draw_status (*close)(void *to);
} plm_canvas;

/* Makes a white canvas of width x height points that is written to f as SVG. */
PLM_DRAW_CHECKED plm_draw_status plm_canvas_svg(plm_canvas *c, FILE *f, int width, int height);
/* As plm_canvas_svg, but as PNG with 2 x 2 pixels per point. Errors: PLM_DRAW_MEMORY;
 * PLM_DRAW_UNSUPPORTED if the build has no cairo. */
PLM_DRAW_CHECKED plm_draw_status plm_canvas_png(plm_canvas *c, FILE *f, int width, int height);

#endif
