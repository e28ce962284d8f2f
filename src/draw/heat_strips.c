/* Draws heat maps side by side in a terminal, with one text line per row and one character per
 * column, so that the development of a net over time fits a small terminal. With colour, a cell is
 * a background of the 256 colours. Without colour, it is a character: the larger the value, the
 * denser the character. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "draw/heat.h"

enum {
    MIN_NAME = 8,  /* characters of the longest name of a row */
    MIN_PANEL = 6, /* min width of a map; if there is less space, fewer maps are drawn */
    GAP = 2,       /* blanks between two maps */
    LEVELS = 11    /* colours from lowest to highest */
};

static const char signs[LEVELS + 1] = " .:-~=+*%#@";

/* Maps that are being drawn. */
typedef struct {
    FILE *f;
    const plm_heat *map; /* [maps] */
    const plm_draw_screen *screen;
    int maps;        /* how many fit */
    int name, panel; /* widths in columns */
    int columns;     /* columns of a map that are shown */
    int rows;        /* rows that are shown */
    bool beside;     /* the legends fit below their panels */
    int legends;     /* number of lines of the legends; a legend that is too long is left out */
} painter;

/* Returns the index of the column or row that is drawn at position i, if `shown` of `all` are
 * drawn. They have equal distances and include the first and the last. */
static int pick(int i, int shown, int all)
{
    return shown > 1 ? (int)((long)i * (all - 1) / (shown - 1)) : all - 1;
}

/* Returns the width of a map's legend: the texts for both ends and the characters between them. */
static int legend_width(const plm_heat *h)
{
    return (int)(strlen(h->end[0]) + strlen(h->end[1])) + LEVELS + 2;
}

/* True if a map has a marked cell. */
static bool is_marked(const plm_heat *h)
{
    for (int i = 0; i < h->rows * h->columns; i++)
        if (h->cell[i].marked)
            return true;
    return false;
}

/* Returns the text that explains the cells marked by "!"; NULL = no map has such cells. */
static const char *marks_of(const painter *p)
{
    for (int i = 0; i < p->maps; i++)
        if (p->map[i].marks && is_marked(&p->map[i]))
            return p->map[i].marks;
    return NULL;
}

/* True if a map's legend fits a line. */
static bool has_line(const painter *p, const plm_heat *h)
{
    return p->name + GAP + legend_width(h) <= p->screen->width;
}

/* Finds where the legends go. */
static void find_legends(painter *p)
{
    p->beside = true;
    for (int i = 0; i < p->maps; i++) {
        p->beside = p->beside && legend_width(&p->map[i]) <= p->panel;
        p->legends += has_line(p, &p->map[i]);
    }
    p->legends = p->beside ? 1 : p->legends;
}

/* Finds the widths, and how many maps, rows and columns fit. */
static void lay_out(painter *p, int maps)
{
    const plm_heat *h = p->map;
    const int width = p->screen->width, fifth = width / 5 > MIN_NAME ? width / 5 : MIN_NAME;
    p->name = MIN_NAME;
    for (int i = 0; i < h->rows; i++)
        if ((int)strlen(h->row[i]) > p->name)
            p->name = (int)strlen(h->row[i]);
    p->name = p->name > fifth ? fifth : p->name;
    p->maps = maps;
    while (p->maps > 1 && (width - p->name) / p->maps - GAP < MIN_PANEL)
        p->maps--;
    p->panel = (width - p->name) / p->maps - GAP;
    p->panel = p->panel < 1 ? 1 : p->panel;
    p->columns = h->columns < p->panel ? h->columns : p->panel;
    find_legends(p);
    const int others = 2 + p->legends + (marks_of(p) ? 1 : 0);
    p->rows = h->rows < p->screen->height - others ? h->rows : p->screen->height - others;
    p->rows = p->rows < 1 ? 1 : p->rows;
}

/* Prints one character of a map. Without colour it shows `level`, from 0 to 1; with colour its
 * background shows `value`, from -1 to 1. */
static void put_sign(const painter *p, double level, double value)
{
    static const int below[] = {255, 153, 110, 67, 26, 19},
                     above[] = {255, 223, 216, 208, 166, 130};
    const int step = (int)lround(fmin(fabs(value), 1) * 5);
    if (p->screen->colour)
        fprintf(p->f, "\033[48;5;%dm \033[0m", (value < 0 ? below : above)[step]);
    else
        fputc(signs[lround(fmax(0, fmin(level, 1)) * (LEVELS - 1))], p->f);
}

/* Prints a cell: a character, or "!" if the cell is marked. */
static void put_cell(const painter *p, const plm_heat *h, const plm_heat_cell *c)
{
    if (c->marked)
        fputs(p->screen->colour ? "\033[1;31m!\033[0m" : "!", p->f);
    else if (isnan(c->value))
        fputc(' ', p->f);
    else
        put_sign(p, (c->value - h->low) / (h->limit - h->low), c->value / h->limit);
}

/* Prints a row of all maps. */
static void put_row(const painter *p, int row)
{
    fprintf(p->f, "%-*.*s", p->name, p->name, p->map->row[row]);
    for (int i = 0; i < p->maps; i++) {
        const plm_heat *h = &p->map[i];
        fprintf(p->f, "%*s", GAP, "");
        for (int k = 0; k < p->columns; k++)
            put_cell(p, h, &h->cell[row * h->columns + pick(k, p->columns, h->columns)]);
        fprintf(p->f, "%*s", i + 1 < p->maps ? p->panel - p->columns : 0, "");
    }
    fputc('\n', p->f);
}

/* Prints the titles. If not all rows are drawn, prints first how many are. */
static void put_titles(const painter *p)
{
    char shown[32] = "";
    if (p->rows < p->map->rows)
        snprintf(shown, sizeof shown, "%d of %d", p->rows, p->map->rows);
    fprintf(p->f, "%-*.*s", p->name, p->name, shown);
    for (int i = 0; i < p->maps; i++)
        fprintf(p->f, "%*s%-*.*s", GAP, "", i + 1 < p->maps ? p->panel : 0, p->panel,
                p->map[i].title);
    fputc('\n', p->f);
}

/* Prints the names of the first and the last column below each map. */
static void put_axis(const painter *p)
{
    const plm_heat *h = p->map;
    const char *first = h->column[pick(0, p->columns, h->columns)],
               *last = p->columns > 1 ? h->column[h->columns - 1] : "";
    const int least = (int)(strlen(first) + strlen(last)) + 1,
              width = p->columns > least ? p->columns : least;
    fprintf(p->f, "%-*s", p->name, "step");
    for (int i = 0; i < p->maps && width <= p->panel; i++)
        fprintf(p->f, "%*s%s%*s%*s", GAP, "", first, width - (int)strlen(first), last,
                i + 1 < p->maps ? p->panel - width : 0, "");
    fputc('\n', p->f);
}

/* Prints the legend of a map: the texts for both ends, with all characters between them. */
static void put_legend(const painter *p, const plm_heat *h)
{
    fprintf(p->f, "%s ", h->end[0]);
    for (int i = 0; i < LEVELS; i++) {
        const double level = (double)i / (LEVELS - 1);
        put_sign(p, level, (h->low + level * (h->limit - h->low)) / h->limit);
    }
    fprintf(p->f, " %s", h->end[1]);
}

/* Prints the legends below their panels. */
static void put_legends_beside(const painter *p)
{
    fprintf(p->f, "%*s", p->name, "");
    for (int i = 0; i < p->maps; i++) {
        fprintf(p->f, "%*s", GAP, "");
        put_legend(p, &p->map[i]);
        fprintf(p->f, "%*s", i + 1 < p->maps ? p->panel - legend_width(&p->map[i]) : 0, "");
    }
    fputc('\n', p->f);
}

/* Prints all legends, and the text that explains marked cells. */
static void put_legends(const painter *p)
{
    if (p->beside)
        put_legends_beside(p);
    for (int i = 0; i < p->maps && !p->beside; i++) {
        if (!has_line(p, &p->map[i]))
            continue;
        fprintf(p->f, "%-*.*s%*s", p->name, p->name, p->map[i].title, GAP, "");
        put_legend(p, &p->map[i]);
        fputc('\n', p->f);
    }
    if (marks_of(p))
        fprintf(p->f, "%.*s\n", p->screen->width, marks_of(p));
}

/* Draws the maps, which all have the same rows and columns. If there are too many for the screen,
 * only some are drawn, at equal distances. */
plm_draw_status plm_heat_strips(FILE *out, const plm_heat *map, int maps,
                                const plm_draw_screen *screen)
{
    painter p = {.f = out, .map = map, .screen = screen};
    if (maps < 1 || map->rows < 1 || map->columns < 1)
        return PLM_DRAW_EMPTY;
    lay_out(&p, maps);
    put_titles(&p);
    for (int i = 0; i < p.rows; i++)
        put_row(&p, pick(i, p.rows, map->rows));
    put_axis(&p);
    put_legends(&p);
    return ferror(out) ? PLM_DRAW_WRITE : PLM_DRAW_OK;
}
