/* The axes of a chart. They are the same in a terminal and in a picture. */
#ifndef PLM_DRAW_AXIS_H
#define PLM_DRAW_AXIS_H

#include "draw/chart.h"

/* Max number of ticks of an axis. */
enum { PLM_TICKS = 24 };

/* An axis has a range, and ticks at round numbers in that range. */
typedef struct {
    bool log;    /* logarithmic */
    bool counts; /* the values are numbers of something: ticks are whole numbers */
    double low, high;
    int ticks;
    double tick[PLM_TICKS]; /* [ticks] values, from low to high */
    char label[PLM_TICKS][16];
} plm_axis;

/* True if a point can be drawn on the axes of the chart: it is finite, and above 0 on a logarithmic
 * axis. */
bool plm_chart_shows(const plm_chart *c, double x, double y);
/* Makes the axes that contain all points of a chart, with at most x_ticks and y_ticks ticks. The
 * range of y is widened to round numbers, which do not depend on y_ticks. Error: PLM_DRAW_EMPTY if
 * no point can be drawn. */
PLM_DRAW_CHECKED plm_draw_status plm_chart_axes(const plm_chart *c, int x_ticks, int y_ticks,
                                                plm_axis *x, plm_axis *y);
/* Returns the position of a value on the axis: 0 = at the low end, 1 = at the high end. */
double plm_axis_at(const plm_axis *a, double value);

#endif
