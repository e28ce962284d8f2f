/* Line charts: in the terminal, as SVG and as PNG. Points that are not finite (or not above 0 on
 * a logarithmic axis) are left out and break their line. */
#ifndef PLM_CLI_CHART_H
#define PLM_CLI_CHART_H

#include "cli.h"

/* One line of a chart; a series of one point is drawn as a mark. */
typedef struct {
    const char *name;    /* for the legend; NULL = not in it */
    const double *x, *y; /* count of each, in the order of the line */
    int count;
    /* its letter in the terminal, and beside a single point of a picture; 0 = chosen */
    char mark;
} plm_cli_series;

typedef struct {
    const char *title, *x_label, *y_label; /* NULL = none */
    bool log_x, log_y;
    const plm_cli_series *series;
    int count;
} plm_cli_chart;

/* Draws in width columns and height lines, title, axes and legend among them. utf8: braille dots
 * for one line or where the terminal has colours, else letters. false = there is no point to
 * draw. */
bool plm_cli_chart_terminal(FILE *out, const plm_cli_chart *c, int width, int height, bool utf8);
/* Writes charts of 720 x 440 side by side, `columns` in a line, to a file that ends in .svg or
 * .png; it appears under its name only when it is complete. Returns an exit code. */
int plm_cli_picture_save(const plm_cli_chart *chart, int count, int columns, const char *path);
/* Can a picture of that name be drawn? NULL = none is wanted. Returns an exit code. */
int plm_cli_picture_check(const char *path);
/* Whether the locale's characters are UTF-8: LC_ALL, LC_CTYPE, LANG, the first that is set. */
bool plm_cli_utf8(void);

/* ---- axes, shared by both (chart_axis.c) ---- */

enum { PLM_CLI_TICKS = 24 };

/* A range with round numbers in it. */
typedef struct {
    bool log;
    double low, high;
    int ticks;
    double tick[PLM_CLI_TICKS];
    char label[PLM_CLI_TICKS][16];
} plm_cli_axis;

/* Whether a point can be drawn on the axes of the chart. */
bool plm_cli_chart_shows(const plm_cli_chart *c, double x, double y);
/* The axes over all points, with at most so many ticks; y is widened to round
 * numbers, the same ones for any number of ticks. false = no point. */
bool plm_cli_chart_axes(const plm_cli_chart *c, int x_ticks, int y_ticks, plm_cli_axis *x,
                        plm_cli_axis *y);
/* Where a value lies: 0 = low end, 1 = high end. */
double plm_cli_axis_at(const plm_cli_axis *a, double value);

#endif
