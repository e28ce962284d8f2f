/* csv: tables of numbers in separated text. columns.c decides which columns are inputs, targets and
 * the weight; the cells become float32. A table is loaded whole, or streamed if it is large.
 * Opening reads the first two rows to find the delimiter and the header, then starts again at the
 * first row. */
#include "data/csv.h"

#include <string.h>

/* The keys of the spec; the field table below explains them. */
typedef struct {
    const char *file;
    const plm_spec *target;
    const char *header, *delimiter;
    int64_t skip;
    const char *stream;
    const plm_spec *inputs, *weight;
    int64_t max_columns, max_line;
} csv;

/* STREAM_ABOVE: with stream=auto, larger files are streamed, in bytes; STREAM_ABOVE_COMPRESSED: the
 * same for compressed files. FIRST_ROWS: number of rows that look_ahead reads at a time. */
enum { STREAM_ABOVE = 1 << 30, STREAM_ABOVE_COMPRESSED = 1 << 28, FIRST_ROWS = 256 };

static const plm_field fields[] = {
    PLM_FIELD(csv, file, PLM_TEXT, NULL, 0, 0,
              "a table of numbers as text, plain or compressed with gzip"),
    PLM_FIELD(
        csv, target, PLM_VALUE, "-1", 0, 0,
        "column to predict: its name, or its number from 0 (negative = from the end); a [list] "
        "for a target of several values; a list of lists for several targets; none = no target"),
    PLM_FIELD_OF(csv, header, PLM_CHOICE, "auto", "auto|true|false",
                 "does the first line have the names of the columns?"),
    PLM_FIELD(csv, delimiter, PLM_TEXT, "auto", 0, 0,
              "delimiter between cells, as a character or by name: tab, space, comma, semicolon"),
    PLM_FIELD(csv, skip, PLM_INT, "0", 0, 1e6, "number of lines to skip at the top"),
    PLM_FIELD_OF(csv, stream, PLM_CHOICE, "auto", "auto|true|false",
                 "true = read the file in order instead of loading it whole; auto = if the file is "
                 "larger than 1 GiB"),
    PLM_FIELD(csv, inputs, PLM_VALUE, "none", 0, 0,
              "input columns; a list of lists for several inputs; none = all columns that "
              "are neither target nor weight"),
    PLM_FIELD(csv, weight, PLM_VALUE, "none", 0, 0,
              "column of sample weights: the weight of a row in the loss, 0 or more"),
    PLM_FIELD(csv, max_columns, PLM_INT, "100000", 1, 1e9,
              "max number of cells in a line: a longer line is an error"),
    PLM_FIELD(
        csv, max_line, PLM_INT, "67108864", 1, 1e12,
        "max length of a line in bytes: a longer line is an error, and no memory is taken for it"),
    {0}};

/* ---- what the file looks like ---- */

/* What is known about the first line; looks_like_header decides by it whether the line is a
 * header. */
typedef struct {
    /* [columns] true = the cell is a text: not a number, not empty, not a mark of a missing value
     * */
    bool *is_text;
    /* texts: number of cells that are texts. numbers: number of cells that are numbers */
    size_t texts, numbers;
    bool known;   /* true = the line has all column names of the model */
    bool counted; /* the cells are 0, 1, 2, ...: see is_counted */
} first_line;

/* True if the line is 0,1,2,... or ,0,1,2,...: the header that pandas writes for columns without
 * names, with an empty first cell above the row numbers. At least three columns are needed, since
 * 0,1 may well be a row. */
static bool is_counted(const plm_csv *t)
{
    const size_t first = *plm_csv_cell_text(t, 0) ? 0 : 1;
    for (size_t i = first; i < t->columns.count; i++) {
        double number = 0;
        if (!plm_cell_number(plm_csv_cell_text(t, i), &number) || number != (double)(i - first))
            return false;
    }
    return t->columns.count >= 3;
}

/* Stores the cells of the first line as names of the columns, and collects the facts about it. */
static plm_status keep_first_line(plm_source *s, plm_csv *t, first_line *f)
{
    const char **name = plm_arena_array(&s->arena, t->columns.count, sizeof *name);
    f->is_text = plm_arena_take(&s->arena, t->columns.count);
    if (!name || !f->is_text)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < t->columns.count; i++) {
        double number = 0;
        name[i] = plm_column_name(&s->arena, plm_csv_cell_text(t, i));
        if (!name[i])
            return PLM_E_MEMORY;
        const bool is_number = plm_cell_number(plm_csv_cell_text(t, i), &number);
        f->is_text[i] = !is_number && !plm_table_missing(plm_csv_cell_text(t, i));
        f->texts += f->is_text[i];
        f->numbers += is_number;
    }
    t->columns.name = name;
    f->counted = is_counted(t);
    return plm_columns_are_known(s, &t->columns, &f->known);
}

/* Decides for header=auto whether the first line is a header. It is a header if one of these is
 * true: it has all column names of the model; it numbers the columns (is_counted); it has texts and
 * no numbers; one of its texts is above a number of the second row; it has texts, and there is no
 * second row or one with another number of cells. second: there is a second row, and it was read
 * last. */
static bool looks_like_header(const plm_csv *t, const first_line *f, bool second)
{
    double number = 0;
    if (f->known || f->counted)
        return true;
    if (f->texts == 0)
        return false;
    if (f->numbers == 0 || !second || t->cells.cells != t->columns.count)
        return true;
    for (size_t i = 0; i < t->columns.count; i++)
        if (f->is_text[i] && plm_cell_number(plm_csv_cell_text(t, i), &number))
            return true;
    return false;
}

/* Warns if the first line was read as a header although some of its names are numbers, since it
 * might be a row. */
static void remark_header(const plm_source *s, const plm_csv *t, const first_line *f)
{
    plm_text list = {.w = (plm *)&s->w};
    if (f->known || f->numbers == 0)
        return;
    for (size_t i = 0; i < t->columns.count && i < 4; i++)
        plm_text_format(&list, "%s'%.30s'", i > 0 ? ", " : "", t->columns.name[i]);
    plm_text_add(&list, t->columns.count > 4 ? ", ..." : "");
    plm_warn(&s->w,
             "%s: the first line is read as the names of the columns: %s%s; header=false reads the "
             "line as a row, skip=1 skips it",
             t->cells.path, plm_text_get(&list),
             *t->columns.name[0] ? "" : " (the first column looks like row numbers)");
    plm_text_free(&list);
}

/* Reads the first two rows: finds the delimiter, the number of columns and their names (NULL = the
 * table has no header). */
static plm_status read_head(plm_source *s, plm_csv *t, const csv *c)
{
    first_line f = {0};
    bool got = false;
    PLM_TRY(plm_cells_delimiter(&t->cells, s->spec, c->delimiter));
    PLM_TRY(plm_cells_next(&t->cells, &got));
    if (!got)
        return plm_fail(&s->w, PLM_E_DATA, c->file, "use a file with at least one row of numbers",
                        "the file is empty");
    t->columns.count = t->cells.cells;
    PLM_TRY(keep_first_line(s, t, &f));
    PLM_TRY(plm_cells_next(&t->cells, &got));
    const bool header = strcmp(c->header, "auto") == 0 ? looks_like_header(t, &f, got)
                                                       : strcmp(c->header, "true") == 0;
    if (header && !got)
        return plm_fail(&s->w, PLM_E_DATA, c->file, "use a file with at least one row of numbers",
                        "the file has no rows after the header");
    if (!header)
        t->columns.name = NULL;
    else if (strcmp(c->header, "auto") == 0)
        remark_header(s, t, &f);
    return PLM_OK;
}

/* ---- rows ---- */

/* Reads the next rows of a streamed table. */
static plm_status read_csv(plm_source *s, int64_t most, void *const out[PLM_PARTS], int64_t *got)
{
    plm_rows_sink sink = {.most = most};
    bool over = false;
    for (int i = 0; i < plm_source_parts(s); i++) {
        sink.out[i] = out[i];
        sink.step[i] = s->table[i].width;
    }
    const plm_status status = plm_csv_read(s, s->state, INT64_MAX, &sink, &over);
    *got = sink.rows;
    return status;
}

/* Goes to a row of a streamed table. */
static plm_status seek_csv(plm_source *s, int64_t row)
{
    return plm_csv_seek(s->state, row);
}

/* ---- opening ---- */

/* Closes the file and frees the collected rows. Called when the source is freed, or when the table
 * is loaded and the file is no longer needed. */
static void close_csv(plm_source *s)
{
    plm_csv *t = s->state;
    if (!t)
        return;
    plm_csv_close(t);
    plm_collected_free(&t->first);
}

/* ---- digits that are lost ---- */

/* Warns if float32 loses digits that distinguish rows of a column. Only the first rows are checked
 * (rounding.h). */
static plm_status look(plm_source *s, const plm_csv *t)
{
    const plm_first_rows r = {.number = t->first.number,
                              .element = PLM_F64,
                              .rows = t->first.rows,
                              .width = t->first.width,
                              .table = t->cells.path,
                              .column = t->columns.name,
                              .part = t->columns.part,
                              .weight = plm_source_weight(s)};
    return plm_rounding_look(s, &r);
}

/* Reads the first rows of a streamed table, only for the warning about lost digits. Wrong cells in
 * them are reported in the first epoch, which reads these rows again. */
static plm_status look_ahead(plm_source *s, plm_csv *t)
{
    plm_arena a = {.w = &s->w};
    plm_rows_sink sink = {.most = t->first.most};
    plm_status status = plm_csv_sink(s, &a, &sink);
    bool over = false;
    while (status >= 0 && !over && t->first.rows < t->first.most) {
        sink.most = sink.rows + FIRST_ROWS;
        status = plm_collect_rows(&t->first, FIRST_ROWS, &sink.exact, &sink.exact_rows);
        const int64_t wanted = sink.exact_rows;
        status = status < 0 ? status : plm_csv_read(s, t, INT64_MAX, &sink, &over);
        t->first.rows += wanted - sink.exact_rows;
    }
    if (status >= 0)
        status = look(s, t);
    plm_collected_free(&t->first);
    plm_arena_free(&a);
    return status == PLM_E_MEMORY || status == PLM_E_IO ? status : PLM_OK;
}

/* Reads the whole table, warns about digits that float32 loses, and closes the file. */
static plm_status load_csv(plm_source *s)
{
    plm_csv *t = s->state;
    PLM_TRY(plm_csv_load(s, t));
    PLM_TRY(look(s, t));
    close_csv(s);
    return PLM_OK;
}

/* True if the table is to be streamed: because the spec says so, or because the file is large. */
static bool is_streamed(const csv *c, const plm_reader *r)
{
    if (strcmp(c->stream, "auto") != 0)
        return strcmp(c->stream, "true") == 0;
    return plm_reader_size(r) > (plm_reader_compressed(r) ? STREAM_ABOVE_COMPRESSED : STREAM_ABOVE);
}

/* Opens the file, assigns the columns, and loads the rows unless they are streamed. Rows are also
 * collected in double if someone receives warnings. */
static plm_status open_csv(plm_source *s, const void *config)
{
    const csv *c = config;
    plm_csv *t = plm_arena_take(&s->arena, sizeof *t);
    if (!t)
        return PLM_E_MEMORY;
    s->state = t;
    t->cells = (plm_cells){.w = &s->w,
                           .path = plm_source_path(s, c->file),
                           .skip = c->skip,
                           .most_cells = (size_t)c->max_columns,
                           .most_bytes = (size_t)c->max_line};
    if (!t->cells.path)
        return PLM_E_MEMORY;
    PLM_TRY(plm_csv_open(t));
    PLM_TRY(read_head(s, t, c));
    const plm_columns_given given = {.inputs = c->inputs, .target = c->target, .weight = c->weight};
    PLM_TRY(plm_columns_choose(s, &t->columns, &given, c->file));
    s->name = plm_source_short_name(s, c->file);
    s->file = plm_arena_text(&s->arena, c->file, SIZE_MAX);
    s->streamed = is_streamed(c, t->cells.reader);
    PLM_TRY(plm_csv_seek(t, 0));
    t->shape = plm_csv_shape(s, t);
    t->first =
        (plm_collected_rows){.w = &s->w,
                             .width = t->columns.count,
                             .most = s->w.options.log ? plm_rows_looked_at(t->columns.count) : 0};
    return s->streamed ? look_ahead(s, t) : load_csv(s);
}

extern const plm_source_kind plm_source_csv;
const plm_source_kind plm_source_csv = {
    .kind = {.name = "csv",
             .help = "a table of numbers as text: comma, semicolon, tab or blanks between cells",
             .notes = "Quotes, CRLF, a byte order mark and blank lines are understood (RFC 4180). "
                      "All columns that are not targets are inputs, in their order. Every cell "
                      "that is used must hold a finite number: an empty, textual or infinite one "
                      "is an error that names its row, line and column. A list of columns makes "
                      "rows of several numbers, target=[water, fat]; a list of lists makes several "
                      "targets, for a model of several outputs: target=[[water], [fat]]. Inputs "
                      "likewise: inputs=[[age, height], ['x1:x9']], where 'x1:x9' is a range of "
                      "columns. If inputs= is set, columns that are not listed are ignored.",
             .config_size = sizeof(csv),
             .fields = fields,
             .examples = PLM_LIST(
                 "csv('iris.csv', target=species)", "csv('wine.csv', target=-1, delimiter=';')",
                 "csv('meats.csv', target=[water, fat, protein]) | shuffle | batch(16)",
                 "csv('a.csv', inputs=[[age], ['x1:x9']], target=y, weight=count)")},
    .open = open_csv,
    .seek = seek_csv,
    .read = read_csv,
    .lines = plm_csv_lines,
    .close = close_csv,
};
