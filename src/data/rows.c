/* The fast reader of rows. plm_scan_cells marks, 64 bytes at a time, every byte that may end a
 * cell: delimiters, line ends, quotes, and zero bytes. So the end of a cell is known before the
 * cell is read, and its digits can be converted eight at once, from the last to the first
 * (rows_number.c). take_cells handles the usual cells of a block of 64 bytes in one loop. All other
 * marks are handled by take_mark, one by one. */
#include "data/rows.h"

#include <math.h>

#include "base/decimal.h"
#include "data/blank.h"
#include "kernel/scan.h"

enum {
    SCANNED = 32, /* number of blocks of 64 bytes that are scanned by one call */
    STEP = 64     /* number of bytes of a block; each has one bit in the mask of the block */
};

/* Returns the number in text[0 .. length), or NaN, as plm_rows_number does. Cells of a single
 * digit, which are frequent, are read without a call. */
static inline double read_cell(const char *text, size_t length)
{
    const int digit = *text - '0';
    return length == 1 && digit >= 0 && digit <= 9 ? digit : plm_rows_number(text, length);
}

/* True if the float32 is finite. */
static inline bool fits(float single)
{
    return fabsf(single) <= 3.40282347e+38f; /* false for NaN, too */
}

/* ---- cells ---- */

/* The row that is being read. All positions are indices in `text`. */
typedef struct {
    const plm_rows_shape *s; /* the form of the rows */
    plm_rows_sink *sink;     /* where numbers are written */
    const char *text;
    size_t limit; /* only rows that begin before this index are read */
    /* [columns] where the values of this row are also written as doubles; NULL = not needed */
    double *exact;
    /* row: where the row begins. cell: where its current cell begins. column: number of that cell,
     * from 0 */
    size_t row, cell, column;
    /* true = the current cell is in quotes; its text, between the quotes, is [from, to) */
    bool quoted;
    size_t from, to;
} reader;

/* True for the delimiter. If the delimiter is a blank, a tab is also one. */
static bool is_delimiter(const plm_rows_shape *s, char c)
{
    return s->delimiter == ' ' ? plm_is_blank(c) : c == s->delimiter;
}

/* Stores the number of the current column. False: the number is not finite as float32, or it is a
 * negative weight. */
static bool store(reader *r, double number)
{
    const int part = r->s->part[r->column];
    const float single = (float)number;
    if (!fits(single) || (single < 0 && part == r->s->weight))
        return false;
    r->sink->out[part][r->s->place[r->column]] = single;
    if (r->exact != NULL)
        r->exact[r->column] = number;
    return true;
}

/* Narrows the current cell, text[*from .. *to), to its content: removes the blanks around it, or
 * its quotes. False: there is text after the closing quote. */
static bool unwrap(reader *r, size_t *from, size_t *to)
{
    if (!r->quoted) {
        plm_trim_blanks(r->text, from, to);
        return true;
    }
    size_t behind = r->to + 1;
    plm_trim_blanks(r->text, &behind, to);
    const bool clean = behind == *to;
    *from = r->from;
    *to = r->to;
    r->quoted = false;
    return clean;
}

/* Reads the cell that ends before `to`, and stores its number if the column is used. False: the
 * cell is not simple, or the row has too many cells. The text of a quoted cell is not [cell, to):
 * it was found together with its quotes. */
static bool take_cell(reader *r, size_t to)
{
    size_t from = r->cell;
    if (to == from && r->s->delimiter == ' ')
        /* if several blanks are one delimiter, or at the end of the line: there is no cell here */
        return true;
    if (r->column >= r->s->columns || !unwrap(r, &from, &to))
        return false;
    if (r->s->part[r->column] >= 0 && !store(r, read_cell(r->text + from, to - from)))
        return false;
    r->column++;
    return true;
}

/* ---- rows ---- */

/* Starts a row that begins at index `place`. */
static inline void begin_row(reader *r, size_t place)
{
    r->row = r->cell = place;
    r->column = 0;
    r->exact = r->sink->exact_rows > 0 ? r->sink->exact : NULL;
}

/* Counts the row as complete, and starts the next one at index `next`. */
static inline void end_row(reader *r, size_t next)
{
    plm_rows_advance(r->s, r->sink);
    r->sink->lines++;
    begin_row(r, next);
}

/* True if all requested rows are read, or the next row begins at the limit or later. */
static inline bool is_enough(const reader *r)
{
    return r->sink->rows >= r->sink->most || r->row >= r->limit;
}

/* Ends a row: its last cell ends before `to`, and the next line begins at `next`. An empty line is
 * skipped. False: the row is not simple, has too few cells or is too long. The limit of bytes is
 * checked here, so that the fast reader and the other one reject the same rows. */
static bool take_end(reader *r, size_t to, size_t next)
{
    const plm_rows_shape *s = r->s;
    if (r->row == to) { /* a blank line */
        r->sink->lines++;
        begin_row(r, next);
        return true;
    }
    if (!take_cell(r, to) || r->column != s->columns ||
        (s->most_bytes > 0 && to - r->row >= s->most_bytes))
        return false;
    end_row(r, next);
    return true;
}

/* ---- marks ---- */

/* Iterates over the marked bytes of a text, which plm_scan_cells finds. */
typedef struct {
    const plm_rows_shape *s;
    const char *text;
    size_t at, end;       /* index of the current block of 64 bytes; the end of the text */
    size_t block, blocks; /* number of the current block in `mask`; number of blocks in `mask` */
    /* bits: unused marks of the current block. mask: the marks of each scanned block */
    uint64_t bits, mask[SCANNED];
} marks;

/* Moves to the next block of 64 bytes. When no scanned block is left, scans the next SCANNED blocks
 * by one call, so that the call and the choice of the instruction set cost little per block. Clears
 * marks after the end of the text. False: there are no more blocks. */
static bool scan_more(marks *m)
{
    const char delimiter[2] = {m->s->delimiter, m->s->delimiter == ' ' ? '\t' : m->s->delimiter};
    m->at += STEP;
    if (++m->block >= m->blocks) {
        if (m->at >= m->end)
            return false;
        const size_t left = (m->end - m->at + STEP - 1) / STEP;
        m->blocks = left < SCANNED ? left : SCANNED;
        m->block = 0;
        plm_scan_cells(m->s->isa, m->text + m->at, m->blocks, delimiter, m->mask);
    }
    m->bits = m->mask[m->block];
    if (m->end - m->at < STEP)
        m->bits &= (UINT64_C(1) << (m->end - m->at)) - 1;
    return true;
}

/* Removes the next mark and returns the index of its byte; `end` = there are no more marks. */
static inline size_t next_mark(marks *m)
{
    while (m->bits == 0)
        if (!scan_more(m))
            return m->end;
    const size_t place = m->at + plm_lowest_bit(m->bits);
    m->bits &= m->bits - 1;
    return place;
}

/* True if cell number `column`, which ends before `place`, is the last one of its row, and the row
 * is not too long. */
static bool is_whole(const reader *r, size_t column, size_t place)
{
    const plm_rows_shape *s = r->s;
    return column + 1 == s->columns && (s->most_bytes == 0 || place - r->row < s->most_bytes);
}

/* A cell of the hot loop. Its text is [from, to). left: the marks of the block from the end of the
 * cell on; the lowest bit is the mark after the text. */
typedef struct {
    size_t from, to;
    uint64_t left;
} usual;

/* If the first mark of a cell is a quote, narrows the cell to the text between its quotes, and
 * makes the mark after the closing quote the next one. False: the quote does not open the cell, or
 * the cell is not closed in this block, contains a delimiter, or is followed by text. Three
 * consecutive marks decide this: the opening quote, the closing one, and the end of the cell
 * directly after it. A doubled quote or a delimiter inside would be a mark between them. */
static inline bool within_quotes(const marks *m, usual *u)
{
    const char *text = m->text;
    uint64_t left = u->left & (u->left - 1);
    const size_t close = left ? m->at + plm_lowest_bit(left) : 0;
    if (u->to != u->from || left == 0 || text[close] != '"')
        return false;
    left &= left - 1;
    if (left == 0 || m->at + plm_lowest_bit(left) != close + 1)
        return false;
    *u = (usual){u->to + 1, close, left};
    return true;
}

/* Finds the text of the cell that begins at index *cell, from the marks *bits of the current block.
 * The text excludes blanks before it, or its quotes. If blanks are the delimiter, skips all of them
 * first. False: there is no mark left, or the cell is not a usual one. */
static inline bool find_usual(const marks *m, uint64_t *bits, size_t *cell, usual *u)
{
    if (m->s->delimiter == ' ')
        while (*bits != 0 && m->at + plm_lowest_bit(*bits) == *cell &&
               plm_is_blank(m->text[*cell])) {
            *bits &= *bits - 1;
            ++*cell;
        }
    if (*bits == 0)
        return false;
    *u = (usual){*cell, m->at + plm_lowest_bit(*bits), *bits};
    if (m->text[u->to] == '"')
        return within_quotes(m, u);
    while (u->from < u->to && plm_is_blank(m->text[u->from]))
        u->from++;
    return true;
}

/* True if the mark at index *place ends a line. If the line end is CRLF, moves *place to its LF and
 * removes the mark of the CR from *left. False: there is no LF or CRLF, or the LF is in the next
 * block. */
static inline bool find_line_feed(const marks *m, size_t *place, uint64_t *left)
{
    if (m->text[*place] == '\r') {
        *left &= *left - 1;
        if (*left == 0 || m->text[*place + 1] != '\n')
            return false;
        ++*place;
    }
    return m->text[*place] == '\n';
}

/* Stores the number of a column that is an input or a target. False: the number is not finite as
 * float32. */
static inline bool store_usual(const reader *r, size_t column, double number)
{
    const plm_rows_shape *s = r->s;
    const float single = (float)number;
    if (!fits(single))
        return false;
    r->sink->out[s->part[column]][s->place[column]] = single;
    if (r->exact != NULL)
        r->exact[column] = number;
    return true;
}

/* Reads the cells that end in the current block, as long as they are usual ones: numbers of inputs
 * or targets, perhaps in quotes or after blanks, and line ends LF or CRLF. If blanks are the
 * delimiter, several blanks are one delimiter. Stops when enough rows are read, or at the first
 * other cell, whose mark is left for take_mark. This is the hot loop, so its state is in local
 * variables. The unsigned comparison with `parts` is true for inputs and targets and false both for
 * columns that are not read (-1) and for weights, which need additional checks; those leave the
 * loop. */
static void take_cells(reader *r, marks *m)
{
    const plm_rows_shape *s = r->s;
    const unsigned parts = (unsigned)(s->weight < 0 ? s->parts : s->weight);
    const char *text = r->text, delimiter = s->delimiter;
    size_t cell = r->cell, column = r->column;
    uint64_t bits = m->bits;
    usual u;
    while (bits != 0 && column < s->columns && (unsigned)s->part[column] < parts &&
           find_usual(m, &bits, &cell, &u)) {
        size_t mark = m->at + plm_lowest_bit(u.left);
        const bool last = text[mark] != delimiter;
        if (last && (!is_whole(r, column, mark) || !find_line_feed(m, &mark, &u.left)))
            break;
        if (!store_usual(r, column, read_cell(text + u.from, u.to - u.from)))
            break;
        bits = u.left & (u.left - 1);
        cell = mark + 1;
        column++;
        if (last) {
            end_row(r, cell);
            column = 0;
            if (is_enough(r))
                break;
        }
    }
    r->cell = cell;
    r->column = column;
    m->bits = bits;
}

/* True if the mark that follows an opening quote is not a closing one, or if the text behind it is
 * not simple: another quote, or words behind a cell where blanks separate cells. */
static bool is_odd(const reader *r, size_t mark)
{
    const char behind = r->text[mark + 1];
    return r->text[mark] != '"' || behind == '"' ||
           (r->s->delimiter == ' ' && !plm_is_blank(behind) && behind != '\n' && behind != '\r');
}

/* Handles a quote at index `place`. At the beginning of a cell the quote opens it: finds the
 * closing quote, which must be on the same line. Within a cell the quote is an ordinary character.
 * Returns ENOUGH to continue with the next mark. Delimiters between the two quotes are skipped; if
 * there is a line end or a doubled quote between them, cells.h must read the row. */
static plm_rows_stop take_quote(reader *r, marks *m, size_t place)
{
    size_t first = r->cell, before = place;
    plm_trim_blanks(r->text, &first, &before);
    if (r->quoted)
        return PLM_ROWS_ODD;
    if (first < before)
        return PLM_ROWS_ENOUGH;
    size_t next = next_mark(m);
    while (next < m->end && is_delimiter(r->s, r->text[next]))
        next = next_mark(m);
    if (next + 1 >= m->end)
        return PLM_ROWS_SHORT;
    if (is_odd(r, next))
        return PLM_ROWS_ODD;
    r->quoted = true;
    r->from = place + 1;
    r->to = next;
    return PLM_ROWS_ENOUGH;
}

/* Handles a line end at index `place`: LF, CR or CRLF. Returns ENOUGH to continue with the next
 * mark. */
static plm_rows_stop take_line_end(reader *r, marks *m, size_t place)
{
    size_t next = place + 1;
    if (r->text[place] == '\r') {
        if (next >= m->end)
            return PLM_ROWS_SHORT;
        if (r->text[next] == '\n')
            next = next_mark(m) + 1;
    }
    return take_end(r, place, next) ? PLM_ROWS_ENOUGH : PLM_ROWS_ODD;
}

/* Reads the usual cells of the current block, then handles one other mark. Returns ENOUGH to
 * continue, unless is_enough is true; SHORT if there are no more marks. */
static plm_rows_stop take_mark(reader *r, marks *m)
{
    while (m->bits == 0)
        if (!scan_more(m))
            return PLM_ROWS_SHORT;
    if (!r->quoted)
        take_cells(r, m);
    if (m->bits == 0 || is_enough(r))
        return PLM_ROWS_ENOUGH;
    const size_t place = next_mark(m);
    const char c = r->text[place];
    if (c == '\n' || c == '\r')
        return take_line_end(r, m, place);
    if (c == '"')
        return take_quote(r, m, place);
    if (!is_delimiter(r->s, c) || !take_cell(r, place))
        return PLM_ROWS_ODD;
    r->cell = place + 1;
    return PLM_ROWS_ENOUGH;
}

/* Handles marks until enough rows are read or one is not simple. A row that is incomplete when
 * reading stops is not counted: *at is set to its beginning, so it is read again, by this reader
 * with more text or by cells.h. */
plm_rows_stop plm_rows_read(const plm_rows_shape *s, const char *text, size_t *at, size_t limit,
                            size_t end, plm_rows_sink *sink)
{
    reader r = {.s = s, .sink = sink, .text = text, .limit = limit};
    marks m = {.s = s, .text = text, .at = *at - STEP, .end = end};
    plm_rows_stop stop = PLM_ROWS_ENOUGH;
    begin_row(&r, *at);
    while (stop == PLM_ROWS_ENOUGH && !is_enough(&r))
        stop = take_mark(&r, &m);
    *at = r.row;
    return stop;
}
