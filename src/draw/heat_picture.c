/* Draws a heat map as a picture. The colours go from blue through a neutral grey to orange, which
 * colour-blind people can tell apart (after Brewer's PuOr, with blue instead of purple). A cell has
 * the colour of its value, two lines of text and, if it is marked, a frame. The texts are needed
 * because exact values cannot be read from colours. They are white or black, depending on the
 * colour of the cell. A map over time has small cells without texts, and as many column names as
 * fit. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "draw/canvas.h"
#include "draw/heat.h"

/* Sizes in points. */
enum {
    CELL_WIDTH = 92,
    CELL_HEIGHT = 44,
    SMALL_WIDTH = 14,
    SMALL_HEIGHT = 18,
    LETTER = 7, /* guessed width of a letter */
    TOP = 78,
    UNTITLED_TOP = 30,
    PAGE_COLOURS = 11, /* --h0 to --h10 of a page */
    EDGE = 20,
    SCALE_WIDTH = 220, /* the bar that explains the colours */
    SCALE_HEIGHT = 14,
    BOTTOM = 66,
    SCALE_STEPS = 44
};

/* A map that is being drawn. */
typedef struct {
    plm_canvas canvas;
    const plm_heat *map;
    bool dark, page; /* dark: colours of the dark theme. page: colours by names that the HTML page
                      * defines */
    bool both;     /* true = an SVG that follows its viewer: light colours, each with a dark one */
    int left, top; /* x and y of the first cell */
    int cell_width, cell_height;
    int width, height;
} painter;

/* Writes the colour at a position of a palette into out[8]: a mix of the two nearest colours.
 * Positions go from 0, the first colour, to 4. */
static void mix(const int (*palette)[3], double at, char out[8])
{
    const int below = at >= 4 ? 3 : (int)at;
    int rgb[3];
    for (int i = 0; i < 3; i++)
        rgb[i] = (int)lround(palette[below][i] +
                             (at - below) * (palette[below + 1][i] - palette[below][i]));
    snprintf(out, 8, "#%02x%02x%02x", (unsigned)rgb[0] & 255, (unsigned)rgb[1] & 255,
             (unsigned)rgb[2] & 255);
}

/* Writes the colour of a value into out[16]: a colour of the palettes, or the name of a colour that
 * the HTML page defines. */
static void colour_of(const painter *p, double value, char out[16])
{
    static const int light[5][3] = {{0x1f, 0x5f, 0xa8},
                                    {0x8f, 0xbd, 0xdf},
                                    {0xf3, 0xf3, 0xef},
                                    {0xf6, 0xbd, 0x7c},
                                    {0xb8, 0x5a, 0x06}};
    static const int dark[5][3] = {{0x2b, 0x7f, 0xd6},
                                   {0x27, 0x4d, 0x73},
                                   {0x2c, 0x2f, 0x36},
                                   {0x80, 0x52, 0x23},
                                   {0xe8, 0x83, 0x1c}};
    const double at = isnan(value) ? 2 : 2 + 2 * fmax(-1, fmin(1, value / p->map->limit));
    if (p->page) {
        snprintf(out, 16, "var(--h%d)", (int)lround(at / 4 * (PAGE_COLOURS - 1)));
        return;
    }
    mix(p->dark ? dark : light, at, out);
    if (p->both)
        mix(dark, at, out + strlen(out));
}

/* Returns the luminance of a colour "#rrggbb" as WCAG 2 defines it, from 0 to 1. */
static double luminance(const char *colour)
{
    static const double weight[3] = {0.2126, 0.7152, 0.0722};
    const long rgb = strtol(
        (const char[7]){colour[1], colour[2], colour[3], colour[4], colour[5], colour[6], '\0'},
        NULL, 16);
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        const double part = (double)(rgb >> (16 - 8 * i) & 255) / 255;
        sum += weight[i] * (part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4));
    }
    return sum;
}

/* Writes the colour of letters on the colour of a value into out[16]: black or white, whichever has
 * the higher contrast; that is at least 4.58. A page has no texts in its cells: they are black. */
static void letters_on(const painter *p, double value, char out[16])
{
    enum { ONE = 7 }; /* length of "#rrggbb" */
    char ground[16];
    colour_of(p, value, ground);
    out[0] = '\0';
    for (size_t at = 0; at < strlen(ground); at += ONE) {
        const double light = p->page ? 1 : luminance(ground + at);
        const bool white = 1.05 / (light + 0.05) > (light + 0.05) / 0.05;
        memcpy(out + at, white ? "#ffffff" : "#000000", ONE + 1);
    }
}

/* Writes a text; NULL = nothing. */
static void words(const painter *p, double x, double y, plm_lettering how, const char *text)
{
    if (text)
        p->canvas.text(p->canvas.to, x, y, how, text);
}

/* Draws the frame of a marked cell. */
static void put_frame(const painter *p, double x, double y)
{
    const double at[10] = {x + 2,
                           y + 2,
                           x + p->cell_width - 4,
                           y + 2,
                           x + p->cell_width - 4,
                           y + p->cell_height - 4,
                           x + 2,
                           y + p->cell_height - 4,
                           x + 2,
                           y + 2};
    p->canvas.line(p->canvas.to, (plm_pen){.colour = p->canvas.theme->ink, .width = 2.5}, 5, at);
}

/* Draws the box, the texts and the frame of a cell. */
static void put_cell(const painter *p, int row, int column)
{
    const plm_heat_cell *c = &p->map->cell[row * p->map->columns + column];
    const double x = p->left + column * p->cell_width, y = p->top + row * p->cell_height;
    char colour[16];
    colour_of(p, c->value, colour);
    if (p->map->small) {
        if (!isnan(c->value))
            p->canvas.box(p->canvas.to, x, y, p->cell_width - 1, p->cell_height - 1, colour);
        if (c->marked)
            words(p, x + p->cell_width / 2.0, y + 14,
                  (plm_lettering){.size = 14, .bold = true, .anchor = 'm'}, "!");
        return;
    }
    p->canvas.box(p->canvas.to, x, y, p->cell_width - 2, p->cell_height - 2, colour);
    char letters[16];
    letters_on(p, c->value, letters);
    plm_lettering how = {.size = 14, .bold = true, .anchor = 'm', .colour = letters};
    words(p, x + p->cell_width / 2.0 - 1, y + 19, how, c->text[0]);
    how.size = 11;
    how.bold = false;
    words(p, x + p->cell_width / 2.0 - 1, y + 34, how, c->text[1]);
    if (c->marked)
        put_frame(p, x, y);
}

/* Draws the colour bar, with labels at its ends and its middle, and the text that explains frames.
 * The labels of the ends come from h->end if it has them. */
static void put_scale(const painter *p)
{
    const plm_heat *h = p->map;
    const double y = p->top + h->rows * p->cell_height + 16,
                 step = (double)SCALE_WIDTH / SCALE_STEPS;
    const bool timed = h->end[0] != NULL;
    const bool half = timed && h->low >= 0; /* a share: no value is below neutral */
    char colour[16], end[2][24];
    for (int i = 0; i < SCALE_STEPS; i++) {
        const double at = (i + 0.5) * 2 / SCALE_STEPS - 1;
        colour_of(p, (half ? (at + 1) / 2 : at) * h->limit, colour);
        p->canvas.box(p->canvas.to, p->left + i * step, y, step + 0.5, SCALE_HEIGHT, colour);
    }
    snprintf(end[0], sizeof end[0], "%g", -h->limit);
    snprintf(end[1], sizeof end[1], "+%g", h->limit);
    words(p, p->left, y + 28, (plm_lettering){.size = 11, .anchor = 's'},
          timed ? h->end[0] : end[0]);
    words(p, p->left + SCALE_WIDTH / 2.0, y + 28, (plm_lettering){.size = 11, .anchor = 'm'},
          timed ? NULL : "0");
    words(p, p->left + SCALE_WIDTH, y + 28, (plm_lettering){.size = 11, .anchor = 'e'},
          timed ? h->end[1] : end[1]);
    words(p, p->left + SCALE_WIDTH + 16, y + 12, (plm_lettering){.size = 12, .anchor = 's'},
          p->map->scale);
    words(p, p->left + SCALE_WIDTH + 16, y + 28, (plm_lettering){.size = 12, .anchor = 's'},
          p->map->marks);
}

/* Computes the sizes: the longest row name decides where cells begin. */
static void lay_out(painter *p)
{
    size_t longest = 0;
    for (int i = 0; i < p->map->rows; i++)
        if (strlen(p->map->row[i]) > longest)
            longest = strlen(p->map->row[i]);
    if (p->map->corner && strlen(p->map->corner) > longest)
        longest = strlen(p->map->corner);
    p->cell_width = p->map->small ? SMALL_WIDTH : CELL_WIDTH;
    p->cell_height = p->map->small ? SMALL_HEIGHT : CELL_HEIGHT;
    p->top = p->map->title ? TOP : UNTITLED_TOP;
    p->left = EDGE + (int)longest * LETTER + 12;
    p->width = p->left + p->map->columns * p->cell_width + EDGE;
    const int needed = p->left + SCALE_WIDTH + 16 + EDGE +
                       LETTER * (int)(p->map->scale ? strlen(p->map->scale) : 0);
    p->width = p->width < needed ? needed : p->width;
    p->height = p->top + p->map->rows * p->cell_height + BOTTOM;
}

/* Draws the column names, and what they are. If cells are small, a name is left out if it would
 * touch the previous one. */
static void put_columns(const painter *p)
{
    double free = 0; /* x from which on nothing is written yet */
    words(p, p->left - 10, p->top - 10, (plm_lettering){.size = 12, .anchor = 'e'}, p->map->corner);
    for (int j = 0; j < p->map->columns; j++) {
        const double x = p->left + (j + 0.5) * p->cell_width - 1,
                     half = (double)strlen(p->map->column[j]) * LETTER / 2;
        if (p->map->small && x - half < free)
            continue;
        words(p, x, p->top - 10, (plm_lettering){.size = 12, .bold = !p->map->small, .anchor = 'm'},
              p->map->column[j]);
        free = x + half + LETTER;
    }
}

/* Draws texts, cells and the scale. Names of columns are above the cells, names of rows on their
 * left. */
static void put_all(const painter *p)
{
    words(p, p->width / 2.0, 30, (plm_lettering){.size = 16, .bold = true, .anchor = 'm'},
          p->map->title);
    put_columns(p);
    for (int i = 0; i < p->map->rows; i++)
        words(p, p->left - 10, p->top + (i + 0.5) * p->cell_height + 3,
              (plm_lettering){.size = 12, .anchor = 'e'}, p->map->row[i]);
    for (int i = 0; i < p->map->rows; i++)
        for (int j = 0; j < p->map->columns; j++)
            put_cell(p, i, j);
    put_scale(p);
}

/* Draws the map as a picture. The size follows from the map, so the map is laid out before the
 * canvas is made. */
plm_draw_status plm_heat_picture(FILE *out, const plm_heat *h, plm_picture_style style)
{
    painter p = {
        .map = h, .dark = style.dark, .page = style.page, .both = plm_theme_of(style)->follows};
    if (h->rows < 1 || h->columns < 1)
        return PLM_DRAW_EMPTY;
    lay_out(&p);
    const plm_draw_status status = plm_canvas_open(&p.canvas, out, style, p.width, p.height);
    if (status)
        return status;
    put_all(&p);
    return p.canvas.close(p.canvas.to);
}
