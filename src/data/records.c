/* Splits text into records. The buffer must hold a complete record. If the buffer ends within a
 * record, the record is moved to the beginning of the buffer, the rest is filled from the file, and
 * the record is split again. The cells of the current record are slices of the buffer, so they are
 * valid until the next record is read. Memory is limited by the longest record, not by the file. */
#include "data/records.h"

#include <string.h>

#include "data/records_inside.h"

/* ROOM: initial size of the buffer, in bytes. CELLS: initial capacity for cells. SAMPLE: number of
 * bytes from which the delimiter is guessed. */
enum { ROOM = 1 << 18, CELLS = 256, SAMPLE = 1 << 16 };

/* ---- the buffer ---- */

/* Fills the mask, in which one bit stands for a byte: 1 = a delimiter, a quote or a line end. Bytes
 * are classified PLM_RECORDS_STEP at a time, so the words at both ends also cover bytes outside of
 * the text; the bits of these are cleared. */
void plm_records_scan(plm_records *r)
{
    const char delimiter[2] = {r->delimiter, r->delimiter == ' ' ? '\t' : r->delimiter};
    const size_t first = r->at / PLM_RECORDS_STEP,
                 last = (r->end + PLM_RECORDS_STEP - 1) / PLM_RECORDS_STEP;
    if (last > first)
        plm_scan_cells(r->isa, r->text + first * PLM_RECORDS_STEP, last - first, delimiter,
                       r->mask + first);
    if (r->end % PLM_RECORDS_STEP != 0)
        r->mask[last - 1] &= (UINT64_C(1) << r->end % PLM_RECORDS_STEP) - 1;
    r->word = first;
    r->bits = first < last ? r->mask[first] & ~UINT64_C(0) << r->at % PLM_RECORDS_STEP : 0;
}

/* Enlarges the buffer. Margins of zeros at both ends allow vector loads beyond the ends of the
 * text. The text of the current record moves to the start of the new block, so older slices of it
 * are no longer valid. */
plm_status plm_records_enlarge(plm_records *r, size_t room)
{
    char *block = plm_allocate_unset(r->w, room + 2 * PLM_RECORDS_MARGIN);
    uint64_t *marks = plm_allocate_array(r->w, room / PLM_RECORDS_STEP + 1, sizeof *marks);
    if (block == NULL || marks == NULL) {
        plm_release(r->w, block);
        plm_release(r->w, marks);
        return PLM_E_MEMORY;
    }
    memset(block, 0, PLM_RECORDS_MARGIN);
    memset(block + PLM_RECORDS_MARGIN + room, 0, PLM_RECORDS_MARGIN);
    if (r->block != NULL)
        memcpy(block + PLM_RECORDS_MARGIN, r->text + r->at, r->end - r->at);
    plm_release(r->w, r->block);
    plm_release(r->w, r->mask);
    r->block = block;
    r->mask = marks;
    r->room = room;
    return PLM_OK;
}

/* Moves the unused text to the beginning of the buffer and fills the rest. If the unused text is
 * more than half of the buffer, the record is long, and the buffer is doubled, so that a record of
 * any length is copied only a few times. The decoder gets the position of the new bytes, from
 * which its messages compute the line. */
plm_status plm_records_refill(plm_records *r)
{
    const size_t left = r->end - r->at;
    if (left > r->most_bytes)
        return plm_fail(
            r->w, PLM_E_DATA, r->path,
            "check that the file is a table of text; table(..., max_line=BYTES) allows more",
            "line %lld: the row has too many bytes, the limit is %zu", (long long)r->next_line,
            r->most_bytes);
    if (left > r->room / 2)
        PLM_TRY(plm_records_enlarge(r, 2 * r->room));
    else if (left > 0)
        memmove(plm_records_text(r), r->text + r->at, left);
    r->text = plm_records_text(r);
    r->before += (int64_t)r->at;
    r->at = 0;
    r->end = left;
    r->decoder.line = r->next_line - 1;
    r->decoder.since = r->text;
    while (r->end + PLM_RECORDS_STEP < r->room && !r->over) {
        size_t got = 0;
        PLM_TRY(plm_decode(&r->decoder, plm_records_text(r) + r->end, r->room - r->end, &got));
        r->end += got;
        r->over = got == 0;
    }
    memset(plm_records_text(r) + r->end, 0,
           PLM_RECORDS_MARGIN); /* what loads behind a cell find there */
    plm_records_scan(r);
    return PLM_OK;
}

/* Goes back to the beginning of the text. The decoder is also started again, as it may have
 * determined the encoding meanwhile. */
plm_status plm_records_rewind(plm_records *r)
{
    r->at = r->end = 0;
    r->before = 0;
    r->next_line = 1;
    r->over = false;
    r->passed = 0;
    PLM_TRY(plm_decode_begin(&r->decoder));
    return plm_records_refill(r);
}

/* Allocates the buffers. The decoder gets the runtime and the file of the reader; the caller has
 * set its encoding. */
plm_status plm_records_open(plm_records *r)
{
    r->decoder.w = r->w;
    r->decoder.reader = r->reader;
    r->decoder.path = r->path;
    PLM_TRY(plm_records_enlarge(r, ROOM));
    r->cell = plm_allocate_array(r->w, CELLS, sizeof *r->cell);
    r->cell_room = CELLS;
    return r->cell != NULL ? plm_records_rewind(r) : PLM_E_MEMORY;
}

/* Frees the buffers. May be called after a failed open, and repeatedly. */
void plm_records_close(plm_records *r)
{
    plm_decode_end(&r->decoder);
    plm_release(r->w, r->block);
    plm_release(r->w, r->mask);
    plm_release(r->w, r->cell);
    plm_reader_close(r->reader);
    *r = (plm_records){.w = r->w};
}

/* Returns the remaining text in the buffer. If there is little, the buffer is filled first. */
plm_status plm_records_sample(plm_records *r, const char **out, size_t *n)
{
    if (r->end - r->at < SAMPLE)
        PLM_TRY(plm_records_refill(r));
    *out = r->text + r->at;
    *n = r->end - r->at < SAMPLE ? r->end - r->at : SAMPLE;
    return PLM_OK;
}

/* ---- records ---- */

/* True if a cell with line ends was probably caused by a missing quote. A quote that is never
 * closed includes all text until the next quote in the cell. This is likely if the lines in the
 * cell have as many delimiters as a row. */
bool plm_records_look_like_rows(const plm_records *r, size_t to)
{
    enum { MANY = 20, SEVERAL = 4 };
    int64_t lines = 0, alike = 0;
    size_t delimiters = 0;
    for (size_t k = r->at; k <= to; k++) {
        const bool end = k == to || r->text[k] == '\n';
        delimiters += !end && r->text[k] == r->delimiter;
        if (!end || (k == to && k > r->at && r->text[k - 1] == '\n'))
            continue;
        lines++;
        alike += delimiters + 1 == r->columns;
        delimiters = 0;
    }
    return lines > MANY ? 5 * alike > 4 * lines
                        : alike == lines && (r->columns > 2 || lines >= SEVERAL);
}

/* Fails for a record that contains whole rows, probably since a quote is missing. */
static plm_status fail_swallowed(const plm_records *r)
{
    return plm_fail(r->w, PLM_E_FORMAT, r->path,
                    "correct the quotes; if the cell really contains these lines, set quotes=true; "
                    "quotes=false reads quotes as ordinary characters",
                    "line %lld: a cell in quotes begins here and continues to line %lld, over "
                    "lines that look like rows",
                    (long long)r->inner_line, (long long)(r->inner_line + r->inner));
}

/* Finds the next line end; skips quotes and delimiters. *place = its index; false: the buffer ends
 * before or within the line end. */
static bool find_line_end(plm_records *r, size_t *place)
{
    while (plm_records_mark(r, place))
        if (r->text[*place] == '\n' || r->text[*place] == '\r')
            return *place + 1 < r->end || r->over;
    return false;
}

/* Reads a line, not a record: quotes have no meaning. */
plm_status plm_records_line(plm_records *r, const char **text, size_t *n, bool *got)
{
    size_t place = 0;
    bool found = find_line_end(r, &place);
    while (!found && !r->over) {
        PLM_TRY(plm_records_refill(r));
        found = find_line_end(r, &place);
    }
    place = found ? place : r->end;
    *got = r->at < r->end;
    *text = r->text + r->at;
    *n = place - r->at;
    if (found && r->text[place] == '\r' && place + 1 < r->end && r->text[place + 1] == '\n')
        (void)plm_records_mark(r, &place);
    r->at = found ? place + 1 : r->end;
    r->next_line += *got;
    return PLM_OK;
}

/* Skips a line, which need not be a valid record. */
plm_status plm_records_skip(plm_records *r, bool *got)
{
    const char *text = NULL;
    size_t n = 0;
    return plm_records_line(r, &text, &n, got);
}

/* Splits the record that begins at r->at, and reads as much of the file as the record needs. */
static plm_status read_record(plm_records *r, plm_splitting *s)
{
    for (;;) {
        *s = (plm_splitting){.from = r->at, .whole = true};
        r->cells = 0;
        r->inner = 0;
        r->escapes = false;
        PLM_TRY(plm_records_split(r, s));
        if (s->whole)
            break;
        PLM_TRY(plm_records_refill(r));
    }
    if (s->next - r->at > r->most_bytes)
        return plm_records_refill(r); /* which reports it */
    if (r->inner > 0 && r->columns > 1 && plm_records_look_like_rows(r, s->next))
        return fail_swallowed(r);
    r->line = r->next_line;
    r->next_line += s->lines;
    if (r->escapes)
        plm_records_unescape(r);
    return PLM_OK;
}

/* Reads the next record. A record is blank if it has one empty cell without quotes; a row with ""
 * in quotes is not blank. Comments are lines, not records, so a quote in a comment has no meaning.
 * */
plm_status plm_records_next(plm_records *r, bool *got)
{
    r->behind_blank = false;
    for (;;) {
        plm_splitting s;
        if (r->at == r->end && !r->over)
            PLM_TRY(plm_records_refill(r));
        *got = r->at < r->end;
        if (!*got)
            return PLM_OK;
        r->hash = r->text[r->at] == '#';
        if (r->hash && r->comments) {
            r->first_passed = r->passed++ == 0 ? r->next_line : r->first_passed;
            PLM_TRY(plm_records_skip(r, got));
            continue;
        }
        PLM_TRY(read_record(r, &s));
        const size_t begun = r->at;
        r->at = s.next;
        if (r->cells > 1 ||
            (r->cells == 1 && (r->cell[0].to > r->cell[0].from || r->text[begun] == '"')))
            return PLM_OK;
        r->behind_blank = true;
    }
}

/* Continues at a position, where another reader of the same file has stopped. line: the number of
 * the line there, which does not follow from the position. */
plm_status plm_records_go(plm_records *r, int64_t place, int64_t line)
{
    r->at = r->end = 0;
    r->before = place;
    r->next_line = line;
    r->over = false;
    PLM_TRY(plm_decode_go(&r->decoder, place));
    return plm_records_refill(r);
}

/* For estimates of the number of rows. */
int64_t plm_records_place(const plm_records *r)
{
    return r->before + (int64_t)r->at;
}

/* Returns a copy of a cell. The slice itself is valid only until the next record is read. */
const char *plm_records_copy(const plm_records *r, plm_arena *a, size_t cell)
{
    const plm_cell_span *c = &r->cell[cell];
    return plm_arena_text(a, r->text + c->from, c->to - c->from);
}
