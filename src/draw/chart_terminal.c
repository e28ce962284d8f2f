/* Draws a line chart in a terminal. If lines can be told apart by colour, or there is only one, a
 * cell is a braille character: 2 x 4 dots, Unicode from U+2800 on, one bit per dot. Otherwise a
 * cell holds the letter of a line. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "draw/axis.h"

enum {
    COLOURS = 5,
    MIN_COLUMNS = 8,
    MIN_ROWS = 3,
    LABEL = 32,  /* more characters than the longest label has */
    CROSSING = 4 /* lines that share more neighbouring cells than this do not only cross */
};

/* One character of the plot. */
typedef struct {
    unsigned char dots; /* bits of the braille character */
    char letter;        /* a mark, drawn over the dots, or the letter of the line; 0 = none */
    signed char owner;  /* the series whose colour and letter the cell shows; -1 = none */
    unsigned lines;     /* the lines that run through the cell: bit s = series s */
} cell;

/* A chart that is being drawn. */
typedef struct {
    FILE *f;
    const plm_chart *chart;
    plm_axis x, y;
    bool utf8, colour, dots; /* dots: cells are braille characters */
    int columns, rows;       /* size of the plot in cells */
    int margin;              /* width of the labels of y */
    cell *cells;             /* [rows, columns] */
    char *line, *numbers; /* [columns + LABEL] the two lines below the plot: the axis, its labels */
    bool together;        /* lines cover one another over more cells than a crossing does */
} canvas;

/* Returns the letter of a series: its mark, or one of a list. */
static char letter_of(const plm_chart *c, int series)
{
    static const char letters[] = "*+ox#@%&";
    if (c->series[series].style == PLM_LINE_REFERENCE)
        return '-';
    return c->series[series].mark ? c->series[series].mark
                                  : letters[series % (int)(sizeof letters - 1)];
}

/* Returns the escape sequence that begins the colour of a series: cyan, yellow, green, red, bold.
 * "" without colour. */
static const char *colour_of(const canvas *c, int series)
{
    static const char *const colours[COLOURS] = {"\033[36m", "\033[33m", "\033[32m", "\033[31m",
                                                 "\033[1m"};
    if (c->chart->series[series].follows && series > 0)
        return colour_of(c, series - 1);
    if (c->chart->series[series].style == PLM_LINE_REFERENCE)
        return c->colour ? "\033[2m" : "";
    return c->colour ? colours[series % COLOURS] : "";
}

static const char *colour_end(const canvas *c)
{
    return c->colour ? "\033[0m" : "";
}

/* Returns the cell of a place that `place` gave: counted in dots, or in cells without dots, from
 * the left and from the top. */
static cell *cell_at(const canvas *c, int x, int y)
{
    return &c->cells[c->dots ? y / 4 * c->columns + x / 2 : y * c->columns + x];
}

/* Draws one dot of a series, or its letter without dots. */
static void set_dot(const canvas *c, int series, int x, int y)
{
    static const unsigned char bit[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    cell *at = cell_at(c, x, y);
    at->owner = (signed char)series;
    at->lines |= 1u << series;
    if (c->dots)
        at->dots |= bit[y % 4][x % 2];
    else
        at->letter = letter_of(c->chart, series);
}

/* Finds the place of a point, counted in dots (in cells, without dots) from the left and from the
 * top. */
static void place(const canvas *c, double x, double y, int *column, int *row)
{
    int wide = c->dots ? 2 * c->columns : c->columns, high = c->dots ? 4 * c->rows : c->rows;
    *column = (int)lround(plm_axis_at(&c->x, x) * (wide - 1));
    *row = (int)lround((1 - plm_axis_at(&c->y, y)) * (high - 1));
}

/* Draws a straight line between two places, {x, y}. */
static void stroke(const canvas *c, int series, const int from[2], const int to[2])
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
static void draw_line(const canvas *c, int series)
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

/* Draws a series of one point: its letter replaces what the cell shows. */
static void draw_mark(const canvas *c, int series)
{
    const plm_series *s = &c->chart->series[series];
    int at[2];
    if (!plm_chart_shows(c->chart, s->x[0], s->y[0]))
        return;
    place(c, s->x[0], s->y[0], &at[0], &at[1]);
    cell *under = cell_at(c, at[0], at[1]);
    under->letter = letter_of(c->chart, series);
    under->owner = (signed char)series;
}

/* Returns the series number `turn` of a set, counted from 0 and starting again after the last.
 * lines: bit s = series s; not 0. */
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

/* Lets lines that share cells take turns from column to column, so that none is hidden. Sets
 * c->together if this happens over more cells than a crossing takes. */
static void take_turns(canvas *c)
{
    int run = 0;
    for (int i = 0; i < c->columns * c->rows; i++) {
        cell *at = &c->cells[i];
        const int column = i % c->columns;
        const bool shared = (at->lines & (at->lines - 1)) != 0;
        run = !shared ? 0 : column ? run + 1 : 1;
        c->together = c->together || run > CROSSING;
        if (!shared)
            continue;
        at->owner = (signed char)line_of_turn(at->lines, column);
        if (!c->dots)
            at->letter = letter_of(c->chart, at->owner);
    }
}

/* Returns the value of an axis in the middle of the cell number `at` of `count`. */
static double value_of(const plm_axis *a, int at, int count)
{
    const double part = count > 1 ? (double)at / (count - 1) : 0;
    return a->log ? a->low * pow(a->high / a->low, part) : a->low + part * (a->high - a->low);
}

/* True if an empty cell shows a dot, since it is in a band. The dots of a band are sparse, so that
 * the lines stand out. */
static bool is_shaded(const canvas *c, int row, int column)
{
    if (column % 3 != 1)
        return false;
    const double x = value_of(&c->x, column, c->columns),
                 y = value_of(&c->y, c->rows - 1 - row, c->rows);
    for (int i = 0; i < c->chart->bands; i++) {
        const plm_chart_band *b = &c->chart->band[i];
        const double value = b->vertical ? x : y;
        if (value >= b->low && value <= b->high)
            return true;
    }
    return false;
}

/* Prints an empty cell: a blank or a dot of a band. */
static void put_empty(const canvas *c, int row, int column)
{
    if (is_shaded(c, row, column))
        fprintf(c->f, "%s%s%s", c->colour ? "\033[2m" : "", c->utf8 ? "\u00b7" : ".",
                colour_end(c));
    else
        fputc(' ', c->f);
}

/* Prints a cell in the colour of its series. */
static void put_cell(const canvas *c, const cell *at)
{
    fputs(colour_of(c, at->owner), c->f);
    if (at->letter)
        fputc(at->letter, c->f);
    else /* U+2800 + dots in UTF-8 */
        fprintf(c->f, "\xe2%c%c", (char)(0xa0 | at->dots >> 6), (char)(0x80 | (at->dots & 0x3f)));
    fputs(colour_end(c), c->f);
}

/* Returns the index of the tick of y in a row. -1 = none. */
static int tick_of_row(const canvas *c, int row)
{
    for (int i = 0; i < c->y.ticks; i++)
        if ((int)lround((1 - plm_axis_at(&c->y, c->y.tick[i])) * (c->rows - 1)) == row)
            return i;
    return -1;
}

/* Prints a row of the plot with its label and the axis. Empty cells at the end are not printed. */
static void put_row(const canvas *c, int row)
{
    int tick = tick_of_row(c, row), last = c->columns;
    const char *line = c->utf8 ? (tick >= 0 ? "\u2524" : "\u2502") : tick >= 0 ? "+" : "|";
    fprintf(c->f, "%*s %s", c->margin, tick >= 0 ? c->y.label[tick] : "", line);
    const cell *first = &c->cells[row * c->columns];
    while (last > 0 && first[last - 1].owner < 0 && !is_shaded(c, row, last - 1))
        last--;
    for (int i = 0; i < last; i++)
        if (first[i].owner < 0)
            put_empty(c, row, i);
        else
            put_cell(c, &first[i]);
    fputc('\n', c->f);
}

/* Returns the column of the plot at which a tick of x is. */
static int tick_column(const canvas *c, int tick)
{
    return (int)lround(plm_axis_at(&c->x, c->x.tick[tick]) * (c->columns - 1));
}

/* Fills the line of the x axis and the line of its labels. A label that would touch the one before
 * is left out. */
static void fill_x_axis(const canvas *c)
{
    int free_from = -c->margin;
    memset(c->line, '-', (size_t)c->columns);
    memset(c->numbers, ' ', (size_t)c->columns + LABEL - 1);
    for (int i = 0; i < c->x.ticks; i++) {
        int at = tick_column(c, i), length = (int)strlen(c->x.label[i]), from = at - length / 2;
        from = from + length > c->columns ? c->columns - length : from;
        from = from < 0 ? 0 : from;
        if (from < free_from)
            continue;
        c->line[at] = '+';
        memcpy(c->numbers + from, c->x.label[i], (size_t)length);
        free_from = from + length + 2;
    }
    int end = c->columns;
    while (end && c->numbers[end - 1] == ' ')
        end--;
    c->numbers[end] = 0;
}

/* Prints the x axis and its labels. fill_x_axis marks ticks by '+', which are drawn here. */
static void put_x_axis(const canvas *c)
{
    fill_x_axis(c);
    fprintf(c->f, "%*s %s", c->margin, "", c->utf8 ? "\u2514" : "+");
    for (const char *at = c->line; *at; at++)
        fputs(!c->utf8 ? (char[]){*at, 0} : *at == '+' ? "\u252c" : "\u2500", c->f);
    fprintf(c->f, "\n%*s  %s\n", c->margin, "", c->numbers);
}

/* Prints a text centred below or above the plot, cut to the width of the chart. */
static void put_centred(const canvas *c, const char *text)
{
    const int length = (int)strlen(text), width = c->margin + 2 + c->columns,
              before = c->margin + 2 + (c->columns - length) / 2,
              begin = before + length > width ? width - length : before;
    fprintf(c->f, "%*s%.*s\n", begin > 0 ? begin : 0, "", width, text);
}

/* Prints the legend entry of a series: the character that its curve is drawn with, and its name. */
static void put_legend_entry(const canvas *c, int series)
{
    const plm_series *s = &c->chart->series[series];
    const bool dotted = c->dots && s->count > 1;
    fprintf(c->f, "  %s%s%s %s", colour_of(c, series),
            dotted ? "\u2812" : (char[]){letter_of(c->chart, series), 0}, colour_end(c), s->name);
}

/* Prints the legend, over as many lines as it needs. A single line without a mark needs none. */
static void put_legend(const canvas *c)
{
    int column = 0, width = c->margin + 2 + c->columns, named = 0;
    for (int s = 0; s < c->chart->count; s++)
        named += c->chart->series[s].name != NULL;
    for (int s = 0; s < c->chart->count; s++) {
        const char *name = c->chart->series[s].name;
        if (!name || (named == 1 && !c->chart->series[s].mark))
            continue;
        int length = (int)strlen(name) + 3;
        if (column && column + length > width) {
            fputc('\n', c->f);
            column = 0;
        }
        put_legend_entry(c, s);
        column += length + 2;
    }
    if (column)
        fputc('\n', c->f);
}

/* Prints a note below the chart if lines take turns. */
static void put_note(const canvas *c)
{
    if (c->together)
        plm_draw_words(c->f,
                       c->dots ? "  Lines on one another take turns, one colour each."
                               : "  Lines on one another take turns, one letter each.",
                       c->margin + 2 + c->columns);
}

/* Explains the dots of the bands, once for each name. */
static void put_bands(const canvas *c)
{
    for (int i = 0; i < c->chart->bands; i++) {
        const char *name = c->chart->band[i].name;
        if (name && (i == 0 || name != c->chart->band[i - 1].name))
            fprintf(c->f, "  %s %s\n", c->utf8 ? "\u00b7 \u00b7" : ". .", name);
    }
}

/* Prints all parts of the chart from top to bottom. */
static void put_all(const canvas *c)
{
    const plm_chart *chart = c->chart;
    if (chart->title)
        put_centred(c, chart->title);
    if (chart->y_label)
        fprintf(c->f, "%s\n", chart->y_label);
    for (int row = 0; row < c->rows; row++)
        put_row(c, row);
    put_x_axis(c);
    if (chart->x_label)
        put_centred(c, chart->x_label);
    if (!c->chart->bare) {
        put_legend(c);
        put_bands(c);
    }
    put_note(c);
}

/* Returns the number of rows of the plot: what title, labels and axis leave of the height. */
static int rows_of(const plm_chart *c, int height)
{
    const int rows = height - 3 - (c->title != NULL) - (c->y_label != NULL) - (c->x_label != NULL);
    return rows < MIN_ROWS ? MIN_ROWS : rows;
}

/* Finds the axes and the sizes of all parts, and whether to draw with dots. */
static plm_draw_status lay_out(canvas *c, const plm_draw_screen *screen)
{
    const plm_chart *chart = c->chart;
    int lines = 0;
    c->rows = rows_of(chart, screen->height);
    const plm_draw_status status =
        plm_chart_axes(chart, screen->width / 10, c->rows / 3 + 1, &c->x, &c->y);
    if (status)
        return status;
    for (int i = 0; i < c->y.ticks; i++)
        if ((int)strlen(c->y.label[i]) > c->margin)
            c->margin = (int)strlen(c->y.label[i]);
    c->columns = screen->width - c->margin - 2;
    c->columns = c->columns < MIN_COLUMNS ? MIN_COLUMNS : c->columns;
    for (int s = 0; s < chart->count; s++)
        lines += chart->series[s].count > 1 && chart->series[s].name != NULL;
    c->dots = c->utf8 && (lines <= 1 || c->colour);
    return PLM_DRAW_OK;
}

/* Allocates the cells and the lines of the x axis. After an error, free_memory must still be
 * called. */
static plm_draw_status take_memory(canvas *c)
{
    const size_t cells = (size_t)c->columns * (size_t)c->rows, line = (size_t)c->columns + LABEL;
    c->cells = calloc(cells, sizeof *c->cells);
    c->line = calloc(line, 1);
    c->numbers = calloc(line, 1);
    for (size_t i = 0; i < cells && c->cells; i++)
        c->cells[i].owner = -1;
    return c->cells && c->line && c->numbers ? PLM_DRAW_OK : PLM_DRAW_MEMORY;
}

static void free_memory(canvas *c)
{
    free(c->cells);
    free(c->line);
    free(c->numbers);
}

/* Draws all lines, then all marks, so that no mark is hidden by a line. */
static void draw_series(canvas *c)
{
    for (int s = 0; s < c->chart->count; s++)
        if (c->chart->series[s].count > 1 && c->chart->series[s].style != PLM_LINE_HIDDEN)
            draw_line(c, s);
    take_turns(c);
    for (int s = 0; s < c->chart->count; s++)
        if (c->chart->series[s].count == 1)
            draw_mark(c, s);
}

plm_draw_status plm_chart_terminal(FILE *out, const plm_chart *chart, const plm_draw_screen *screen)
{
    canvas c = {.f = out, .chart = chart, .utf8 = screen->utf8, .colour = screen->colour};
    plm_draw_status status = lay_out(&c, screen);
    status = status ? status : take_memory(&c);
    if (!status) {
        draw_series(&c);
        put_all(&c);
        status = ferror(out) ? PLM_DRAW_WRITE : PLM_DRAW_OK;
    }
    free_memory(&c);
    return status;
}
