/* Reads rows of a table in order. Simple rows are read by the fast reader (rows.h). Every other row
 * is read cell by cell (cells.h), and this file reports errors in it. The two readers must agree on
 * every row that the fast one accepts. So the fast one leaves all unusual rows to the other, and
 * they hand over the position in the file to each other. */
#include "data/csv.h"

#include <math.h>
#include <string.h>

#include "base/notation.h"

enum { EXCERPT = 40 }; /* bytes of a cell that a message quotes */

/* Makes the form of the rows for the fast reader. It uses the lists of the columns without a
 * copy. */
plm_rows_shape plm_csv_shape(const plm_source *s, const plm_csv *t)
{
    return (plm_rows_shape){.isa = s->w.options.isa,
                            .delimiter = t->cells.delimiter,
                            .columns = t->columns.count,
                            .part = t->columns.part,
                            .place = t->columns.place,
                            .parts = plm_source_parts(s),
                            .weight = plm_source_weight(s),
                            .most_bytes = t->cells.most_bytes};
}

/* ---- errors ---- */

/* Reports a wrong cell. The message has the file, row, line and column. If the table has no header,
 * the column is named by its number. */
static plm_status fail_cell(plm_source *s, const plm_csv *t, size_t column, const char *what,
                            const char *hint)
{
    char number[24], where[PLM_WHERE_CAPACITY];
    plm_text place = {.w = &s->w};
    plm_text_from_number((double)column, number, sizeof number);
    plm_text_format(&place, "%s: row %lld (line %lld), column ", t->cells.path,
                    (long long)t->row + 1, (long long)t->cells.line);
    plm_text_format(&place, t->columns.name ? "'%.80s'" : "%.80s",
                    t->columns.name ? t->columns.name[column] : number);
    where[0] = '\0';
    strncat(where, plm_text_get(&place), sizeof where - 1);
    plm_text_free(&place);
    const plm_status status = plm_fail(&s->w, PLM_E_DATA, where, hint, "%s", what);
    plm_fail_line(&s->w, t->cells.path, t->cells.line);
    return status;
}

/* Reports a cell that is not a number; the message shows the beginning of its text. */
static plm_status fail_text(plm_source *s, const plm_csv *t, size_t column)
{
    const int part = t->columns.part[column];
    const bool target = part >= s->inputs && part < s->inputs + s->targets;
    char what[EXCERPT + 64] = "'";
    const char *text = plm_csv_cell_text(t, column);
    strncat(what, text, EXCERPT);
    strncat(what, strlen(text) > EXCERPT ? "...' is not a number" : "' is not a number", 32);
    return fail_cell(s, t, column, what, plm_cell_hint(text, target));
}

/* Sets *out to the number of a cell as float32, and *exact to the same number in double, unless
 * exact is NULL. Fails unless the float32 is finite, and 0 or more if it is a weight. */
static plm_status read_number(plm_source *s, const plm_csv *t, size_t column, float *out,
                              double *exact)
{
    double number = 0;
    const char *text = plm_csv_cell_text(t, column);
    if (!*text)
        return plm_fail_code(&s->w, "D201",
                             fail_cell(s, t, column, "the cell is empty",
                                       "fill the cell, remove the row, or exclude the column by "
                                       "listing the others: inputs=[...]"));
    if (!plm_cell_number(text, &number))
        return fail_text(s, t, column);
    *out = (float)number;
    if (exact)
        *exact = number;
    if (*out < 0 && t->columns.part[column] == plm_source_weight(s))
        return fail_cell(s, t, column, "the weight is negative", "use weights of 0 or more");
    if (isfinite(*out))
        return PLM_OK;
    const char *what = isnan(number)   ? "the cell is NaN"
                       : isinf(number) ? "the cell is infinite"
                                       : "the number is too large for float32";
    return plm_fail_code(&s->w, "D201",
                         fail_cell(s, t, column, what,
                                   isnan(number)
                                       ? plm_cell_hint("nan", false)
                                       : "replace the value in the cell, or remove the row"));
}

/* ---- rows ---- */

/* Reports a row whose number of cells differs from that of the header or the first row. */
static plm_status fail_width(plm_source *s, const plm_csv *t)
{
    return plm_fail(&s->w, PLM_E_DATA, t->cells.path,
                    t->row == 0 && t->columns.name
                        ? "correct the row, or skip lines at the top of the file with skip=N"
                        : "correct the row; if cells contain the delimiter, put them in quotes",
                    "line %lld: row %lld has %zu cell%s, but the %s has %zu",
                    (long long)t->cells.line, (long long)t->row + 1, t->cells.cells,
                    t->cells.cells == 1 ? "" : "s", t->columns.name ? "header" : "first row",
                    t->columns.count);
}

/* Reads the next row cell by cell into the sink; *got = false at the end of the file. */
static plm_status read_row(plm_source *s, plm_csv *t, plm_rows_sink *sink, bool *got)
{
    double *exact = sink->exact_rows > 0 ? sink->exact : NULL;
    PLM_TRY(plm_cells_next(&t->cells, got));
    if (!*got)
        return PLM_OK;
    if (t->cells.cells != t->columns.count)
        return fail_width(s, t);
    for (size_t i = 0; i < t->columns.count; i++)
        if (t->columns.part[i] >= 0)
            PLM_TRY(read_number(s, t, i, &sink->out[t->columns.part[i]][t->columns.place[i]],
                                exact ? &exact[i] : NULL));
    plm_rows_advance(&t->shape, sink);
    t->row++;
    return PLM_OK;
}

/* Alternates between the two readers: the fast one reads until a row is not simple, then read_row
 * reads that one row. */
plm_status plm_csv_read(plm_source *s, plm_csv *t, int64_t limit, plm_rows_sink *sink, bool *over)
{
    *over = false;
    while (sink->rows < sink->most && plm_cells_place(&t->cells) < limit) {
        const int64_t rows = sink->rows;
        plm_rows_stop stop = PLM_ROWS_ODD;
        bool got = true;
        PLM_TRY(plm_cells_rows(&t->cells, &t->shape, limit, sink, &stop));
        t->row += sink->rows - rows;
        if (stop == PLM_ROWS_ODD)
            PLM_TRY(read_row(s, t, sink, &got));
        *over = !got;
        if (*over)
            break;
    }
    return PLM_OK;
}
