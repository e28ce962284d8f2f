/* The interface that pictures are drawn on: lines, dots, boxes and texts. Coordinates are in points
 * from the upper left corner. There are two canvases: SVG and, if the build found cairo, PNG. */
#ifndef PLM_DRAW_CANVAS_H
#define PLM_DRAW_CANVAS_H

#include "draw/draw.h"

/* The colours of a picture that do not depend on the data. A colour is a text: "#rrggbb"; or
 * "var(--name)" for a colour that the HTML page defines; or "#rrggbb#rrggbb" in an SVG that follows
 * its viewer, for a light and a dark background. */
typedef struct {
    const char *ground, *ink, *grid; /* colours of the background, of texts and axes, and of the
                                      * grid lines */
    const char *shade, *warning;     /* bands behind the lines, good and bad */
    bool of_page;                    /* true = the colours are those of the HTML page around the
                                      * picture */
    /* true = a colour for a dark background follows each colour for a light one */
    bool follows;
} plm_theme;

/* Returns the theme of a style: light, dark, or the colours of the HTML page around the picture. */
const plm_theme *plm_theme_of(plm_picture_style style);
/* Returns colour number i of a theme for lines and dots; after the last colour, the first follows
 * again. The colours are those of Okabe and Ito (2008), which colour-blind people can tell apart,
 * lightened for the dark theme. (theme.c) */
const char *plm_theme_colour(const plm_theme *theme, int i);

/* How a line is drawn. width, dash, period: in points. dash > 0: the line is dashed; of every
 * `period` points the first `dash` are drawn. */
typedef struct {
    const char *colour;
    double width, dash, period;
} plm_pen;

/* How a text is written. */
typedef struct {
    double size; /* height of the letters in points */
    /* upward: rotated by a quarter turn, so that it is read from bottom to top */
    bool bold, upward;
    char anchor;        /* which point of the text is at x: 's' start, 'm' middle, 'e' end */
    const char *colour; /* NULL = the ink of the theme */
} plm_lettering;

/* A canvas. `to` is what the canvas keeps, which all its functions get as their first argument. */
typedef struct {
    void *to;
    const plm_theme *theme;
    /* Draws a line through `count` points, at = x, y, x, y, ... A point whose x is NaN interrupts
     * the line. */
    void (*line)(void *to, plm_pen pen, int count, const double *at);
    /* Fills a box. */
    void (*box)(void *to, double x, double y, double width, double height, const char *colour);
    /* Draws a disc. rim = true: with a line around it in the background colour. */
    void (*dot)(void *to, double x, double y, double radius, const char *colour, bool rim);
    /* Writes a text with its baseline at y. */
    void (*text)(void *to, double x, double y, plm_lettering how, const char *text);
    /* Writes the picture to the file and frees the canvas. The file stays open. Errors:
     * PLM_DRAW_MEMORY, PLM_DRAW_WRITE. */
    plm_draw_status (*close)(void *to);
} plm_canvas;

/* Makes an empty canvas of width x height points that is written to f as SVG. */
PLM_DRAW_CHECKED plm_draw_status plm_canvas_svg(plm_canvas *c, FILE *f, const plm_theme *theme,
                                                int width, int height);
/* As plm_canvas_svg, but as PNG with 2 x 2 pixels per point. Errors: PLM_DRAW_MEMORY;
 * PLM_DRAW_UNSUPPORTED if the build has no cairo. */
PLM_DRAW_CHECKED plm_draw_status plm_canvas_png(plm_canvas *c, FILE *f, const plm_theme *theme,
                                                int width, int height);
/* Makes a canvas of the format and theme. */
PLM_DRAW_CHECKED plm_draw_status plm_canvas_open(plm_canvas *c, FILE *f, plm_picture_style style,
                                                 int width, int height);

#endif
