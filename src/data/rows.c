/* Quick reading of rows. The text is scanned 64 bytes at a time for what ends a cell; where each
 * cell ends is thus known before it is read, eight digits at once. */
#include "data/rows.h"

#include <math.h>

#include "base/decimal.h"
#include "kernel/scan.h"

enum {
    EIGHT = 8,
    HUNDRED_MILLION = 100000000,
    MOST_DIGITS = 19,
    NO_POINT = 1 << 20,
    SCANNED = 32,
    STEP = 64
};

static const uint64_t zeros = UINT64_C(0x3030303030303030);

/* ---- numbers ---- */

/* The last eight digits before `end`, the first one lowest. A point stands in front of the last
 * `behind` of them, if behind < EIGHT, and is left out. */
static inline uint64_t last_eight(const char *end, size_t behind)
{
    const uint64_t eight = plm_eight_bytes(end - EIGHT);
    if (behind >= EIGHT)
        return eight;
    const uint64_t before = UINT64_MAX >> 8 * behind;
    return (plm_eight_bytes(end - EIGHT - 1) & before) | (eight & ~before);
}

/* The last `count` digits of eight, 1 to 8 of them, with zeros before them. */
static inline uint64_t with_zeros(uint64_t eight, size_t count)
{
    const unsigned before = (unsigned)(EIGHT - count) * 8;
    return eight >> before << before | (zeros & ((UINT64_C(1) << before) - 1));
}

/* The whole number that the last `count` digits before `end` are, 1 to 19 of them, with a point in
 * front of the last `behind`; false = they are not all digits. */
static inline bool read_digits(const char *end, size_t count, size_t behind, uint64_t *out)
{
    uint64_t scale = 1;
    *out = 0;
    for (;; scale *= HUNDRED_MILLION, count -= EIGHT) {
        uint64_t eight = last_eight(end, behind);
        if (count < EIGHT)
            eight = with_zeros(eight, count);
        if (!plm_eight_are_digits(eight))
            return false;
        *out += scale * plm_eight_value(eight);
        if (count <= EIGHT)
            return true;
        end -= behind < EIGHT ? EIGHT + 1 : EIGHT;
        behind = behind < EIGHT ? NO_POINT : behind - EIGHT;
    }
}

/* Where the point stands in the first eight bytes; EIGHT = not there. */
static inline size_t find_point(const char *text)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t x = plm_eight_bytes(text) ^ ones * '.';
    const uint64_t zero = (x - ones) & ~x & ones << 7;
    return zero == 0 ? EIGHT : plm_lowest_bit(zero) / 8;
}

/* Any number that cells.h would take, but hexadecimal digits, inf and nan; NaN = it is none. */
static double read_any(const char *text, size_t length)
{
    plm_decimal d;
    double number = 0;
    if (plm_decimal_read(text, &d) == text + length && plm_decimal_double(&d, &number))
        return number;
    return (double)NAN;
}

/* digits / 10^behind, where that takes more than one operation. */
static double read_long(uint64_t digits, size_t behind, bool negative)
{
    const plm_decimal d = {.digits = digits, .exponent = -(int64_t)behind, .negative = negative};
    double number = 0;
    return plm_decimal_double(&d, &number) ? number : (double)NAN;
}

/* The number that a cell is; NaN = it is none, or not a simple one. [-] digits [. digits] are read
 * here, at most 19 digits. */
static double read_number(const char *text, size_t length)
{
    const bool negative = length > 0 && *text == '-';
    const size_t left = length - negative, point = find_point(text + negative);
    const bool has_point = point < EIGHT && point < left;
    const size_t count = left - has_point, behind = has_point ? left - point - 1 : 0;
    uint64_t digits = 0;
    double number = 0;
    if (count - 1 >= MOST_DIGITS ||
        !read_digits(text + length, count, has_point ? behind : NO_POINT, &digits))
        return read_any(text, length);
    if (!plm_decimal_quick(digits, -(int64_t)behind, negative, &number))
        return read_long(digits, behind, negative);
    return number;
}

/* A digit, in most tables a frequent cell, needs no call. */
static inline double read_cell(const char *text, size_t length)
{
    const int digit = *text - '0';
    return length == 1 && digit >= 0 && digit <= 9 ? digit : read_number(text, length);
}

double plm_rows_number(const char *text, size_t length)
{
    return read_number(text, length);
}

static inline bool fits(float single)
{
    return fabsf(single) <= 3.40282347e+38f; /* false for NaN, too */
}

/* ---- cells ---- */

typedef struct {
    const plm_rows_shape *s;
    plm_rows_sink *sink;
    const char *text;
    size_t limit;             /* rows begin before it */
    double *exact;            /* of this row, or NULL */
    size_t row, cell, column; /* where the row and the cell begin; columns so far */
    bool quoted;              /* the cell was in quotes: its text is from .. to */
    size_t from, to;
} reader;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_delimiter(const plm_rows_shape *s, char c)
{
    return s->delimiter == ' ' ? is_blank(c) : c == s->delimiter;
}

static void trim(const char *text, size_t *from, size_t *to)
{
    while (*from < *to && is_blank(text[*from]))
        ++*from;
    while (*from < *to && is_blank(text[*to - 1]))
        --*to;
}

/* Stores a number that float32 can hold. */
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

/* Takes the blanks around a cell away, or its quotes; false = there is text behind them. */
static bool unwrap(reader *r, size_t *from, size_t *to)
{
    if (!r->quoted) {
        trim(r->text, from, to);
        return true;
    }
    size_t behind = r->to + 1;
    trim(r->text, &behind, to);
    const bool clean = behind == *to;
    *from = r->from;
    *to = r->to;
    r->quoted = false;
    return clean;
}

/* The cell that ends before `to`, whatever it is; false = it is not simple. */
static bool take_cell(reader *r, size_t to)
{
    size_t from = r->cell;
    if (to == from && r->s->delimiter == ' ')
        return true; /* between blanks, or beside the line end */
    if (r->column >= r->s->columns || !unwrap(r, &from, &to))
        return false;
    if (r->s->part[r->column] >= 0 && !store(r, read_cell(r->text + from, to - from)))
        return false;
    r->column++;
    return true;
}

/* ---- rows ---- */

/* Goes to a row that begins at `place`. */
static inline void begin_row(reader *r, size_t place)
{
    r->row = r->cell = place;
    r->column = 0;
    r->exact = r->sink->exact_rows > 0 ? r->sink->exact : NULL;
}

/* A row was written; the next one begins at `next`. */
static inline void end_row(reader *r, size_t next)
{
    plm_rows_advance(r->s, r->sink);
    r->sink->lines++;
    begin_row(r, next);
}

static inline bool is_enough(const reader *r)
{
    return r->sink->rows >= r->sink->most || r->row >= r->limit;
}

/* The row's last cell ends before `to`, the line before `next`; false = it is not simple. */
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

/* The marked bytes of a text, one after the other. */
typedef struct {
    const plm_rows_shape *s;
    const char *text;
    size_t at, end; /* the block of 64 bytes whose marks are taken; the end of the text */
    size_t block, blocks;
    uint64_t bits, mask[SCANNED];
} marks;

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

/* The place of the next marked byte; `end` = there is none. */
static inline size_t next_mark(marks *m)
{
    while (m->bits == 0)
        if (!scan_more(m))
            return m->end;
    const size_t place = m->at + plm_lowest_bit(m->bits);
    m->bits &= m->bits - 1;
    return place;
}

/* Whether the row is complete with a last cell that ends before `place`, and short enough. */
static bool is_whole(const reader *r, size_t column, size_t place)
{
    const plm_rows_shape *s = r->s;
    return column + 1 == s->columns && (s->most_bytes == 0 || place - r->row < s->most_bytes);
}

/* The cells that end in the block whose marks are taken, as long as they are the usual ones:
 * numbers of inputs and targets, without blanks or quotes. Whole rows, too, while more are
 * wanted. */
static void take_cells(reader *r, marks *m)
{
    const plm_rows_shape *s = r->s;
    const unsigned parts = (unsigned)(s->weight < 0 ? s->parts : s->weight);
    const char *text = r->text, delimiter = s->delimiter;
    float *const *out = r->sink->out;
    size_t cell = r->cell, column = r->column;
    uint64_t bits = m->bits;
    while (bits != 0 && column < s->columns && (unsigned)s->part[column] < parts) {
        const size_t mark = m->at + plm_lowest_bit(bits);
        const bool last = text[mark] != delimiter;
        if (last && (text[mark] != '\n' || !is_whole(r, column, mark)))
            break;
        const double number = read_cell(text + cell, mark - cell);
        const float single = (float)number;
        if (!fits(single))
            break;
        out[s->part[column]][s->place[column]] = single;
        if (r->exact != NULL)
            r->exact[column] = number;
        bits &= bits - 1;
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

/* A quote at `place`. Before a cell it opens it, and the cell must end on this line; elsewhere it
 * is a letter like others. */
static plm_rows_stop take_quote(reader *r, marks *m, size_t place)
{
    size_t first = r->cell, before = place;
    trim(r->text, &first, &before);
    if (r->quoted)
        return PLM_ROWS_ODD;
    if (first < before)
        return PLM_ROWS_ENOUGH;
    size_t next = next_mark(m);
    while (next < m->end && is_delimiter(r->s, r->text[next]))
        next = next_mark(m);
    if (next + 1 >= m->end)
        return PLM_ROWS_SHORT;
    if (r->text[next] != '"' || r->text[next + 1] == '"' ||
        (r->s->delimiter == ' ' && !is_blank(r->text[next + 1]) && r->text[next + 1] != '\n' &&
         r->text[next + 1] != '\r'))
        return PLM_ROWS_ODD;
    r->quoted = true;
    r->from = place + 1;
    r->to = next;
    return PLM_ROWS_ENOUGH;
}

/* A line end at `place`: LF, CR, or both. */
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

/* The next marked byte; SHORT where there is none. */
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
