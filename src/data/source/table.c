/* table: separated text whose columns have types. It is read whole, cell by cell; the schema
 * (src/table) decides what each column is and turns its cells into numbers. For a model that was
 * trained, the schema is that of the model. */
#include <string.h>

#include "data/cells.h"
#include "data/columns.h"
#include "data/typed.h"

/* The keys of the spec; the field table below explains them. */
typedef struct {
    const char *file;
    const plm_spec *target;
    const char *columns, *header, *delimiter;
    int64_t skip;
    const plm_spec *weight;
    int64_t max_columns, max_line;
} table;

static const plm_field fields[] = {
    PLM_FIELD(table, file, PLM_TEXT, NULL, 0, 0, "a table as text, plain or gzip"),
    PLM_FIELD(table, target, PLM_VALUE, "-1", 0, 0,
              "column to be learned: its name, or its number from 0 (negative = from the end); a "
              "[list] for several targets; none"),
    PLM_FIELD(table, columns, PLM_TEXT, "", 0, 0,
              "what columns are, where it is not found out: 'age=category, code=number, id=drop'; "
              "the words are number, category, date, id, drop"),
    PLM_FIELD_OF(table, header, PLM_CHOICE, "auto", "auto|true|false",
                 "does the first line hold names?"),
    PLM_FIELD(table, delimiter, PLM_TEXT, "auto", 0, 0,
              "between cells: one character, or tab, space, comma, semicolon"),
    PLM_FIELD(table, skip, PLM_INT, "0", 0, 1e6, "lines left out at the top"),
    PLM_FIELD(table, weight, PLM_VALUE, "none", 0, 0,
              "column of sample weights: what a row counts, 0 or more"),
    PLM_FIELD(table, max_columns, PLM_INT, "100000", 1, 1e9, "more cells in a line are an error"),
    PLM_FIELD(table, max_line, PLM_INT, "67108864", 1, 1e12,
              "max length of a line in bytes: a longer one is an error"),
    {0}};

/* What is needed while the file is read. */
typedef struct {
    plm_source *s;
    const table *c;
    plm_typed *t;
    plm_cells cells;
} reading;

/* ---- the first lines ---- */

/* Returns the texts of the row that was read last, in the arena. NULL = no memory. */
static const char **copy_row(reading *r)
{
    const char **cell = plm_arena_array(&r->s->arena, r->cells.cells + 1, sizeof *cell);
    for (size_t i = 0; cell && i < r->cells.cells; i++) {
        cell[i] = plm_column_name(&r->s->arena, r->cells.text + r->cells.start[i]);
        if (!cell[i])
            return NULL;
    }
    return cell;
}

/* Warns that the first line was taken as the names, if some of them are numbers. */
static void warn_header(const reading *r, const char *const *name, size_t columns)
{
    double x = 0;
    size_t numbers = 0;
    for (size_t i = 0; i < columns; i++)
        numbers += plm_table_number(name[i], &x);
    if (numbers > 0)
        plm_warn(&r->s->w,
                 "%s: the first line is taken as the names of the columns, and %zu of them are "
                 "numbers: header=false takes it as a row, skip=1 leaves it out",
                 r->c->file, numbers);
}

/* Decides whether the first line is a header. second: cells of the second line; NULL = it has
 * another number of cells or is not there. */
static bool is_header(const reading *r, const char *const *first, const char *const *second,
                      size_t columns)
{
    if (strcmp(r->c->header, "auto") != 0)
        return strcmp(r->c->header, "true") == 0;
    return plm_table_has_header(first, second, columns);
}

/* Reads the first two rows, makes the columns with their names, and goes back to the first row
 * behind the header. */
static plm_status read_head(reading *r)
{
    bool got = false;
    PLM_TRY(plm_cells_delimiter(&r->cells, r->s->spec, r->c->delimiter));
    PLM_TRY(plm_cells_next(&r->cells, &got));
    if (!got)
        return plm_fail(&r->s->w, PLM_E_DATA, r->c->file, "give a file with at least one row",
                        "the file is empty");
    const size_t columns = r->cells.cells;
    const char **first = copy_row(r), **second = NULL;
    if (!first)
        return PLM_E_MEMORY;
    PLM_TRY(plm_cells_next(&r->cells, &got));
    second = copy_row(r);
    if (!second)
        return PLM_E_MEMORY;
    const bool header =
        is_header(r, first, got && r->cells.cells == columns ? second : NULL, columns);
    PLM_TRY(plm_store_open(&r->t->store, columns));
    r->t->store.header = header;
    for (size_t i = 0; header && i < columns; i++)
        r->t->store.column[i].name = first[i];
    if (header && strcmp(r->c->header, "auto") == 0)
        warn_header(r, first, columns);
    PLM_TRY(plm_cells_rewind(&r->cells));
    return header ? plm_cells_next(&r->cells, &got) : PLM_OK;
}

/* ---- all rows ---- */

/* Reads all rows into the store. */
static plm_status read_rows(reading *r)
{
    plm_store *store = &r->t->store;
    for (;;) {
        bool got = false;
        PLM_TRY(plm_cells_next(&r->cells, &got));
        if (!got)
            return PLM_OK;
        if (r->cells.cells != store->columns)
            return plm_fail(&r->s->w, PLM_E_DATA, r->c->file,
                            "mend the row, check the delimiter, or leave lines out at the top with "
                            "skip=1",
                            "line %lld: the row has %zu cells, the %s has %zu",
                            (long long)r->cells.line, r->cells.cells,
                            store->header ? "header" : "first row", store->columns);
        PLM_TRY(plm_store_add(store, r->cells.line, r->cells.text, r->cells.start));
    }
}

/* Opens the file and reads it. */
static plm_status read_file(reading *r)
{
    plm_source *s = r->s;
    r->cells = (plm_cells){.w = &s->w,
                           .path = plm_source_path(s, r->c->file),
                           .skip = r->c->skip,
                           .most_cells = (size_t)r->c->max_columns,
                           .most_bytes = (size_t)r->c->max_line};
    if (!r->cells.path)
        return PLM_E_MEMORY;
    PLM_TRY(plm_reader_open(&s->w, r->cells.path, &r->cells.reader));
    plm_status status = plm_cells_open(&r->cells);
    status = status < 0 ? status : read_head(r);
    status = status < 0 ? status : read_rows(r);
    plm_cells_close(&r->cells);
    if (status >= 0 && r->t->store.rows == 0)
        status = plm_fail(&s->w, PLM_E_DATA, r->c->file, "give a file with at least one row",
                          "there are no rows behind the header");
    return status;
}

/* ---- the schema ---- */

/* Returns the text of a column in a spec: a name, or a number. NULL = it is neither. */
static const char *column_text(const plm_spec *s)
{
    return s->type == PLM_SPEC_LIST || s->called ? NULL : s->text;
}

/* Lists the targets of the spec. */
static plm_status list_targets(plm_source *s, const plm_spec *given, plm_schema_wishes *out)
{
    const bool list = given && given->type == PLM_SPEC_LIST;
    const char **name = plm_arena_array(&s->arena, 1 + (list ? given->count : 1), sizeof *name);
    if (!name)
        return PLM_E_MEMORY;
    out->target = name;
    out->targets = !given ? 0 : list ? given->count : 1;
    for (size_t i = 0; i < out->targets; i++) {
        name[i] = column_text(list ? given->argument[i].value : given);
        if (!name[i])
            return plm_fail(&s->w, PLM_E_SPEC, s->spec, "target=price, or target=[price, kind]",
                            "the target is not a column or a list of columns");
    }
    return PLM_OK;
}

/* Prints the report of all columns as a warning, since the table is refused. */
static void warn_report(const plm_source *s)
{
    plm_text t = {.w = (plm *)&s->w};
    plm_text_add_printable(&t, s->file);
    plm_text_add(&t, " is refused; its columns:\n");
    plm_schema_report(&t, s->schema, 0);
    if (!t.failed)
        plm_warn_lines(&s->w, plm_text_get(&t));
    plm_text_free(&t);
}

/* Finds the schema of the table for a new model. */
static plm_status find_schema(plm_source *s, plm_typed *t, const table *c)
{
    plm_schema_wishes wishes = {.columns = *c->columns ? c->columns : s->known.columns};
    PLM_TRY(list_targets(s, c->target, &wishes));
    wishes.weight = c->weight ? column_text(c->weight) : NULL;
    const plm_status status = plm_schema_find(&s->arena, &t->store, &wishes, c->file, &s->schema);
    if (status == PLM_E_DATA && s->schema)
        warn_report(s);
    PLM_TRY(status);
    for (size_t i = 0; i < t->store.columns; i++)
        t->place[i] = i;
    return PLM_OK;
}

/* Takes the schema of the model, and finds its columns in the table. */
static plm_status follow_schema(plm_source *s, plm_typed *t, const table *c)
{
    PLM_TRY(plm_schema_read(&s->arena, s->known.schema, c->file, &s->schema));
    t->place = plm_arena_array(&s->arena, s->schema->columns + 1, sizeof *t->place);
    if (!t->place)
        return PLM_E_MEMORY;
    PLM_TRY(plm_schema_match(s->schema, &t->store, s->known.wants_targets, c->file, t->place));
    for (size_t i = 0; i < s->schema->columns && !s->known.wants_targets; i++)
        if (s->schema->column[i].role != PLM_ROLE_INPUT)
            t->place[i] = SIZE_MAX;
    s->fitted = true;
    return PLM_OK;
}

/* row [rows]: the training rows, to whose cells the schema is fitted. Then the parts are filled
 * anew, for all rows. */
static plm_status fit_table(plm_source *s, const int64_t *row, int64_t rows)
{
    plm_typed *t = s->state;
    PLM_TRY(plm_schema_fit(s->schema, &t->store, row, rows));
    return plm_typed_fill(s, t);
}

/* Lists the names of the columns with a role, for messages. */
static const char *words_of(plm_source *s, plm_column_role role)
{
    plm_text t = {.w = &s->w};
    size_t count = 0;
    for (size_t i = 0; i < s->schema->columns; i++)
        if (s->schema->column[i].role == role && count++ < 8)
            plm_text_format(&t, "%s%.40s", count > 1 ? ", " : "", s->schema->column[i].name);
    if (count > 8)
        plm_text_format(&t, ", ... (%zu columns)", count);
    const char *text = t.failed ? NULL : plm_arena_text(&s->arena, plm_text_get(&t), t.length);
    plm_text_free(&t);
    return text;
}

/* Reads the file, finds or follows the schema, and makes the parts. */
static plm_status open_table(plm_source *s, const void *config)
{
    const table *c = config;
    plm_typed *t = plm_arena_take(&s->arena, sizeof *t);
    reading r = {.s = s, .c = c, .t = t};
    if (!t)
        return PLM_E_MEMORY;
    s->state = t;
    t->store.arena.w = &s->w;
    s->name = plm_source_short_name(s, c->file);
    s->file = plm_arena_text(&s->arena, c->file, SIZE_MAX);
    if (!s->name || !s->file)
        return PLM_E_MEMORY;
    PLM_TRY(read_file(&r));
    const bool known = *s->known.schema != '\0';
    t->place = plm_arena_array(&s->arena, t->store.columns + 1, sizeof *t->place);
    if (!t->place)
        return PLM_E_MEMORY;
    PLM_TRY(known ? follow_schema(s, t, c) : find_schema(s, t, c));
    PLM_TRY(plm_schema_check(s->schema, &t->store, t->place, c->file));
    PLM_TRY(plm_typed_parts(s, t, !known || s->known.wants_targets));
    s->named_inputs = s->named_targets = true;
    s->input_words = words_of(s, PLM_ROLE_INPUT);
    s->target_words = words_of(s, PLM_ROLE_TARGET);
    if (!s->input_words || !s->target_words)
        return PLM_E_MEMORY;
    if (!known)
        return plm_typed_fill_classes(s, t);
    plm_typed_warn(s, t);
    return plm_typed_fill(s, t);
}

/* 0 = not known. */
static int64_t line_of(plm_source *s, int64_t row)
{
    const plm_typed *t = s->state;
    return row >= 0 && row < t->store.rows ? t->store.line[row] : 0;
}

/* The texts of all cells are in the store. */
static void close_table(plm_source *s)
{
    plm_typed *t = s->state;
    if (t)
        plm_store_free(&t->store);
}

extern const plm_source_kind plm_source_table;
const plm_source_kind plm_source_table = {
    .kind = {.name = "table",
             .help = "a table as people have it: numbers, words, dates and gaps",
             .notes =
                 "The type of each column is found out from its cells, and can be given by "
                 "columns=. Numbers and dates are standardized, words become one-hot numbers, "
                 "missing numbers are replaced by the median and marked, and words that the "
                 "training has not seen become zeros. Columns that number the rows, are constant "
                 "or hold sentences are dropped. A target of words, or of few whole numbers, is "
                 "one of classes, whose names the model keeps. Means, medians and words are those "
                 "of the training rows alone. The model stores all this as its schema, so that it "
                 "predicts raw rows. For a table of numbers that are taken as they are, use csv.",
             .config_size = sizeof(table),
             .fields = fields,
             .examples = PLM_LIST("table('adult.csv', target=income)",
                                  "table('a.csv', target=price, columns='zip=category') "
                                  "| batch(64)")},
    .open = open_table,
    .fit = fit_table,
    .line = line_of,
    .close = close_table,
};
