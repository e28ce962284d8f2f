/* Splits text into records. The buffer must hold a complete record. If the buffer ends within a
 * record, the record is moved to the beginning of the buffer, the rest is filled from the file, and
 * the record is split again. */
#include "data/records.h"

#include <string.h>

#include "data/rows.h"
#include "kernel/scan.h"

/* ROOM: initial size of the buffer. MARGIN: readable bytes before and after it. STEP: bytes of a
 * word of marks. SAMPLE: bytes that are looked at to guess the delimiter. */
enum { ROOM = 1 << 18, MARGIN = PLM_ROWS_MARGIN, STEP = 64, CELLS = 256, SAMPLE = 1 << 16 };

/* ---- the buffer ---- */

/* Returns the text of the buffer, which may be changed. */
static char *text_of(plm_records *r)
{
    return r->block + MARGIN;
}

/* Scans text[at .. end) for marks, and goes to the first mark. */
static void mark(plm_records *r)
{
    const char delimiter[2] = {r->delimiter, r->delimiter == ' ' ? '\t' : r->delimiter};
    const size_t first = r->at / STEP, last = (r->end + STEP - 1) / STEP;
    if (last > first)
        plm_scan_cells(r->isa, r->text + first * STEP, last - first, delimiter, r->mask + first);
    if (r->end % STEP != 0)
        r->mask[last - 1] &= (UINT64_C(1) << r->end % STEP) - 1;
    r->word = first;
    r->bits = first < last ? r->mask[first] & ~UINT64_C(0) << r->at % STEP : 0;
}

/* Allocates a buffer of this size, and moves text[at .. end) to its beginning. */
static plm_status enlarge(plm_records *r, size_t room)
{
    char *block = plm_allocate_unset(r->w, room + 2 * MARGIN);
    uint64_t *marks = plm_allocate_array(r->w, room / STEP + 1, sizeof *marks);
    if (block == NULL || marks == NULL) {
        plm_release(r->w, block);
        plm_release(r->w, marks);
        return PLM_E_MEMORY;
    }
    memset(block, 0, MARGIN);
    memset(block + MARGIN + room, 0, MARGIN);
    if (r->block != NULL)
        memcpy(block + MARGIN, r->text + r->at, r->end - r->at);
    plm_release(r->w, r->block);
    plm_release(r->w, r->mask);
    r->block = block;
    r->mask = marks;
    r->room = room;
    return PLM_OK;
}

/* Moves the unused text to the beginning of the buffer and fills the rest. A record that fills the
 * whole buffer makes it twice as large. */
static plm_status refill(plm_records *r)
{
    const size_t left = r->end - r->at;
    if (left > r->most_bytes)
        return plm_fail(r->w, PLM_E_DATA, r->path,
                        "check that it is a table of text; max_line=BYTES allows more",
                        "line %lld: too many bytes, the limit is %zu", (long long)r->next_line,
                        r->most_bytes);
    if (left > r->room / 2)
        PLM_TRY(enlarge(r, 2 * r->room));
    else if (left > 0)
        memmove(text_of(r), r->text + r->at, left);
    r->text = text_of(r);
    r->before += (int64_t)r->at;
    r->at = 0;
    r->end = left;
    r->decoder.line = r->next_line - 1;
    r->decoder.since = r->text;
    while (r->end + STEP < r->room && !r->over) {
        size_t got = 0;
        PLM_TRY(plm_decode(&r->decoder, text_of(r) + r->end, r->room - r->end, &got));
        r->end += got;
        r->over = got == 0;
    }
    memset(text_of(r) + r->end, 0, MARGIN); /* what loads behind a cell find there */
    mark(r);
    return PLM_OK;
}

plm_status plm_records_rewind(plm_records *r)
{
    r->at = r->end = 0;
    r->before = 0;
    r->next_line = 1;
    r->over = false;
    r->passed = 0;
    PLM_TRY(plm_decode_begin(&r->decoder));
    return refill(r);
}

plm_status plm_records_open(plm_records *r)
{
    r->decoder.w = r->w;
    r->decoder.reader = r->reader;
    r->decoder.path = r->path;
    PLM_TRY(enlarge(r, ROOM));
    r->cell = plm_allocate_array(r->w, CELLS, sizeof *r->cell);
    r->cell_room = CELLS;
    return r->cell != NULL ? plm_records_rewind(r) : PLM_E_MEMORY;
}

void plm_records_close(plm_records *r)
{
    plm_decode_end(&r->decoder);
    plm_release(r->w, r->block);
    plm_release(r->w, r->mask);
    plm_release(r->w, r->cell);
    plm_reader_close(r->reader);
    *r = (plm_records){.w = r->w};
}

/* Returns the text that is left in the buffer, which is filled first if that is short. */
plm_status plm_records_sample(plm_records *r, const char **out, size_t *n)
{
    if (r->end - r->at < SAMPLE)
        PLM_TRY(refill(r));
    *out = r->text + r->at;
    *n = r->end - r->at < SAMPLE ? r->end - r->at : SAMPLE;
    return PLM_OK;
}

/* ---- marks ---- */

/* *place = the place of the next mark; false: the buffer has no more marks. */
static inline bool next_mark(plm_records *r, size_t *place)
{
    while (r->bits == 0) {
        if (++r->word >= (r->end + STEP - 1) / STEP)
            return false;
        r->bits = r->mask[r->word];
    }
    *place = r->word * STEP + plm_lowest_bit(r->bits);
    r->bits &= r->bits - 1;
    return true;
}

/* A record while it is split. */
typedef struct {
    size_t from;        /* where the present cell begins */
    size_t open, close; /* the places of the quotes of a cell in quotes */
    bool quoted, begun; /* the current cell is in quotes; it was begun */
    bool whole;         /* the record ends within the buffer */
    int64_t lines;      /* number of line ends so far, within quotes and at the end */
    size_t next;        /* where the next record begins */
} splitting;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* True if text[from .. to) has only blanks. */
static bool only_blanks(const char *text, size_t from, size_t to)
{
    while (from < to && is_blank(text[from]))
        from++;
    return from == to;
}

/* Fails with E_FORMAT for a wrong quote in a line of the file. what: the fault. */
static plm_status fail_quote(const plm_records *r, int64_t line, const char *what)
{
    return plm_fail(r->w, PLM_E_FORMAT, r->path,
                    "a quote within a quoted cell is written twice (\"\"); quotes=false takes "
                    "quotes as ordinary characters",
                    "line %lld: %s", (long long)line, what);
}

/* Fails for a zero byte, which no text file has. */
static plm_status fail_zero(const plm_records *r, const splitting *s)
{
    return plm_fail(
        r->w, PLM_E_FORMAT, r->path,
        "give a text file; if it is UTF-16 without a byte order mark, give encoding='utf-16le'",
        "line %lld: the file holds a zero byte, so it is no text",
        (long long)(r->next_line + s->lines));
}

/* ---- cells ---- */

/* Makes memory for more cells. */
static plm_status more_cells(plm_records *r)
{
    if (r->cells >= r->most_cells)
        return plm_fail(r->w, PLM_E_DATA, r->path, "check the delimiter; max_columns=N allows more",
                        "line %lld: too many columns, the limit is %zu", (long long)r->next_line,
                        r->most_cells);
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

/* Appends a cell in quotes that ends before `to`. */
static plm_status push_quoted(plm_records *r, splitting *s, size_t to)
{
    if (!only_blanks(r->text, s->close + 1, to))
        return fail_quote(r, r->next_line + s->lines, "there is text after a closing quote");
    r->cell[r->cells++] = (plm_cell_span){s->open + 1, s->close};
    s->quoted = false;
    return PLM_OK;
}

/* Appends the cell that ends before `to`, without the blanks around it. If blanks delimit, there is
 * no cell between two of them. */
static inline plm_status push(plm_records *r, splitting *s, size_t to)
{
    const char *text = r->text;
    size_t from = s->from;
    if (r->cells >= r->cell_room || r->cells >= r->most_cells)
        PLM_TRY(more_cells(r));
    if (s->quoted)
        return push_quoted(r, s, to);
    while (from < to && is_blank(text[from]))
        from++;
    while (from < to && is_blank(text[to - 1]))
        to--;
    if (from < to || r->delimiter != ' ')
        r->cell[r->cells++] = (plm_cell_span){from, to};
    return PLM_OK;
}

/* Ends the cell in quotes that was opened on line `opened`, at the quote at `place`. */
static void close_quote(plm_records *r, splitting *s, size_t place, int64_t opened)
{
    const int64_t lines = r->next_line + s->lines - opened;
    s->close = place;
    s->quoted = true;
    if (lines > 0 && r->inner == 0)
        r->inner_line = opened;
    r->inner += lines;
}

/* Finds the quote that closes a cell; skips doubled quotes and line ends. *place = its place, or
 * r->end if the buffer ends before it. */
static plm_status find_close(plm_records *r, splitting *s, size_t *place)
{
    while (next_mark(r, place)) {
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
            (void)next_mark(r, place);
        }
    }
    *place = r->end;
    return PLM_OK;
}

/* Handles a quote. If it opens a cell, moves past the closing quote. */
static plm_status take_quote(plm_records *r, splitting *s, size_t place)
{
    const int64_t opened = r->next_line + s->lines;
    if (s->quoted)
        return fail_quote(r, opened, "there is text after a closing quote");
    if (!r->quotes || !only_blanks(r->text, s->from, place))
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

/* Handles the line end at `place`, or the end of the file: ends the record. */
static plm_status take_end(plm_records *r, splitting *s, size_t place)
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
        (void)next_mark(r, &s->next), s->next++;
    return PLM_OK;
}

/* Splits the record that begins at r->at; s->whole = false: the buffer ends within the record. */
static plm_status split(plm_records *r, splitting *s)
{
    const char delimiter = r->delimiter, *text = r->text;
    size_t place = 0;
    while (s->whole) {
        if (!next_mark(r, &place)) {
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
 * it. */
static void unescape(plm_records *r)
{
    char *text = text_of(r);
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

/* ---- records ---- */

/* True if the lines of a record with line ends within cells look like rows of the table, since they
 * have as many delimiters. In short records of few columns this may be chance. */
static bool looks_like_rows(const plm_records *r, size_t to)
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

/* Fails for a record that contains rows, probably since a quote is missing. */
static plm_status fail_swallowed(const plm_records *r)
{
    return plm_fail(r->w, PLM_E_FORMAT, r->path,
                    "correct the quotes; if the cell does hold these lines, give quotes=true; "
                    "quotes=false takes quotes as ordinary characters",
                    "line %lld: a cell in quotes begins here and continues to line %lld, over "
                    "lines that look like rows",
                    (long long)r->inner_line, (long long)(r->inner_line + r->inner));
}

/* Finds the next line end; skips quotes and delimiters. *place = its place; false: the buffer ends
 * before or within the line end. */
static bool find_line_end(plm_records *r, size_t *place)
{
    while (next_mark(r, place))
        if (r->text[*place] == '\n' || r->text[*place] == '\r')
            return *place + 1 < r->end || r->over;
    return false;
}

/* Reads lines, not records: quotes mean nothing. */
plm_status plm_records_line(plm_records *r, const char **text, size_t *n, bool *got)
{
    size_t place = 0;
    bool found = find_line_end(r, &place);
    while (!found && !r->over) {
        PLM_TRY(refill(r));
        found = find_line_end(r, &place);
    }
    place = found ? place : r->end;
    *got = r->at < r->end;
    *text = r->text + r->at;
    *n = place - r->at;
    if (found && r->text[place] == '\r' && place + 1 < r->end && r->text[place + 1] == '\n')
        (void)next_mark(r, &place);
    r->at = found ? place + 1 : r->end;
    r->next_line += *got;
    return PLM_OK;
}

plm_status plm_records_skip(plm_records *r, bool *got)
{
    const char *text = NULL;
    size_t n = 0;
    return plm_records_line(r, &text, &n, got);
}

/* Splits the record that begins at r->at, and reads as much of the file as the record needs. */
static plm_status read_record(plm_records *r, splitting *s)
{
    for (;;) {
        *s = (splitting){.from = r->at, .whole = true};
        r->cells = 0;
        r->inner = 0;
        r->escapes = false;
        PLM_TRY(split(r, s));
        if (s->whole)
            break;
        PLM_TRY(refill(r));
    }
    if (s->next - r->at > r->most_bytes)
        return refill(r); /* which reports it */
    if (r->inner > 0 && r->columns > 1 && looks_like_rows(r, s->next))
        return fail_swallowed(r);
    r->line = r->next_line;
    r->next_line += s->lines;
    if (r->escapes)
        unescape(r);
    return PLM_OK;
}

plm_status plm_records_next(plm_records *r, bool *got)
{
    r->behind_blank = false;
    for (;;) {
        splitting s;
        if (r->at == r->end && !r->over)
            PLM_TRY(refill(r));
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

int64_t plm_records_place(const plm_records *r)
{
    return r->before + (int64_t)r->at;
}

const char *plm_records_copy(const plm_records *r, plm_arena *a, size_t cell)
{
    const plm_cell_span *c = &r->cell[cell];
    return plm_arena_text(a, r->text + c->from, c->to - c->from);
}
