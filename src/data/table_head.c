/* Reads the head of a table's file: the line sep=; of a spreadsheet, comments, lines of a title, a
 * line that counts rows and columns, and the names of the columns.
 *
 * Files of spreadsheets and statistics begin with all kinds of lines. The rule is to look at the
 * body first: it tells how many cells a row has, and what has fewer cells before the first such row
 * is a title. What is left out is reported, so a wrong guess is seen and skip= or header= corrects
 * it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/cells.h"
#include "data/columns.h"
#include "data/table_file.h"

/* TITLES: max number of lines before the header. TOLD: max bytes of a line that a message
 * quotes. */
enum { TITLES = 64, TOLD = 40 };

/* A record whose cells are kept. */
typedef struct {
    const char **cell;    /* [cells] */
    size_t cells, filled; /* number of cells, and of those that are not empty */
    int64_t line, behind; /* the line that the record begins on, and the line after the record */
    bool hash;            /* the record begins with #, which is not in its cells */
} kept;

/* The records in the head of the file. */
typedef struct {
    kept title[TITLES]; /* [titles] records before the first record with all cells */
    size_t titles;
    /* the first two records with all cells; cells = 0: the file has no such record */
    kept first, second;
} head;

/* ---- the first lines ---- */

/* Copies the record that was read last. The text of a record is valid until the next one is read,
 * so its cells are copied. */
static plm_status keep(plm_table_file *f, kept *out)
{
    const plm_records *r = &f->records;
    const char **cell = plm_arena_array(f->arena, r->cells + 1, sizeof *cell);
    *out = (kept){.cell = cell,
                  .cells = r->cells,
                  .line = r->line,
                  .behind = r->line + r->inner + 1,
                  .hash = r->hash};
    for (size_t i = 0; cell && i < r->cells; i++) {
        cell[i] = plm_records_copy(r, f->arena, i);
        if (!cell[i])
            return PLM_E_MEMORY;
        out->filled += *cell[i] != '\0';
    }
    if (!cell)
        return PLM_E_MEMORY;
    if (!r->hash)
        return PLM_OK;
    cell[0] += strspn(cell[0], "# \t");
    if (*cell[0] == '\0' && out->cells > 1) { /* "# x y": the # is a cell of its own */
        out->cell++;
        out->cells--;
    }
    return PLM_OK;
}

/* Moves to the first line that `skip` does not leave out. */
static plm_status go_top(plm_table_file *f)
{
    bool got = true;
    const int64_t lines = f->separator + (f->skip > 0 ? f->skip : 0);
    PLM_TRY(plm_records_rewind(&f->records));
    for (int64_t i = 0; i < lines && got; i++)
        PLM_TRY(plm_records_skip(&f->records, &got));
    return PLM_OK;
}

/* Reads the delimiter from a first line "sep=;", which Excel reads and writes. */
static plm_status take_separator(plm_table_file *f, const char *text, size_t n)
{
    const bool there = n > 5 && (memcmp(text, "sep=", 4) == 0 || memcmp(text, "SEP=", 4) == 0) &&
                       strchr("\r\n", text[5]) != NULL && strchr("\r\n\"", text[4]) == NULL;
    if (!there)
        return PLM_OK;
    f->separator = 1;
    f->records.delimiter = text[4];
    return go_top(f);
}

/* Sets the delimiter that is given, or guesses it from the sample. */
static plm_status set_delimiter(plm_table_file *f, const char *text, size_t n)
{
    if (strcmp(f->delimiter, "auto") != 0) {
        plm_cells named = {.w = f->w};
        PLM_TRY(plm_cells_delimiter(&named, f->name, f->delimiter));
        f->records.delimiter = named.delimiter;
    } else if (!f->separator) {
        f->records.delimiter = plm_sample_delimiter(text, n, f->records.over);
    }
    return PLM_OK;
}

/* ---- what the records are ---- */

/* True if the text is a whole number; *out is the number. */
static bool is_whole(const char *text, int64_t *out)
{
    char *end = NULL;
    *out = strtoll(text, &end, 10);
    return *text >= '0' && *text <= '9' && *end == '\0';
}

/* True if the cell is a text: no number, no date, not missing. */
static bool is_text(const char *cell)
{
    return !plm_table_missing(cell) && plm_cell_read(cell).fits == 0;
}

/* True for the first line of files that are made for scikit-learn: number of rows and of inputs,
 * then names of the classes: "150,4,setosa,versicolor,virginica". The number of inputs is one less
 * than the columns of the table, since the last is the class. */
static bool is_count(const plm_table_file *f, const kept *k)
{
    int64_t rows = 0, inputs = 0;
    if (k->cells < 2 || k->filled < k->cells || !is_whole(k->cell[0], &rows) ||
        !is_whole(k->cell[1], &inputs) || inputs + 1 != (int64_t)f->columns || rows < 1)
        return false;
    for (size_t i = 2; i < k->cells; i++)
        if (!is_text(k->cell[i]))
            return false;
    return k->cells > 2 || k->cells < f->columns;
}

/* True for a title to which a spreadsheet has appended empty cells. */
static bool is_padded(const plm_table_file *f, const kept *k)
{
    return f->columns > 2 && k->cells == f->columns &&
           (k->filled == 0 || (k->filled == 1 && is_text(k->cell[0])));
}

/* True if all cells are texts, as names of columns are. */
static bool is_names(const kept *k)
{
    for (size_t i = 0; i < k->cells; i++)
        if (!is_text(k->cell[i]))
            return false;
    return k->cells > 0;
}

/* True if the record is no row: it may be a title. */
static bool is_title(const plm_table_file *f, const kept *k)
{
    return k->hash || k->cells < f->columns || is_padded(f, k) || is_count(f, k);
}

/* Reads records up to the first that may be the header or a row, and one more. skip= says where the
 * table begins, so with it no line is taken for a title. TITLES bounds what is kept of a file that
 * has no row at all. */
static plm_status read_head(plm_table_file *f, head *h)
{
    bool got = false;
    PLM_TRY(plm_records_next(&f->records, &got));
    for (kept k; got;) {
        PLM_TRY(keep(f, &k));
        if (h->first.cells == 0 && h->titles < TITLES && f->skip < 0 && is_title(f, &k))
            h->title[h->titles++] = k;
        else if (h->first.cells == 0 && !(k.hash && f->skip >= 0 && k.cells != f->columns))
            h->first = k;
        else if (h->first.cells > 0) {
            h->second = k;
            break;
        }
        PLM_TRY(plm_records_next(&f->records, &got));
    }
    return PLM_OK;
}

/* ---- the header ---- */

/* True if the model knows names of columns, and the record contains them. */
static bool is_known(const plm_table_file *f, const kept *k)
{
    for (size_t i = 0; f->known && f->known->header && i < f->known->columns; i++) {
        size_t at = 0;
        const plm_column *c = &f->known->column[i];
        if (!c->lagged && (c->role != PLM_ROLE_INPUT || c->lag > 0))
            continue;
        while (at < k->cells && strcmp(k->cell[at], c->name) != 0)
            at++;
        if (at == k->cells)
            return false;
    }
    return f->known && f->known->header;
}

/* Decides whether the first record with all cells is a header. Names that the model knows are the
 * best evidence; otherwise the types of the first two records decide. */
static bool is_header(const plm_table_file *f, const head *h)
{
    if (strcmp(f->header, "auto") != 0)
        return strcmp(f->header, "true") == 0;
    return is_known(f, &h->first) ||
           plm_table_has_header(h->first.cell,
                                h->second.cells == f->columns ? h->second.cell : NULL,
                                h->first.cells);
}

/* Keeps the names of the columns. The name of a column without a name is its number. before: number
 * of columns before the first one with a name. */
static plm_status set_names(plm_table_file *f, const kept *k, size_t before)
{
    f->title = plm_arena_array(f->arena, f->columns + 1, sizeof *f->title);
    for (size_t i = 0; f->title && i < f->columns; i++) {
        const char *name = i >= before && i - before < k->cells ? k->cell[i - before] : "";
        f->title[i] =
            *name ? plm_column_name(f->arena, name) : plm_arena_format(f->arena, "unnamed_%zu", i);
        if (!f->title[i])
            return PLM_E_MEMORY;
    }
    f->first_line = k->behind;
    return f->title ? PLM_OK : PLM_E_MEMORY;
}

/* Warns that a first line was taken as the names, if some of them are numbers. */
static void warn_numbers(const plm_table_file *f, const kept *k)
{
    size_t numbers = 0;
    double x = 0;
    for (size_t i = 0; i < k->cells; i++)
        numbers += plm_table_number(k->cell[i], &x);
    if (numbers > 0 && strcmp(f->header, "auto") == 0 && !is_known(f, k))
        plm_warn(f->w,
                 "%.100s: the first line is taken as the names of the columns, and %zu of them are "
                 "numbers: header=false takes the line as a row, skip=1 leaves it out",
                 f->name, numbers);
}

/* Warns about the lines that are left out as a title. Comments are left out without a warning. */
static void warn_titles(const plm_table_file *f, const head *h)
{
    const kept *first = NULL, *last = NULL;
    for (size_t i = 0; i < h->titles; i++) {
        const kept *k = &h->title[i];
        if (k->hash)
            continue;
        first = first ? first : k;
        last = k;
    }
    if (!first)
        return;
    char lines[64];
    snprintf(lines, sizeof lines, first == last ? "line %lld is" : "lines %lld to %lld are",
             (long long)first->line, (long long)last->line);
    plm_warn(f->w, "%.100s: %s left out, since %s: '%.*s%s'; skip=0 keeps all lines", f->name,
             lines, is_count(f, first) ? "it counts rows and columns" : "the table begins below",
             (int)TOLD, first->cell[0], first->cells > 1 ? ",..." : "");
}

/* Fails for a record before the first row that is neither a title nor a header. */
static plm_status fail_ragged(const plm_table_file *f, const kept *k)
{
    return plm_fail(f->w, PLM_E_DATA, f->name,
                    "correct the line, check the delimiter, or skip lines at the top with skip=1",
                    "line %lld: the row has %zu cell%s, the rows below have %zu",
                    (long long)k->line, k->cells, k->cells == 1 ? "" : "s", f->columns);
}

/* Checks the lines before a table without a header: only single cells, comments and counts may be
 * left out. */
static plm_status check_titles(const plm_table_file *f, const head *h)
{
    for (size_t i = 0; i < h->titles; i++) {
        const kept *k = &h->title[i];
        if (!k->hash && k->filled > 1 && !is_count(f, k))
            return fail_ragged(f, k);
    }
    return PLM_OK;
}

/* Looks for names in the last line before the first row: a comment with a name for each column, or
 * a header that lacks one name. If rows end with a delimiter, the last name is missing; otherwise
 * the first name, that of the row names (as R writes tables). *taken = there are such names. */
static plm_status take_names(plm_table_file *f, head *h, bool *taken)
{
    const kept *k = h->titles > 0 ? &h->title[h->titles - 1] : NULL;
    *taken = k && is_names(k) && strcmp(f->header, "false") != 0 &&
             ((k->hash && k->cells == f->columns) ||
              (!k->hash && k->cells + 1 == f->columns && f->columns > 2));
    if (!*taken)
        return PLM_OK;
    const bool last = *h->first.cell[f->columns - 1] == '\0';
    h->titles--;
    return set_names(f, k, k->cells == f->columns || last ? 0 : 1);
}

/* Decides what the first records are. Without a header the last line of the title may still have
 * the names. Lines that were left out as comments show that the file has comments. */
static plm_status decide(plm_table_file *f, head *h)
{
    bool taken = false;
    if (is_header(f, h)) {
        warn_numbers(f, &h->first);
        PLM_TRY(set_names(f, &h->first, 0));
    } else {
        f->first_line = h->first.line;
        PLM_TRY(take_names(f, h, &taken));
        f->first_line = h->first.line;
        PLM_TRY(check_titles(f, h));
    }
    warn_titles(f, h);
    for (size_t i = 0; i < h->titles; i++)
        if (h->title[i].hash && strcmp(f->comments, "false") != 0)
            f->records.comments = true;
    return PLM_OK;
}

/* Sets the number of columns: the most frequent number of cells in a line of the sample, if half of
 * its lines have it; otherwise the number of cells in the first line. The width of the table is
 * needed before its head is read, since a line with fewer cells is a title; the body of the sample
 * tells it. */
static void count_columns(plm_table_file *f, const char *text, size_t n)
{
    const plm_sample_shape s = plm_sample_shape_of(text, n, f->records.over, f->records.delimiter);
    f->columns = f->skip < 0 && 2 * s.alike >= s.lines && s.alike > 1 ? s.cells : 0;
}

/* Decides whether the lines that the training left out are there, too, and sets f->skip. */
static plm_status find_skip(plm_table_file *f)
{
    const char *text = NULL;
    size_t n = 0;
    bool begins = false;
    if (f->model_skip == 0)
        return PLM_OK;
    f->skip = 0;
    PLM_TRY(go_top(f));
    PLM_TRY(plm_records_sample(&f->records, &text, &n));
    PLM_TRY(set_delimiter(f, text, n));
    PLM_TRY(go_top(f));
    PLM_TRY(plm_table_file_begins(f, &begins));
    f->skip = begins ? 0 : f->model_skip;
    return PLM_OK;
}

/* Steps: a line sep=, the delimiter, the number of columns, then the records. The sample is taken
 * twice, since sep= and skip= move its beginning. If no record has all cells, the first one is
 * taken as the first row. */
plm_status plm_table_file_head(plm_table_file *f)
{
    const char *text = NULL;
    size_t n = 0;
    head h = {.titles = 0};
    PLM_TRY(plm_records_sample(&f->records, &text, &n));
    PLM_TRY(take_separator(f, text, n));
    PLM_TRY(find_skip(f));
    PLM_TRY(go_top(f));
    PLM_TRY(plm_records_sample(&f->records, &text, &n));
    PLM_TRY(set_delimiter(f, text, n));
    count_columns(f, text, n);
    f->records.comments = strcmp(f->comments, "true") == 0;
    PLM_TRY(go_top(f));
    PLM_TRY(read_head(f, &h));
    if (h.first.cells == 0 && h.titles > 0) {
        h.first = h.title[0];
        h.titles = 0;
    }
    if (h.first.cells == 0)
        return plm_fail(f->w, PLM_E_DATA, f->name, "give a file with at least one row",
                        "the file is empty");
    f->columns = h.first.cells;
    return decide(f, &h);
}
