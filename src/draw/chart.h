/* Line charts: in a terminal, as SVG and as PNG. Points that are not finite (or not above 0 on
 * a logarithmic axis) are left out and break their line. */
#ifndef PLM_DRAW_CHART_H
#define PLM_DRAW_CHART_H

#include "draw/draw.h"

/* One line of a chart; a series of one point is drawn as a mark. */
typedef struct {
    const char *name;    /* for the legend; NULL = not in it */
    const double *x, *y; /* [count], in the order of the line */
    int count;
    /* its letter in the terminal, and beside a single point of a picture; 0 = chosen */
    char mark;
} plm_series;

/* A chart; it borrows its texts and series. */
typedef struct {
    const char *title, *x_label, *y_label; /* NULL = none */
    bool log_x, log_y;
    const plm_series *series; /* [count]; at most PLM_CHART_SERIES in a terminal */
    int count;
} plm_chart;

enum { PLM_CHART_SERIES = 32 };

/* The terminal that a chart is drawn for. */
typedef struct {
    int width, height; /* columns and lines of the whole chart: title, axes and legend included */
    bool utf8;         /* braille dots where they tell the lines apart, else letters */
    bool colour;       /* escape sequences for colours are understood */
} plm_chart_screen;

/* Draws for a terminal. Errors, with nothing drawn: PLM_DRAW_EMPTY, PLM_DRAW_MEMORY; or
 * PLM_DRAW_WRITE. */
PLM_DRAW_CHECKED plm_draw_status plm_chart_terminal(FILE *out, const plm_chart *c,
                                                    const plm_chart_screen *screen);

/* The form of a picture. */
typedef enum { PLM_PICTURE_SVG, PLM_PICTURE_PNG } plm_picture_form;

/* Draws `count` charts of 720 x 440 points side by side, `columns` in a row, and leaves `out` open.
 * Errors: all of plm_draw_status. */
PLM_DRAW_CHECKED plm_draw_status plm_chart_picture(FILE *out, const plm_chart *chart, int count,
                                                   int columns, plm_picture_form form);
/* Whether this build draws PNG. */
bool plm_draws_png(void);

#endif
