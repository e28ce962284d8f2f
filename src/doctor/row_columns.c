/* The cells of input columns. Those of a table with types come from the table in memory, where they
 * are as in the file; those of other data are the numbers that the net gets. */
#include "doctor/row_columns.h"

#include <math.h>
#include <stdlib.h>

#include "data/typed.h"

plm_status plm_row_column_open(plm_row_column *c, plm_arena *a, int64_t rows)
{
    *c = (plm_row_column){.x = plm_arena_array(a, (size_t)rows + 1, sizeof *c->x),
                          .order = plm_arena_array(a, (size_t)rows + 1, sizeof *c->order)};
    return c->x != NULL && c->order != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Returns the column of the table in memory that an input column of a schema reads; NULL = none. */
static const plm_raw_column *raw_of(const plm_data *d, const plm_input_group *g)
{
    const plm_typed *t = d->source->state;
    const size_t place = t != NULL ? t->place[g->column] : SIZE_MAX;
    return place != SIZE_MAX ? &t->store.column[place] : NULL;
}

/* Returns the cell of a row as a number, or as the number of its word; NaN = missing. */
static double cell_of(const plm_raw_column *r, int64_t rows, int64_t row)
{
    if (row < 0 || row >= rows)
        return (double)NAN;
    const bool word = r->code != NULL && r->code[row] >= 0;
    return isinf(r->number[row]) ? (word ? (double)r->code[row] : (double)NAN) : r->number[row];
}

/* Fills the cells of a column of a table with types. */
static bool fill_typed(plm_row_column *c, const plm_data *d, const plm_input_group *g,
                       const plm_predicted *p)
{
    const plm_column *column = &d->source->schema->column[g->column];
    const plm_raw_column *r = raw_of(d, g);
    if (r == NULL || column->lag > 0 || column->type == PLM_COLUMN_TEXT ||
        column->type == PLM_COLUMN_LABELS)
        return false;
    c->alike = plm_column_has_words(column);
    if (c->alike && r->texts > 0 && r->code == NULL)
        return false;
    for (int64_t i = 0; i < p->rows; i++)
        c->x[i] = cell_of(r, ((const plm_typed *)d->source->state)->store.rows, p->row[i]);
    return true;
}

/* Fills the cells of a column of numbers. */
static void fill_plain(plm_row_column *c, const plm_input_group *g, const plm_predicted *p)
{
    c->alike = false;
    for (int64_t i = 0; i < p->rows; i++)
        c->x[i] = (double)p->input[g->input][i * p->input_width[g->input] + g->first];
}

/* A number and its row. */
typedef struct {
    double x;
    int64_t row;
} placed;

/* Compares two of them for qsort: equal numbers by their rows. */
static int by_number(const void *a, const void *b)
{
    const placed *x = a, *y = b;
    if (x->x < y->x || x->x > y->x)
        return x->x < y->x ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* Sorts the rows by their cells. False = no memory. */
static bool sort(plm_row_column *c, plm *w, int64_t rows)
{
    placed *list = plm_allocate_array(w, (size_t)rows + 1, sizeof *list);
    c->filled = 0;
    for (int64_t i = 0; i < rows && list != NULL; i++)
        if (!isnan(c->x[i]))
            list[c->filled++] = (placed){c->x[i], i};
    c->missing = rows - c->filled;
    if (list != NULL)
        qsort(list, (size_t)c->filled, sizeof *list, by_number);
    for (int64_t i = 0; i < c->filled; i++)
        c->order[i] = list[i].row;
    plm_release(w, list);
    return list != NULL;
}

bool plm_row_column_fill(plm_row_column *c, const plm_data *d, const plm_input_group *g,
                         const plm_predicted *p)
{
    if (g->column < 0)
        fill_plain(c, g, p);
    else if (!fill_typed(c, d, g, p))
        return false;
    return sort(c, p->w, p->rows);
}

/* Appends the cell of a row. */
static void add_cell(const plm_row_column *c, const plm_data *d, const plm_input_group *g,
                     const plm_predicted *p, int64_t row, plm_text *out)
{
    if (g->column >= 0)
        plm_typed_cell(d->source, (size_t)g->column, p->row[row], out);
    else
        plm_text_format(out, "%.6g", c->x[row]);
}

const char *plm_row_column_text(const plm_row_column *c, const plm_data *d,
                                const plm_input_group *g, const plm_predicted *p, int64_t low,
                                int64_t high, plm_arena *a)
{
    plm_text text = {.w = p->w};
    add_cell(c, d, g, p, low, &text);
    if (c->x[low] < c->x[high]) {
        plm_text_add(&text, " to ");
        add_cell(c, d, g, p, high, &text);
    }
    const char *out = text.failed ? NULL : plm_arena_text(a, plm_text_get(&text), SIZE_MAX);
    plm_text_free(&text);
    return out;
}
