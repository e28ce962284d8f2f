/* Tables of texts, see grid.h. The text of a cell has a limited length: longer texts are cut
 * between characters and end with "...". All widths are in characters, not bytes, so that names in
 * other scripts stay in their columns. The first column is aligned to the left and all others to
 * the right, as numbers are. If memory runs out, the table records it and reports it when it is
 * printed, so that callers need not check every cell. */
#include "assess/grid.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/letters.h"
#include "base/notation.h"

enum { GAP = 2 };

/* Begins an empty table with a number of columns. */
void plm_grid_open(plm_grid *g, int columns)
{
    *g = (plm_grid){.w = g->w, .columns = columns};
}

/* Adds an empty row and returns its number; -1 = no memory. The capacity is doubled when the table
 * is full. */
int plm_grid_row(plm_grid *g)
{
    const size_t needed = (size_t)(g->rows + 1) * (size_t)g->columns;
    if (needed > g->capacity) {
        char(*larger)[PLM_GRID_CELL] = plm_allocate_array(g->w, 2 * needed, sizeof *larger);
        g->failed = g->failed || !larger;
        if (!larger)
            return -1;
        if (g->cell)
            memcpy(larger, g->cell, (size_t)g->rows * (size_t)g->columns * sizeof *larger);
        plm_release(g->w, g->cell);
        g->cell = larger;
        g->capacity = 2 * needed;
    }
    return g->rows++;
}

/* Copies at most `most` characters of a text into a cell; a longer text ends with "...". */
static void copy_letters(char out[PLM_GRID_CELL], const char *text, int most)
{
    size_t at = 0;
    bool cut = plm_utf8_letters(text) > most;
    for (int i = 0; i < (cut ? most - 3 : most) && text[at]; i++) {
        const size_t bytes = plm_utf8_letter(text + at, strlen(text + at), NULL);
        cut = cut || at + (bytes ? bytes : 1) + 4 > PLM_GRID_CELL;
        if (at + (bytes ? bytes : 1) + 4 > PLM_GRID_CELL)
            break;
        at += bytes ? bytes : 1;
    }
    snprintf(out, PLM_GRID_CELL, "%.*s%s", (int)at, text, cut ? "..." : "");
}

/* Sets a cell to a formatted text of at most `most` characters; 0 = as many as a cell can hold.
 * Control characters are escaped, since names come from files. Does nothing if row is -1. */
void plm_grid_set(plm_grid *g, int row, int column, int most, const char *format, ...)
{
    char text[512], shown[PLM_GRID_CELL * 4];
    va_list list;
    if (row < 0)
        return;
    va_start(list, format);
    plm_text_print(text, sizeof text, format, list);
    va_end(list);
    (void)plm_printable(text, shown, sizeof shown);
    copy_letters(g->cell[row * g->columns + column], shown, most > 0 ? most : PLM_GRID_CELL - 1);
}

/* Returns how many characters the widest cell of a column has. */
static int widest(const plm_grid *g, int column)
{
    int most = 0;
    for (int i = 0; i < g->rows; i++) {
        const int letters = plm_utf8_letters(g->cell[i * g->columns + column]);
        most = letters > most ? letters : most;
    }
    return most;
}

/* Returns the width of the table in characters, with the gaps between the columns that have any
 * text. */
int plm_grid_width(const plm_grid *g)
{
    int width = 0;
    for (int k = 0; k < g->columns; k++) {
        const int letters = widest(g, k);
        width += letters + (letters > 0 && width > 0 ? GAP : 0);
    }
    return width;
}

/* Cuts the texts of one column to at most `most` characters. */
static void cut_column(plm_grid *g, int column, int most)
{
    for (int i = 0; i < g->rows; i++) {
        char text[PLM_GRID_CELL];
        memcpy(text, g->cell[i * g->columns + column], sizeof text);
        copy_letters(g->cell[i * g->columns + column], text, most);
    }
}

/* Shortens the widest of the columns by one character until the table fits, so that columns of
 * equal importance end with about the same width. LEAST: width of a text that still says something,
 * "ab...". */
bool plm_grid_fit(plm_grid *g, unsigned columns, int width)
{
    enum { LEAST = 5 };
    while (plm_grid_width(g) > width) {
        int found = -1;
        for (int k = 0; k < g->columns; k++)
            if ((columns >> k & 1) && (found < 0 || widest(g, k) > widest(g, found)))
                found = k;
        if (found < 0 || widest(g, found) <= LEAST)
            return false;
        cut_column(g, found, widest(g, found) - 1);
    }
    return true;
}

/* A column without text has no width, and no gap before it. */
void plm_grid_clear(plm_grid *g, int column)
{
    for (int i = 0; i < g->rows; i++)
        g->cell[i * g->columns + column][0] = '\0';
}

/* Appends the table to a text and frees it. Blanks are written only before a cell with text, so
 * that no line ends with blanks. */
void plm_grid_print(plm_grid *g, plm_text *out)
{
    for (int i = 0; i < g->rows; i++) {
        int due = 0; /* number of blanks to write before the next cell with text */
        for (int k = 0; k < g->columns; k++) {
            const char *cell = g->cell[i * g->columns + k];
            const int rest = widest(g, k) - plm_utf8_letters(cell);
            due += k > 0 && widest(g, k) > 0 ? GAP + rest : 0;
            if (*cell) {
                plm_text_add_blanks(out, due);
                plm_text_add(out, cell);
                due = 0;
            }
            due += k == 0 ? rest : 0;
        }
        plm_text_add(out, "\n");
    }
    out->failed = out->failed || g->failed;
    plm_grid_free(g);
}

/* Frees the cells. The table can be opened again. */
void plm_grid_free(plm_grid *g)
{
    plm_release(g->w, g->cell);
    *g = (plm_grid){.w = g->w};
}
