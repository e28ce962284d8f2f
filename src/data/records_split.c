/* Finds the cells of one record in the buffer, by the marks of the scanner; bytes between two marks
 * need not be read. A quote opens a quoted cell only if nothing but blanks is before it in the
 * cell; within the cell, delimiters and line ends are text, and a doubled quote is one quote. If
 * the buffer ends within the record, its cells are discarded: the caller reads more and splits it
 * again from its beginning, so no state of an incomplete record is needed. */
#include <string.h>

#include "data/blank.h"
#include "data/records_inside.h"

/* True if text[from .. to) has only blanks. */
static bool is_only_blanks(const char *text, size_t from, size_t to)
{
    plm_trim_blanks(text, &from, &to);
    return from == to;
}

/* Fails with E_FORMAT because of a wrong quote. line: the line of the file. what: the fault. */
static plm_status fail_quote(const plm_records *r, int64_t line, const char *what)
{
    return plm_fail(r->w, PLM_E_FORMAT, r->path,
                    "a quote within a quoted cell is written twice (\"\"); quotes=false reads "
                    "quotes as ordinary characters",
                    "line %lld: %s", (long long)line, what);
}

/* Fails because of a zero byte, which does not occur in text files. */
static plm_status fail_zero(const plm_records *r, const plm_splitting *s)
{
    return plm_fail(
        r->w, PLM_E_FORMAT, r->path,
        "use a text file; if it is UTF-16 without a byte order mark, set encoding='utf-16le'",
        "line %lld: the file has a zero byte, so it is not a text file",
        (long long)(r->next_line + s->lines));
}

/* ---- cells ---- */

/* Makes memory for more cells. */
static plm_status more_cells(plm_records *r)
{
    if (r->cells >= r->most_cells)
        return plm_fail(r->w, PLM_E_DATA, r->path,
                        "check the delimiter; table(..., max_columns=N) allows more",
                        "line %lld: the row has too many columns, the limit is %zu",
                        (long long)r->next_line, r->most_cells);
    if (r->cells < r->cell_room)
        return PLM_OK;
    plm_cell_span *larger = plm_allocate_array(r->w, 2 * r->cell_room, sizeof *larger);
    if (larger == NULL)
        return PLM_E_MEMORY;
    memcpy(larger, r->cell, r->cells * sizeof *larger);
    plm_release(r->w, r->cell);
    r->cell = larger;
    r->cell_room *= 2;
    return PLM_OK;
}

/* Appends a quoted cell that ends before index `to`. */
static plm_status push_quoted(plm_records *r, plm_splitting *s, size_t to)
{
    if (!is_only_blanks(r->text, s->close + 1, to))
        return fail_quote(r, r->next_line + s->lines, "there is text after a closing quote");
    r->cell[r->cells++] = (plm_cell_span){s->open + 1, s->close};
    s->quoted = false;
    return PLM_OK;
}

/* Appends the cell that ends before index `to`, without the blanks around it. If blanks are the
 * delimiter, there is no cell between two blanks. */
static inline plm_status push(plm_records *r, plm_splitting *s, size_t to)
{
    const char *text = r->text;
    size_t from = s->from;
    if (r->cells >= r->cell_room || r->cells >= r->most_cells)
        PLM_TRY(more_cells(r));
    if (s->quoted)
        return push_quoted(r, s, to);
    plm_trim_blanks(text, &from, &to);
    if (from < to || r->delimiter != ' ')
        r->cell[r->cells++] = (plm_cell_span){from, to};
    return PLM_OK;
}

/* Ends the quoted cell that began on line `opened`, at the quote at index `place`. */
static void close_quote(plm_records *r, plm_splitting *s, size_t place, int64_t opened)
{
    const int64_t lines = r->next_line + s->lines - opened;
    s->close = place;
    s->quoted = true;
    if (lines > 0 && r->inner == 0)
        r->inner_line = opened;
    r->inner += lines;
}

/* Finds the quote that closes a cell; skips doubled quotes and line ends. *place = its index, or
 * r->end if the buffer ends before it. A quote that is the last byte in the buffer may be the first
 * of two, so it closes the cell only at the end of the file. */
static plm_status find_close(plm_records *r, plm_splitting *s, size_t *place)
{
    while (plm_records_mark(r, place)) {
        const char c = r->text[*place], after = r->text[*place + 1];
        if (c == '\0')
            return fail_zero(r, s);
        if (*place + 1 == r->end && !r->over)
            break;
        s->lines += c == '\n' || (c == '\r' && after != '\n');
        if (c == '"' && (after != '"' || *place + 1 == r->end))
            return PLM_OK;
        if (c == '"') {
            r->escapes = true;
            (void)plm_records_mark(r, place);
        }
    }
    *place = r->end;
    return PLM_OK;
}

/* Handles a quote. If it opens a cell, moves past the closing quote. */
static plm_status take_quote(plm_records *r, plm_splitting *s, size_t place)
{
    const int64_t opened = r->next_line + s->lines;
    if (s->quoted)
        return fail_quote(r, opened, "there is text after a closing quote");
    if (!r->quotes || !is_only_blanks(r->text, s->from, place))
        return PLM_OK;
    s->open = place;
    PLM_TRY(find_close(r, s, &place));
    s->whole = place < r->end;
    if (s->whole)
        close_quote(r, s, place, opened);
    else if (r->over)
        return fail_quote(r, opened, "the quote that opens here is never closed");
    return PLM_OK;
}

/* Handles the line end at index `place`, or the end of the file: ends the record. If a CR is the
 * last byte in the buffer, an LF may follow in the file, so the record is regarded as incomplete.
 * */
static plm_status take_end(plm_records *r, plm_splitting *s, size_t place)
{
    PLM_TRY(push(r, s, place));
    s->next = place;
    if (place == r->end)
        return PLM_OK;
    s->next++;
    s->lines++;
    if (r->text[place] != '\r')
        return PLM_OK;
    if (s->next == r->end && !r->over)
        s->whole = false;
    else if (s->next < r->end && r->text[s->next] == '\n')
        (void)plm_records_mark(r, &s->next), s->next++;
    return PLM_OK;
}

/* Splits the record that begins at r->at; s->whole = false: the buffer ends within the record.
 * Every mark is a delimiter, a line end, a quote or a zero byte. */
plm_status plm_records_split(plm_records *r, plm_splitting *s)
{
    const char delimiter = r->delimiter, *text = r->text;
    size_t place = 0;
    while (s->whole) {
        if (!plm_records_mark(r, &place)) {
            s->whole = r->over;
            return r->over ? take_end(r, s, r->end) : PLM_OK;
        }
        const char c = text[place];
        if (c == delimiter || (delimiter == ' ' && c == '\t')) {
            PLM_TRY(push(r, s, place));
            s->from = place + 1;
        } else if (c == '\n' || c == '\r') {
            return take_end(r, s, place);
        } else if (c == '"') {
            PLM_TRY(take_quote(r, s, place));
        } else {
            return fail_zero(r, s);
        }
    }
    return PLM_OK;
}

/* Replaces doubled quotes within quoted cells by single ones. A cell is quoted if a quote is before
 * it. Cells only get shorter, so it works in place; the bytes between the new and the old end of a
 * cell then belong to no cell. */
void plm_records_unescape(plm_records *r)
{
    char *text = plm_records_text(r);
    for (size_t i = 0; i < r->cells; i++) {
        plm_cell_span *c = &r->cell[i];
        size_t to = c->from;
        if (text[(ptrdiff_t)c->from - 1] != '"')
            continue;
        for (size_t from = c->from; from < c->to; from++) {
            text[to++] = text[from];
            from += text[from] == '"';
        }
        c->to = to;
    }
}
