/* Draws a heat map in a terminal. With colour, a cell has one of eleven backgrounds of the 256
 * colours. Without colour, only the texts of the cell tell its value. The backgrounds are from the
 * 6 x 6 x 6 colour cube of the 256 colours, which nearly every terminal supports; each has a text
 * colour that is readable on it. */
#include <math.h>
#include <string.h>

#include "draw/heat.h"

enum {
    STEPS = 5,     /* number of colours on each side of the neutral colour */
    MIN_NAME = 10, /* characters of the names of rows */
    MIN_CELL = 8,  /* characters of a cell */
    GAP = 1        /* blanks between two cells */
};

/* A map that is being drawn. */
typedef struct {
    FILE *f;
    const plm_heat *map;
    const plm_draw_screen *screen;
    int name, cell; /* widths, in characters, of the row names and of a cell */
} painter;

/* Returns the larger one of a width and the length of a text. */
static int longer(int width, const char *text)
{
    const int length = text ? (int)strlen(text) : 0;
    return length > width ? length : width;
}

/* Returns how many characters of a name fit on a line of this width. If not all fit, the line ends
 * after a character at which the name may be broken. */
static int break_at(const char *name, int width)
{
    if ((int)strlen(name) <= width)
        return (int)strlen(name);
    for (int i = width; i > 1; i--)
        if (strchr("_(=, ", name[i - 1]))
            return name[i - 1] == '(' ? i - 1 : i;
    return width;
}

/* Returns the rest of a name after its first line; the blanks at which it is broken are skipped. */
static const char *rest_of(const char *name, int width)
{
    name += break_at(name, width);
    return name + strspn(name, " ");
}

/* Returns how many lines a name takes at this width. */
static int lines_of(const char *name, int width)
{
    int lines = 0;
    for (; *name; lines++)
        name = rest_of(name, width);
    return lines;
}

/* Moves a name to its line k, counted from 0, at this width. Returns how many of its characters are
 * on that line. */
static int part_of(const char **name, int width, int k)
{
    for (; k > 0; k--)
        *name = rest_of(*name, width);
    return break_at(*name, width);
}

/* Computes the widths. Row names take at most a fifth of the width, but at least MIN_NAME; longer
 * row names, and long column names, continue on further lines. */
static void lay_out(painter *p)
{
    const plm_heat *h = p->map;
    const int fifth = p->screen->width / 5 > MIN_NAME ? p->screen->width / 5 : MIN_NAME;
    for (int i = 0; i < h->rows; i++)
        p->name = longer(p->name, h->row[i]);
    p->name = p->name > fifth ? fifth : p->name;
    p->cell = MIN_CELL;
    for (int i = 0; i < h->rows * h->columns; i++)
        for (int k = 0; k < 2; k++)
            p->cell = longer(p->cell, h->cell[i].text[k]);
    const int rest = p->screen->width - p->name - GAP;
    p->cell = p->cell > rest ? rest : p->cell;
    p->cell = p->cell < 1 ? 1 : p->cell;
}

/* Prints the escape sequence of a cell: a background, and a text colour that is readable on it. */
static void begin_colour(const painter *p, const plm_heat_cell *c)
{
    static const int below[STEPS + 1] = {255, 153, 110, 67, 26, 19},
                                   above[STEPS + 1] = {255, 223, 216, 208, 166, 130};
    if (!p->screen->colour || isnan(c->value))
        return;
    const int step = (int)lround(fmin(fabs(c->value) / p->map->limit, 1) * STEPS);
    fprintf(p->f, "\033[48;5;%d;38;5;%dm%s", (c->value < 0 ? below : above)[step],
            step >= (c->value < 0 ? 4 : 5) ? 231 : 16, c->marked ? "\033[1m" : "");
}

/* Prints line k of a cell, centred; a cell has texts on its first two lines. */
static void put_cell(const painter *p, const plm_heat_cell *c, int k)
{
    const char *text = k < 2 && c->text[k] ? c->text[k] : "";
    const int length = (int)strlen(text) > p->cell ? p->cell : (int)strlen(text);
    const int before = (p->cell - length) / 2, after = p->cell - length - before;
    const bool frame = c->marked && before > 0 && after > 0 && k == 0;
    begin_colour(p, c);
    fprintf(p->f, "%*s%s%.*s%s%*s", before - frame, "", frame ? "[" : "", length, text,
            frame ? "]" : "", after - frame, "");
    fputs(p->screen->colour ? "\033[0m" : "", p->f);
}

/* True if a cell between two columns has a text on line k. */
static bool has_text(const painter *p, int row, int first, int last, int k)
{
    for (int j = first; j < last; j++)
        if (p->map->cell[row * p->map->columns + j].text[k])
            return true;
    return false;
}

/* Prints one row, with the columns from `first` to `last`, on as many lines as the name and the
 * texts of its cells need. */
static void put_row(const painter *p, int row, int first, int last)
{
    const int named = lines_of(p->map->row[row], p->name),
              texts = has_text(p, row, first, last, 1) ? 2 : 1,
              lines = named > texts ? named : texts;
    for (int k = 0; k < lines; k++) {
        const char *name = p->map->row[row];
        const int shown = part_of(&name, p->name, k);
        fprintf(p->f, "%-*.*s", p->name, shown, name);
        for (int j = first; j < last; j++) {
            fprintf(p->f, "%*s", GAP, "");
            put_cell(p, &p->map->cell[row * p->map->columns + j], k);
        }
        fputc('\n', p->f);
    }
}

/* Prints line k of the column names, each centred above its column; on the first line also what
 * they are. */
static void put_names(const painter *p, int first, int last, int k)
{
    int column = 0;
    if (k == 0 && p->map->corner)
        column = fprintf(p->f, "%.*s", p->name, p->map->corner);
    for (int j = first; j < last; j++) {
        const char *name = p->map->column[j];
        const int length = part_of(&name, p->cell, k),
                  at = p->name + (j - first) * (p->cell + GAP) + GAP + (p->cell - length) / 2;
        if (length == 0)
            continue;
        fprintf(p->f, "%*s%.*s", at - column, "", length, name);
        column = at + length;
    }
    fputc('\n', p->f);
}

/* Prints the columns from `first` to `last` with their names. */
static void put_block(const painter *p, int first, int last)
{
    int lines = 1;
    for (int j = first; j < last; j++) {
        const int own = lines_of(p->map->column[j], p->cell);
        lines = own > lines ? own : lines;
    }
    for (int k = 0; k < lines; k++)
        put_names(p, first, last, k);
    for (int i = 0; i < p->map->rows; i++)
        put_row(p, i, first, last);
}

/* Prints the map in blocks of columns that fit the terminal. fit: number of columns that fit beside
 * the row names. A block has at least one column, even if it is too wide. */
plm_draw_status plm_heat_terminal(FILE *out, const plm_heat *h, const plm_draw_screen *screen)
{
    painter p = {.f = out, .map = h, .screen = screen};
    if (h->rows < 1 || h->columns < 1)
        return PLM_DRAW_EMPTY;
    lay_out(&p);
    const int fit = (screen->width - p.name) / (p.cell + GAP), step = fit < 1 ? 1 : fit;
    if (h->title)
        plm_draw_words(out, h->title, screen->width);
    for (int first = 0; first < h->columns; first += step) {
        const int last = first + step < h->columns ? first + step : h->columns;
        if (first > 0)
            fputc('\n', out);
        put_block(&p, first, last);
    }
    if (h->scale && screen->colour)
        plm_draw_words(out, h->scale, screen->width);
    if (h->marks)
        plm_draw_words(out, h->marks, screen->width);
    return ferror(out) ? PLM_DRAW_WRITE : PLM_DRAW_OK;
}
