/* Reads the rows of a table's file. Lines that are not rows are skipped, with a warning that gives
 * their number: comments, repeated headers, a line of totals or notes at the end. A line with too
 * few or too many cells is an error. Whether a line is a note after the table or a wrong row is
 * known only at the end of the file: lines that may be notes are therefore remembered, and become
 * an error as soon as a row follows them. */
#include <string.h>

#include "data/table_rows.h"

/* Max number of lines after the last row. */
enum { FOOTERS = 8 };

/* ---- what a record is ---- */

/* True if a line with too few cells may be a note after the table: it has only words, while a
 * truncated row has numbers. */
static bool is_note(const plm_records *r)
{
    char word[PLM_NOTE_TOLD + 1];
    if (r->behind_blank)
        return true;
    for (size_t i = 0; i < r->cells; i++) {
        plm_table_quote(r, i, word);
        if (*word != '\0' && plm_cell_read(word).fits != 0)
            return false;
    }
    return true;
}

/* True if all cells after the last column are empty. */
static bool is_padded(const plm_table_rows *b)
{
    const plm_records *r = &b->f->records;
    size_t i = b->f->columns;
    while (i < r->cells && r->cell[i].from == r->cell[i].to)
        i++;
    return i >= r->cells;
}

/* ---- errors ---- */

/* Fails for a line whose number of cells differs from the number of columns. */
static plm_status fail_cells(const plm_table_rows *b, int64_t line, size_t cells)
{
    return plm_fail(
        b->f->w, PLM_E_DATA, b->f->name,
        cells > b->f->columns
            ? "correct the row; if a cell contains the delimiter, put the cell in quotes"
            : "correct the row, check the delimiter, or skip lines at the top of the file with "
              "skip=N",
        "line %lld: the row has %zu cells, but the %s has %zu", (long long)line, cells,
        b->f->title ? "header" : "first row", b->f->columns);
}

/* ---- rows ---- */

/* Estimates the number of rows of the file from the length of the rows that were read; 0 = unknown,
 * since the file is compressed. With the estimate, memory is allocated once and need not grow. */
static int64_t expected_rows(const plm_table_rows *b)
{
    const plm_records *r = &b->f->records;
    const plm_store *t = b->f->store;
    const int64_t size = plm_reader_size(r->reader), place = plm_records_place(r);
    if (plm_reader_compressed(r->reader) || size <= 0 || place <= 0)
        return 0;
    return (int64_t)((double)size / (double)place * (double)t->capacity);
}

/* Adds the record to the store. */
static plm_status add(plm_table_rows *b)
{
    const plm_records *r = &b->f->records;
    plm_store *t = b->f->store;
    if (plm_store_is_full(t))
        t->expected = expected_rows(b);
    PLM_TRY(plm_store_add(t, r->line, r->text, r->cell, b->f->name));
    b->empty = r->cell[0].from == r->cell[0].to && plm_table_first_filled(r) >= t->columns
                   ? b->empty + 1
                   : 0;
    return PLM_OK;
}

/* Handles a record with a cell for each column. If earlier lines seemed to be notes after the
 * table, a row is now an error. */
static plm_status take_row(plm_table_rows *b)
{
    plm_records *r = &b->f->records;
    plm_row_kind kind = PLM_ROW_PLAIN;
    PLM_TRY(plm_table_row_kind(b, &kind));
    if (plm_table_may_wait(b, kind))
        return plm_table_wait(b, kind);
    if (b->notes > 0)
        return fail_cells(b, b->note_line, b->note_cells);
    if (b->waits > 0)
        PLM_TRY(plm_table_add_waiting(b));
    if (b->f->title && plm_table_is_header(b->f, r)) {
        b->header_line = b->headers++ == 0 ? r->line : b->header_line;
        return PLM_OK;
    }
    return add(b);
}

/* Handles a record whose number of cells differs from the number of columns. */
static plm_status take_other(plm_table_rows *b)
{
    const plm_records *r = &b->f->records;
    if (r->hash && strcmp(b->f->comments, "false") != 0) {
        b->comment_line = b->comments++ == 0 ? r->line : b->comment_line;
        return PLM_OK;
    }
    if (b->notes > 0 && !is_note(r))
        return fail_cells(b, b->note_line, b->note_cells);
    if (r->cells > b->f->columns || b->notes == FOOTERS || !is_note(r))
        return fail_cells(b, r->line, r->cells);
    if (b->notes++ > 0)
        return PLM_OK;
    b->note_line = r->line;
    b->note_cells = r->cells;
    plm_table_quote(r, plm_table_first_filled(r) < r->cells ? plm_table_first_filled(r) : 0,
                    b->note);
    return PLM_OK;
}

/* ---- the end ---- */

/* Removes rows at the end whose cells are all empty. */
static void drop_empty(plm_table_rows *b)
{
    plm_store *t = b->f->store;
    const int64_t empty = b->empty + plm_table_waiting_empty(b);
    t->rows -= b->empty;
    for (size_t i = 0; i < t->columns; i++)
        t->column[i].missing -= b->empty;
    if (empty > 0 && t->rows > 0)
        plm_warn(b->f->w, "%.100s: %lld empty row%s at the end %s skipped", b->f->name,
                 (long long)empty, empty == 1 ? "" : "s", empty == 1 ? "is" : "are");
}

/* Warns of lines between the rows that look like totals. They are kept, since they may be ordinary
 * rows. */
static void warn_totals(const plm_table_rows *b)
{
    if (b->totals > 0)
        plm_warn(b->f->w,
                 "%.100s: %lld line%s between the rows %s to be totals, the first is line %lld; "
                 "%s",
                 b->f->name, (long long)b->totals, b->totals == 1 ? "" : "s",
                 b->totals == 1 ? "seems" : "seem", (long long)b->totals_line,
                 b->totals == 1 ? "it is kept as a row" : "they are kept as rows");
}

/* Warns of all that was left out. */
static void warn(const plm_table_rows *b)
{
    const plm_table_file *f = b->f;
    const plm_records *r = &f->records;
    const int64_t comments = b->comments + r->passed;
    const int64_t first = b->comments > 0 ? b->comment_line : r->first_passed;
    if (b->notes > 0)
        plm_warn(f->w, "%.100s: line %lld is skipped as a note after the table: '%s'", f->name,
                 (long long)b->note_line, b->note);
    plm_table_warn_waiting(b);
    if (b->headers > 0)
        plm_warn(f->w,
                 "%.100s: line %lld%s skipped, since the names of the columns are repeated there; "
                 "header=false keeps such lines, if the first line is a row",
                 f->name, (long long)b->header_line,
                 b->headers > 1 ? " and other lines are" : " is");
    if (comments > 0)
        plm_warn(f->w,
                 "%.100s: %lld line%s with # at the beginning %s skipped as %s, the first is line "
                 "%lld; comments=false keeps such lines",
                 f->name, (long long)comments, comments == 1 ? "" : "s",
                 comments == 1 ? "is" : "are", comments == 1 ? "a comment" : "comments",
                 (long long)first);
}

/* Moves to the first row. It skips lines, not records, since quotes in the lines above the table
 * need not be closed. */
plm_status plm_table_rows_begin(plm_table_rows *b)
{
    plm_table_file *f = b->f;
    bool got = true;
    b->text.w = f->w;
    f->records.columns = strcmp(f->quotes, "auto") == 0 ? f->columns : 0;
    PLM_TRY(plm_records_rewind(&f->records));
    for (int64_t i = 1; i < f->first_line && got; i++)
        PLM_TRY(plm_records_skip(&f->records, &got));
    return PLM_OK;
}

/* Reads rows in order. A row with too many cells is accepted if the cells after its last column are
 * empty: spreadsheets write such delimiters. */
plm_status plm_table_rows_until(plm_table_rows *b, int64_t place)
{
    plm_records *r = &b->f->records;
    bool got = true;
    while (plm_records_place(r) < place) {
        PLM_TRY(plm_records_next(r, &got));
        if (!got)
            return PLM_OK;
        PLM_TRY(r->cells == b->f->columns || (r->cells > b->f->columns && is_padded(b))
                    ? take_row(b)
                    : take_other(b));
    }
    return PLM_OK;
}

/* Reports skipped lines, once for each kind: their number, and the first of them. */
plm_status plm_table_rows_end(plm_table_rows *b, plm_status status)
{
    status = status < 0 ? status : plm_store_flush(b->f->store);
    if (status >= 0) {
        drop_empty(b);
        warn(b);
        warn_totals(b);
    }
    plm_text_free(&b->text);
    return status;
}
