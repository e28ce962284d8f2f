/* Heat maps in a terminal, as SVG and as PNG. A heat map is a table. The colour of a cell depends
 * on its value, and a cell may have two lines of text. */
#ifndef PLM_DRAW_HEAT_H
#define PLM_DRAW_HEAT_H

#include "draw/draw.h"

/* A cell. */
typedef struct {
    /* the value that the colour shows: 0 is neutral, below 0 is blue, above 0 is orange; NaN = no
     * colour */
    double value;
    const char *text[2]; /* two lines of text, such as "-3.1" and "vanishes"; NULL = none */
    bool marked;         /* true = the cell has a frame or, in a terminal, bold text */
} plm_heat_cell;

/* A heat map. Its texts are borrowed. */
typedef struct {
    const char *title, *scale; /* title of the map; scale: explains the colours; NULL = none */
    const char *marks;         /* explains the meaning of a frame; NULL = no cell has a frame */
    int rows, columns;
    const char *const *row, *const *column; /* [rows], [columns] names */
    const char *corner; /* what the names of the columns are, such as "step"; NULL = they tell */
    const plm_heat_cell *cell; /* [rows, columns] */
    /* values of at least this magnitude have the full colour; above 0 */
    double limit;
    /* For maps over time. low: the smallest value whose colour differs from neutral. end: the texts
     * of the legend for `low` and `limit`; NULL = the legend has the numbers -limit and limit. */
    double low;
    const char *end[2];
    bool small; /* in a picture, cells are small and have no texts */
} plm_heat;

/* Draws the map for a terminal. Columns that do not fit are printed below the others, with the
 * names of the rows repeated. Errors: PLM_DRAW_EMPTY for a map without cells; PLM_DRAW_WRITE. */
PLM_DRAW_CHECKED plm_draw_status plm_heat_terminal(FILE *out, const plm_heat *h,
                                                   const plm_draw_screen *screen);
/* Draws heat maps with the same rows and columns side by side, with one text line per row and one
 * character per column. If not all rows or columns fit, only some are drawn, at equal distances. A
 * marked cell is drawn as "!", without a frame. Errors: PLM_DRAW_EMPTY for maps without cells;
 * PLM_DRAW_WRITE. (heat_strips.c) */
PLM_DRAW_CHECKED plm_draw_status plm_heat_strips(FILE *out, const plm_heat *map, int maps,
                                                 const plm_draw_screen *screen);
/* Draws the map as a picture, whose size follows from the number of cells and the length of the
 * names. `out` stays open. Errors: all of plm_draw_status. */
PLM_DRAW_CHECKED plm_draw_status plm_heat_picture(FILE *out, const plm_heat *h,
                                                  plm_picture_style style);

#endif
