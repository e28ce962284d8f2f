/* Changes a table for series: sorts its rows, adds empty rows at the end, and adds columns that
 * repeat another column some rows later.
 *
 * A series with lags is an ordinary table once the rows before a row stand beside it as columns; so
 * nothing above the table has to know of time. */
#include <math.h>
#include <string.h>

#include "table/store.h"

/* Replaces *array [rows] by its items in another order. */
static plm_status sort_array(const plm_store *t, void **array, size_t size, const int64_t *row)
{
    char *to = plm_allocate_array(t->arena.w, (size_t)t->capacity + 1, size);
    const char *from = *array;
    if (to == NULL)
        return PLM_E_MEMORY;
    for (int64_t i = 0; i < t->rows; i++)
        memcpy(to + (size_t)i * size, from + (size_t)row[i] * size, size);
    plm_release(t->arena.w, *array);
    *array = to;
    return PLM_OK;
}

/* Each array is copied in the new order and replaced, one after the other, so that the memory grows
 * by one array only. */
plm_status plm_store_sort(plm_store *t, const int64_t *row)
{
    PLM_TRY(sort_array(t, (void **)&t->line, sizeof *t->line, row));
    if (t->before != NULL)
        PLM_TRY(sort_array(t, (void **)&t->before, sizeof *t->before, row));
    for (size_t k = 0; k < t->columns; k++) {
        plm_raw_column *c = &t->column[k];
        PLM_TRY(sort_array(t, (void **)&c->number, sizeof *c->number, row));
        if (c->code != NULL)
            PLM_TRY(sort_array(t, (void **)&c->code, sizeof *c->code, row));
    }
    return PLM_OK;
}

/* Counts the missing cells and the whole numbers of a column that was made. */
static void count_cells(const plm_store *t, plm_raw_column *c)
{
    for (int64_t i = 0; i < t->rows; i++) {
        const double x = c->number[i];
        c->missing += isnan(x);
        c->numbers += isfinite(x);
        c->whole += isfinite(x) && floor(x) == x;
    }
}

/* The first `lag` cells have no row before them, and are missing. */
plm_status plm_store_shift(plm_store *t, size_t from, int64_t lag, const char *name)
{
    plm_raw_column *column = plm_arena_array(&t->arena, t->columns + 1, sizeof *column);
    double *number = plm_allocate_array(t->arena.w, (size_t)t->capacity + 1, sizeof *number);
    if (column == NULL || number == NULL) {
        plm_release(t->arena.w, number);
        return PLM_E_MEMORY;
    }
    memcpy(column, t->column, t->columns * sizeof *column);
    plm_raw_column *c = &column[t->columns];
    *c = (plm_raw_column){.name = name,
                          .find = {.arena = &t->arena},
                          .number = number,
                          .prefer = PLM_FORMATS,
                          .format = PLM_FORMAT_POINT,
                          .different = column[from].different,
                          .low = column[from].low,
                          .high = column[from].high,
                          .odd_row = -1,
                          .from = from,
                          .lag = lag};
    for (int64_t i = 0; i < t->rows; i++)
        number[i] = (t->before != NULL ? t->before[i] : i) < lag ? (double)NAN
                                                                 : column[from].number[i - lag];
    t->column = column;
    t->columns++;
    count_cells(t, c);
    return PLM_OK;
}

/* Uses the way of all rows, with cells of no bytes, so that missing cells are counted as in a file.
 */
plm_status plm_store_add_empty(plm_store *t, int64_t rows, const char *where)
{
    char margin[2 * PLM_STORE_MARGIN + 1] = "";
    plm_cell_span *cell = plm_allocate_array(t->arena.w, t->columns + 1, sizeof *cell);
    plm_status status = cell != NULL ? PLM_OK : PLM_E_MEMORY;
    for (size_t i = 0; i < t->columns && status >= 0; i++)
        cell[i] = (plm_cell_span){PLM_STORE_MARGIN, PLM_STORE_MARGIN};
    for (int64_t i = 0; i < rows && status >= 0; i++)
        status = plm_store_add(t, 0, margin, cell, where);
    plm_release(t->arena.w, cell);
    return status < 0 ? status : plm_store_flush(t);
}
