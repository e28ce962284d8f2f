/* csv: tables of numbers in separated text. A row becomes two parts, float32: the inputs, all columns that are no
 * target, and the targets. Read whole, or streamed when the file is large. */
#include "data/cells.h"
#include "data/data.h"

#include <math.h>
#include <string.h>

typedef struct {
    const char *file;
    const plm_spec *target;
    const char *header, *delimiter;
    int64_t skip;
    const char *stream;
} csv;

enum { STREAM_ABOVE = 1 << 30, STREAM_ABOVE_COMPRESSED = 1 << 28, FIRST_ROWS = 256, EXCERPT = 40 };

static const plm_field fields[] = {
    PLM_FIELD(csv, file, PLM_TEXT, NULL, 0, 0, "a table of numbers as text, plain or gzip"),
    PLM_FIELD(csv, target, PLM_VALUE, "-1", 0, 0,
              "column to be learned: its name, or its number from 0 (negative = from the end); a [list]; none"),
    PLM_FIELD_OF(csv, header, PLM_CHOICE, "auto", "auto|true|false", "does the first line hold names?"),
    PLM_FIELD(csv, delimiter, PLM_TEXT, "auto", 0, 0, "between cells: one character, or tab, space, comma, semicolon"),
    PLM_FIELD(csv, skip, PLM_INT, "0", 0, 1e6, "lines left out at the top"),
    PLM_FIELD_OF(csv, stream, PLM_CHOICE, "auto", "auto|true|false",
                 "read in order instead of loaded whole; auto = above 1 GiB"),
    {0}};

typedef struct {
    plm_cells cells;
    size_t columns;
    const char *const *name; /* of the columns; NULL = the file has no header */
    int *part;               /* of each column: 0 = inputs, 1 = targets */
    size_t *place;           /* of each column: its number in the part */
    int64_t row;             /* rows read since the beginning */
} table;

/* ---- what the file looks like ---- */

static plm_status choose_delimiter(plm_source *s, table *t, const char *said)
{
    static const char *const names[][2] = {{"tab", "\t"}, {"\\t", "\t"}, {"space", " "}, {"comma", ","},
                                           {"semicolon", ";"}, {"pipe", "|"}};
    if (strcmp(said, "auto") == 0)
        return plm_cells_guess(&t->cells, &t->cells.delimiter);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(said, names[i][0]) == 0)
            said = names[i][1];
    if (strlen(said) != 1 || strchr("\"\r\n", *said))
        return plm_fail(&s->w, PLM_E_SPEC, s->spec, "say delimiter=';', tab, space, comma, semicolon or auto",
                        "'%s' is no delimiter", said);
    t->cells.delimiter = *said;
    return PLM_OK;
}

static const char *cell(const table *t, size_t i)
{
    return t->cells.text + t->cells.start[i];
}

/* What a first line tells about itself. */
typedef struct {
    bool *is_text; /* of each cell */
    size_t texts, numbers;
} first_line;

static plm_status keep_first_line(plm_source *s, table *t, first_line *f)
{
    const char **name = plm_arena_array(&s->arena, t->columns, sizeof *name);
    f->is_text = plm_arena_take(&s->arena, t->columns);
    if (!name || !f->is_text)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < t->columns; i++) {
        double number = 0;
        name[i] = plm_arena_text(&s->arena, cell(t, i), SIZE_MAX);
        if (!name[i])
            return PLM_E_MEMORY;
        const bool is_number = plm_cell_number(cell(t, i), &number);
        f->is_text[i] = !is_number && *cell(t, i);
        f->texts += f->is_text[i];
        f->numbers += is_number;
    }
    t->name = name;
    return PLM_OK;
}

/* Names stand above numbers: a first line is a header when it has text and no numbers, or text where the second line
 * has a number. */
static bool looks_like_header(const table *t, const first_line *f, bool second)
{
    double number = 0;
    if (f->texts == 0)
        return false;
    if (f->numbers == 0 || !second || t->cells.cells != t->columns)
        return true;
    for (size_t i = 0; i < t->columns; i++)
        if (f->is_text[i] && plm_cell_number(cell(t, i), &number))
            return true;
    return false;
}

static plm_status read_head(plm_source *s, table *t, const csv *c)
{
    first_line f = {0};
    bool got = false;
    PLM_TRY(choose_delimiter(s, t, c->delimiter));
    PLM_TRY(plm_cells_next(&t->cells, &got));
    if (!got)
        return plm_fail(&s->w, PLM_E_DATA, c->file, "give a file with at least one row of numbers", "it is empty");
    t->columns = t->cells.cells;
    PLM_TRY(keep_first_line(s, t, &f));
    PLM_TRY(plm_cells_next(&t->cells, &got));
    const bool header = strcmp(c->header, "auto") == 0 ? looks_like_header(t, &f, got) : strcmp(c->header, "true") == 0;
    if (header && !got)
        return plm_fail(&s->w, PLM_E_DATA, c->file, "give a file with at least one row of numbers",
                        "there are no rows behind the header");
    if (!header)
        t->name = NULL;
    return PLM_OK;
}

/* ---- which columns are targets ---- */

static plm_status fail_column(plm_source *s, const table *t, const plm_spec *said)
{
    const char *text = plm_spec_text(&s->arena, said);
    const char *const nearest = t->name && said->text ? plm_name_nearest(said->text, t->name, t->columns) : NULL;
    plm_text mend = {.w = &s->w};
    if (nearest)
        plm_text_format(&mend, "did you mean '%s'?", nearest);
    else if (t->name)
        plm_text_add(&mend, "columns: ");
    else
        plm_text_format(&mend, "the file has no header: columns are 0 to %zu, or -1 for the last", t->columns - 1);
    for (size_t i = 0; !nearest && t->name && i < t->columns && mend.length < PLM_MEND_ROOM - 60; i++)
        plm_text_format(&mend, "%s%.40s", i > 0 ? ", " : "", t->name[i]);
    const plm_status status = plm_fail(&s->w, PLM_E_SPEC, s->spec, plm_text_get(&mend), "there is no column %s",
                                       text ? text : "of that name");
    plm_text_free(&mend);
    return status;
}

static plm_status find_column(plm_source *s, const table *t, const plm_spec *said, size_t *out)
{
    if (said->type == PLM_SPEC_NUMBER && said->whole) {
        const double n = said->number < 0 ? said->number + (double)t->columns : said->number;
        if (n < 0 || n >= (double)t->columns)
            return fail_column(s, t, said);
        *out = (size_t)n;
        return PLM_OK;
    }
    for (int alike = 0; alike < 2 && t->name && said->text; alike++)
        for (size_t i = 0; i < t->columns; i++)
            if (alike ? plm_name_equal(t->name[i], said->text) : strcmp(t->name[i], said->text) == 0) {
                *out = i;
                return PLM_OK;
            }
    return fail_column(s, t, said);
}

static plm_status add_target(plm_source *s, table *t, const plm_spec *said, size_t *targets)
{
    size_t column = 0;
    PLM_TRY(find_column(s, t, said, &column));
    if (t->part[column])
        return plm_fail(&s->w, PLM_E_SPEC, s->spec, "name it once", "column %zu is a target twice", column);
    t->part[column] = 1;
    t->place[column] = (*targets)++;
    return PLM_OK;
}

static plm_status choose_targets(plm_source *s, table *t, const csv *c)
{
    size_t targets = 0, inputs = 0;
    t->part = plm_arena_array(&s->arena, t->columns, sizeof *t->part);
    t->place = plm_arena_array(&s->arena, t->columns, sizeof *t->place);
    if (!t->part || !t->place)
        return PLM_E_MEMORY;
    if (c->target && c->target->type == PLM_SPEC_LIST)
        for (size_t i = 0; i < c->target->count; i++)
            PLM_TRY(add_target(s, t, c->target->argument[i].value, &targets));
    else if (c->target)
        PLM_TRY(add_target(s, t, c->target, &targets));
    for (size_t i = 0; i < t->columns; i++)
        if (!t->part[i])
            t->place[i] = inputs++;
    if (inputs == 0)
        return plm_fail(&s->w, PLM_E_DATA, c->file, "check the delimiter, or say target=none",
                        "no column is left for the inputs: the table has %zu", t->columns);
    s->inputs = 1;
    s->targets = targets > 0;
    for (int i = 0; i < s->inputs + s->targets; i++) {
        const int64_t width = (int64_t)(i == 0 ? inputs : targets);
        s->table[i] = (plm_table){.name = c->file, .element = PLM_ELEMENT_F32};
        PLM_TRY(plm_source_shape(s, &s->table[i], 2, (int64_t[]){1, width}));
    }
    return PLM_OK;
}

/* ---- rows ---- */

static plm_status fail_cell(plm_source *s, const table *t, size_t column, const char *what, const char *mend)
{
    char number[24], where[PLM_WHERE_ROOM];
    plm_text place = {.w = &s->w};
    plm_text_from_number((double)column, number, sizeof number);
    plm_text_format(&place, "%s: row %lld (line %lld), column ", t->cells.path, (long long)t->row + 1,
                    (long long)t->cells.line);
    plm_text_format(&place, t->name ? "'%.80s'" : "%.80s", t->name ? t->name[column] : number);
    where[0] = '\0';
    strncat(where, plm_text_get(&place), sizeof where - 1);
    plm_text_free(&place);
    return plm_fail(&s->w, PLM_E_DATA, where, mend, "%s", what);
}

static plm_status fail_text(plm_source *s, const table *t, size_t column)
{
    char what[EXCERPT + 64] = "'";
    const char *text = cell(t, column);
    strncat(what, text, EXCERPT);
    strncat(what, strlen(text) > EXCERPT ? "...' is not a number" : "' is not a number", 32);
    return fail_cell(s, t, column, what,
                     "only numeric columns are understood so far: give the column numbers, or take it out of the file");
}

/* The number of a cell, as float32 and finite. */
static plm_status read_number(plm_source *s, const table *t, size_t column, float *out)
{
    double number = 0;
    const char *text = cell(t, column);
    if (!*text)
        return fail_cell(s, t, column, "the cell is empty", "fill the cell, or remove the row or the column");
    if (!plm_cell_number(text, &number))
        return fail_text(s, t, column);
    *out = (float)number;
    if (isfinite(*out))
        return PLM_OK;
    const char *what = isnan(number) ? "the cell is NaN" : isinf(number) ? "the cell is infinite"
                                                                         : "the number is too large for float32";
    return fail_cell(s, t, column, what, "replace the value, or remove the row");
}

/* The next row of numbers; *got = false at the end. */
static plm_status read_row(plm_source *s, table *t, float *const out[2], bool *got)
{
    PLM_TRY(plm_cells_next(&t->cells, got));
    if (!*got)
        return PLM_OK;
    if (t->cells.cells != t->columns)
        return plm_fail(&s->w, PLM_E_DATA, t->cells.path,
                        t->row == 0 && t->name ? "mend the row, or leave lines out at the top with skip=1"
                                               : "mend the row; if cells hold the delimiter, put them in quotes",
                        "line %lld: row %lld has %zu cell%s, the %s has %zu", (long long)t->cells.line,
                        (long long)t->row + 1, t->cells.cells, t->cells.cells == 1 ? "" : "s",
                        t->name ? "header" : "first row", t->columns);
    for (size_t i = 0; i < t->columns; i++)
        PLM_TRY(read_number(s, t, i, &out[t->part[i]][t->place[i]]));
    t->row++;
    return PLM_OK;
}

static plm_status read_csv(plm_source *s, int64_t most, void *const out[PLM_PARTS], int64_t *got)
{
    table *t = s->state;
    float *row[2] = {out[0], s->targets > 0 ? out[1] : NULL};
    bool there = true;
    for (*got = 0; *got < most; (*got)++) {
        PLM_TRY(read_row(s, t, row, &there));
        if (!there)
            break;
        row[0] += s->table[0].width;
        if (row[1])
            row[1] += s->table[1].width;
    }
    return PLM_OK;
}

static plm_status seek_csv(plm_source *s, int64_t row)
{
    table *t = s->state;
    bool got = true;
    PLM_TRY(plm_cells_rewind(&t->cells));
    t->row = 0;
    if (t->name)
        PLM_TRY(plm_cells_next(&t->cells, &got));
    for (; t->row < row && got; t->row++)
        PLM_TRY(plm_cells_next(&t->cells, &got));
    return PLM_OK;
}

/* ---- opening ---- */

/* Both parts twice as long. */
static plm_status double_rows(plm_source *s, int64_t *room)
{
    const int64_t more = *room > 0 ? *room * 2 : FIRST_ROWS;
    for (int i = 0; i < s->inputs + s->targets; i++) {
        plm_table *part = &s->table[i];
        void *old = part->owned;
        void *block = plm_source_table(s, part, more);
        if (!block) {
            part->owned = old;
            return PLM_E_MEMORY;
        }
        if (old)
            memcpy(block, old, (size_t)*room * part->width * sizeof(float));
        plm_release(&s->w, old);
    }
    *room = more;
    return PLM_OK;
}

static void close_csv(plm_source *s)
{
    table *t = s->state;
    if (t)
        plm_cells_close(&t->cells);
}

static plm_status load_csv(plm_source *s)
{
    int64_t room = 0, got = 0;
    s->rows = 0;
    do {
        void *out[PLM_PARTS] = {0};
        if (s->rows == room)
            PLM_TRY(double_rows(s, &room));
        for (int i = 0; i < s->inputs + s->targets; i++)
            out[i] = (float *)s->table[i].owned + (size_t)s->rows * s->table[i].width;
        PLM_TRY(read_csv(s, room - s->rows, out, &got));
        s->rows += got;
    } while (s->rows == room);
    close_csv(s);
    return PLM_OK;
}

static bool is_streamed(const csv *c, const plm_reader *r)
{
    if (strcmp(c->stream, "auto") != 0)
        return strcmp(c->stream, "true") == 0;
    return plm_reader_size(r) > (plm_reader_compressed(r) ? STREAM_ABOVE_COMPRESSED : STREAM_ABOVE);
}

static plm_status open_csv(plm_source *s, const void *config)
{
    const csv *c = config;
    table *t = plm_arena_take(&s->arena, sizeof *t);
    if (!t)
        return PLM_E_MEMORY;
    s->state = t;
    t->cells = (plm_cells){.w = &s->w, .path = c->file, .skip = c->skip};
    PLM_TRY(plm_reader_open(&s->w, c->file, &t->cells.reader));
    PLM_TRY(plm_cells_open(&t->cells));
    PLM_TRY(read_head(s, t, c));
    PLM_TRY(choose_targets(s, t, c));
    s->name = plm_source_short_name(s, c->file);
    s->streamed = is_streamed(c, t->cells.reader);
    PLM_TRY(seek_csv(s, 0));
    return s->streamed ? PLM_OK : load_csv(s);
}

extern const plm_source_kind plm_source_csv;
const plm_source_kind plm_source_csv = {
    .kind = {.name = "csv",
             .help = "a table of numbers as text: comma, semicolon, tab or blanks between cells",
             .notes = "Quotes, CRLF, a byte order mark and blank lines are understood (RFC 4180). The columns that are no "
                      "target are the inputs, in their order. Every cell must hold a finite number: an empty, textual or "
                      "infinite one is an error that names its row, line and column. Several targets make rows of "
                      "targets: target=[water, fat, protein].",
             .config_size = sizeof(csv),
             .fields = fields,
             .examples = PLM_LIST("csv('iris.csv', target=species)", "csv('wine.csv', target=-1, delimiter=';')",
                                  "csv('meats.csv', target=[water, fat, protein]) | shuffle | batch(16)")},
    .open = open_csv,
    .seek = seek_csv,
    .read = read_csv,
    .close = close_csv,
};
