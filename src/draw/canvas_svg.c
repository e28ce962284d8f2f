/* A canvas that writes SVG 1.1 directly to the file. The root element sets the font size of plain
 * texts, so most texts need no style of their own. The colours of a picture that follows its viewer
 * are written twice: those for a light background as attributes, which every viewer understands,
 * and those for a dark background as variables --f (fill) and --s (stroke) of the element. A rule
 * of the style sheet uses the variables if the viewer prefers dark colours. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "draw/canvas.h"

/* PLAIN_SIZE: font size of plain texts in points. SINGLE: length of "#rrggbb"; a dark colour may
 * follow it. */
enum { PLAIN_SIZE = 12, SINGLE = 7 };

/* A picture that is being written. */
typedef struct {
    FILE *f;
    const plm_theme *theme; /* the colours: light or dark, or names of colours that an HTML page
                             * defines */
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

/* Returns the colour for a dark background, which follows that for a light background in the text
 * of a colour; NULL = there is none. */
static const char *dark_of(const char *colour)
{
    return colour && colour[0] == '#' && strlen(colour) > SINGLE ? colour + SINGLE : NULL;
}

/* Writes a colour as an attribute. Of a colour for light and dark backgrounds, this is the one for
 * light ones. */
static void put_colour(FILE *f, const char *attribute, const char *colour)
{
    if (colour)
        fprintf(f, " %s=\"%.*s\"", attribute, dark_of(colour) ? SINGLE : (int)strlen(colour),
                colour);
}

/* Writes the colours of an element as attributes, and the dark ones as variables. fill, stroke:
 * NULL = none. */
static void put_colours(FILE *f, const char *fill, const char *stroke)
{
    const char *dark_fill = dark_of(fill), *dark_stroke = dark_of(stroke);
    put_colour(f, "fill", fill);
    put_colour(f, "stroke", stroke);
    if (dark_fill || dark_stroke)
        fprintf(f, " style=\"%s%s%s%s%s\"", dark_fill ? "--f:" : "", dark_fill ? dark_fill : "",
                dark_fill && dark_stroke ? ";" : "", dark_stroke ? "--s:" : "",
                dark_stroke ? dark_stroke : "");
}

/* Writes a line as an SVG path: M begins a part, L continues it. */
static void line(void *to, plm_pen pen, int count, const double *at)
{
    FILE *f = ((drawing *)to)->f;
    bool joined = false;
    fputs("<path", f);
    put_colours(f, "none", pen.colour);
    fprintf(f, " stroke-width=\"%.1f\" stroke-linejoin=\"round\"", pen.width);
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

/* Fills a box. Coordinates have one decimal: a tenth of a point is less than a pixel. */
static void box(void *to, double x, double y, double width, double height, const char *colour)
{
    FILE *f = ((drawing *)to)->f;
    fprintf(f, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"", x, y, width, height);
    put_colours(f, colour, NULL);
    fputs("/>\n", f);
}

/* Draws a disc; a rim in the background colour separates discs that overlap. */
static void dot(void *to, double x, double y, double radius, const char *colour, bool rim)
{
    const drawing *d = to;
    fprintf(d->f, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"", x, y, radius);
    put_colours(d->f, colour, rim ? d->theme->ground : NULL);
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
    put_colours(f, how.colour, NULL);
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

/* Makes an empty canvas of width x height points that is written to f as SVG. The background is a
 * box of the whole size, since SVG has no background colour. */
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
    fprintf(f, " viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"%d\"", width, height,
            PLAIN_SIZE);
    put_colours(f, theme->ink, NULL);
    fputs(">\n", f);
    if (theme->follows)
        fputs("<style>@media screen and (prefers-color-scheme:dark){[style*=\"--f\"]{fill:var(--f)}"
              "[style*=\"--s\"]{stroke:var(--s)}}</style>\n",
              f);
    fprintf(f, "<rect width=\"%d\" height=\"%d\"", width, height);
    put_colours(f, theme->ground, NULL);
    fputs("/>\n", f);
    return PLM_DRAW_OK;
}
