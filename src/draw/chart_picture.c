/* Draws line charts as a picture: background, bands, grid, axes, and a legend below the title.
 * Everything is drawn on a canvas, which hides whether the picture becomes SVG or PNG. Coordinates
 * are in points and begin at the upper left corner of the chart, whose place on the canvas is
 * (left, up). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "draw/axis.h"
#include "draw/canvas.h"

/* Sizes are in points. */
enum {
    WIDTH = 720,      /* width of a chart, unless the style sets another width */
    HEIGHT = 440,     /* of a chart, with its title and labels */
    LEFT = 76,        /* for the labels of the axis y */
    RIGHT = 24,       /* for the half of the last label */
    BOTTOM = 58,      /* space for the labels and the name of the x axis */
    LETTER = 7,       /* guessed width of a letter */
    LEGEND_LINE = 18, /* height of a line of the legend */
    DASH = 24,        /* the period of dashes */
    LAYERS = 4,       /* number of dash patterns, for lines that cover other lines */
    TOGETHER = 3,     /* max distance in points at which a line covers another */
    CHUNK = 512       /* max number of points of a line that are drawn by one call */
};

/* One chart of the picture. */
typedef struct {
    const plm_canvas *canvas;
    const plm_chart *chart; /* its series, labels and limits */
    plm_axis x, y;          /* axes, which convert values to positions and have the labels of the
                             * ticks */
    int width, height;
    int top;         /* y coordinate of the upper edge of the plot, within the chart */
    double left, up; /* the upper left corner of the chart on the canvas */
} picture;

/* Returns the colour of a series. */
static const char *colour_of(const picture *p, int series)
{
    const plm_theme *theme = p->canvas->theme;
    if (p->chart->series[series].follows && series > 0)
        return colour_of(p, series - 1);
    return p->chart->series[series].style == PLM_LINE_REFERENCE
               ? theme->ink
               : plm_theme_colour(theme, plm_chart_hue(p->chart, series));
}

/* Writes a text at x, y of the chart. */
static void words(const picture *p, double x, double y, plm_lettering how, const char *text)
{
    p->canvas->text(p->canvas->to, p->left + x, p->up + y, how, text);
}

/* Writes a text of plain size at x, y of the chart. anchor: see plm_lettering. */
static void label(const picture *p, double x, double y, char anchor, const char *text)
{
    words(p, x, y, (plm_lettering){.size = 12, .anchor = anchor}, text);
}

/* Draws a straight line from (x0, y0) to (x1, y1), in points of the chart. */
static void straight(const picture *p, plm_pen pen, double x0, double y0, double x1, double y1)
{
    const double at[4] = {p->left + x0, p->up + y0, p->left + x1, p->up + y1};
    p->canvas->line(p->canvas->to, pen, 2, at);
}

/* Draws a dot at (x, y) of the plot, whose upper left corner is (left, up). */
static void dot(const picture *p, double x, double y, double radius, int series, bool rim)
{
    p->canvas->dot(p->canvas->to, p->left + x, p->up + y, radius, colour_of(p, series), rim);
}

/* Returns the x coordinate on the chart, in points, of a data value. */
static double x_of(const picture *p, double value)
{
    return LEFT + plm_axis_at(&p->x, value) * (p->width - LEFT - RIGHT);
}

/* Returns the y coordinate on the chart, in points, of a data value. */
static double y_of(const picture *p, double value)
{
    return p->height - BOTTOM - plm_axis_at(&p->y, value) * (p->height - BOTTOM - p->top);
}

/* Draws a grid line at each tick. */
static void put_grid(const picture *p)
{
    const plm_pen grid = {.colour = p->canvas->theme->grid, .width = 1};
    const double low = p->height - BOTTOM, right = p->width - RIGHT;
    for (int i = 0; i < p->x.ticks; i++)
        straight(p, grid, x_of(p, p->x.tick[i]), low, x_of(p, p->x.tick[i]), p->top);
    for (int i = 0; i < p->y.ticks; i++)
        straight(p, grid, LEFT, y_of(p, p->y.tick[i]), right, y_of(p, p->y.tick[i]));
}

/* Writes the labels of the ticks, and the names of the axes if they have names. */
static void put_axis_labels(const picture *p)
{
    const double low = p->height - BOTTOM, right = p->width - RIGHT, middle = (p->top + low) / 2;
    for (int i = 0; i < p->x.ticks; i++)
        label(p, x_of(p, p->x.tick[i]), low + 18, 'm', p->x.label[i]);
    for (int i = 0; i < p->y.ticks; i++)
        label(p, LEFT - 8, y_of(p, p->y.tick[i]) + 4, 'e', p->y.label[i]);
    if (p->chart->x_label)
        words(p, (LEFT + right) / 2, p->height - 16, (plm_lettering){.size = 13, .anchor = 'm'},
              p->chart->x_label);
    if (p->chart->y_label)
        words(p, 18, middle, (plm_lettering){.size = 13, .anchor = 'm', .upward = true},
              p->chart->y_label);
}

/* Returns a bound of a band, limited to the range of the axis. */
static double within(const plm_axis *a, double value)
{
    return fmin(fmax(value, a->low), a->high);
}

/* Returns how many sampled points of lines lie in a box {left, top, right, bottom} of the plot.
 * Eight points are sampled on each segment of a line. */
static int count_crossings(const picture *p, const double box[4])
{
    int count = 0;
    for (const plm_series *s = p->chart->series; s < p->chart->series + p->chart->count; s++)
        for (int i = 8; i < 8 * s->count; i++) {
            const double part = i % 8 / 8.0, x0 = x_of(p, s->x[i / 8 - 1]),
                         x1 = x_of(p, s->x[i / 8]), y0 = y_of(p, s->y[i / 8 - 1]),
                         y1 = y_of(p, s->y[i / 8]), x = x0 + part * (x1 - x0),
                         y = y0 + part * (y1 - y0);
            count += x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3];
        }
    return count;
}

/* Writes the name of a band into the corner of the band that the fewest lines cross. band: {left,
 * top, right, bottom}. The corners are tried in this order: upper left, upper right, lower left,
 * lower right. */
static void put_band_name(const picture *p, const char *name, const double band[4])
{
    const double wide = (double)strlen(name) * LETTER;
    double x = 0, y = 0;
    for (int corner = 0, fewest = -1; corner < 4; corner++) {
        const double left = corner % 2 ? band[2] - 6 - wide : band[0] + 6,
                     base = corner / 2 ? band[3] - 6 : band[1] + 14;
        const int count = count_crossings(p, (double[4]){left, base - 12, left + wide, base + 4});
        if (fewest >= 0 && count >= fewest)
            continue;
        fewest = count;
        x = left;
        y = base;
    }
    label(p, x, y, 's', name);
}

/* Fills the bands or, if `names`, writes their names, after the grid has been drawn. */
static void put_bands(const picture *p, bool names)
{
    for (int i = 0; i < p->chart->bands; i++) {
        const plm_chart_band *b = &p->chart->band[i];
        const double at[4] = {b->vertical ? x_of(p, within(&p->x, b->low)) : LEFT,
                              b->vertical ? p->top : y_of(p, within(&p->y, b->high)),
                              b->vertical ? x_of(p, within(&p->x, b->high)) : p->width - RIGHT,
                              b->vertical ? p->height - BOTTOM : y_of(p, within(&p->y, b->low))};
        const double wide = at[2] - at[0], high = at[3] - at[1];
        if (wide < 1 || high < 1)
            continue;
        if (!names)
            p->canvas->box(p->canvas->to, p->left + at[0], p->up + at[1], wide, high,
                           b->bad ? p->canvas->theme->warning : p->canvas->theme->shade);
        else if (b->name)
            put_band_name(p, b->name, at);
    }
}

/* Draws the bands, the grid, both axes and their labels. */
static void put_axes(const picture *p)
{
    const plm_pen axis = {.colour = p->canvas->theme->ink, .width = 1.2};
    const double low = p->height - BOTTOM;
    put_bands(p, false);
    put_grid(p);
    put_bands(p, true);
    straight(p, axis, LEFT, p->top, LEFT, low);
    straight(p, axis, LEFT, low, p->width - RIGHT, low);
    put_axis_labels(p);
}

/* Returns the height (y, in points) of line s at a data value x, also TOGETHER points beyond its
 * right end; NAN = the line does not reach x. *at: index of the data point left of x, where the
 * next search begins; so calls must have ascending x. */
static double height_at(const picture *p, const plm_series *s, double x, int *at)
{
    while (*at + 1 < s->count && !(s->x[*at + 1] >= x))
        ++*at;
    if (*at + 1 >= s->count)
        return x_of(p, x) - x_of(p, s->x[*at]) < TOGETHER ? y_of(p, s->y[*at]) : NAN;
    if (!(s->x[*at] <= x))
        return NAN;
    double left = y_of(p, s->y[*at]), right = y_of(p, s->y[*at + 1]),
           step = s->x[*at + 1] - s->x[*at];
    return step > 0 ? left + (x - s->x[*at]) / step * (right - left) : right;
}

/* True if line `other` covers the segment of s that ends at point i. The lines are compared at
 * point i and halfway to the previous point. */
static bool together(const picture *p, const plm_series *s, int i, const plm_series *other, int *at)
{
    const int before = i ? i - 1 : 0;
    const double middle = (s->x[before] + s->x[i]) / 2,
                 height = (y_of(p, s->y[before]) + y_of(p, s->y[i])) / 2;
    return fabs(height - height_at(p, other, middle, at)) < TOGETHER &&
           fabs(y_of(p, s->y[i]) - height_at(p, other, s->x[i], at)) < TOGETHER;
}

/* Sets layer[i] to the number of earlier lines that cover the segment of the line from point i - 1
 * to point i, at most LAYERS - 1. Marks cover nothing. layer: [count of the series], initially 0.
 * Lines are compared in points of the picture, since what matters is how they look. */
static void find_layers(const picture *p, int series, int *layer)
{
    const plm_series *s = &p->chart->series[series];
    for (const plm_series *other = p->chart->series; other < s; other++)
        for (int i = 1, at = 0; i < s->count && other->count > 1 && other->name && s->name; i++)
            layer[i] += together(p, s, i, other, &at) && layer[i] + 1 < LAYERS;
}

/* Draws `count` points of a line, starting at point `first`. layer: number of the dash pattern. */
static void put_stretch(const picture *p, int series, int first, int count, int layer)
{
    static const double dash[LAYERS] = {0, 12, 6, 3};
    const plm_series *s = &p->chart->series[series];
    plm_pen pen = {colour_of(p, series), 1.8, dash[layer], DASH};
    if (s->style == PLM_LINE_THICK)
        pen.width = 4;
    if (s->style == PLM_LINE_REFERENCE)
        pen = (plm_pen){colour_of(p, series), 1, 2, 6};
    double at[2 * CHUNK];
    for (int i = 0; i < count; i++) {
        bool shown = plm_chart_shows(p->chart, s->x[first + i], s->y[first + i]);
        at[2 * i] = shown ? p->left + x_of(p, s->x[first + i]) : NAN;
        at[2 * i + 1] = shown ? p->up + y_of(p, s->y[first + i]) : NAN;
    }
    p->canvas->line(p->canvas->to, pen, count, at);
}

/* Draws a line. Where it covers one earlier line it is dashed; where it covers more, the dashes are
 * shorter, so that the colours of all lines remain visible. A dash pattern has a period of 24
 * points, of which 12, 6 or 3 are drawn. The line is drawn in pieces of one dash pattern; each
 * piece begins with the last point of the previous one. */
static plm_draw_status put_line(const picture *p, int series)
{
    const int count = p->chart->series[series].count;
    int *layer = calloc((size_t)count, sizeof *layer);
    if (!layer)
        return PLM_DRAW_MEMORY;
    find_layers(p, series, layer);
    for (int first = 0, end; first + 1 < count; first = end) {
        end = first + 1;
        while (end + 1 < count && end + 1 - first < CHUNK && layer[end + 1] == layer[first + 1])
            end++;
        put_stretch(p, series, first, end - first + 1, layer[end]);
    }
    free(layer);
    return PLM_DRAW_OK;
}

/* Draws a dot at each point of a series whose style has dots. */
static void put_points(const picture *p, int series)
{
    const plm_series *s = &p->chart->series[series];
    const double radius = s->style == PLM_LINE_THICK ? 3 : 2;
    for (int i = 0; i < s->count && s->points; i++)
        if (plm_chart_shows(p->chart, s->x[i], s->y[i]))
            dot(p, x_of(p, s->x[i]), y_of(p, s->y[i]), radius, series, false);
}

/* Draws a series of one point: a dot with its letter above. If the dot has the colour of its line,
 * the letter is left out, since it might lie on the dot of another run. */
static void put_mark(const picture *p, int series)
{
    const plm_series *s = &p->chart->series[series];
    if (!plm_chart_shows(p->chart, s->x[0], s->y[0]))
        return;
    double x = x_of(p, s->x[0]), y = y_of(p, s->y[0]);
    dot(p, x, y, 5, series, true);
    if (s->mark && !s->follows)
        words(p, x, y - 10, (plm_lettering){.size = 12, .bold = true, .anchor = 'm'},
              (char[]){s->mark, 0});
}

/* Returns the width of a legend entry, in points. The width of the text is estimated, since SVG
 * cannot measure text, and SVG and PNG must look the same. */
static int width_of(const plm_series *s)
{
    return (int)strlen(s->name) * LETTER + 44;
}

/* A single series needs no legend. */
static bool has_legend(const plm_chart *c)
{
    int named = 0;
    for (int s = 0; s < c->count; s++)
        named += c->series[s].name != NULL;
    return named > 1;
}

/* Draws a legend entry: a line or, for a single point, a dot in the colour of the series, then its
 * name. */
static void put_legend_entry(const picture *p, int series, int x, int y)
{
    const plm_series *s = &p->chart->series[series];
    if (s->count == 1)
        dot(p, x + 11, y - 4, 5, series, false);
    else
        straight(p,
                 (plm_pen){.colour = colour_of(p, series),
                           .width = s->style == PLM_LINE_THICK ? 5 : 2.5},
                 x, y - 4, x + 22, y - 4);
    label(p, x + 28, y, 's', s->name);
}

/* Draws the legend from y = top on, and returns the number of its rows. draw = false: only computes
 * this number. */
static int legend(const picture *p, bool draw, int top)
{
    const plm_chart *c = p->chart;
    int x = LEFT, lines = 1;
    for (int s = 0; s < c->count; s++) {
        if (!c->series[s].name)
            continue;
        if (x > LEFT && x + width_of(&c->series[s]) > p->width - RIGHT) {
            x = LEFT;
            lines++;
        }
        if (draw)
            put_legend_entry(p, s, x, top + (lines - 1) * LEGEND_LINE);
        x += width_of(&c->series[s]);
    }
    return lines;
}

/* Draws all lines, then all marks, so that no mark is hidden by a line. */
static plm_draw_status put_series(const picture *p)
{
    const plm_chart *c = p->chart;
    plm_draw_status status = PLM_DRAW_OK;
    for (int s = 0; s < c->count && !status; s++)
        if (c->series[s].count > 1 && c->series[s].style != PLM_LINE_HIDDEN)
            status = put_line(p, s);
    for (int s = 0; s < c->count && !status; s++)
        put_points(p, s);
    for (int s = 0; s < c->count && !status; s++)
        if (c->series[s].count == 1)
            put_mark(p, s);
    return status;
}

/* Draws one chart: p has its canvas, size and position. Later parts are drawn over earlier ones. */
static plm_draw_status put_chart(picture *p)
{
    const plm_chart *c = p->chart;
    p->top = c->title ? 44 : 20;
    const int legend_top = p->top + 8, ticks = p->width < WIDTH ? 6 : 9;
    if (has_legend(c))
        p->top += 8 + legend(p, false, legend_top) * LEGEND_LINE;
    const plm_draw_status status = plm_chart_axes(c, ticks, 7, &p->x, &p->y);
    if (status)
        return status;
    if (c->title)
        words(p, p->width / 2.0, 28, (plm_lettering){.size = 16, .bold = true, .anchor = 'm'},
              c->title);
    if (has_legend(c) && !c->bare)
        legend(p, true, legend_top);
    put_axes(p);
    return put_series(p);
}

/* Draws `count` charts into one picture, `columns` of them side by side, each of 720 x 440 points.
 * The canvas is closed even after an error, since it holds memory. */
plm_draw_status plm_chart_picture(FILE *out, const plm_chart *chart, int count, int columns,
                                  plm_picture_style style)
{
    plm_canvas canvas;
    const int wide = style.width > 0 ? style.width : WIDTH;
    const int high = style.height > 0 ? style.height : HEIGHT;
    plm_draw_status status = plm_canvas_open(&canvas, out, style, columns * wide,
                                             (count + columns - 1) / columns * high);
    if (status)
        return status;
    for (int i = 0; i < count && !status; i++) {
        picture p = {.canvas = &canvas,
                     .chart = &chart[i],
                     .width = wide,
                     .height = high,
                     .left = i % columns * wide,
                     .up = (double)(i / columns * high)};
        status = put_chart(&p);
    }
    const plm_draw_status closed = canvas.close(canvas.to);
    return status ? status : closed;
}
