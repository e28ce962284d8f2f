/* Line charts in a terminal, as SVG and as PNG. Points that are not finite, or not above 0 on a
 * logarithmic axis, are not drawn and interrupt their line. */
#ifndef PLM_DRAW_CHART_H
#define PLM_DRAW_CHART_H

#include "draw/draw.h"

/* How the line of a series is drawn. */
typedef enum {
    PLM_LINE_PLAIN,
    PLM_LINE_THICK,     /* the line that the chart is about */
    PLM_LINE_REFERENCE, /* a thin dotted line, such as an asymptote, which is not in the legend */
    PLM_LINE_HIDDEN     /* not drawn, but the ranges of the axes include its points */
} plm_line_style;

/* One line of a chart. A series of one point is drawn as a mark. */
typedef struct {
    const char *name;    /* name in the legend; NULL = the series is not in it */
    const double *x, *y; /* [count] coordinates, in the order of the line */
    int count;
    /* The letter of the series. In a terminal a line or a point is drawn with it; 0 = a letter is
     * chosen. A picture writes it above a single point, unless `follows` is set; 0 = none. */
    char mark;
    plm_line_style style;
    bool points;  /* a picture also draws a dot at each point */
    bool follows; /* the series has the colour of the previous series */
} plm_series;

/* A shaded area of the plot (band): y from low to high, or x from low to high if it is vertical. An
 * infinite bound extends the band to the edge. */
typedef struct {
    bool vertical, bad; /* bad: in a colour that warns */
    double low, high;
    /* name of the band, written into it in a picture and below the chart in a terminal; NULL = no
     * name */
    const char *name;
} plm_chart_band;

/* A chart. It borrows its texts and series. */
typedef struct {
    const char *title, *x_label, *y_label; /* NULL = none */
    bool log_x, log_y;
    bool whole_x; /* x is a number of something, such as epochs: its ticks are whole numbers */
    const plm_series *series; /* [count] series; in a terminal at most PLM_CHART_SERIES */
    int count;
    bool bare; /* true = draw no legend, since a chart beside this one has the same; its space stays
                * empty */
    const plm_chart_band *band; /* [bands]; NULL = none */
    int bands;
} plm_chart;

/* Returns the number of the colour of a series, from 0. A series that follows another one shares
 * its colour, so a run has the same colour in charts with and without marks. (chart_plot.c) */
int plm_chart_hue(const plm_chart *c, int series);

/* Max number of series of a chart in a terminal: a cell has one bit for each series. */
enum { PLM_CHART_SERIES = 32 };

/* Draws the chart for a terminal. Errors: PLM_DRAW_EMPTY and PLM_DRAW_MEMORY, after which nothing
 * was drawn; PLM_DRAW_WRITE. */
PLM_DRAW_CHECKED plm_draw_status plm_chart_terminal(FILE *out, const plm_chart *c,
                                                    const plm_draw_screen *screen);

/* Draws `count` charts into one picture, `columns` of them side by side, each of 720 x 440 points.
 * `out` stays open. Errors: all of plm_draw_status. */
PLM_DRAW_CHECKED plm_draw_status plm_chart_picture(FILE *out, const plm_chart *chart, int count,
                                                   int columns, plm_picture_style style);
/* True if this build can draw PNG. */
bool plm_draws_png(void);

#endif
