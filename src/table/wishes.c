/* Applies what users set for columns, such as "age=category, id=drop", and finds columns by name or
 * number. */
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "base/split.h"
#include "table/vocabulary.h"

enum { LISTED = 8 }; /* max number of columns that a hint lists */

/* Finds a column. A text that looks like a number is first compared with the names. Negative
 * numbers are counted from the end, as in Python. */
size_t plm_schema_column(const plm_schema *s, const char *name)
{
    char *end = NULL;
    for (size_t i = 0; i < s->columns; i++)
        if (strcmp(s->column[i].name, name) == 0)
            return i;
    const long number = strtol(name, &end, 10);
    if (end == name || *end != '\0')
        return SIZE_MAX;
    const long at = number < 0 ? number + (long)s->columns : number;
    return at >= 0 && at < (long)s->columns ? (size_t)at : SIZE_MAX;
}

/* Finds a column of the file. The columns that a series has in addition are not counted. */
size_t plm_store_column(const plm_store *t, const char *name)
{
    int64_t number = 0, columns = 0;
    for (size_t i = 0; i < t->columns; i++) {
        if (t->header && strcmp(t->column[i].name, name) == 0)
            return i;
        columns += t->column[i].lag == 0;
    }
    if (!plm_read_whole(name, &number))
        return SIZE_MAX;
    number += number < 0 ? columns : 0;
    return number >= 0 && number < columns ? (size_t)number : SIZE_MAX;
}

/* True if the first line of the table lacks the name of a column, as a line above the names does
 * that groups them. */
static bool has_unnamed(const plm_schema *s)
{
    size_t i = 0;
    while (i < s->columns && strncmp(s->column[i].name, "unnamed_", 8) != 0)
        i++;
    return i < s->columns;
}

/* Appends a list of the first columns as a hint. */
static void list_columns(plm_text *t, const plm_schema *s)
{
    for (size_t i = 0; i < s->columns && i < LISTED; i++)
        plm_text_format(t, "%s%.40s", i > 0 ? ", " : "columns: ", s->column[i].name);
    if (s->columns > LISTED)
        plm_text_format(t, ", ... (%zu columns)", s->columns);
    if (has_unnamed(s))
        plm_text_add(t, "; if the names are in the second line, add skip=1");
}

/* Fails because the column does not exist. If no name is similar, the hint lists the first columns.
 * */
plm_status plm_schema_fail_column(const plm_schema *s, const char *where, const char *name)
{
    plm_text hint = {.w = s->arena->w};
    const char **list = plm_arena_array(s->arena, s->columns + 1, sizeof *list);
    if (list == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < s->columns; i++)
        list[i] = s->column[i].name;
    const char *near = plm_name_nearest(name, list, s->columns);
    if (near != NULL && strchr(near, ',') != NULL)
        plm_text_format(
            &hint, "put a name that has a comma in two pairs of quotes: target=\"'%.80s'\"", near);
    else if (near != NULL)
        plm_text_format(&hint, "did you mean '%.80s'?", near);
    else
        list_columns(&hint, s);
    const plm_status status = plm_fail(s->arena->w, PLM_E_SPEC, where, plm_text_get(&hint),
                                       "there is no column '%.80s'", name);
    plm_text_free(&hint);
    return status;
}

/* What the word after a column's name sets, such as "drop". */
typedef struct {
    const char *word;
    plm_column_role role;
    plm_column_type type;
    plm_cell_format format; /* format of the cells; PLM_FORMATS = the format that was detected */
    plm_column_scaling scaling;
    bool mean_fills;
} meaning;

/* A category in which NA is a word. */
static const char words_word[] = "words";

static const meaning meanings[] = {
    {"number", PLM_ROLE_INPUT, PLM_COLUMN_NUMBER, PLM_FORMATS, PLM_SCALE_STANDARD, false},
    {"min_max", PLM_ROLE_INPUT, PLM_COLUMN_NUMBER, PLM_FORMATS, PLM_SCALE_MIN_MAX, false},
    {"log", PLM_ROLE_INPUT, PLM_COLUMN_NUMBER, PLM_FORMATS, PLM_SCALE_LOG, false},
    {"quantile", PLM_ROLE_INPUT, PLM_COLUMN_NUMBER, PLM_FORMATS, PLM_SCALE_QUANTILE, false},
    {"mean", PLM_ROLE_INPUT, PLM_COLUMN_NUMBER, PLM_FORMATS, PLM_SCALE_STANDARD, true},
    {"decimal_point", PLM_ROLE_INPUT, PLM_COLUMN_NUMBER, PLM_FORMAT_POINT, PLM_SCALE_STANDARD,
     false},
    {"decimal_comma", PLM_ROLE_INPUT, PLM_COLUMN_NUMBER, PLM_FORMAT_COMMA, PLM_SCALE_STANDARD,
     false},
    {"category", PLM_ROLE_INPUT, PLM_COLUMN_CATEGORY, PLM_FORMATS, PLM_SCALE_STANDARD, false},
    {words_word, PLM_ROLE_INPUT, PLM_COLUMN_CATEGORY, PLM_FORMATS, PLM_SCALE_STANDARD, false},
    {"labels", PLM_ROLE_INPUT, PLM_COLUMN_LABELS, PLM_FORMATS, PLM_SCALE_STANDARD, false},
    {"date", PLM_ROLE_INPUT, PLM_COLUMN_DATE, PLM_FORMATS, PLM_SCALE_STANDARD, false},
    {"dmy", PLM_ROLE_INPUT, PLM_COLUMN_DATE, PLM_FORMAT_DMY, PLM_SCALE_STANDARD, false},
    {"mdy", PLM_ROLE_INPUT, PLM_COLUMN_DATE, PLM_FORMAT_MDY, PLM_SCALE_STANDARD, false},
    {"ymd", PLM_ROLE_INPUT, PLM_COLUMN_DATE, PLM_FORMAT_YMD, PLM_SCALE_STANDARD, false},
    {"drop", PLM_ROLE_DROPPED, PLM_COLUMN_TEXT, PLM_FORMATS, PLM_SCALE_STANDARD, false},
    {"id", PLM_ROLE_ID, PLM_COLUMN_IDENTIFIER, PLM_FORMATS, PLM_SCALE_STANDARD, false}};
enum { MEANINGS = sizeof meanings / sizeof *meanings };

/* True if the word says how an input is scaled, or how its gaps are filled. */
static bool is_scaling(const meaning *m)
{
    return m->scaling != PLM_SCALE_STANDARD || m->mean_fills;
}

/* Applies the word after a column's name to the column. A target remains a target. */
static plm_status apply(plm_column *c, const plm_schema *s, const meaning *m, const char *where)
{
    const bool aimed =
        c->role == PLM_ROLE_TARGET || c->role == PLM_ROLE_WEIGHT || c->role == PLM_ROLE_GROUP;
    if (aimed && m->role != PLM_ROLE_INPUT)
        return plm_fail(s->arena->w, PLM_E_SPEC, where, "remove one of the two",
                        "column '%.80s' is the %s, but columns= sets it to %s", c->name,
                        plm_column_roles[c->role], m->word);
    if (m->type == PLM_COLUMN_LABELS && c->role != PLM_ROLE_TARGET && c->role != PLM_ROLE_INPUT)
        return plm_fail(s->arena->w, PLM_E_SPEC, where, "remove columns= or the role of the column",
                        "only an input or a target can hold labels, but column '%.80s' is the %s",
                        c->name, plm_column_roles[c->role]);
    if (aimed && is_scaling(m))
        return plm_fail(s->arena->w, PLM_E_SPEC, where,
                        "only inputs are scaled in this way; remove the setting",
                        "column '%.80s' is the %s, but columns= sets it to %s", c->name,
                        plm_column_roles[c->role], m->word);
    c->role = aimed ? c->role : m->role;
    c->scaling = m->scaling;
    c->mean_fills = m->mean_fills;
    c->type = m->role == PLM_ROLE_DROPPED ? c->type : m->type;
    c->format = m->format;
    c->forced = m->format != PLM_FORMATS;
    c->folded = false;
    c->literal = m->word == words_word;
    c->why = "as you have set it";
    c->given = true;
    return PLM_OK;
}

/* True if a column of a model's schema has the role and the type of the word. The type of a target
 * or weight is that of its values, whatever its role. */
static bool is_already(const plm_column *c, const meaning *m)
{
    if (m->role != PLM_ROLE_INPUT)
        return c->role == m->role;
    if (is_scaling(m) && (c->scaling != m->scaling || c->mean_fills != m->mean_fills))
        return false;
    if (m->type == PLM_COLUMN_CATEGORY)
        return plm_column_has_words(c) && c->encoding != PLM_ENCODE_LABELS;
    return c->type == m->type && c->role != PLM_ROLE_DROPPED && c->role != PLM_ROLE_ID;
}

/* Checks that the word agrees with a column of a model. The format of its cells may differ. */
static plm_status follow(plm_column *c, const plm_schema *s, const meaning *m, const char *where)
{
    if (!is_already(c, m))
        return plm_fail(
            s->arena->w, PLM_E_SPEC, where, "remove this setting, or train another model",
            "columns= sets column '%.80s' to %s, but in the model it is %s", c->name, m->word,
            c->role == PLM_ROLE_DROPPED ? "dropped" : plm_column_types[c->type]);
    if (m->format != PLM_FORMATS) {
        c->format = m->format;
        c->forced = true;
    }
    return PLM_OK;
}

/* What is done with a wish. */
typedef plm_status doing(plm_column *c, const plm_schema *s, const meaning *m, const char *where);

/* Splits a wish, NAME=WORD or NAME: WORD: ends *text behind the name, and moves it to the name
 * within quotes. Returns the word; NULL = there is neither = nor a colon. */
static const char *split_wish(char **text)
{
    char *name = *text, *sign = strrchr(name, '=');
    sign = sign != NULL ? sign : strrchr(name, ':');
    if (sign == NULL)
        return NULL;
    const char *word = sign + 1 + strspn(sign + 1, " ");
    while (sign > name && sign[-1] == ' ')
        sign--;
    *sign = '\0';
    if ((*name == '\'' || *name == '"') && sign > name + 1 && sign[-1] == *name) {
        sign[-1] = '\0';
        *text = name + 1;
    }
    return word;
}

/* Reads one wish and does `act` with it. done [columns]: true for the columns of the wishes before;
 * that of this wish is added. */
static plm_status read_wish(plm_schema *s, char *text, doing *act, bool *done, const char *where)
{
    const char *word = split_wish(&text);
    if (word == NULL)
        return plm_fail(s->arena->w, PLM_E_SPEC, where, "write columns='age=category, id=drop'",
                        "columns= has '%.80s', which is not NAME=TYPE", text);
    const size_t at = plm_schema_column(s, text);
    if (at == SIZE_MAX)
        return plm_schema_fail_column(s, where, text);
    if (done[at])
        return plm_fail(s->arena->w, PLM_E_SPEC, where, "keep one of the two",
                        "columns= has column '%.80s' twice", s->column[at].name);
    done[at] = true;
    for (int i = 0; i < MEANINGS; i++)
        if (plm_name_equal(word, meanings[i].word))
            return act(&s->column[at], s, &meanings[i], where);
    return plm_fail(s->arena->w, PLM_E_SPEC, where,
                    "number, category, words, date, labels, id or drop; min_max, log, quantile, "
                    "mean; decimal_comma, decimal_point, dmy, mdy, ymd",
                    "the type of column '%.80s' cannot be '%.40s'", s->column[at].name, word);
}

/* Reads all wishes. Braces around the list are accepted, since YAML users write a mapping. */
static plm_status read_wishes(plm_schema *s, const char *wishes, doing *act, const char *where)
{
    const char *part = NULL;
    size_t length = wishes != NULL ? strlen(wishes) : 0;
    if (length == 0)
        return PLM_OK;
    const bool braces = wishes[0] == '{' && wishes[length - 1] == '}';
    const char *list = plm_arena_text(s->arena, wishes + braces, length - 2 * braces);
    bool *done = plm_arena_array(s->arena, s->columns + 1, sizeof *done);
    if (list == NULL || done == NULL)
        return PLM_E_MEMORY;
    while (plm_split_next(&list, ',', &part, &length)) {
        char *wish = plm_arena_text(s->arena, part, length);
        if (wish == NULL)
            return PLM_E_MEMORY;
        PLM_TRY(read_wish(s, wish, act, done, where));
    }
    return PLM_OK;
}

/* Applies the settings to the columns of a new schema. */
plm_status plm_schema_wish(plm_schema *s, const char *wishes, const char *where)
{
    return read_wishes(s, wishes, apply, where);
}

/* Compares the settings with the columns of a model. */
plm_status plm_schema_follow(plm_schema *s, const char *wishes, const char *where)
{
    return read_wishes(s, wishes, follow, where);
}

/* Called after the table was read, since which columns have such words is known only then. */
bool plm_schema_lacks_words(const plm_schema *s, const plm_store *t)
{
    bool lacks = false;
    for (size_t i = 0; i < t->columns; i++)
        lacks =
            lacks || (s->column[i].literal && !t->column[i].literal && t->column[i].missing > 0);
    return lacks;
}
