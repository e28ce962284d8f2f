/* Draws a line chart in a terminal. With a colour for each line, or if there is only one line, a
 * cell is a braille character: 2 x 4 dots, Unicode from U+2800 on, one bit per dot. Otherwise a
 * cell shows the letter of a line, since lines of the same colour could not be told apart. A cell
 * of a terminal has one colour, but several lines may pass through it. So chart_plot.c gives each
 * cell an owner, and where lines overlap, the owner alternates from column to column; a note below
 * the chart says so. Widths are counted in characters. Colours are escape sequences around each
 * cell, used only if the screen supports them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "draw/chart_plot.h"

enum {
    COLOURS = 5,     /* number of colours that can be told apart on dark and light backgrounds */
    MIN_COLUMNS = 8, /* min number of columns of the plot; on a narrower screen the lines of text
                      * are too long */
    MIN_ROWS = 3,    /* of the plot */
    LABEL = 32       /* size of a buffer for the longest label */
};

/* Returns the escape sequence that begins the colour of a series: cyan, yellow, green, red, bold.
 * "" without colour. */
static const char *colour_of(const plm_chart_plot *c, int series)
{
    static const char *const colours[COLOURS] = {"\033[36m", "\033[33m", "\033[32m", "\033[31m",
                                                 "\033[1m"};
    if (c->chart->series[series].follows && series > 0)
        return colour_of(c, series - 1);
    if (c->chart->series[series].style == PLM_LINE_REFERENCE)
        return c->colour ? "\033[2m" : "";
    return c->colour ? colours[plm_chart_hue(c->chart, series) % COLOURS] : "";
}

/* Returns the sequence that ends a colour; "" without colour. */
static const char *colour_end(const plm_chart_plot *c)
{
    return c->colour ? "\033[0m" : "";
}

/* Returns the data value at the middle of cell number `at`, if an axis has `count` cells. */
static double value_of(const plm_axis *a, int at, int count)
{
    const double part = count > 1 ? (double)at / (count - 1) : 0;
    return a->log ? a->low * pow(a->high / a->low, part) : a->low + part * (a->high - a->low);
}

/* True if an empty cell gets a dot, since it is in a band. Only some cells of a band get one, so
 * that the lines stand out. */
static bool is_shaded(const plm_chart_plot *c, int row, int column)
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

/* Prints an empty cell: a blank, or a dot if it is in a band. */
static void put_empty(const plm_chart_plot *c, int row, int column)
{
    if (is_shaded(c, row, column))
        fprintf(c->f, "%s%s%s", c->colour ? "\033[2m" : "", c->utf8 ? "\u00b7" : ".",
                colour_end(c));
    else
        fputc(' ', c->f);
}

/* Prints a cell in the colour of its series. The 8 dots of a braille character are 8 bits of its
 * code: two of them are in the second byte of UTF-8, six in the third. */
static void put_cell(const plm_chart_plot *c, const plm_chart_cell *at)
{
    fputs(colour_of(c, at->owner), c->f);
    if (at->letter)
        fputc(at->letter, c->f);
    else /* U+2800 + dots in UTF-8 */
        fprintf(c->f, "\xe2%c%c", (char)(0xa0 | at->dots >> 6), (char)(0x80 | (at->dots & 0x3f)));
    fputs(colour_end(c), c->f);
}

/* Returns the index of the tick of the y axis that belongs to a row. -1 = the row has no tick. */
static int tick_of_row(const plm_chart_plot *c, int row)
{
    for (int i = 0; i < c->y.ticks; i++)
        if ((int)lround((1 - plm_axis_at(&c->y, c->y.tick[i])) * (c->rows - 1)) == row)
            return i;
    return -1;
}

/* Prints a row of the plot with its label and the axis. Empty cells at the end are not printed, so
 * that charts in files have no trailing blanks. */
static void put_row(const plm_chart_plot *c, int row)
{
    int tick = tick_of_row(c, row), last = c->columns;
    const char *line = c->utf8 ? (tick >= 0 ? "\u2524" : "\u2502") : tick >= 0 ? "+" : "|";
    fprintf(c->f, "%*s %s", c->margin, tick >= 0 ? c->y.label[tick] : "", line);
    const plm_chart_cell *first = &c->cells[row * c->columns];
    while (last > 0 && first[last - 1].owner < 0 && !is_shaded(c, row, last - 1))
        last--;
    for (int i = 0; i < last; i++)
        if (first[i].owner < 0)
            put_empty(c, row, i);
        else
            put_cell(c, &first[i]);
    fputc('\n', c->f);
}

/* Returns the column of the plot that belongs to a tick of the x axis. */
static int tick_column(const plm_chart_plot *c, int tick)
{
    return (int)lround(plm_axis_at(&c->x, c->x.tick[tick]) * (c->columns - 1));
}

/* Fills two texts: the line of the x axis, and the labels below it. A label that would touch the
 * previous one is left out. Labels are centred below their tick, but moved inwards at both ends; at
 * least two blanks separate them. */
static void fill_x_axis(const plm_chart_plot *c)
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
static void put_x_axis(const plm_chart_plot *c)
{
    fill_x_axis(c);
    fprintf(c->f, "%*s %s", c->margin, "", c->utf8 ? "\u2514" : "+");
    for (const char *at = c->line; *at; at++)
        fputs(!c->utf8 ? (char[]){*at, 0} : *at == '+' ? "\u252c" : "\u2500", c->f);
    fprintf(c->f, "\n%*s  %s\n", c->margin, "", c->numbers);
}

/* Prints a text centred below or above the plot, cut to the width of the chart. */
static void put_centred(const plm_chart_plot *c, const char *text)
{
    const int length = (int)strlen(text), width = c->margin + 2 + c->columns,
              before = c->margin + 2 + (c->columns - length) / 2,
              begin = before + length > width ? width - length : before;
    fprintf(c->f, "%*s%.*s\n", begin > 0 ? begin : 0, "", width, text);
}

/* Prints the title above the plot. One that is too long for a line is broken at blanks. */
static void put_title(const plm_chart_plot *c)
{
    const int width = c->margin + 2 + c->columns;
    if ((int)strlen(c->chart->title) > width)
        plm_draw_words(c->f, c->chart->title, width);
    else
        put_centred(c, c->chart->title);
}

/* Prints the name of a legend entry, which begins at column 4. A name that is too long for a line
 * is broken at blanks, and its further lines are indented. */
static void put_name(const plm_chart_plot *c, const char *name)
{
    const int width = c->margin + 2 + c->columns, whole = (int)strlen(name) + 4;
    for (int column = 4; *name;) {
        const int blanks = (int)strspn(name, " "), length = (int)strcspn(name + blanks, " ");
        const bool fits = whole <= width || column == 4 || column + blanks + length <= width;
        fprintf(c->f, "%s%.*s", fits ? "" : "\n    ", fits ? blanks + length : length,
                fits ? name : name + blanks);
        column = fits ? column + blanks + length : 4 + length;
        name += blanks + length;
    }
}

/* Prints the legend entry of a series: the character with which its line is drawn, and its name. */
static void put_legend_entry(const plm_chart_plot *c, int series)
{
    const plm_series *s = &c->chart->series[series];
    const bool dotted = c->dots && s->count > 1;
    fprintf(c->f, "  %s%s%s ", colour_of(c, series),
            dotted ? "\u2812" : (char[]){plm_chart_letter(c->chart, series), 0}, colour_end(c));
    put_name(c, s->name);
}

/* Prints the legend, over as many lines as it needs. A single line without a mark needs no
 * legend. */
static void put_legend(const plm_chart_plot *c)
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

/* If lines overlap, prints a note that their colours (or letters) alternate there. */
static void put_note(const plm_chart_plot *c)
{
    if (c->together)
        plm_draw_words(c->f,
                       c->dots ? "  Where lines overlap, their colours alternate."
                               : "  Where lines overlap, their letters alternate.",
                       c->margin + 2 + c->columns);
}

/* Prints the legend of the shaded areas (bands), which a terminal draws as dots. Neighbouring bands
 * of the same name get one entry. */
static void put_bands(const plm_chart_plot *c)
{
    for (int i = 0; i < c->chart->bands; i++) {
        const char *name = c->chart->band[i].name;
        if (name && (i == 0 || name != c->chart->band[i - 1].name))
            fprintf(c->f, "  %s %s\n", c->utf8 ? "\u00b7 \u00b7" : ". .", name);
    }
}

/* Prints all parts of the chart from top to bottom. */
static void put_all(const plm_chart_plot *c)
{
    const plm_chart *chart = c->chart;
    if (chart->title)
        put_title(c);
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

/* Returns the number of rows of the plot: the height of the chart minus title, labels and axis. */
static int rows_of(const plm_chart *c, int height)
{
    const int rows = height - 3 - (c->title != NULL) - (c->y_label != NULL) - (c->x_label != NULL);
    return rows < MIN_ROWS ? MIN_ROWS : rows;
}

/* Finds the axes and the sizes of all parts, and whether to draw with dots. The margin is as wide
 * as the widest label of the y axis, and the plot has the rest of the width, so the axes are
 * computed first. */
static plm_draw_status lay_out(plm_chart_plot *c, const plm_draw_screen *screen)
{
    const plm_chart *chart = c->chart;
    int lines = 0, last = 0; /* last: the highest number of a colour */
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
        if (chart->series[s].count > 1) {
            const bool coloured = chart->series[s].style != PLM_LINE_REFERENCE;
            lines += chart->series[s].name != NULL;
            last = coloured ? plm_chart_hue(chart, s) : last;
        }
    c->dots = c->utf8 && (lines <= 1 || (c->colour && last < COLOURS));
    return PLM_DRAW_OK;
}

/* Allocates the cells and the lines of the x axis. After an error, free_memory must still be
 * called. */
static plm_draw_status take_memory(plm_chart_plot *c)
{
    const size_t cells = (size_t)c->columns * (size_t)c->rows, line = (size_t)c->columns + LABEL;
    c->cells = calloc(cells, sizeof *c->cells);
    c->line = calloc(line, 1);
    c->numbers = calloc(line, 1);
    for (size_t i = 0; i < cells && c->cells; i++)
        c->cells[i].owner = -1;
    return c->cells && c->line && c->numbers ? PLM_DRAW_OK : PLM_DRAW_MEMORY;
}

/* Frees what take_memory allocated. */
static void free_memory(plm_chart_plot *c)
{
    free(c->cells);
    free(c->line);
    free(c->numbers);
}

/* Draws the chart for a terminal. Everything is laid out and drawn in memory first, so that nothing
 * is printed if an error occurs. */
plm_draw_status plm_chart_terminal(FILE *out, const plm_chart *chart, const plm_draw_screen *screen)
{
    plm_chart_plot c = {.f = out, .chart = chart, .utf8 = screen->utf8, .colour = screen->colour};
    plm_draw_status status = lay_out(&c, screen);
    status = status ? status : take_memory(&c);
    if (!status) {
        plm_chart_fill(&c);
        put_all(&c);
        status = ferror(out) ? PLM_DRAW_WRITE : PLM_DRAW_OK;
    }
    free_memory(&c);
    return status;
}
