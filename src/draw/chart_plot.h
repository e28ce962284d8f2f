/* The plot of a chart in a terminal, as cells of one character. chart_plot.c draws the series into
 * the cells, chart_terminal.c prints them with axes, title and legend. */
#ifndef PLM_DRAW_CHART_PLOT_H
#define PLM_DRAW_CHART_PLOT_H

#include "draw/axis.h"

/* One character of the plot. */
typedef struct {
    unsigned char dots; /* bits of the braille character */
    /* the letter of a mark, which hides the dots, or of a line; 0 = no letter */
    char letter;
    signed char owner; /* the series whose colour and letter the cell has; -1 = none */
    unsigned lines;    /* the lines that run through the cell: bit s = series s */
} plm_chart_cell;

/* A chart that is being drawn for a terminal. */
typedef struct {
    FILE *f;
    const plm_chart *chart;
    plm_axis x, y;
    bool utf8, colour, dots; /* dots: cells are braille characters */
    int columns, rows;       /* size of the plot in cells */
    int margin;              /* width of the labels of y */
    plm_chart_cell *cells;   /* [rows, columns] */
    /* the two text lines below the plot: the x axis, and its labels. Each has space for `columns`
     * characters and one label */
    char *line, *numbers;
    bool together; /* true = some lines overlap, that is, share more cells than at a crossing */
} plm_chart_plot;

/* Returns the letter of a series: its mark, or one of a list. */
char plm_chart_letter(const plm_chart *c, int series);
/* Draws all series into the cells, which must be empty. Sets c->together. */
void plm_chart_fill(plm_chart_plot *c);

#endif
