/* A line chart in the terminal. A cell holds 2 x 4 braille dots (Unicode's block from U+2800: a
 * bit a dot) where that tells the lines apart, else one letter. */
#include "chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"

enum {
    COLOURS = 5,
    LEAST_COLUMNS = 8,
    LEAST_ROWS = 3,
    CROSSING = 4 /* cells side by side that two lines share where they only cross */
};

typedef struct {
    FILE *f;
    const plm_cli_chart *chart;
    plm_cli_axis x, y;
    plm_cli_screen screen;
    bool utf8, dots;     /* dots: braille */
    int columns, rows;   /* cells of the plot */
    int margin;          /* columns of the labels of y */
    unsigned char *bits; /* of each cell */
    char *letter;        /* a mark over the dots, or the letter of the line; 0 = none */
    signed char *owner;  /* which series is seen here; -1 = none */
    unsigned *lines;     /* which lines run through the cell: bit s = series s */
    bool together;       /* lines lie on one another over more cells than a crossing takes */
} canvas;

bool plm_cli_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (int i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return strstr(value, "UTF-8") || strstr(value, "utf8") || strstr(value, "utf-8") ||
                   strstr(value, "UTF8");
    }
    return false;
}

static char letter_of(const plm_cli_chart *c, int series)
{
    static const char letters[] = "*+ox#@%&";
    return c->series[series].mark ? c->series[series].mark
                                  : letters[series % (int)(sizeof letters - 1)];
}

static plm_cli_paint colour_of(int series)
{
    static const plm_cli_paint paints[COLOURS] = {PLM_CYAN, PLM_YELLOW, PLM_GREEN, PLM_RED,
                                                  PLM_BOLD};
    return paints[series % COLOURS];
}

/* x and y count dots from the left and from the top. */
static void set_dot(canvas *c, int series, int x, int y)
{
    static const unsigned char bit[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    size_t cell = (size_t)(c->dots ? y / 4 * c->columns + x / 2 : y * c->columns + x);
    c->owner[cell] = (signed char)series;
    c->lines[cell] |= 1u << series;
    if (c->dots)
        c->bits[cell] |= bit[y % 4][x % 2];
    else
        c->letter[cell] = letter_of(c->chart, series);
}

static void place(const canvas *c, double x, double y, int *column, int *row)
{
    int wide = c->dots ? 2 * c->columns : c->columns, high = c->dots ? 4 * c->rows : c->rows;
    *column = (int)lround(plm_cli_axis_at(&c->x, x) * (wide - 1));
    *row = (int)lround((1 - plm_cli_axis_at(&c->y, y)) * (high - 1));
}

static void stroke(canvas *c, int series, const int from[2], const int to[2])
{
    int wide = abs(to[0] - from[0]), high = abs(to[1] - from[1]), steps = wide > high ? wide : high;
    for (int i = 0; i <= steps; i++) {
        double part = steps ? (double)i / steps : 0;
        set_dot(c, series, (int)lround(from[0] + part * (to[0] - from[0])),
                (int)lround(from[1] + part * (to[1] - from[1])));
    }
}

static void draw_line(canvas *c, int series)
{
    const plm_cli_series *s = &c->chart->series[series];
    bool joined = false;
    int from[2] = {0}, to[2] = {0};
    for (int i = 0; i < s->count; i++) {
        bool shown = plm_cli_chart_shows(c->chart, s->x[i], s->y[i]);
        if (shown) {
            place(c, s->x[i], s->y[i], &to[0], &to[1]);
            stroke(c, series, joined ? from : to, to);
            memcpy(from, to, sizeof from);
        }
        joined = shown;
    }
}

/* A single point: its letter over whatever is in the cell. */
static void draw_mark(canvas *c, int series)
{
    const plm_cli_series *s = &c->chart->series[series];
    int at[2];
    if (!plm_cli_chart_shows(c->chart, s->x[0], s->y[0]))
        return;
    place(c, s->x[0], s->y[0], &at[0], &at[1]);
    size_t cell =
        (size_t)(c->dots ? at[1] / 4 * c->columns + at[0] / 2 : at[1] * c->columns + at[0]);
    c->letter[cell] = letter_of(c->chart, series);
    c->owner[cell] = (signed char)series;
}

/* The turn-th of the lines in a set, from 0 and round again. */
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

/* Where lines lie on one another they take turns from cell to cell, so that none is hidden. */
static void take_turns(canvas *c)
{
    int run = 0;
    for (size_t cell = 0; cell < (size_t)c->columns * (size_t)c->rows; cell++) {
        const int column = (int)(cell % (size_t)c->columns);
        const unsigned lines = c->lines[cell];
        const bool shared = (lines & (lines - 1)) != 0;
        run = !shared ? 0 : column ? run + 1 : 1;
        c->together = c->together || run > CROSSING;
        if (!shared)
            continue;
        c->owner[cell] = (signed char)line_of_turn(lines, column);
        if (!c->dots)
            c->letter[cell] = letter_of(c->chart, c->owner[cell]);
    }
}

static void put_cell(const canvas *c, size_t cell)
{
    int owner = c->owner[cell];
    if (owner < 0) {
        fputc(' ', c->f);
        return;
    }
    fputs(plm_cli_paint_begin(c->screen, colour_of(owner)), c->f);
    if (c->letter[cell])
        fputc(c->letter[cell], c->f);
    else /* U+2800 + bits in UTF-8 */
        fprintf(c->f, "\xe2%c%c", (char)(0xa0 | c->bits[cell] >> 6),
                (char)(0x80 | (c->bits[cell] & 0x3f)));
    fputs(plm_cli_paint_begin(c->screen, PLM_PLAIN), c->f);
}

/* The tick of y that lies in a row, or -1. */
static int tick_of_row(const canvas *c, int row)
{
    for (int i = 0; i < c->y.ticks; i++)
        if ((int)lround((1 - plm_cli_axis_at(&c->y, c->y.tick[i])) * (c->rows - 1)) == row)
            return i;
    return -1;
}

static void put_row(const canvas *c, int row)
{
    int tick = tick_of_row(c, row), last = c->columns;
    const char *line = c->utf8 ? (tick >= 0 ? "\u2524" : "\u2502") : tick >= 0 ? "+" : "|";
    fprintf(c->f, "%*s %s", c->margin, tick >= 0 ? c->y.label[tick] : "", line);
    size_t first = (size_t)row * (size_t)c->columns;
    while (last > 0 && c->owner[first + (size_t)last - 1] < 0)
        last--;
    for (int i = 0; i < last; i++)
        put_cell(c, first + (size_t)i);
    fputc('\n', c->f);
}

static int tick_column(const canvas *c, int tick)
{
    return (int)lround(plm_cli_axis_at(&c->x, c->x.tick[tick]) * (c->columns - 1));
}

/* The line below the plot and its numbers; a number that would touch the one before is left out. */
static void put_x_axis(const canvas *c)
{
    char *line = plm_cli_take((size_t)c->columns + 1),
         *numbers = plm_cli_take((size_t)c->columns + 32);
    memset(line, '-', (size_t)c->columns);
    memset(numbers, ' ', (size_t)c->columns + 31);
    int room = c->columns, free_from = -c->margin;
    for (int i = 0; i < c->x.ticks; i++) {
        int at = tick_column(c, i), length = (int)strlen(c->x.label[i]), from = at - length / 2;
        from = from + length > room ? room - length : from < 0 ? 0 : from;
        if (from < free_from)
            continue;
        line[at] = '+';
        memcpy(numbers + from, c->x.label[i], (size_t)length);
        free_from = from + length + 2;
    }
    numbers[room] = 0;
    fprintf(c->f, "%*s %s", c->margin, "", c->utf8 ? "\u2514" : "+");
    for (const char *at = line; *at; at++)
        fputs(!c->utf8 ? (char[]){*at, 0} : *at == '+' ? "\u252c" : "\u2500", c->f);
    while (room && numbers[room - 1] == ' ')
        numbers[--room] = 0;
    fprintf(c->f, "\n%*s  %s\n", c->margin, "", numbers);
    free(line);
    free(numbers);
}

static void put_centred(const canvas *c, const char *text)
{
    int length = (int)strlen(text), before = c->margin + 2 + (c->columns - length) / 2;
    fprintf(c->f, "%*s%.*s\n", before > 0 ? before : 0, "", c->margin + 2 + c->columns, text);
}

static void put_legend(const canvas *c)
{
    int column = 0, width = c->margin + 2 + c->columns;
    for (int s = 0; s < c->chart->count; s++) {
        const char *name = c->chart->series[s].name;
        if (!name || (c->chart->count == 1 && !c->chart->series[s].mark))
            continue;
        int length = (int)strlen(name) + 3;
        if (column && column + length > width) {
            fputc('\n', c->f);
            column = 0;
        }
        bool dotted = c->dots && c->chart->series[s].count > 1;
        fprintf(c->f, "%s%s%s%s %s", column ? "  " : "  ",
                plm_cli_paint_begin(c->screen, colour_of(s)),
                dotted ? "\u2812" : (char[]){letter_of(c->chart, s), 0},
                plm_cli_paint_begin(c->screen, PLM_PLAIN), name);
        column += length + 2;
    }
    if (column)
        fputc('\n', c->f);
}

/* A word on what take_turns has done. */
static void put_note(const canvas *c)
{
    if (c->together)
        fprintf(c->f, "  Lines on one another take turns, one %s each.\n",
                c->dots ? "colour" : "letter");
}

static void put_all(const canvas *c)
{
    const plm_cli_chart *chart = c->chart;
    if (chart->title)
        put_centred(c, chart->title);
    if (chart->y_label)
        fprintf(c->f, "%s\n", chart->y_label);
    for (int row = 0; row < c->rows; row++)
        put_row(c, row);
    put_x_axis(c);
    if (chart->x_label)
        put_centred(c, chart->x_label);
    put_legend(c);
    put_note(c);
}

/* How the plot is divided among labels and cells. */
static bool lay_out(canvas *c, int width, int height)
{
    const plm_cli_chart *chart = c->chart;
    int lines = 0;
    c->rows =
        height - 3 - (chart->title != NULL) - (chart->y_label != NULL) - (chart->x_label != NULL);
    c->rows = c->rows < LEAST_ROWS ? LEAST_ROWS : c->rows;
    if (!plm_cli_chart_axes(chart, width / 10, c->rows / 3 + 1, &c->x, &c->y))
        return false;
    for (int i = 0; i < c->y.ticks; i++)
        if ((int)strlen(c->y.label[i]) > c->margin)
            c->margin = (int)strlen(c->y.label[i]);
    c->columns = width - c->margin - 2;
    c->columns = c->columns < LEAST_COLUMNS ? LEAST_COLUMNS : c->columns;
    for (int s = 0; s < chart->count; s++)
        lines += chart->series[s].count > 1;
    c->dots = c->utf8 && (lines <= 1 || c->screen.colour);
    return true;
}

bool plm_cli_chart_terminal(FILE *out, const plm_cli_chart *chart, int width, int height, bool utf8)
{
    canvas c = {.f = out, .chart = chart, .utf8 = utf8, .screen = plm_cli_screen_of(out)};
    if (!lay_out(&c, width, height))
        return false;
    size_t cells = (size_t)c.columns * (size_t)c.rows;
    c.bits = plm_cli_take(cells);
    c.letter = plm_cli_take(cells);
    c.owner = plm_cli_take(cells);
    c.lines = plm_cli_take(cells * sizeof *c.lines);
    memset(c.owner, -1, cells);
    for (int s = 0; s < chart->count; s++)
        if (chart->series[s].count > 1)
            draw_line(&c, s);
    take_turns(&c);
    for (int s = 0; s < chart->count; s++)
        if (chart->series[s].count == 1)
            draw_mark(&c, s);
    put_all(&c);
    free(c.bits);
    free(c.letter);
    free(c.owner);
    free(c.lines);
    return true;
}
