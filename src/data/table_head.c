/* Reads the head of a table's file: the line sep=; of a spreadsheet, comments, title lines, a line
 * with the number of rows and columns, and the names of the columns. Files of spreadsheets and
 * statistics begin with many kinds of lines. The body is examined first, to find how many cells a
 * row has; lines before the first such row with fewer cells are a title. Skipped lines are
 * reported, so a wrong guess is visible and can be corrected by skip= or header=. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/cells.h"
#include "data/columns.h"
#include "data/table_file.h"

/* TITLES: max number of lines before the header. TOLD: max bytes of a line that are quoted in a
 * message. */
enum { TITLES = 64, TOLD = 40 };

/* A record whose cells are kept. */
typedef struct {
    const char **cell;    /* [cells] */
    size_t cells, filled; /* number of cells, and number of cells that are not empty */
    int64_t line, behind; /* the line on which the record begins, and the line after the record */
    bool hash;            /* true = the record begins with #, which is not part of its cells */
} kept;

/* The records in the head of the file. */
typedef struct {
    kept title[TITLES]; /* [titles] records before the first record with all cells */
    size_t titles;
    /* the first two records with all cells; cells = 0: the file has no such record */
    kept first, second;
} head;

/* ---- the first lines ---- */

/* Stores a copy of the record that was read last, whose text is valid only until the next one is
 * read. */
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

/* Moves to the first line that is not skipped by skip=. */
static plm_status go_top(plm_table_file *f)
{
    bool got = true;
    const int64_t lines = f->separator + (f->skip > 0 ? f->skip : 0);
    PLM_TRY(plm_records_rewind(&f->records));
    for (int64_t i = 0; i < lines && got; i++)
        PLM_TRY(plm_records_skip(&f->records, &got));
    return PLM_OK;
}

/* Takes the delimiter from a first line "sep=;", which Excel reads and writes. go_top() skips this
 * line from then on. */
static void take_separator(plm_table_file *f, const char *text, size_t n)
{
    const bool there = n > 5 && (memcmp(text, "sep=", 4) == 0 || memcmp(text, "SEP=", 4) == 0) &&
                       strchr("\r\n", text[5]) != NULL && strchr("\r\n\"", text[4]) == NULL;
    if (!there)
        return;
    f->separator = 1;
    f->records.delimiter = text[4];
}

/* Sets the delimiter that the user has set, or guesses it from the sample. */
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

/* True if the cell is a text: not a number, not a date, not missing. */
static bool is_text(const char *cell)
{
    return !plm_table_missing(cell) && plm_cell_read(cell).fits == 0;
}

/* True for the first line of files that are made for scikit-learn: number of rows and of inputs,
 * then names of the classes: "150,4,setosa,versicolor,virginica". The number of inputs is one less
 * than the number of columns, since the last column is the class. */
static bool is_count(const plm_table_file *f, const kept *k)
{
    int64_t rows = 0, inputs = 0;
    if (k->cells < 2 || k->filled < k->cells || !is_whole(k->cell[0], &rows) ||
        !is_whole(k->cell[1], &inputs) || inputs + 1 != (int64_t)f->columns || rows < 1 ||
        !plm_sample_has_rows(f, rows))
        return false;
    for (size_t i = 2; i < k->cells; i++)
        if (!is_text(k->cell[i]))
            return false;
    return k->cells > 2 || k->cells < f->columns;
}

/* True for a title, or in a wide table for a name and its value ("Account;1234"), to which a
 * spreadsheet has appended empty cells. */
static bool is_padded(const plm_table_file *f, const kept *k)
{
    const bool two = k->filled == 2 && k->cells > 4 && *k->cell[1] != '\0';
    return f->columns > 2 && k->cells == f->columns &&
           (k->filled == 0 || ((two || k->filled == 1) && is_text(k->cell[0])));
}

/* True if all cells are texts, as names of columns are. */
static bool is_names(const kept *k)
{
    for (size_t i = 0; i < k->cells; i++)
        if (!is_text(k->cell[i]))
            return false;
    return k->cells > 0;
}

/* True if the record is not a row, so that it may be a title. */
static bool is_title(const plm_table_file *f, const kept *k)
{
    return k->hash || k->cells < f->columns || is_padded(f, k) || is_count(f, k);
}

/* Reads records up to the first that may be the header or a row, and one more. If skip= is set, the
 * table begins there, so no line is a title. For a file without any row, at most TITLES records are
 * kept. */
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

/* True if the record contains the column names of the model. */
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

/* True if the only record is a row of a model whose table had no names either: it has a number.
 * Without a second record, nothing else tells names from words. */
static bool is_only_row(const plm_table_file *f, const kept *k)
{
    size_t values = 0;
    for (size_t i = 0; i < k->cells; i++)
        values += plm_cell_read(k->cell[i]).fits != 0;
    return f->known && !f->known->header && values > 0;
}

/* Decides whether the first record with all cells is a header. The column names of a model are the
 * best evidence; otherwise the types of the cells of the first two records decide. */
static bool is_header(const plm_table_file *f, const head *h)
{
    if (strcmp(f->header, "auto") != 0)
        return strcmp(f->header, "true") == 0;
    if (h->second.cells == 0 && is_only_row(f, &h->first))
        return false;
    return is_known(f, &h->first) ||
           plm_table_has_header(h->first.cell,
                                h->second.cells == f->columns ? h->second.cell : NULL,
                                h->first.cells);
}

/* Returns the name of a column in the arena: the cell as UTF-8, without wide blanks at its ends,
 * which nobody sees. NULL = no memory. */
static const char *name_of(plm_table_file *f, const char *cell)
{
    const char *name = plm_column_name(f->arena, cell);
    size_t n = name ? strlen(name) : 0;
    const char *begin = name ? plm_trim_wide(name, &n) : NULL;
    return begin && (begin > name || begin[n]) ? plm_arena_text(f->arena, begin, n) : name;
}

/* Stores the names of the columns. A column without a name gets its number as its name. before:
 * number of columns before the first one with a name. */
static plm_status set_names(plm_table_file *f, const kept *k, size_t before)
{
    f->title = plm_arena_array(f->arena, f->columns + 1, sizeof *f->title);
    for (size_t i = 0; f->title && i < f->columns; i++) {
        const char *name = i >= before && i - before < k->cells ? k->cell[i - before] : "";
        name = name_of(f, name);
        f->title[i] = name && !*name ? plm_arena_format(f->arena, "unnamed_%zu", i) : name;
        if (!f->title[i])
            return PLM_E_MEMORY;
    }
    f->first_line = k->behind;
    return f->title ? PLM_OK : PLM_E_MEMORY;
}

/* Warns if the first line was read as the names although some of them are numbers. */
static void warn_numbers(const plm_table_file *f, const kept *k)
{
    size_t numbers = 0;
    double x = 0;
    for (size_t i = 0; i < k->cells; i++)
        numbers += plm_table_number(k->cell[i], &x);
    if (numbers > 0 && strcmp(f->header, "auto") == 0 && !is_known(f, k))
        plm_warn(f->w,
                 "%.100s: the first line is read as the names of the columns, and %zu of them are "
                 "numbers: header=false reads the line as a row, skip=1 skips it",
                 f->name, numbers);
}

/* Warns about the lines that are skipped as a title. Comments are skipped without a warning. */
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
    snprintf(lines, sizeof lines, first == last ? "line %lld" : "lines %lld to %lld",
             (long long)first->line, (long long)last->line);
    plm_warn(f->w, "%.100s: %s %s skipped, since %s: '%.*s%s'; skip=0 keeps all lines", f->name,
             lines, first == last ? "is" : "are",
             is_count(f, first) ? "it only gives the number of rows and columns"
                                : "the table begins below",
             (int)TOLD, first->cell[0], first->cells > 1 ? ",..." : "");
}

/* Fails for a record before the first row that is neither a title nor a header. */
static plm_status fail_ragged(const plm_table_file *f, const kept *k)
{
    return plm_fail(
        f->w, PLM_E_DATA, f->name,
        "correct the line, check the delimiter, or skip lines at the top of the file with skip=N",
        "line %lld: the row has %zu cell%s, but the rows below have %zu", (long long)k->line,
        k->cells, k->cells == 1 ? "" : "s", f->columns);
}

/* Checks the lines before a table without a header: only single cells, comments and counts may be
 * skipped. */
static plm_status check_titles(const plm_table_file *f, const head *h)
{
    for (size_t i = 0; i < h->titles; i++) {
        const kept *k = &h->title[i];
        if (!k->hash && k->filled > 1 && !is_count(f, k))
            return fail_ragged(f, k);
    }
    return PLM_OK;
}

/* True if the record may have the names of the columns: all its cells are texts, and it is a
 * comment with a name for each column, or no comment and has one name less than there are
 * columns. */
static bool may_have_names(const plm_table_file *f, const kept *k)
{
    const bool all = k->cells == f->columns;
    const bool one_less = k->cells + 1 == f->columns && f->columns > 2;
    return (k->hash ? all : one_less) && is_names(k) && strcmp(f->header, "false") != 0;
}

/* Looks for names in the last line before the first row. It may be a comment with a name for each
 * column, or a header with one name less than there are columns: the last name is missing if rows
 * end with a delimiter, the first if it is the column of row names (as R writes tables). *taken =
 * names were found. */
static plm_status take_names(plm_table_file *f, head *h, bool *taken)
{
    const kept *k = h->titles > 0 ? &h->title[h->titles - 1] : NULL;
    const bool last = *h->first.cell[f->columns - 1] == '\0';
    *taken = k && may_have_names(f, k) &&
             (k->hash || last || plm_table_row_names(f, k->line, h->first.cell[0]));
    if (!*taken)
        return PLM_OK;
    h->titles--;
    return set_names(f, k, k->cells == f->columns || last ? 0 : 1);
}

/* Decides what the first records are. If there is no header, the last title line may still have
 * the names. If lines are skipped as comments at the top, lines with # are comments in the whole
 * file. */
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

/* Finds out whether the file has the lines that were skipped in training, and sets f->skip. */
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

/* Reads the head in these steps: a line sep=, the delimiter, the number of columns, then the
 * records. The sample is taken again after sep= and skip=, which move its beginning. If no record
 * has all cells, the first one is the first row. */
plm_status plm_table_file_head(plm_table_file *f)
{
    const char *text = NULL;
    size_t n = 0;
    head h = {.titles = 0};
    PLM_TRY(plm_records_sample(&f->records, &text, &n));
    take_separator(f, text, n);
    PLM_TRY(find_skip(f));
    PLM_TRY(go_top(f));
    PLM_TRY(plm_records_sample(&f->records, &text, &n));
    PLM_TRY(set_delimiter(f, text, n));
    plm_sample_columns(f, text, n);
    plm_sample_count(f, text, n);
    f->records.comments = strcmp(f->comments, "true") == 0;
    PLM_TRY(go_top(f));
    PLM_TRY(read_head(f, &h));
    if (h.first.cells == 0 && h.titles > 0) {
        h.first = h.title[0];
        h.titles = 0;
    }
    if (h.first.cells == 0)
        return plm_fail(f->w, PLM_E_DATA, f->name, "use a file with at least one row",
                        f->skip > 0 ? "skip= leaves no line" : "the file is empty");
    f->columns = h.first.cells;
    return decide(f, &h);
}
