/* A canvas that writes SVG 1.1 directly to the file. The root element sets the size of plain texts,
 * so most texts need no style. */
#include <math.h>
#include <stdlib.h>

#include "draw/canvas.h"

enum { PLAIN_SIZE = 12 };

/* A picture that is being written. */
typedef struct {
    FILE *f;
    const plm_theme *theme; /* light or dark; names of colours in a page */
} drawing;

/* Writes a text with <, > and & escaped. Control characters become blanks. */
static void escaped(FILE *f, const char *text)
{
    for (const char *c = text; *c; c++) {
        const char *entity = *c == '<' ? "&lt;" : *c == '>' ? "&gt;" : *c == '&' ? "&amp;" : NULL;
        if (entity)
            fputs(entity, f);
        else
            fputc((unsigned char)*c < 0x20 ? ' ' : *c, f);
    }
}

/* Writes a line as a path: M begins a part, L continues it. */
static void line(void *to, plm_pen pen, int count, const double *at)
{
    FILE *f = ((drawing *)to)->f;
    bool joined = false;
    fprintf(f, "<path fill=\"none\" stroke=\"%s\" stroke-width=\"%.1f\" stroke-linejoin=\"round\"",
            pen.colour, pen.width);
    if (pen.dash > 0)
        fprintf(f, " stroke-dasharray=\"%.0f %.0f\"", pen.dash, pen.period - pen.dash);
    fputs(" d=\"", f);
    for (int i = 0; i < count; i++) {
        bool shown = !isnan(at[2 * i]);
        if (shown)
            fprintf(f, "%c%.1f %.1f", joined ? 'L' : 'M', at[2 * i], at[2 * i + 1]);
        joined = shown;
    }
    fputs("\"/>\n", f);
}

/* Fills a box. Coordinates have one decimal: a tenth of a point is finer than a screen shows. */
static void box(void *to, double x, double y, double width, double height, const char *colour)
{
    fprintf(((drawing *)to)->f,
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n", x, y,
            width, height, colour);
}

/* Draws a disc. The rim separates dots that overlap. */
static void dot(void *to, double x, double y, double radius, const char *colour, bool rim)
{
    const drawing *d = to;
    fprintf(d->f, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"%s\"", x, y, radius, colour);
    if (rim)
        fprintf(d->f, " stroke=\"%s\"", d->theme->ground);
    fputs("/>\n", d->f);
}

/* Writes a text. Its size is written only if it differs from the size of plain texts. */
static void text(void *to, double x, double y, plm_lettering how, const char *words)
{
    FILE *f = ((drawing *)to)->f;
    fprintf(f, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\"", x, y,
            how.anchor == 'm'   ? "middle"
            : how.anchor == 'e' ? "end"
                                : "start");
    if (how.size < PLAIN_SIZE || how.size > PLAIN_SIZE)
        fprintf(f, " font-size=\"%.0f\"", how.size);
    if (how.bold)
        fputs(" font-weight=\"bold\"", f);
    if (how.colour)
        fprintf(f, " fill=\"%s\"", how.colour);
    if (how.upward)
        fprintf(f, " transform=\"rotate(-90 %.1f %.1f)\"", x, y);
    fputc('>', f);
    escaped(f, words);
    fputs("</text>\n", f);
}

/* Ends the picture and frees the canvas. The file itself stays open, as it belongs to the
 * caller. */
static plm_draw_status finish(void *to)
{
    drawing *d = to;
    FILE *f = d->f;
    fputs("</svg>\n", f);
    free(d);
    return ferror(f) ? PLM_DRAW_WRITE : PLM_DRAW_OK;
}

/* Makes an empty canvas of width x height points that is written to f as SVG. The ground is a box
 * of the whole size, since SVG has no background. */
plm_draw_status plm_canvas_svg(plm_canvas *c, FILE *f, const plm_theme *theme, int width,
                               int height)
{
    drawing *d = malloc(sizeof *d);
    if (!d)
        return PLM_DRAW_MEMORY;
    *d = (drawing){f, theme};
    *c = (plm_canvas){.to = d,
                      .theme = theme,
                      .line = line,
                      .box = box,
                      .dot = dot,
                      .text = text,
                      .close = finish};
    fputs("<svg xmlns=\"http://www.w3.org/2000/svg\"", f);
    if (!theme->of_page)
        fprintf(f, " width=\"%d\" height=\"%d\"", width, height);
    fprintf(f,
            " viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"%d\" fill=\"%s\">\n"
            "<rect width=\"%d\" height=\"%d\" fill=\"%s\"/>\n",
            width, height, PLAIN_SIZE, theme->ink, width, height, theme->ground);
    return PLM_DRAW_OK;
}
