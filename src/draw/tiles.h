/* Greyscale pictures side by side, each with a label: in a terminal, as SVG and as PNG. */
#ifndef PLM_DRAW_TILES_H
#define PLM_DRAW_TILES_H

#include "draw/draw.h"

/* The pictures. All have the same size. */
typedef struct {
    const char *title;        /* NULL = none */
    int count, high, wide;    /* pictures; rows and columns of each */
    const double *value;      /* [count, high, wide] pixels, from 0 (background) to 1 (ink) */
    const char *const *label; /* [count] */
} plm_tiles;

/* Draws the tiles in a terminal. One line of text represents two rows of pixels: as half blocks
 * with UTF-8 and colour, otherwise as characters whose density is the mean of both pixels. Errors:
 * PLM_DRAW_EMPTY, PLM_DRAW_WRITE. */
PLM_DRAW_CHECKED plm_draw_status plm_tiles_terminal(FILE *out, const plm_tiles *t,
                                                    const plm_draw_screen *screen);
/* Draws the tiles into one picture, at most ten in a row. `out` stays open. Errors: all of
 * plm_draw_status. */
PLM_DRAW_CHECKED plm_draw_status plm_tiles_picture(FILE *out, const plm_tiles *t,
                                                   plm_picture_style style);

#endif
