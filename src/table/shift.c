/* Changes a table for series: sorts its rows, adds empty rows at the end, and adds columns with the
 * values of earlier rows. With these columns, a series is an ordinary table, so code that uses the
 * table need not handle time. */
#include <math.h>
#include <string.h>

#include "table/store.h"

/* Puts the elements of *array [rows] into another order. */
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

/* Sorts the rows. Each array is copied in the new order and replaced, one after the other, so that
 * the memory grows by one array only. */
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
        if (c->carried != NULL)
            PLM_TRY(sort_array(t, (void **)&c->carried, sizeof *c->carried, row));
    }
    return PLM_OK;
}

/* Returns the number of rows of the same series that come before a row. */
static int64_t rows_before(const plm_store *t, int64_t row)
{
    return t->before != NULL ? t->before[row] : row;
}

/* Sets the numbers that replace missing cells: only from earlier rows of the same series, since
 * later rows are unknown when a row is predicted, and other series may have other levels. */
plm_status plm_store_carry(plm_store *t, size_t column)
{
    plm_raw_column *c = &t->column[column];
    double last = (double)NAN;
    int64_t gaps = 0;
    for (int64_t i = 0; i < t->rows; i++)
        gaps += isnan(c->number[i]);
    plm_release(t->arena.w, c->carried);
    c->carried = NULL;
    if (gaps == 0)
        return PLM_OK;
    c->carried = plm_allocate_array(t->arena.w, (size_t)t->capacity + 1, sizeof *c->carried);
    if (c->carried == NULL)
        return PLM_E_MEMORY;
    for (int64_t i = 0; i < t->rows; i++) {
        last = rows_before(t, i) == 0 ? (double)NAN : last;
        c->carried[i] = last;
        last = isfinite(c->number[i]) ? c->number[i] : last;
    }
    return PLM_OK;
}

/* Sets out[rows] to the numbers `lag` rows earlier; NaN in the first `lag` rows of a series. */
static void shift(const plm_store *t, const double *number, int64_t lag, double *out)
{
    for (int64_t i = 0; i < t->rows; i++)
        out[i] = rows_before(t, i) < lag ? (double)NAN : number[i - lag];
}

/* Makes the arrays of a lagged column. */
static plm_status shift_arrays(const plm_store *t, const plm_raw_column *from, int64_t lag,
                               plm_raw_column *out)
{
    const size_t room = (size_t)t->capacity + 1;
    out->number = plm_allocate_array(t->arena.w, room, sizeof *out->number);
    if (from->carried != NULL)
        out->carried = plm_allocate_array(t->arena.w, room, sizeof *out->carried);
    if (out->number == NULL || (from->carried != NULL && out->carried == NULL)) {
        plm_release(t->arena.w, out->number);
        plm_release(t->arena.w, out->carried);
        return PLM_E_MEMORY;
    }
    shift(t, from->number, lag, out->number);
    if (out->carried != NULL)
        shift(t, from->carried, lag, out->carried);
    return PLM_OK;
}

/* Adds a column with the values `lag` rows earlier. The first `lag` rows have no such row, so their
 * cells are missing. The cells are not counted: what the column is, is known. */
plm_status plm_store_shift(plm_store *t, size_t from, int64_t lag, const char *name)
{
    plm_raw_column *column = plm_arena_array(&t->arena, t->columns + 1, sizeof *column);
    if (column == NULL)
        return PLM_E_MEMORY;
    memcpy(column, t->column, t->columns * sizeof *column);
    plm_raw_column *c = &column[t->columns];
    *c = (plm_raw_column){.name = name,
                          .find = {.arena = &t->arena},
                          .prefer = PLM_FORMATS,
                          .format = PLM_FORMAT_POINT,
                          .different = column[from].different,
                          .low = column[from].low,
                          .high = column[from].high,
                          .odd_row = -1,
                          .from = from,
                          .lag = lag};
    PLM_TRY(shift_arrays(t, &column[from], lag, c));
    t->column = column;
    t->columns++;
    return PLM_OK;
}

/* Appends rows of empty texts, as if they were read from a file, so that their cells are counted as
 * missing. */
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
