/* Reads JSON lines, or an array of objects. Each line, or element, is an object whose members are
 * the cells of a row: {"age": 3, "color": "red"}. A member that is null or absent is a missing
 * cell. The columns are all names that occur, in the order of their first appearance. A name may
 * occur only in the last object, so all objects are read twice. Nested objects and lists are
 * errors, as they cannot be cells. */
#include <string.h>

#include "data/json_array.h"
#include "data/table_file.h"

/* The lines while they are read. */
typedef struct {
    plm_table_file *f;
    plm_index column;    /* from a name to the number of its column */
    size_t room;         /* capacity of the list of columns */
    plm_table_texts row; /* the cells of the current line */
    bool is_array;       /* true = the objects are the elements of `array` */
    plm_json_array array;
} lines;

/* Returns the index of the first character of the text, from i on, that is no blank or line end. */
static size_t pass_blanks(const char *text, size_t n, size_t i)
{
    while (i < n && strchr(" \t\r\n", text[i]) && text[i] != '\0')
        i++;
    return i;
}

/* True if the text begins with an array. */
static bool is_array(const char *text, size_t n)
{
    const size_t i = pass_blanks(text, n, 0);
    return i < n && text[i] == '[';
}

/* True if the text begins with an object, or with an array of objects, whose first member has a
 * name in quotes, or that is empty. A CSV may also begin with a brace, but not with this. */
bool plm_table_is_json(const char *text, size_t n)
{
    size_t i = pass_blanks(text, n, 0);
    if (i < n && text[i] == '[')
        i = pass_blanks(text, n, i + 1);
    if (i == n || text[i] != '{')
        return false;
    i = pass_blanks(text, n, i + 1);
    return i < n && (text[i] == '"' || text[i] == '}');
}

/* ---- lines ---- */

/* Parses the next element of the array, or the next line that is not blank; *out = NULL at the end.
 * The caller frees it. */
static plm_status next_line(lines *l, json_t **out, int64_t *line)
{
    plm_records *r = &l->f->records;
    plm_status status = PLM_OK;
    *out = NULL;
    if (l->is_array)
        return plm_json_array_next(&l->array, l->f->name, out, line);
    for (bool got = true; got;) {
        const char *text = NULL;
        size_t n = 0;
        *line = r->next_line;
        PLM_TRY(plm_records_line(r, &text, &n, &got));
        while (n > 0 && strchr(" \t\r", text[n - 1]))
            n--;
        if (n == 0)
            continue;
        char where[PLM_WHERE_CAPACITY];
        snprintf(where, sizeof where, "%.200s, line %lld", l->f->name, (long long)*line);
        status = plm_json_parse(l->f->w, where, "JSON", text, n, out);
        if (status < 0)
            return status;
        if (json_is_object(*out))
            return PLM_OK;
        json_decref(*out);
        *out = NULL;
        return plm_fail(l->f->w, PLM_E_FORMAT, where, "write one object per line: {\"age\": 3}",
                        "line %lld is not a JSON object", (long long)*line);
    }
    return PLM_OK;
}

/* ---- columns ---- */

/* Adds the names in an object that are new. */
static plm_status add_names(lines *l, json_t *object)
{
    plm_table_file *f = l->f;
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(object, name, value)
    {
        if (plm_index_find(&l->column, name) != SIZE_MAX)
            continue;
        const char *copy = plm_arena_text(f->arena, name, SIZE_MAX);
        const char **list =
            plm_arena_grow(f->arena, (void *)f->title, f->columns, &l->room, sizeof *f->title);
        if (!copy || !list)
            return PLM_E_MEMORY;
        f->title = list;
        f->title[f->columns] = copy;
        PLM_TRY(plm_index_put(&l->column, copy, f->columns++));
        if (f->columns > f->most_cells)
            return plm_fail(f->w, PLM_E_DATA, f->name, "table(..., max_columns=N) allows more",
                            "the objects have more than %zu different names", f->most_cells);
    }
    return PLM_OK;
}

/* First reading: finds the columns. */
static plm_status find_columns(lines *l)
{
    json_t *object = NULL;
    int64_t line = 0;
    PLM_TRY(next_line(l, &object, &line));
    while (object) {
        const plm_status status = add_names(l, object);
        json_decref(object);
        PLM_TRY(status);
        PLM_TRY(next_line(l, &object, &line));
    }
    return PLM_OK;
}

/* ---- rows ---- */

/* Appends a value as a cell. */
static plm_status add_cell(lines *l, const char *name, const json_t *value, int64_t line)
{
    const char *text = "";
    if (json_is_real(value)) {
        plm_table_texts_add_real(&l->row, json_real_value(value));
        return PLM_OK;
    }
    if (json_is_integer(value)) {
        plm_table_texts_add_whole(&l->row, (long long)json_integer_value(value));
        return PLM_OK;
    }
    if (json_is_string(value))
        text = json_string_value(value);
    else if (json_is_boolean(value))
        text = json_is_true(value) ? "true" : "false";
    else if (value && !json_is_null(value))
        return plm_fail(
            l->f->w, PLM_E_DATA, l->f->name, "write numbers, texts, true, false or null",
            "line %lld, column '%.60s': the cell is a list or an object", (long long)line, name);
    plm_table_texts_add(&l->row, text, strlen(text));
    return PLM_OK;
}

/* Adds an object as a row. */
static plm_status add_row(lines *l, const json_t *object, int64_t line)
{
    plm_table_texts_begin(&l->row);
    for (size_t i = 0; i < l->f->columns; i++)
        PLM_TRY(add_cell(l, l->f->title[i], json_object_get(object, l->f->title[i]), line));
    return plm_table_texts_end(&l->row, line);
}

/* Second reading: makes the columns and adds the rows. */
static plm_status read_rows(lines *l)
{
    plm_table_file *f = l->f;
    json_t *object = NULL;
    int64_t line = 0;
    PLM_TRY(plm_table_texts_open(&l->row, f));
    PLM_TRY(next_line(l, &object, &line));
    while (object) {
        const plm_status status = add_row(l, object, line);
        json_decref(object);
        PLM_TRY(status);
        PLM_TRY(next_line(l, &object, &line));
    }
    return plm_store_flush(f->store);
}

/* Reads the file: the first pass collects the names of the columns, since a name may occur only in
 * the last line. */
plm_status plm_table_file_json(plm_table_file *f)
{
    lines l = {.f = f, .column = {.arena = f->arena}, .row = {.f = f}};
    const char *text = NULL;
    size_t n = 0;
    f->columns = 0;
    plm_status status = plm_records_sample(&f->records, &text, &n);
    l.is_array = status >= 0 && is_array(text, n);
    if (l.is_array)
        status = plm_json_array_open(&l.array, f->w, &f->records);
    status = status < 0 ? status : find_columns(&l);
    if (l.is_array)
        plm_json_array_rewind(&l.array);
    else
        status = status < 0 ? status : plm_records_rewind(&f->records);
    status = status < 0 ? status : read_rows(&l);
    plm_table_texts_close(&l.row);
    plm_json_array_close(&l.array);
    return status;
}
