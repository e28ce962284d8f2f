/* Guesses the delimiter of a table from its first lines: the delimiter for which most lines have
 * the same number of cells. If this is true for several, the one with more cells that look like
 * numbers is chosen. Guesses the number of columns, and whether the rows begin with names. */
#include <math.h>
#include <string.h>

#include "data/blank.h"
#include "data/table_file.h"

/* LINES: max number of lines that are examined. WIDEST: lines with more cells are treated as if
 * they had this many. */
enum { LINES = 200, WIDEST = 4096 };

/* The state while the cells of a sample are counted. */
typedef struct {
    const char *text;
    size_t n, at;
    bool whole;
    char delimiter;
    size_t cells[LINES], lines, all, values;
} counting;

/* What is counted in the lines of a sample, if a certain character is the delimiter. */
typedef struct {
    /* the most frequent number of cells in a line, 2 or more; 1 = no line has 2 or more */
    size_t cells;
    size_t lines;  /* number of lines */
    size_t alike;  /* number of lines with `cells` cells */
    size_t values; /* share of the cells that look like numbers, in thousandths */
} sample_shape;

/* True for a cell that consists of digits and other characters that occur in numbers. */
static bool looks_like_number(const char *text, size_t n)
{
    size_t digits = 0, i = 0;
    for (; i < n && text[i] != '\0' && strchr("0123456789.,-+eE%\" ", text[i]); i++)
        digits += text[i] >= '0' && text[i] <= '9';
    return digits > 0 && i == n;
}

/* True if the character separates cells. If blanks are the delimiter, a tab is one, too. */
static bool is_delimiter(const counting *c, size_t at)
{
    return c->delimiter == ' ' ? plm_is_blank(c->text[at]) : c->text[at] == c->delimiter;
}

/* Moves past a cell. A quoted cell may contain delimiters and line ends. */
static void pass_cell(counting *c)
{
    bool quoted = false;
    while (c->at < c->n && plm_is_blank(c->text[c->at]) && !is_delimiter(c, c->at))
        c->at++;
    const size_t from = c->at;
    for (; c->at < c->n; c->at++) {
        const char x = c->text[c->at];
        if (x == '"' && (quoted || c->at == from))
            quoted = !quoted;
        else if (!quoted && (x == '\n' || x == '\r' || is_delimiter(c, c->at)))
            break;
    }
    c->all++;
    c->values += looks_like_number(c->text + from, c->at - from);
}

/* If blanks are the delimiter, moves past them. True if the line ends there. */
static bool pass_blanks(counting *c)
{
    while (c->delimiter == ' ' && c->at < c->n && plm_is_blank(c->text[c->at]))
        c->at++;
    return c->at == c->n || strchr("\r\n", c->text[c->at]) != NULL;
}

/* Counts the cells of the line that begins at c->at, and moves past it. */
static size_t pass_line(counting *c)
{
    size_t cells = 0;
    (void)pass_blanks(c);
    for (;;) {
        pass_cell(c);
        cells++;
        if (c->at == c->n || !is_delimiter(c, c->at))
            return cells;
        c->at++;
        if (pass_blanks(c) && c->delimiter == ' ')
            return cells;
    }
}

/* Counts the cells of all lines except blank ones and comments. */
static void count_lines(counting *c)
{
    while (c->at < c->n && c->lines < LINES) {
        const char first = c->text[c->at];
        const size_t all = c->all, values = c->values;
        if (first == '\n' || first == '\r') {
            c->at++;
            continue;
        }
        const size_t cells = pass_line(c);
        if (first == '#' || (c->at == c->n && !c->whole)) {
            c->all = all;
            c->values = values;
            continue;
        }
        c->cells[c->lines++] = cells < WIDEST ? cells : WIDEST;
    }
}

/* Finds the number of cells that most lines have; among equally frequent ones the larger. Lines of
 * a single cell are ignored, since every line has one cell if the delimiter is wrong. whole: the
 * last line of the sample is complete. */
static sample_shape shape_of(const char *text, size_t n, bool whole, char delimiter)
{
    counting c = {.text = text, .n = n, .whole = whole, .delimiter = delimiter};
    sample_shape s = {.cells = 1};
    count_lines(&c);
    s.lines = c.lines;
    s.values = c.all > 0 ? 1000 * c.values / c.all : 0;
    for (size_t i = 0; i < c.lines; i++) {
        size_t alike = 0;
        for (size_t k = 0; k < c.lines && c.cells[i] > 1; k++)
            alike += c.cells[k] == c.cells[i];
        if (alike > s.alike || (alike == s.alike && alike > 0 && c.cells[i] > s.cells)) {
            s.alike = alike;
            s.cells = c.cells[i];
        }
    }
    return s;
}

/* Guesses the delimiter. Blanks are chosen only if no other character fits, and if nine of ten
 * lines have the same number of cells. */
char plm_sample_delimiter(const char *text, size_t n, bool whole)
{
    static const char candidates[] = "\t;|,";
    char best = '\0';
    sample_shape most = {0};
    for (const char *c = candidates; *c != '\0'; c++) {
        const sample_shape s = shape_of(text, n, whole, *c);
        if (s.alike > most.alike || (s.alike == most.alike && s.alike && s.values > most.values)) {
            most = s;
            best = *c;
        }
    }
    if (best != '\0' && 2 * most.alike >= most.lines)
        return best;
    const sample_shape s = shape_of(text, n, whole, ' ');
    return s.alike > 0 && 10 * s.alike >= 9 * s.lines ? ' ' : best != '\0' ? best : ',';
}

/* Sets the number of columns before the head is read, since lines with fewer cells are a title. */
void plm_sample_columns(plm_table_file *f, const char *text, size_t n)
{
    const sample_shape s = shape_of(text, n, f->records.over, f->records.delimiter);
    f->columns = f->skip < 0 && 2 * s.alike >= s.lines && s.alike > 1 ? s.cells : 0;
}

/* Counts the lines of the sample that are not blank. A line that the sample cuts is left out. */
void plm_sample_count(plm_table_file *f, const char *text, size_t n)
{
    f->whole = f->records.over && n == f->records.end - f->records.at;
    f->lines = 0;
    f->bytes = n;
    for (size_t i = 0, from = 0; i <= n; i++) {
        const bool end = i == n || text[i] == '\n' || text[i] == '\r';
        f->lines += end && i > from && (i < n || f->whole);
        from = end ? i + 1 : from;
    }
}

/* True if the file may have as many rows as its first line says. A short file is counted: it has
 * this line, the rows, and perhaps a header. The number of lines of a longer file is estimated from
 * the length of the first ones. It is unknown for a compressed file: the result is then false. */
bool plm_sample_has_rows(const plm_table_file *f, int64_t rows)
{
    const int64_t size = plm_reader_size(f->records.reader);
    if (f->whole)
        return rows + 1 == f->lines || rows + 2 == f->lines;
    if (plm_reader_compressed(f->records.reader) || size <= 0)
        return false;
    const double likely = (double)size / (double)f->bytes * (double)f->lines;
    return (double)rows > 0.75 * likely && (double)rows < 1.33 * likely;
}

/* A number with decimals names no row: then a cell of the first row has a delimiter without quotes,
 * and the line is an error. */
bool plm_table_row_names(const plm_table_file *f, int64_t line, const char *cell)
{
    double x = 0;
    if (plm_table_number(cell, &x) && floor(x) != x)
        return false;
    if (!f->known)
        plm_warn(
            f->w,
            "%.100s: line %lld has one name less than the rows have cells: the first cell of a "
            "row, such as '%.40s', is taken as its name; if it is not, put quotes around cells "
            "that contain the delimiter",
            f->name, (long long)line, cell);
    return true;
}
