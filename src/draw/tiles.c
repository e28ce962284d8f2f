/* Draws greyscale pictures side by side. They show rows of data without changes, so that a user
 * sees at once whether pictures are turned, inverted or shifted. */
#include "draw/tiles.h"

#include <math.h>
#include <string.h>

#include "draw/canvas.h"

/* SHADES: number of greys, in pictures and in the terminal. GAP: columns between pictures in a
 * terminal. In points: SIZE: longer side of a picture. EDGE: margin around it. LABEL, TITLE:
 * heights of a label and of the title. IN_A_ROW: max number of pictures side by side. */
enum { SHADES = 24, GAP = 2, SIZE = 84, EDGE = 20, LABEL = 18, TITLE = 34, IN_A_ROW = 10 };

/* Returns the grey of a pixel, 0 to SHADES - 1. Pixels below the last row of the picture are 0. */
static int shade_at(const plm_tiles *t, int tile, int row, int column)
{
    if (row >= t->high)
        return 0;
    const double value = t->value[((long)tile * t->high + row) * t->wide + column];
    return (int)lround(fmax(0, fmin(1, value)) * (SHADES - 1));
}

/* Prints two rows of pixels of a picture as one line of text. */
static void put_line(FILE *out, const plm_tiles *t, int tile, int row,
                     const plm_draw_screen *screen)
{
    static const char ramp[] = " .:-=+*#%@";
    for (int x = 0; x < t->wide; x++) {
        const int upper = shade_at(t, tile, row, x), lower = shade_at(t, tile, row + 1, x);
        if (screen->colour && screen->utf8)
            fprintf(out, "\033[38;5;%d;48;5;%dm\u2580", 232 + upper, 232 + lower);
        else
            fputc(ramp[(upper + lower) * 9 / (2 * (SHADES - 1))], out);
    }
    if (screen->colour && screen->utf8)
        fputs("\033[0m", out);
}

/* Prints the pictures from `first` to `last` side by side, with their labels above. */
static void put_row(FILE *out, const plm_tiles *t, int first, int last,
                    const plm_draw_screen *screen)
{
    for (int i = first; i < last; i++)
        if (i + 1 < last)
            fprintf(out, "%-*.*s%*s", t->wide, t->wide, t->label[i], GAP, "");
        else
            fprintf(out, "%.*s\n", t->wide, t->label[i]);
    for (int row = 0; row < t->high; row += 2)
        for (int i = first; i < last; i++) {
            put_line(out, t, i, row, screen);
            fprintf(out, "%*s", i + 1 < last ? GAP : 1, i + 1 < last ? "" : "\n");
        }
}

/* Draws the tiles in a terminal. Pictures that do not fit on a line are printed below the others.
 * */
plm_draw_status plm_tiles_terminal(FILE *out, const plm_tiles *t, const plm_draw_screen *screen)
{
    const int fit = (screen->width + GAP) / (t->wide + GAP), step = fit < 1 ? 1 : fit;
    if (t->count < 1)
        return PLM_DRAW_EMPTY;
    if (t->title)
        plm_draw_words(out, t->title, screen->width);
    for (int first = 0; first < t->count; first += step)
        put_row(out, t, first, first + step < t->count ? first + step : t->count, screen);
    return ferror(out) ? PLM_DRAW_WRITE : PLM_DRAW_OK;
}

/* Writes a grey into out[16]. In a light picture a value of 0 is white, in a `dark` one black. If
 * the picture follows its viewer, the grey for a light background comes first, then the one for a
 * dark background. */
static void grey_of(const plm_canvas *c, int shade, bool dark, char out[16])
{
    const int deep = shade * 255 / (SHADES - 1), pale = (SHADES - 1 - shade) * 255 / (SHADES - 1),
              grey = dark ? deep : pale;
    const int used = snprintf(out, 8, "#%02x%02x%02x", (unsigned)grey & 255, (unsigned)grey & 255,
                              (unsigned)grey & 255);
    if (c->theme->follows)
        snprintf(out + used, 8, "#%02x%02x%02x", (unsigned)deep & 255, (unsigned)deep & 255,
                 (unsigned)deep & 255);
}

/* Draws one picture at x, y. Neighbouring pixels of a row that have the same grey are drawn as one
 * box. */
static void put_tile(const plm_canvas *c, const plm_tiles *t, int tile, double x, double y,
                     bool dark)
{
    const double point = (double)SIZE / (t->high > t->wide ? t->high : t->wide);
    char colour[16];
    for (int row = 0; row < t->high; row++)
        for (int column = 0, end; column < t->wide; column = end) {
            const int shade = shade_at(t, tile, row, column);
            end = column + 1;
            while (end < t->wide && shade_at(t, tile, row, end) == shade)
                end++;
            grey_of(c, shade, dark, colour);
            c->box(c->to, x + column * point, y + row * point, (end - column) * point + 0.2,
                   point + 0.2, colour);
        }
    c->text(c->to, x + SIZE / 2.0, y + SIZE + 14, (plm_lettering){.size = 12, .anchor = 'm'},
            t->label[tile]);
}

/* Draws the tiles into one picture, at most ten in a row. The whole is at least 360 points wide, so
 * that its title fits. */
plm_draw_status plm_tiles_picture(FILE *out, const plm_tiles *t, plm_picture_style style)
{
    plm_canvas c;
    const int columns = t->count < IN_A_ROW ? t->count : IN_A_ROW,
              up = EDGE + (t->title ? TITLE : 0);
    if (t->count < 1)
        return PLM_DRAW_EMPTY;
    const int rows = (t->count + columns - 1) / columns, across = SIZE + EDGE,
              down = SIZE + LABEL + EDGE, width = EDGE + columns * across;
    const plm_draw_status status =
        plm_canvas_open(&c, out, style, width < 360 ? 360 : width, up + rows * down);
    if (status)
        return status;
    if (t->title)
        c.text(c.to, (width < 360 ? 360 : width) / 2.0, 30,
               (plm_lettering){.size = 16, .bold = true, .anchor = 'm'}, t->title);
    for (int i = 0; i < t->count; i++)
        put_tile(&c, t, i, EDGE + i % columns * across, up + i / columns * down, style.dark);
    return c.close(c.to);
}
