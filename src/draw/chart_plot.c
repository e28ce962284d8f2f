/* Draws the series of a chart into the character cells of a terminal. Lines are drawn first, then
 * marks, so that no mark is hidden. Where lines overlap, the cells show them in turn, so that each
 * line stays visible. */
#include "draw/chart_plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Lines that share at most this many neighbouring cells count as crossing; if they share more, they
 * overlap. */
enum { CROSSING = 4 };

/* Returns the number of a series' colour. A series that follows another one has the same colour, so
 * it does not count. */
int plm_chart_hue(const plm_chart *c, int series)
{
    int hue = 0;
    for (int i = 0; i < series; i++)
        hue += !c->series[i].follows;
    return hue;
}

/* Returns the letter of a series: its mark, or one of eight letters in turn. As with colours,
 * series that follow others do not count, so that a run has the same letter in all charts. */
char plm_chart_letter(const plm_chart *c, int series)
{
    static const char letters[] = "*+ox#@%&";
    if (c->series[series].style == PLM_LINE_REFERENCE)
        return '-';
    return c->series[series].mark ? c->series[series].mark
                                  : letters[plm_chart_hue(c, series) % (int)(sizeof letters - 1)];
}

/* Returns the cell of the terminal that contains a position (x, y), which `place` has computed. */
static plm_chart_cell *cell_at(const plm_chart_plot *c, int x, int y)
{
    return &c->cells[c->dots ? y / 4 * c->columns + x / 2 : y * c->columns + x];
}

/* Draws one dot of a series, or its letter if the chart is drawn without dots. */
static void set_dot(const plm_chart_plot *c, int series, int x, int y)
{
    static const unsigned char bit[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    plm_chart_cell *at = cell_at(c, x, y);
    at->owner = (signed char)series;
    at->lines |= 1u << series;
    if (c->dots)
        at->dots |= bit[y % 4][x % 2];
    else
        at->letter = plm_chart_letter(c->chart, series);
}

/* Computes the position of a point: its distance from the left and the upper edge, in braille dots
 * or, if the chart is drawn without dots, in cells. */
static void place(const plm_chart_plot *c, double x, double y, int *column, int *row)
{
    int wide = c->dots ? 2 * c->columns : c->columns, high = c->dots ? 4 * c->rows : c->rows;
    *column = (int)lround(plm_axis_at(&c->x, x) * (wide - 1));
    *row = (int)lround((1 - plm_axis_at(&c->y, y)) * (high - 1));
}

/* Draws a straight line between two positions {x, y}. */
static void stroke(const plm_chart_plot *c, int series, const int from[2], const int to[2])
{
    int wide = abs(to[0] - from[0]), high = abs(to[1] - from[1]), steps = wide > high ? wide : high;
    const int stride = c->chart->series[series].style == PLM_LINE_REFERENCE ? (c->dots ? 4 : 2) : 1;
    for (int i = 0; i <= steps; i += stride) {
        double part = steps ? (double)i / steps : 0;
        set_dot(c, series, (int)lround(from[0] + part * (to[0] - from[0])),
                (int)lround(from[1] + part * (to[1] - from[1])));
    }
}

/* Draws the line of a series. A point that cannot be drawn interrupts it. */
static void draw_line(const plm_chart_plot *c, int series)
{
    const plm_series *s = &c->chart->series[series];
    bool joined = false;
    int from[2] = {0}, to[2] = {0};
    for (int i = 0; i < s->count; i++) {
        bool shown = plm_chart_shows(c->chart, s->x[i], s->y[i]);
        if (shown) {
            place(c, s->x[i], s->y[i], &to[0], &to[1]);
            stroke(c, series, joined ? from : to, to);
            memcpy(from, to, sizeof from);
        }
        joined = shown;
    }
}

/* Draws a series of one point: its letter replaces the content of the cell. */
static void draw_mark(const plm_chart_plot *c, int series)
{
    const plm_series *s = &c->chart->series[series];
    int at[2];
    if (!plm_chart_shows(c->chart, s->x[0], s->y[0]))
        return;
    place(c, s->x[0], s->y[0], &at[0], &at[1]);
    plm_chart_cell *under = cell_at(c, at[0], at[1]);
    under->letter = plm_chart_letter(c->chart, series);
    under->owner = (signed char)series;
}

/* Returns series number `turn` of a set, counted from 0; after the last one the first follows
 * again. lines: bit s = series s is in the set; not 0. */
static int line_of_turn(unsigned lines, int turn)
{
    int count = 0, line = -1;
    for (unsigned left = lines; left; left &= left - 1)
        count++;
    for (turn %= count; turn >= 0; turn--)
        do
            line++;
        while (!(lines >> line & 1));
    return line;
}

/* Where lines share cells, lets their colours or letters alternate from column to column, so that
 * no line is hidden. Sets c->together if they share more than CROSSING neighbouring cells. */
static void take_turns(plm_chart_plot *c)
{
    int run = 0;
    for (int i = 0; i < c->columns * c->rows; i++) {
        plm_chart_cell *at = &c->cells[i];
        const int column = i % c->columns;
        const bool shared = (at->lines & (at->lines - 1)) != 0;
        run = !shared ? 0 : column ? run + 1 : 1;
        c->together = c->together || run > CROSSING;
        if (!shared)
            continue;
        at->owner = (signed char)line_of_turn(at->lines, column);
        if (!c->dots)
            at->letter = plm_chart_letter(c->chart, at->owner);
    }
}

/* Draws all lines, then all marks, so that no mark is hidden by a line. */
void plm_chart_fill(plm_chart_plot *c)
{
    for (int s = 0; s < c->chart->count; s++)
        if (c->chart->series[s].count > 1 && c->chart->series[s].style != PLM_LINE_HIDDEN)
            draw_line(c, s);
    take_turns(c);
    for (int s = 0; s < c->chart->count; s++)
        if (c->chart->series[s].count == 1)
            draw_mark(c, s);
}
