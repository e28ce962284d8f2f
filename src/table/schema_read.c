/* Reads the JSON of plm_schema_print. The text may come from an untrusted file, so everything is
 * checked: the members, their types, and that each encoding has what it needs. */
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "table/labels.h"
#include "table/vocabulary.h"

/* The schema that is being read, and the file that errors name. */
typedef struct {
    plm_schema *s;
    const char *where; /* the file, for errors */
} reading;

static const char hint_damaged[] =
    "the file is damaged or was made by a newer plummet: save it again";

/* Fails with E_FORMAT for a damaged schema. what: the fault. column: its name. */
static plm_status fail(const reading *r, const char *what, const char *column)
{
    return plm_fail(r->s->arena->w, PLM_E_FORMAT, r->where, hint_damaged,
                    "schema of the table, column '%.60s': %s", column, what);
}

/* Fails for a member of the JSON object of a column. j: the object. */
static plm_status fail_member(const reading *r, const json_t *j, const char *key, const char *what)
{
    const char *column = json_string_value(json_object_get(j, "name"));
    return plm_fail(r->s->arena->w, PLM_E_FORMAT, r->where, hint_damaged,
                    "schema of the table, column '%.60s': '%s' %s", column != NULL ? column : "?",
                    key, what);
}

/* Sets *out to the index of a word in a list. Errors: E_FORMAT if the list does not have the
 * word. */
static plm_status read_choice(const reading *r, const json_t *j, const char *key,
                              const char *const *list, int count, int *out)
{
    const char *text = json_string_value(json_object_get(j, key));
    for (int i = 0; text != NULL && i < count; i++)
        if (strcmp(text, list[i]) == 0) {
            *out = i;
            return PLM_OK;
        }
    return fail_member(r, j, key, "has a value that is unknown");
}

/* Sets *out to a member of a JSON object that must be a finite number; 0 if there is no such
 * member. */
static plm_status read_number(const reading *r, const json_t *j, const char *key, double *out)
{
    const json_t *value = json_object_get(j, key);
    *out = json_is_number(value) ? json_number_value(value) : 0;
    if ((value != NULL && !json_is_number(value)) || !isfinite(*out))
        return fail_member(r, j, key, "is not a finite number");
    return PLM_OK;
}

/* Reads the vocabulary. */
static plm_status read_words(const reading *r, const json_t *j, plm_column *c)
{
    const json_t *list = json_object_get(j, "words");
    const size_t count = json_array_size(list);
    const char **word = plm_arena_array(r->s->arena, count + 1, sizeof *word);
    if (word == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const char *text = json_string_value(json_array_get(list, i));
        if (text == NULL)
            return fail(r, "a word of the vocabulary is not a text", c->name);
        word[i] = plm_arena_text(r->s->arena, text, SIZE_MAX);
        if (word[i] == NULL)
            return PLM_E_MEMORY;
    }
    PLM_TRY(plm_vocabulary_set(c, word, count));
    return c->number.count == count ? PLM_OK
                                    : fail(r, "a word occurs twice in the vocabulary", c->name);
}

/* Reads the quantiles. A column that varies needs at least two, in ascending order. */
static plm_status read_knots(const reading *r, const json_t *j, plm_column *c)
{
    const json_t *list = json_object_get(j, "quantiles");
    c->knots = json_array_size(list);
    if (c->scaling != PLM_SCALE_QUANTILE)
        return c->knots == 0 ? PLM_OK : fail(r, "only 'quantile' has quantiles", c->name);
    if (c->knots > PLM_QUANTILES || (c->deviation > 0 && c->knots < 2))
        return fail(r, "the number of quantiles is out of range", c->name);
    c->knot = plm_arena_array(r->s->arena, c->knots + 1, sizeof *c->knot);
    if (c->knot == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < c->knots; i++) {
        const json_t *value = json_array_get(list, i);
        c->knot[i] = json_is_number(value) ? json_number_value(value) : (double)NAN;
        if (!isfinite(c->knot[i]) || (i > 0 && c->knot[i] < c->knot[i - 1]))
            return fail(r, "the quantiles are not numbers in ascending order", c->name);
    }
    return PLM_OK;
}

/* True if a column with the encoding LABELS is an input or target with labels and a separator. */
static bool has_labels(const plm_column *c)
{
    return (c->role == PLM_ROLE_TARGET || c->role == PLM_ROLE_INPUT) && c->words > 0 &&
           c->words <= PLM_LABELS && c->separator != '\0' && strchr(";|,", c->separator) != NULL;
}

/* Checks that only inputs are encoded as ids, and that no input has the encoding of a target. */
static plm_status check_role(const reading *r, const plm_column *c)
{
    if (c->role != PLM_ROLE_INPUT && c->encoding == PLM_ENCODE_INDEX)
        return fail(r, "the encoding of ids is only for inputs", c->name);
    if (c->role == PLM_ROLE_INPUT && c->encoding == PLM_ENCODE_CLASSES)
        return fail(r, "the encoding of an input is that of a target", c->name);
    return PLM_OK;
}

/* Checks that a column has the values that its encoding needs. */
static plm_status check(const reading *r, const plm_column *c)
{
    if (c->encoding == PLM_ENCODE_CLASSES && c->words < 2)
        return fail(r, "there are fewer than two classes", c->name);
    if (c->encoding == PLM_ENCODE_LABELS && !has_labels(c))
        return fail(r, "the encoding of labels is not on an input or a target with labels",
                    c->name);
    if (c->encoding == PLM_ENCODE_SIGNS && c->words > 2)
        return fail(r, "the encoding of two words has more than two words", c->name);
    PLM_TRY(check_role(r, c));
    if (!(c->deviation >= 0) || c->parts < 0 || c->parts > 7)
        return fail(r, "a fitted number is out of its range", c->name);
    return PLM_OK;
}

/* Reads `from` and `lag` of column i of a series: its cells come from an earlier column of the
 * file. */
static plm_status read_lag(const reading *r, const json_t *j, size_t i)
{
    plm_schema *s = r->s;
    plm_column *c = &s->column[i];
    double from = 0, lag = 0;
    PLM_TRY(read_number(r, j, "from", &from));
    PLM_TRY(read_number(r, j, "lag", &lag));
    if (!(lag >= 0 && lag <= PLM_SERIES_LAGS && from >= 0 && from <= (double)i))
        return fail(r, "the lag is out of range", c->name);
    c->lag = (int64_t)lag;
    c->from = (size_t)from;
    if (c->lag == 0)
        return i == 0 || c[-1].lag == 0
                   ? PLM_OK
                   : fail(r, "a column of the file comes after columns with lags", c->name);
    if (c->from == i || s->column[c->from].lag > 0 || plm_column_has_words(c))
        return fail(r, "the lag refers to no column of the file", c->name);
    s->column[c->from].lagged = true;
    s->before = c->lag > s->before ? c->lag : s->before;
    return PLM_OK;
}

/* Reads the index of the time column of a series. */
static plm_status read_order(const reading *r, const json_t *j)
{
    const json_t *order = json_object_get(j, "order");
    plm_schema *s = r->s;
    s->order = SIZE_MAX;
    if (order == NULL)
        return PLM_OK;
    const json_int_t at = json_is_integer(order) ? json_integer_value(order) : -1;
    if (at < 0 || (size_t)at >= s->columns || s->column[at].lag > 0)
        return fail(r, "the time column does not exist", "order");
    s->order = (size_t)at;
    return PLM_OK;
}

/* Reads the numbers that were fitted. */
static plm_status read_fitted(const reading *r, const json_t *j, plm_column *c)
{
    double missing = 0, parts = 0, rare = 0;
    PLM_TRY(read_number(r, j, "mean", &c->center));
    PLM_TRY(read_number(r, j, "deviation", &c->deviation));
    PLM_TRY(read_number(r, j, "median", &c->fill));
    PLM_TRY(read_number(r, j, "parts", &parts));
    PLM_TRY(read_number(r, j, "missing", &missing));
    PLM_TRY(read_number(r, j, "rare", &rare));
    if (!(parts >= 0 && parts <= 7 && missing >= 0 && missing < 1e18 && rare >= 0 && rare < 1e18))
        return fail(r, "a number of the column is out of range", c->name);
    c->parts = (int)parts;
    c->missing = (int64_t)missing;
    c->rare = (int64_t)rare;
    c->indicator = json_is_true(json_object_get(j, "indicator"));
    c->literal = json_is_true(json_object_get(j, "literal"));
    c->folded = json_is_true(json_object_get(j, "folded"));
    c->carried = json_is_true(json_object_get(j, "carried"));
    c->mean_fills = json_is_true(json_object_get(j, "mean_fills"));
    const char *separator = json_string_value(json_object_get(j, "separator"));
    c->separator = separator != NULL ? *separator : '\0';
    PLM_TRY(read_knots(r, j, c));
    PLM_TRY(read_words(r, j, c));
    return check(r, c);
}

/* Reads the encoding. The notation has scalings as encodings of their own, so that an older plummet
 * does not take them for STANDARD. */
static plm_status read_encoding(const reading *r, const json_t *j, plm_column *c)
{
    const char *word = json_string_value(json_object_get(j, "encoding"));
    int encoding = 0;
    for (int i = 1; word != NULL && i < PLM_COLUMN_SCALINGS; i++)
        if (strcmp(word, plm_column_scalings[i]) == 0) {
            c->encoding = PLM_ENCODE_STANDARDIZE;
            c->scaling = (plm_column_scaling)i;
            return c->role == PLM_ROLE_INPUT ? PLM_OK
                                             : fail(r, "the encoding is only for inputs", c->name);
        }
    PLM_TRY(read_choice(r, j, "encoding", plm_column_encodings, PLM_COLUMN_ENCODINGS, &encoding));
    c->encoding = (plm_column_encoding)encoding;
    return PLM_OK;
}

/* Reads column i from its JSON object. */
static plm_status read_column(const reading *r, const json_t *j, size_t i)
{
    plm_column *c = &r->s->column[i];
    const char *name = json_string_value(json_object_get(j, "name"));
    const char *why = json_string_value(json_object_get(j, "why"));
    int role = 0, type = 0, format = PLM_FORMAT_POINT;
    if (name == NULL || why == NULL)
        return fail(r, "the column has no name", "?");
    c->name = plm_arena_text(r->s->arena, name, SIZE_MAX);
    c->why = plm_arena_text(r->s->arena, why, SIZE_MAX);
    c->position = (int64_t)i;
    c->number.arena = r->s->arena;
    if (c->name == NULL || c->why == NULL)
        return PLM_E_MEMORY;
    PLM_TRY(read_choice(r, j, "role", plm_column_roles, PLM_ROLES, &role));
    PLM_TRY(read_choice(r, j, "type", plm_column_types, PLM_COLUMN_TYPES, &type));
    if (json_object_get(j, "format") != NULL)
        PLM_TRY(read_choice(r, j, "format", plm_format_names, PLM_FORMATS, &format));
    c->format = (plm_cell_format)format;
    c->role = (plm_column_role)role;
    c->type = (plm_column_type)type;
    PLM_TRY(read_encoding(r, j, c));
    PLM_TRY(read_lag(r, j, i));
    return read_fitted(r, j, c);
}

/* Sets *out to a copy, in the arena, of a text in a JSON object; NULL if the object has no such
 * member. */
static plm_status read_text(const reading *r, const json_t *j, const char *key, const char **out)
{
    const char *text = json_string_value(json_object_get(j, key));
    *out = text != NULL ? plm_arena_text(r->s->arena, text, SIZE_MAX) : NULL;
    return text == NULL || *out != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Reads how the file of the table is read. */
static plm_status read_reading(const reading *r, const json_t *j)
{
    plm_table_reading *out = &r->s->reading;
    const json_t *skip = json_object_get(j, "skip");
    PLM_TRY(read_text(r, j, "delimiter", &out->delimiter));
    PLM_TRY(read_text(r, j, "header", &out->header));
    PLM_TRY(read_text(r, j, "encoding", &out->encoding));
    PLM_TRY(read_text(r, j, "quotes", &out->quotes));
    PLM_TRY(read_text(r, j, "comments", &out->comments));
    out->skip = json_is_integer(skip) ? json_integer_value(skip) : -1;
    return PLM_OK;
}

/* Reads the columns, and checks that there is at least one input. */
static plm_status read_schema(const reading *r, const json_t *j)
{
    const json_t *list = json_object_get(j, "columns");
    plm_schema *s = r->s;
    if (json_integer_value(json_object_get(j, "version")) != 1)
        return fail(r, "the version of the schema is unknown", "?");
    s->header = json_is_true(json_object_get(j, "header"));
    PLM_TRY(read_reading(r, json_object_get(j, "reading")));
    s->columns = json_array_size(list);
    s->column = plm_arena_array(s->arena, s->columns + 1, sizeof *s->column);
    if (s->column == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < s->columns; i++)
        PLM_TRY(read_column(r, json_array_get(list, i), i));
    PLM_TRY(read_order(r, j));
    if (s->before > 0)
        plm_schema_need_order(s);
    s->fitted = true;
    return plm_schema_width(s, PLM_ROLE_INPUT) > 0 ? PLM_OK
                                                   : fail(r, "the schema has no inputs", "?");
}

/* Reads a schema. Everything that is kept is copied into the arena, so the JSON is freed at the
 * end. */
plm_status plm_schema_read(plm_arena *a, const char *text, const char *where, plm_schema **out)
{
    json_t *j = NULL;
    reading r = {.s = plm_arena_take(a, sizeof *r.s), .where = where};
    *out = NULL;
    if (r.s == NULL)
        return PLM_E_MEMORY;
    r.s->arena = a;
    plm_status status = plm_json_parse(a->w, where, "schema of the table", text, strlen(text), &j);
    if (status >= 0)
        status = read_schema(&r, j);
    json_decref(j);
    *out = status >= 0 ? r.s : NULL;
    return status;
}
