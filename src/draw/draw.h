/* The status that all calls of src/draw return. This folder draws line charts and heat maps and
 * knows nothing of plummet: it reads arrays of numbers and writes bytes to a stream of the caller.
 * It prints no message and reads no environment variable. It includes only itself, libc and, for
 * PNG, cairo. */
#ifndef PLM_DRAW_DRAW_H
#define PLM_DRAW_DRAW_H

#include <stdbool.h>
#include <stdio.h>

/* The compiler warns if a caller ignores the status. */
#ifdef __GNUC__
#define PLM_DRAW_CHECKED __attribute__((warn_unused_result))
#else
#define PLM_DRAW_CHECKED
#endif

/* How a call ends. */
typedef enum {
    PLM_DRAW_OK = 0,
    PLM_DRAW_EMPTY,      /* a chart has no point to draw */
    PLM_DRAW_MEMORY,     /* memory ran out */
    PLM_DRAW_WRITE,      /* the stream could not be written */
    PLM_DRAW_UNSUPPORTED /* PNG, in a build without cairo */
} plm_draw_status;

/* Prints a text and a newline, broken at blanks into lines of at most `width` columns. (words.c) */
void plm_draw_words(FILE *out, const char *text, int width);

/* The file formats of pictures. */
typedef enum { PLM_PICTURE_SVG, PLM_PICTURE_PNG } plm_picture_form;

/* How a picture is written. */
typedef struct {
    plm_picture_form form;
    /* always light lines on a dark background; false = a PNG is light, and an SVG light or dark as
     * its viewer is */
    bool dark;
    /* true = an SVG that is part of an HTML page: its colours are variables of the page's style,
     * --ground, --ink, --grid, --shade, --warning, --c0 to --c6, and of heat maps --h0 to --h10; it
     * fills the width of its container */
    bool page;
    int width, height; /* of a chart in points; 0 = 720 x 440 */
} plm_picture_style;

/* The terminal for which something is drawn. */
typedef struct {
    int width, height; /* columns and lines that may be filled */
    bool utf8;         /* it shows UTF-8: braille dots, lines */
    bool colour;       /* true = the terminal understands escape sequences for colours */
} plm_draw_screen;

#endif
