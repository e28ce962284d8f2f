/* Line charts in a terminal, as SVG and as PNG. Points that are not finite, or not above 0 on a
 * logarithmic axis, are not drawn and interrupt their line. */
#ifndef PLM_DRAW_CHART_H
#define PLM_DRAW_CHART_H

#include "draw/draw.h"

/* One line of a chart. A series of one point is drawn as a mark. */
typedef struct {
    const char *name;    /* name in the legend; NULL = the series is not in it */
    const double *x, *y; /* [count] coordinates, in the order of the line */
    int count;
    /* its letter in a terminal, and above a single point in a picture; 0 = chosen in a terminal,
     * none in a picture */
    char mark;
} plm_series;

/* A chart. Its texts and series are borrowed. */
typedef struct {
    const char *title, *x_label, *y_label; /* NULL = none */
    bool log_x, log_y;
    const plm_series *series; /* [count] series; in a terminal at most PLM_CHART_SERIES */
    int count;
} plm_chart;

/* Max number of series of a chart in a terminal: a cell has a bit for each. */
enum { PLM_CHART_SERIES = 32 };

/* The terminal that a chart is drawn for. */
typedef struct {
    int width, height; /* columns and lines that the chart may fill, with title, axes and legend */
    /* draw with braille dots if the lines can be told apart that way, else with letters */
    bool utf8;
    bool colour; /* the terminal understands escape sequences for colours */
} plm_chart_screen;

/* Draws the chart for a terminal. Errors: PLM_DRAW_EMPTY and PLM_DRAW_MEMORY, after which nothing
 * was drawn; PLM_DRAW_WRITE. */
PLM_DRAW_CHECKED plm_draw_status plm_chart_terminal(FILE *out, const plm_chart *c,
                                                    const plm_chart_screen *screen);

/* The file formats of pictures. */
typedef enum { PLM_PICTURE_SVG, PLM_PICTURE_PNG } plm_picture_form;

/* Draws `count` charts, `columns` in a row, each of 720 x 440 points. `out` stays open. Errors: all
 * of plm_draw_status. */
PLM_DRAW_CHECKED plm_draw_status plm_chart_picture(FILE *out, const plm_chart *chart, int count,
                                                   int columns, plm_picture_form form);
/* True if this build can draw PNG. */
bool plm_draws_png(void);

#endif
