/* Finds out whether a table has the lines that were skipped (key skip) in the training of the
 * model. A model that was trained on a file with a title has skip=1, but new rows often come
 * without the title; skipping their first line would lose the header or a row. So the first line is
 * compared with the columns of the model: if it has their names, or cells of the same types, the
 * table begins there. */
#include <string.h>

#include "data/table_file.h"

/* Returns the text of a cell of the record that was read last; NULL = out of memory. */
static const char *cell_of(const plm_table_file *f, size_t i)
{
    return plm_records_copy(&f->records, f->arena, i);
}

/* True if the record has the names of all columns that the model needs. */
static bool has_names(const plm_table_file *f)
{
    const plm_schema *s = f->known;
    for (size_t i = 0; i < s->columns; i++) {
        const plm_column *c = &s->column[i];
        bool found = c->lag > 0 || (c->role != PLM_ROLE_INPUT && !c->lagged);
        for (size_t k = 0; k < f->records.cells && !found; k++) {
            const char *cell = cell_of(f, k);
            found = cell != NULL && strcmp(cell, c->name) == 0;
        }
        if (!found)
            return false;
    }
    return s->header;
}

/* Compares a cell with a column of the model. Returns 1 if the cell is a number or a date as in the
 * column, or one of its words; -1 if it is a word, but the column has numbers or dates; 0 if
 * nothing can be concluded. */
static int compare(const plm_column *c, const char *cell)
{
    if (cell == NULL || plm_table_missing(cell))
        return 0;
    if (plm_column_has_words(c))
        return plm_column_place(c, cell) < c->words ? 1 : 0;
    if (c->type != PLM_COLUMN_NUMBER && c->type != PLM_COLUMN_DATE)
        return 0;
    return plm_cell_read(cell).fits != 0 ? 1 : -1;
}

/* True if the record is a row with the columns of the model, with or without the targets. */
static bool is_row(const plm_table_file *f)
{
    const plm_schema *s = f->known;
    size_t columns = 0, targets = 0, at = 0;
    int good = 0;
    for (size_t i = 0; i < s->columns; i++) {
        columns += s->column[i].lag == 0;
        targets += s->column[i].role == PLM_ROLE_TARGET;
    }
    const bool all = f->records.cells == columns;
    if (!all && f->records.cells + targets != columns)
        return false;
    for (size_t i = 0; i < columns; i++) {
        if (!all && s->column[i].role == PLM_ROLE_TARGET)
            continue;
        const int cell = compare(&s->column[i], cell_of(f, at++));
        if (cell < 0)
            return false;
        good += cell;
    }
    return good > 0;
}

plm_status plm_table_file_begins(plm_table_file *f, bool *begins)
{
    bool got = false;
    plm_error_record before;
    plm_error_take(f->w, &before);
    const plm_status status = plm_records_next(&f->records, &got);
    *begins = false;
    if (status < 0 && status != PLM_E_MEMORY) { /* a title may have any quotes */
        plm_error_restore(f->w, &before);
        return PLM_OK;
    }
    if (status < 0 || !got)
        return status;
    const bool row = is_row(f);
    *begins = row || has_names(f);
    if (row)
        plm_warn(f->w,
                 "%.100s: line %lld is a row as in the training, so it is not skipped, although "
                 "the model was trained with skip=%lld; skip=%lld skips it",
                 f->name, (long long)f->records.line, (long long)f->model_skip,
                 (long long)f->model_skip);
    return PLM_OK;
}
