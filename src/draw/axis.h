/* Axes of charts, the same in a terminal and in a picture. */
#ifndef PLM_DRAW_AXIS_H
#define PLM_DRAW_AXIS_H

#include "draw/chart.h"

enum { PLM_TICKS = 24 };

/* A range with round numbers in it. */
typedef struct {
    bool log;
    double low, high;
    int ticks;
    double tick[PLM_TICKS]; /* rising */
    char label[PLM_TICKS][16];
} plm_axis;

/* Whether a point can be drawn on the axes of the chart. */
bool plm_chart_shows(const plm_chart *c, double x, double y);
/* Makes the axes over all points of a chart, with at most x_ticks and y_ticks ticks. y is widened
 * to round numbers, which do not depend on y_ticks. Error: PLM_DRAW_EMPTY. */
PLM_DRAW_CHECKED plm_draw_status plm_chart_axes(const plm_chart *c, int x_ticks, int y_ticks,
                                                plm_axis *x, plm_axis *y);
/* Where a value lies: 0 = low end, 1 = high end. */
double plm_axis_at(const plm_axis *a, double value);

#endif
