/* Adds cells whose type is defined by the file: numbers of JSON, SQLite and numpy. Such a number
 * has no notation, so it is no evidence for the choice of the column's notation (settle.c). */
#include <math.h>

#include "table/plain.h"
#include "table/store.h"

/* Stores a number. Cells of files with types need not be parsed. */
void plm_store_number(plm_store *t, size_t column, int64_t row, double x)
{
    plm_raw_column *c = &t->column[column];
    c->number[row] = x;
    c->missing += isnan(x);
    if (c->code != NULL)
        c->code[row] = isnan(x) ? PLM_CODE_MISSING : PLM_CODE_PLAIN;
}

/* Stores a text in the same way as a cell of a CSV file: as a plain number, or as any other cell.
 * */
static plm_status add_text(plm_store *t, size_t column, const char *s, size_t n)
{
    plm_raw_column *c = &t->column[column];
    plm_plain p;
    if (c->keep || n == 0 || !plm_plain_number(s, n, &p) || (p.group && t->keep_groups))
        return plm_store_other(t, column, t->rows, s, n);
    plm_store_number(t, column, t->rows, p.number);
    c->points += p.point && !p.group;
    c->groups += p.group;
    return PLM_OK;
}

/* Appends a row. It is stored at once, not in a batch, as there is little text to parse. */
plm_status plm_store_add_typed(plm_store *t, int64_t line, const char *text,
                               const plm_cell_span *cell, const double *number, const char *where)
{
    PLM_TRY(plm_store_flush(t));
    if (plm_store_is_full(t))
        PLM_TRY(plm_store_grow(t, where));
    for (size_t i = 0; i < t->columns; i++) {
        if (isnan(number[i]) || t->column[i].keep)
            PLM_TRY(add_text(t, i, text + cell[i].from, cell[i].to - cell[i].from));
        else
            plm_store_number(t, i, t->rows, number[i]);
    }
    t->line[t->rows++] = line;
    return PLM_OK;
}
