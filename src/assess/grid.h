/* A table of texts for people. The first column is aligned to the left, the others to the right. */
#ifndef PLM_ASSESS_GRID_H
#define PLM_ASSESS_GRID_H

#include "base/text.h"

/* Bytes of a cell, with its 0 byte. */
enum { PLM_GRID_CELL = 64 };

/* A table. Zero-initialise it, then set w. */
typedef struct {
    plm *w;
    int rows, columns;
    size_t capacity;
    char (*cell)[PLM_GRID_CELL]; /* [rows][columns] */
    bool failed;                 /* memory ran out; the table then has fewer rows */
} plm_grid;

/* Makes an empty table with this many columns. */
void plm_grid_open(plm_grid *g, int columns);
/* Adds a row of empty cells and returns its number; -1 = no memory. */
int plm_grid_row(plm_grid *g);
/* Sets a cell. Control characters are escaped, and a text of more than `most` characters is cut,
 * with "..." at its end. most 0 = as many as a cell can hold. */
void plm_grid_set(plm_grid *g, int row, int column, int most, const char *format, ...)
    PLM_PRINTF(5, 6);
/* Returns the width of the table in characters. */
int plm_grid_width(const plm_grid *g);
/* Cuts texts of the columns in the set `columns` (bit k = column k), until the table is at most
 * `width` characters wide. False: it is still wider, since only short texts are left to cut. */
bool plm_grid_fit(plm_grid *g, unsigned columns, int width);
/* Empties all cells of a column. Columns without text are left out of the table. */
void plm_grid_clear(plm_grid *g, int column);
/* Appends all lines, and frees the table. */
void plm_grid_print(plm_grid *g, plm_text *out);
/* Frees a table that is not printed. */
void plm_grid_free(plm_grid *g);

#endif
