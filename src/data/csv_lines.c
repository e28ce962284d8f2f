/* Opens the file of a table again and moves in it, and finds the lines on which rows begin. */
#include "data/csv.h"

#include <string.h>

/* ---- the file ---- */

/* Opens the file. Path and delimiter are kept from the first time. */
plm_status plm_csv_open(plm_csv *t)
{
    PLM_TRY(plm_reader_open(t->cells.w, t->cells.path, &t->cells.reader));
    return plm_cells_open(&t->cells);
}

/* Keeps the settings. */
void plm_csv_close(plm_csv *t)
{
    const plm_cells known = {.w = t->cells.w,
                             .path = t->cells.path,
                             .skip = t->cells.skip,
                             .most_cells = t->cells.most_cells,
                             .most_bytes = t->cells.most_bytes,
                             .delimiter = t->cells.delimiter};
    plm_cells_close(&t->cells);
    t->cells = known;
}

/* Moves to a row by reading all rows before it, since rows differ in length. */
plm_status plm_csv_seek(plm_csv *t, int64_t row)
{
    bool got = true;
    PLM_TRY(plm_cells_rewind(&t->cells));
    t->row = 0;
    if (t->columns.name)
        PLM_TRY(plm_cells_next(&t->cells, &got));
    for (; t->row < row && got; t->row++)
        PLM_TRY(plm_cells_next(&t->cells, &got));
    return PLM_OK;
}

/* ---- the lines of rows ---- */

/* Makes a sink whose steps are 0, so that every row overwrites the previous one: rows are read to
 * find their lines, not for their numbers. */
plm_status plm_csv_sink(plm_source *s, plm_arena *a, plm_rows_sink *out)
{
    for (int i = 0; i < plm_source_parts(s); i++) {
        out->out[i] = plm_arena_array(a, s->table[i].width, sizeof(float));
        if (!out->out[i])
            return PLM_E_MEMORY;
    }
    return PLM_OK;
}

/* Reads all rows before number `row`, then that row, and sets *line to the line on which it
 * begins. */
static plm_status pass_to(plm_source *s, plm_csv *t, int64_t row, plm_rows_sink *sink,
                          int64_t *line)
{
    bool over = false, got = false;
    sink->most = sink->rows + row - t->row;
    PLM_TRY(plm_csv_read(s, t, INT64_MAX, sink, &over));
    PLM_TRY(plm_cells_next(&t->cells, &got));
    t->row++;
    *line = got ? t->cells.line : 0;
    return PLM_OK;
}

/* Reads the file once more, up to the last of the rows. */
static plm_status find_lines(plm_source *s, plm_arena *a, int count, const int64_t *row,
                             int64_t *line)
{
    plm_csv *t = s->state;
    plm_rows_sink sink = {.rows = 0};
    PLM_TRY(plm_csv_sink(s, a, &sink));
    PLM_TRY(plm_csv_open(t));
    PLM_TRY(plm_csv_seek(t, 0));
    for (int i = 0; i < count; i++)
        if (row[i] >= t->row)
            PLM_TRY(pass_to(s, t, row[i], &sink, &line[i]));
        else
            line[i] = line[i - 1];
    return PLM_OK;
}

/* Stores what is needed to compute lines. Each row has a line end, except perhaps the last one. So
 * if the file ends with a line end and has as many line ends as rows, no line is blank and no cell
 * has a line end. */
void plm_csv_keep_lines(const plm_source *s, plm_csv *t, int64_t first, int64_t lines)
{
    const plm_reader *r = t->cells.reader;
    char last = '\0';
    if (lines == s->rows && !plm_reader_compressed(r))
        (void)plm_reader_at(r, plm_reader_size(r) - 1, &last, 1);
    const bool each = lines == s->rows - 1 || last == '\n' || last == '\r';
    t->first_line = each ? first : 0;
}

/* Finds the lines of rows. If every line of the file is a row, the line follows from the number of
 * the row; otherwise the file is read again. After an error a line is 0 = unknown, since it is only
 * used in messages. */
void plm_csv_lines(plm_source *s, int count, const int64_t *row, int64_t *line)
{
    plm_csv *t = s->state;
    plm_arena a = {.w = &s->w};
    for (int i = 0; i < count && t->first_line > 0; i++)
        line[i] = t->first_line + row[i];
    if (t->first_line > 0)
        return;
    if (find_lines(s, &a, count, row, line) < 0)
        memset(line, 0, (size_t)count * sizeof *line);
    plm_csv_close(t);
    plm_arena_free(&a);
}
