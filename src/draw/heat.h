/* Heat maps in a terminal, as SVG and as PNG. A map is a table. The colour of a cell shows its
 * value, and a cell holds two lines of text. */
#ifndef PLM_DRAW_HEAT_H
#define PLM_DRAW_HEAT_H

#include "draw/draw.h"

/* A cell. */
typedef struct {
    /* what the colour shows: 0 is neutral, below 0 is blue, above 0 is orange; NaN = no colour */
    double value;
    const char *text[2]; /* two lines, such as "-3.1" and "vanishes"; NULL = none */
    bool marked;         /* the cell has a frame; in a terminal it is bold */
} plm_heat_cell;

/* A heat map. Its texts are borrowed. */
typedef struct {
    const char *title, *scale; /* scale: text that says what the colour shows; NULL = none */
    const char *marks;         /* text that says what a frame means; NULL = no cell has a frame */
    int rows, columns;
    const char *const *row, *const *column; /* [rows], [columns] names */
    const plm_heat_cell *cell;              /* [rows, columns] */
    /* values of at least this size have the full colour; above 0 */
    double limit;
    /* for maps over time, which have many columns and no texts in cells. low: the smallest value
     * whose colour differs from neutral. end: texts for low and for the limit */
    double low;
    const char *end[2];
    bool small; /* in a picture, cells are small */
} plm_heat;

/* Draws the map for a terminal. Columns that do not fit go below the others, with the names of the
 * rows again. Errors: PLM_DRAW_EMPTY for a map without a cell; PLM_DRAW_WRITE. */
PLM_DRAW_CHECKED plm_draw_status plm_heat_terminal(FILE *out, const plm_heat *h,
                                                   const plm_draw_screen *screen);
/* Draws maps with the same rows and columns side by side, with a line for each row and a character
 * for each column. If possible they fit the screen: if not all rows or columns fit, some of them
 * are shown, evenly spaced. A marked cell is a "!" and has no frame. Errors: PLM_DRAW_EMPTY for
 * maps without a cell; PLM_DRAW_WRITE. (heat_strips.c) */
PLM_DRAW_CHECKED plm_draw_status plm_heat_strips(FILE *out, const plm_heat *map, int maps,
                                                 const plm_draw_screen *screen);
/* Draws the map as a picture, whose size follows from the map. `out` stays open. Errors: all of
 * plm_draw_status. */
PLM_DRAW_CHECKED plm_draw_status plm_heat_picture(FILE *out, const plm_heat *h,
                                                  plm_picture_style style);

#endif
