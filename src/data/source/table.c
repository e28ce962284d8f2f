/* table: separated text whose columns have types. It is read whole, cell by cell; the schema
 * (src/table) decides what each column is and converts its cells to numbers. For a trained model,
 * the schema of the model is used. The steps are: read the file, decide what each column is, and
 * fit the schema when the training rows are known (a split may remove some). Until then the width
 * of an input is unknown. (fit_columns.c) */
#include <string.h>

#include "base/system.h"
#include "data/table_file.h"
#include "data/typed.h"

/* The keys of the spec; the field table below explains them. */
typedef struct {
    const char *file;
    const plm_spec *target;
    const char *columns, *header, *delimiter;
    int64_t skip;
    const char *encoding, *quotes, *comments, *table, *query;
    const plm_spec *weight, *group, *order;
    int64_t lags, windows, horizon, embed;
    int64_t max_columns, max_line, max_memory, memory;
    const char *spill;
} table;

static const plm_field fields[] = {
    PLM_FIELD(table, file, PLM_TEXT, NULL, 0, 0,
              "a table as text or JSON lines, plain or gzip; arrays of numpy (.npy, .npz); or an "
              "SQLite database"),
    PLM_FIELD(table, target, PLM_VALUE, "-1", 0, 0,
              "column to predict: its name, or its number from 0 (negative = from the end); a "
              "[list] for several targets; none = no target"),
    PLM_FIELD(table, columns, PLM_TEXT, "", 0, 0,
              "types for columns, instead of the detected ones: 'age=category, code=number, "
              "id=drop'; possible types are number, category, words, date, labels, id, drop; "
              "min_max, log, quantile, mean for numbers; "
              "decimal_comma, decimal_point for numbers; dmy, mdy, ymd for dates"),
    PLM_FIELD_OF(table, header, PLM_CHOICE, "auto", "auto|true|false",
                 "does the first line have the names of the columns?"),
    PLM_FIELD(table, delimiter, PLM_TEXT, "auto", 0, 0,
              "delimiter between cells, as a character or by name: tab, space, comma, semicolon"),
    PLM_FIELD(table, skip, PLM_INT, "-1", -1, 1e6,
              "number of lines to skip at the top; -1 = title lines are detected and skipped"),
    PLM_FIELD(table, encoding, PLM_TEXT, "auto", 0, 0,
              "encoding of the text: auto, utf-8, windows-1252, latin-1, utf-16le, utf-16be"),
    PLM_FIELD_OF(table, quotes, PLM_CHOICE, "auto", "auto|true|false",
                 "do quotes enclose cells? false = no, quotes are ordinary characters; true = yes, "
                 "even if a quoted cell has several lines that look like rows; auto = yes, but "
                 "such a cell is an error"),
    PLM_FIELD_OF(table, comments, PLM_CHOICE, "auto", "auto|true|false",
                 "are lines that begin with # skipped? auto = yes, if they are not rows"),
    PLM_FIELD(table, table, PLM_TEXT, "", 0, 0, "for a database: the name of a table or view"),
    PLM_FIELD(table, query, PLM_TEXT, "", 0, 0,
              "for a database: a query 'select ...', whose result rows are read"),
    PLM_FIELD(table, weight, PLM_VALUE, "none", 0, 0,
              "column of sample weights: the weight of a row in the loss, 0 or more"),
    PLM_FIELD(table, group, PLM_VALUE, "none", 0, 0,
              "column with the group of each row, such as the patient: rows of one group stay "
              "together in a split; with lags or windows each group is a separate series; the "
              "column is not an input"),
    PLM_FIELD(table, lags, PLM_INT, "0", 0, PLM_SERIES_LAGS,
              "for a time series: number of earlier rows whose target values are inputs; 0 = none"),
    PLM_FIELD(table, windows, PLM_INT, "0", 0, PLM_SERIES_LAGS,
              "for a time series: number of earlier rows whose numbers in all columns are inputs; "
              "of the predicted row itself, only the dates are inputs; 0 = none"),
    PLM_FIELD(
        table, order, PLM_VALUE, "none", 0, 0,
        "for a time series: column of dates, quarters, weeks or numbers such as years by which the "
        "rows are sorted; default: the first column of dates; if there is none, a column of "
        "numbers with a name of times, such as year or step"),
    PLM_FIELD(table, horizon, PLM_INT, "0", 0, 100000,
              "for predictions of a time series: number of rows to add after the last one"),
    PLM_FIELD(table, embed, PLM_INT, "0", 0, 1e6,
              "category columns with more categories than this become ids in a separate input, for "
              "the layer embedding; 0 = all categories are one-hot"),
    PLM_FIELD(table, max_columns, PLM_INT, "100000", 1, 1e9,
              "max number of cells in a line: a longer line is an error"),
    PLM_FIELD(table, max_line, PLM_INT, "67108864", 1, 1e12,
              "max length of a line in bytes: a longer line is an error"),
    PLM_FIELD(table, max_memory, PLM_INT, "0", 0, 1e15,
              "max bytes for the cells, in memory and in a temporary file: a larger table is an "
              "error; 0 = no limit"),
    PLM_FIELD(table, memory, PLM_INT, "0", 0, 1e15,
              "max bytes of the table that are kept in memory; the rest is in temporary files, "
              "which are mapped; 0 = half the memory of the machine"),
    PLM_FIELD(table, spill, PLM_TEXT, "", 0, 0,
              "folder for temporary files of a table that is larger than memory=BYTES; default: "
              "/var/tmp or, if it does not exist, /tmp"),
    {0}};

/* ---- the file ---- */

/* Returns the text of a setting; NULL = it is not set, but has the default "auto". */
static const char *given(const char *text)
{
    return strcmp(text, "auto") != 0 ? text : NULL;
}

/* Returns how to read the file, as far as the spec sets it; other settings are NULL. */
static plm_table_reading reading_of(const table *c)
{
    return (plm_table_reading){.delimiter = given(c->delimiter),
                               .header = given(c->header),
                               .encoding = given(c->encoding),
                               .quotes = given(c->quotes),
                               .comments = given(c->comments),
                               .skip = c->skip};
}

/* Returns the first of two texts that is set; "auto" if neither is. */
static const char *either(const char *first, const char *second)
{
    return first ? first : second ? second : "auto";
}

/* Reads the file into raw columns, which keep the cells as they are. The settings for reading come
 * from the spec or, if it does not set them, from the model. groups: true = keep the texts of
 * numbers such as 1.234, in which the point may separate thousands. */
static plm_status read_once(plm_source *s, plm_typed *t, const table *c, bool groups)
{
    const plm_schema *known = *s->known.schema ? s->schema : NULL;
    const plm_table_reading own = reading_of(c),
                            model = known ? known->reading : (plm_table_reading){.skip = -1};
    plm_table_file f = {.w = &s->w,
                        .arena = &s->arena,
                        .path = plm_source_path(s, c->file),
                        .name = c->file,
                        .store = &t->store,
                        .known = known,
                        .literal = s->schema,
                        .keep_others = known && !s->known.wants_targets,
                        .delimiter = either(own.delimiter, model.delimiter),
                        .header = either(own.header, model.header),
                        .encoding = either(own.encoding, model.encoding),
                        .quotes = either(own.quotes, model.quotes),
                        .comments = either(own.comments, model.comments),
                        .skip = own.skip >= 0 ? own.skip : model.skip,
                        .model_skip = own.skip < 0 && model.skip > 0 ? model.skip : 0,
                        .table = c->table,
                        .query = c->query,
                        .most_cells = (size_t)c->max_columns,
                        .most_bytes = (size_t)c->max_line};
    plm_store_free(&t->store);
    t->store.keep_groups = groups;
    t->store.most_bytes = (size_t)c->max_memory;
    return f.path ? plm_table_file_read(&f) : PLM_E_MEMORY;
}

/* Reads the file again and keeps the texts of numbers such as 1.234. Warnings are not repeated. */
static plm_status read_again(plm_source *s, plm_typed *t, const table *c)
{
    void (*const log)(void *, int, const char *) = s->w.options.log;
    s->w.options.log = NULL;
    const plm_status status = read_once(s, t, c, true);
    s->w.options.log = log;
    return status;
}

/* Finds the columns of the model's schema in the table. If a cell can be read in several ways, the
 * formats of the model are preferred. */
static plm_status match_schema(plm_source *s, plm_typed *t, const table *c)
{
    const plm_schema *m = s->schema;
    t->place = plm_arena_array(&s->arena, m->columns + 1, sizeof *t->place);
    if (!t->place)
        return PLM_E_MEMORY;
    PLM_TRY(plm_typed_aim(s, &t->store));
    PLM_TRY(plm_schema_match(m, &t->store, s->known.wants_targets, c->file, t->place));
    plm_schema_prefer(m, &t->store, t->place);
    return PLM_OK;
}

/* Reads the file, and decides the formats of its columns. */
static plm_status read_file(plm_source *s, plm_typed *t, const table *c)
{
    const bool known = *s->known.schema != '\0';
    for (int groups = 0; groups < 2; groups++) {
        PLM_TRY(groups ? read_again(s, t, c) : read_once(s, t, c, false));
        if (known)
            PLM_TRY(match_schema(s, t, c));
        PLM_TRY(plm_store_settle(&t->store));
        if (!plm_store_lacks_groups(&t->store))
            break;
    }
    return PLM_OK;
}

/* ---- the schema ---- */

/* Returns the text of a column in a spec, which is a name or a number. NULL = the value is
 * neither. */
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

/* Sets what the user wishes about columns. Types and `embed` come from the model if the spec does
 * not set them. */
static plm_status fill_wishes(plm_source *s, const table *c, plm_schema_wishes *out)
{
    *out = (plm_schema_wishes){.columns = *c->columns ? c->columns : s->known.columns,
                               .weight = c->weight ? column_text(c->weight) : NULL,
                               .group = c->group ? column_text(c->group) : NULL,
                               .lags = c->lags,
                               .windows = c->windows,
                               .order = c->order ? column_text(c->order) : NULL,
                               .embed = c->embed > 0 ? c->embed : s->known.embed};
    return list_targets(s, c->target, out);
}

/* Reads the file and finds its schema again. quiet: true = do not repeat the schema's warnings. */
static plm_status find_again(plm_source *s, plm_typed *t, const table *c,
                             const plm_schema_wishes *wishes, bool quiet)
{
    void (*const log)(void *, int, const char *) = s->w.options.log;
    PLM_TRY(read_again(s, t, c));
    PLM_TRY(plm_store_settle(&t->store));
    s->w.options.log = quiet ? NULL : log;
    const plm_status status = plm_schema_find(&s->arena, &t->store, wishes, c->file, &s->schema);
    s->w.options.log = log;
    return status;
}

/* Finds the schema of the table for a new model. The file is read a second time if the user sets a
 * type that needs texts which the first reading did not keep: numbers such as 1.234 for a decimal
 * comma, marks of missing cells such as NA for a column of words. */
static plm_status find_schema(plm_source *s, plm_typed *t, const table *c)
{
    plm_schema_wishes wishes;
    PLM_TRY(fill_wishes(s, c, &wishes));
    plm_status status = plm_schema_find(&s->arena, &t->store, &wishes, c->file, &s->schema);
    const bool words = status >= 0 && plm_schema_lacks_words(s->schema, &t->store);
    if (words || (status >= 0 && plm_store_lacks_groups(&t->store)))
        status = find_again(s, t, c, &wishes, words);
    if (status == PLM_E_DATA && s->schema)
        plm_typed_warn_report(s);
    PLM_TRY(status);
    if (c->embed > 0 || s->known.embed_given)
        plm_typed_warn_embed(s, &t->store, wishes.embed);
    s->schema->reading = reading_of(c);
    t->place = plm_arena_array(&s->arena, t->store.columns + 1, sizeof *t->place);
    if (!t->place)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < t->store.columns; i++)
        t->place[i] = i;
    return PLM_OK;
}

/* Prepares the columns for a trained model: checks the formats of their cells, adds the columns of
 * a series, and numbers the words. */
static plm_status follow_schema(plm_source *s, plm_typed *t, const table *c)
{
    plm_schema_take_compact(s->schema, &t->store, t->place);
    PLM_TRY(
        plm_schema_check_formats(s->schema, &t->store, s->known.wants_targets, t->place, c->file));
    PLM_TRY(plm_series_follow(s->schema, &t->store, c->horizon, s->known.wants_targets, t->place,
                              c->file));
    for (size_t i = 0; i < s->schema->columns; i++) {
        const plm_column *column = &s->schema->column[i];
        if (column->role != PLM_ROLE_INPUT && !s->known.wants_targets)
            t->place[i] = SIZE_MAX;
        if (t->place[i] != SIZE_MAX && plm_column_has_words(column))
            PLM_TRY(plm_store_code(&t->store, t->place[i]));
    }
    s->fitted = true;
    return PLM_OK;
}

/* ---- all together ---- */

/* Fits the schema to the training rows. row [rows]: the numbers of the training rows. Then the
 * parts are filled again, for all rows. */
static plm_status fit_table(plm_source *s, const int64_t *row, int64_t rows)
{
    plm_typed *t = s->state;
    plm_status status = plm_schema_fit(s->schema, &t->store, row, rows);
    status = status < 0 ? status : plm_typed_fill(s, t);
    return plm_typed_spill_status(s, status);
}

/* Makes the parts of the source, now that its schema is known. */
static plm_status make_parts(plm_source *s, plm_typed *t, const table *c, bool targets)
{
    if (targets || s->schema->before > 0)
        PLM_TRY(plm_typed_drop_rows(s, t, targets));
    if (targets && s->schema->before == 0)
        PLM_TRY(plm_typed_groups(s, t));
    s->series = s->schema->before > 0;
    PLM_TRY(plm_schema_check(s->schema, &t->store, t->place, c->file));
    PLM_TRY(plm_typed_parts(s, t, targets));
    s->named_inputs = s->named_targets = true;
    s->input_words = plm_typed_words_of(s, PLM_ROLE_INPUT);
    s->target_words = plm_typed_words_of(s, PLM_ROLE_TARGET);
    return s->input_words && s->target_words ? PLM_OK : PLM_E_MEMORY;
}

/* Reads the file, finds the schema or takes it from the model, and makes the parts. */
static plm_status open_all(plm_source *s, const void *config)
{
    const table *c = config;
    const bool known = *s->known.schema != '\0';
    plm_typed *t = plm_arena_take(&s->arena, sizeof *t);
    if (!t)
        return PLM_E_MEMORY;
    s->state = t;
    t->store.arena.w = &s->w;
    PLM_TRY(plm_typed_spill(s, c->memory, c->spill));
    PLM_TRY(plm_typed_name_source(s, c->file));
    if (known)
        PLM_TRY(plm_typed_known(s, c->columns, c->file));
    else if (c->horizon > 0)
        return plm_fail(&s->w, PLM_E_SPEC, s->spec, "remove horizon",
                        "horizon is only for predictions, not for a training");
    PLM_TRY(read_file(s, t, c));
    plm_typed_note_spill(s);
    PLM_TRY(known ? follow_schema(s, t, c) : find_schema(s, t, c));
    PLM_TRY(make_parts(s, t, c, !known || s->known.wants_targets));
    if (!known)
        return plm_typed_fill_classes(s, t);
    plm_typed_warn(s, t);
    return plm_typed_fill(s, t);
}

/* Opens a table. A full disk (of temporary files) appears as a lack of memory, so the status is
 * examined again. */
static plm_status open_table(plm_source *s, const void *config)
{
    return plm_typed_spill_status(s, open_all(s, config));
}

/* Sets the lines of the file on which rows begin. */
static void lines_of(plm_source *s, int count, const int64_t *row, int64_t *line)
{
    const plm_typed *t = s->state;
    for (int i = 0; i < count; i++)
        line[i] = row[i] < t->store.rows ? t->store.line[row[i]] : 0;
}

/* Frees the raw columns, which hold the texts of all cells. */
static void close_table(plm_source *s)
{
    plm_typed *t = s->state;
    if (t)
        plm_store_free(&t->store);
}

extern const plm_source_kind plm_source_table;
const plm_source_kind plm_source_table = {
    .kind =
        {.name = "table",
         .help = "a table as people keep it: numbers, words, dates and gaps",
         .notes =
             "The type of each column is detected from its cells, and can be set by columns=. "
             "Numbers and dates are standardized, words become one-hot numbers, missing numbers "
             "are replaced by the median, with an additional input that marks them, and words that "
             "do not occur in the training rows become zeros. Columns that number the rows, are "
             "constant or contain sentences are dropped. A target of words, or of few whole "
             "numbers, is a class, and the model keeps the names of the classes. Means, medians "
             "and words are taken "
             "from the training rows only. The model stores all this as its schema, so that it can "
             "predict raw rows. A table may be larger than memory: see memory=. With lags or "
             "windows the rows are a series, sorted by time, and each row is predicted from "
             "earlier rows. For a table of numbers that must not be changed, use csv.",
         .config_size = sizeof(table),
         .fields = fields,
         .examples = PLM_LIST("table('adult.csv', target=income)",
                              "table('a.csv', target=price, columns='zip=category') "
                              "| batch(64)",
                              "table('sales.csv', target=sales, lags=12)")},
    .open = open_table,
    .fit = fit_table,
    .lines = lines_of,
    .close = close_table,
};
