/* A canvas that writes PNG, by cairo. cairo is optional: without it plm_canvas_png returns
 * PLM_DRAW_UNSUPPORTED. The surface has two pixels per point in each direction, so that lines and
 * letters are sharp on high-resolution screens. cairo keeps its own status: after it runs out of
 * memory, drawing continues without effect, and the error is returned when the picture is closed.
 * */
#include "draw/canvas.h"
#include "draw/chart.h"

#ifdef PLM_HAVE_CAIRO

#include <cairo.h>
#include <math.h>
#include <stdlib.h>

/* pixels per point */
enum { SCALE = 2 };

/* A picture that is being drawn. */
typedef struct {
    FILE *f;
    cairo_surface_t *surface; /* the pixels */
    cairo_t *pen;             /* draws on the surface */
    const plm_theme *theme;   /* light or dark */
} drawing;

/* Sets the colour for the following drawing calls. colour: "#rrggbb". */
static void colour_of(cairo_t *pen, const char *colour)
{
    unsigned long rgb = strtoul(colour + 1, NULL, 16);
    cairo_set_source_rgb(pen, (double)(rgb >> 16 & 255) / 255, (double)(rgb >> 8 & 255) / 255,
                         (double)(rgb & 255) / 255);
}

/* Draws a line. A NaN interrupts it; the next point begins a new part. */
static void line(void *to, plm_pen pen, int count, const double *at)
{
    drawing *d = to;
    bool joined = false;
    colour_of(d->pen, pen.colour);
    const double dashes[2] = {pen.dash, pen.period - pen.dash};
    cairo_set_line_width(d->pen, pen.width);
    cairo_set_dash(d->pen, dashes, pen.dash > 0 ? 2 : 0, 0);
    cairo_new_path(d->pen);
    for (int i = 0; i < count; i++) {
        bool shown = !isnan(at[2 * i]);
        if (shown)
            (joined ? cairo_line_to : cairo_move_to)(d->pen, at[2 * i], at[2 * i + 1]);
        joined = shown;
    }
    cairo_stroke(d->pen);
}

/* Fills a box. Coordinates are in points; the surface has SCALE pixels per point. */
static void box(void *to, double x, double y, double width, double height, const char *colour)
{
    drawing *d = to;
    cairo_new_path(d->pen);
    cairo_rectangle(d->pen, x, y, width, height);
    colour_of(d->pen, colour);
    cairo_fill(d->pen);
}

/* Fills a disc and draws a line around it: in the background colour if `rim`, so that overlapping
 * discs are distinct, else in the colour of the disc. */
static void dot(void *to, double x, double y, double radius, const char *colour, bool rim)
{
    drawing *d = to;
    cairo_new_path(d->pen);
    cairo_arc(d->pen, x, y, radius, 0, 6.283185307179586);
    colour_of(d->pen, colour);
    cairo_fill_preserve(d->pen);
    colour_of(d->pen, rim ? d->theme->ground : colour);
    cairo_set_line_width(d->pen, 1);
    cairo_stroke(d->pen);
}

/* Returns which part of a text's width, from 0 to 1, is left of its anchor. */
static double part_before(char anchor)
{
    return anchor == 'm' ? 0.5 : anchor == 'e' ? 1 : 0;
}

/* Draws a text. cairo has no anchors, so the text is moved left by a part of its width. */
static void text(void *to, double x, double y, plm_lettering how, const char *words)
{
    drawing *d = to;
    cairo_text_extents_t size;
    cairo_save(d->pen);
    cairo_select_font_face(d->pen, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                           how.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(d->pen, how.size);
    cairo_text_extents(d->pen, words, &size);
    cairo_translate(d->pen, x, y);
    if (how.upward)
        cairo_rotate(d->pen, -1.5707963267948966);
    cairo_move_to(d->pen, -size.x_advance * part_before(how.anchor), 0);
    colour_of(d->pen, how.colour ? how.colour : d->theme->ink);
    cairo_show_text(d->pen, words);
    cairo_restore(d->pen);
}

/* Writes bytes of the PNG for cairo. to: the FILE. */
static cairo_status_t write_part(void *to, const unsigned char *bytes, unsigned int count)
{
    return fwrite(bytes, 1, count, (FILE *)to) == count ? CAIRO_STATUS_SUCCESS
                                                        : CAIRO_STATUS_WRITE_ERROR;
}

/* Writes the PNG and frees the drawing, also after an error. */
static plm_draw_status finish(void *to)
{
    drawing *d = to;
    cairo_status_t status = cairo_status(d->pen);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_write_to_png_stream(d->surface, write_part, d->f);
    cairo_destroy(d->pen);
    cairo_surface_destroy(d->surface);
    free(d);
    return status == CAIRO_STATUS_SUCCESS       ? PLM_DRAW_OK
           : status == CAIRO_STATUS_WRITE_ERROR ? PLM_DRAW_WRITE
                                                : PLM_DRAW_MEMORY;
}

/* Opens a canvas of width x height points that writes PNG to f. The picture is kept in memory and
 * encoded when it is closed. */
plm_draw_status plm_canvas_png(plm_canvas *c, FILE *f, const plm_theme *theme, int width,
                               int height)
{
    drawing *d = malloc(sizeof *d);
    if (!d)
        return PLM_DRAW_MEMORY;
    d->f = f;
    d->theme = theme;
    d->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width * SCALE, height * SCALE);
    d->pen = cairo_create(d->surface);
    cairo_scale(d->pen, SCALE, SCALE);
    cairo_set_line_join(d->pen, CAIRO_LINE_JOIN_ROUND);
    colour_of(d->pen, theme->ground);
    cairo_paint(d->pen);
    *c = (plm_canvas){.to = d,
                      .theme = theme,
                      .line = line,
                      .box = box,
                      .dot = dot,
                      .text = text,
                      .close = finish};
    return PLM_DRAW_OK;
}

/* True if this build can draw PNG. This build has cairo. */
bool plm_draws_png(void)
{
    return true;
}

#else

/* Fails: without cairo, PNG cannot be drawn. */
plm_draw_status plm_canvas_png(plm_canvas *c, FILE *f, const plm_theme *theme, int width,
                               int height)
{
    (void)c;
    (void)f;
    (void)theme;
    (void)width;
    (void)height;
    return PLM_DRAW_UNSUPPORTED;
}

/* True if this build can draw PNG. This build has no cairo. */
bool plm_draws_png(void)
{
    return false;
}

#endif
