/* Decides how each column of a table is used: its role, its type (types.c) and its encoding. This
 * reads the whole table, but fits no values: types are facts about the file, like its header.
 * Values are fitted later, to the training rows only (fit.c). The classes of a target are an
 * exception: they are all words of the column, since they define the task. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/notation.h"
#include "table/labels.h"
#include "table/variants.h"
#include "table/vocabulary.h"

enum { ROWS_OF_CLASS = 10 }; /* number of rows that a class must have on average */

/* ---- roles and encodings ---- */

/* Chooses the role and the encoding of an input column by its type. */
static void choose_input(plm_column *c, const plm_raw_column *r, int64_t embed)
{
    static const plm_column_encoding of[PLM_COLUMN_TYPES] = {
        [PLM_COLUMN_NUMBER] = PLM_ENCODE_STANDARDIZE, [PLM_COLUMN_CATEGORY] = PLM_ENCODE_ONE_HOT,
        [PLM_COLUMN_YES_NO] = PLM_ENCODE_SIGNS,       [PLM_COLUMN_DATE] = PLM_ENCODE_DATE,
        [PLM_COLUMN_LABELS] = PLM_ENCODE_LABELS,      [PLM_COLUMN_MIXED] = PLM_ENCODE_NONE};
    c->encoding = of[c->type];
    if (c->type == PLM_COLUMN_CATEGORY && embed > 0 && (int64_t)r->words > embed)
        c->encoding = PLM_ENCODE_INDEX;
    if (c->encoding == PLM_ENCODE_NONE && c->type != PLM_COLUMN_MIXED)
        c->role = PLM_ROLE_DROPPED;
    if (c->type == PLM_COLUMN_DATE && r->ambiguous)
        c->encoding = PLM_ENCODE_NONE;
}

/* True if a target of this type cannot be learned. few: its cells have few different values. */
static bool is_unlearnable(const plm_column *c, bool few)
{
    if (c->type == PLM_COLUMN_DATE || c->type == PLM_COLUMN_MIXED)
        return !few;
    return c->type == PLM_COLUMN_IDENTIFIER || c->type == PLM_COLUMN_TEXT;
}

/* True if the values of a target of whole numbers are classes, not quantities. */
static bool has_classes(const plm_column *c, const plm_raw_column *r, int64_t rows)
{
    if (c->given)
        return c->type != PLM_COLUMN_NUMBER;
    const bool few =
        (int64_t)r->words <= PLM_MOST_CLASSES && rows >= ROWS_OF_CLASS * (int64_t)r->words;
    if (is_unlearnable(c, few) || !r->coded || r->words <= 1)
        return false;
    return r->words <= 2 || r->numbers == 0 || (r->whole == r->numbers && few);
}

/* True if all cells of a column except the one in the first row are numbers. Tables often have
 * units there, below the names of the columns. */
static bool has_units(const plm_store *t, const plm_raw_column *r)
{
    return r->odd_row == 0 && r->odd != NULL && t->rows > 2 &&
           r->numbers + 1 == t->rows - r->missing;
}

/* Fails for a row of units, with its line. */
static plm_status fail_units(const plm_arena *a, const plm_column *c, const plm_store *t,
                             const plm_raw_column *r, const char *where)
{
    return plm_fail(a->w, PLM_E_DATA, where,
                    "if this line has the units of the columns, remove it from the file",
                    "line %lld, column '%.60s': '%.40s' is not a number, but all other cells are",
                    (long long)t->line[0], c->name, r->odd);
}

/* Chooses the encoding of a target: classes, or a standardized number. */
static plm_status choose_target(plm_arena *a, plm_column *c, const plm_store *t,
                                const plm_raw_column *r, const char *where)
{
    const int64_t rows = t->rows, n = rows - r->missing;
    /* with labels, an empty cell is a value of its own: a row without labels */
    if (r->different == 1 && (c->type != PLM_COLUMN_LABELS || r->missing == 0))
        return plm_fail(a->w, PLM_E_DATA, where, "use another column as the target",
                        "the target '%.80s' is always '%.40s'", c->name,
                        r->words > 0 ? r->word[0] : "");
    if (c->type == PLM_COLUMN_LABELS) {
        c->encoding = PLM_ENCODE_LABELS;
        return plm_labels_find(a, c, r, where);
    }
    if (has_classes(c, r, rows)) {
        PLM_TRY(plm_vocabulary_all(a, c, r));
        c->why = plm_arena_format(a, "%zu %s", c->words,
                                  r->numbers == n ? "different whole numbers" : "different words");
        c->type = PLM_COLUMN_CATEGORY;
        c->encoding = PLM_ENCODE_CLASSES;
        return c->why != NULL ? PLM_OK : PLM_E_MEMORY;
    }
    if (has_units(t, r))
        return fail_units(a, c, t, r, where);
    if (r->numbers != n || n == 0)
        return plm_fail(a->w, PLM_E_DATA, where,
                        "use a target column of numbers, or with few different words; "
                        "columns='NAME=category' makes each different cell a class, "
                        "columns='NAME=labels' reads several labels from a cell",
                        "the target '%.80s' cannot be learned: %s", c->name, c->why);
    c->type = PLM_COLUMN_NUMBER;
    c->encoding = PLM_ENCODE_STANDARDIZE;
    return PLM_OK;
}

/* Fails because the table has no column of this name. If the first row has the name, there are
 * lines above the names, such as those of merged cells. */
static plm_status fail_name(const plm_schema *s, const plm_store *t, const char *where,
                            const char *name)
{
    for (size_t i = 0; i < t->columns && t->rows > 0; i++) {
        const plm_raw_column *r = &t->column[i];
        const int32_t at = r->code != NULL ? r->code[0] : PLM_CODE_PLAIN;
        if (at < 0 || strcmp(r->word[at], name) != 0)
            continue;
        const char *hint = plm_arena_format(s->arena, "add skip=%lld", (long long)t->line[0] - 1);
        return plm_fail(s->arena->w, PLM_E_SPEC, where, hint != NULL ? hint : "add skip=",
                        "there is no column '%.80s': the names of the columns are in line %lld",
                        name, (long long)t->line[0]);
    }
    return plm_schema_fail_column(s, where, name);
}

/* Sets the roles of the targets, the weight and the group. Called before types are decided. */
static plm_status give_roles(plm_schema *s, const plm_store *t, const plm_schema_wishes *wishes,
                             const char *where)
{
    for (size_t i = 0; i < wishes->targets + 2; i++) {
        const char *name = i < wishes->targets    ? wishes->target[i]
                           : i == wishes->targets ? wishes->weight
                                                  : wishes->group;
        if (name == NULL)
            continue;
        const size_t at = plm_schema_column(s, name);
        if (at == SIZE_MAX)
            return fail_name(s, t, where, name);
        if (s->column[at].role != PLM_ROLE_INPUT)
            return plm_fail(s->arena->w, PLM_E_SPEC, where, "use each column in one role only",
                            "column '%.80s' is named twice as target, weight or group", name);
        s->column[at].role = i < wishes->targets    ? PLM_ROLE_TARGET
                             : i == wishes->targets ? PLM_ROLE_WEIGHT
                                                    : PLM_ROLE_GROUP;
    }
    return PLM_OK;
}

/* Fails if the cells cannot have the type that the user has set. Numbers are checked later, cell by
 * cell. */
static plm_status check_given(plm_arena *a, const plm_column *c, const plm_raw_column *r,
                              int64_t rows, const char *where)
{
    if (c->type == PLM_COLUMN_DATE && r->dates != rows - r->missing)
        return plm_fail(a->w, PLM_E_DATA, where, "write dates as 2024-12-31, or drop the column",
                        "column '%.80s' cannot be a date: '%.40s'", c->name,
                        r->odd != NULL ? r->odd : "the column has numbers");
    if ((c->type == PLM_COLUMN_CATEGORY || c->type == PLM_COLUMN_LABELS) && !r->coded)
        return plm_fail(a->w, PLM_E_DATA, where, "drop the column",
                        "column '%.80s' cannot be a category: it has more than %d different words",
                        c->name, (int)PLM_STORE_WORDS);
    return PLM_OK;
}

/* Reads the cells of a column as the user has set: in a number or date format, or as words. */
static plm_status obey(const plm_column *c, plm_store *t, size_t i)
{
    plm_raw_column *r = &t->column[i];
    if (c->forced) {
        r->prefer = c->format;
        r->force = true;
        PLM_TRY(plm_store_settle_column(t, i));
    }
    r->ambiguous = r->ambiguous && !c->forced;
    return c->type == PLM_COLUMN_CATEGORY || c->type == PLM_COLUMN_LABELS ? plm_store_code(t, i)
                                                                          : PLM_OK;
}

/* Decides the encoding of a column by its role and type. */
static plm_status choose(plm_schema *s, plm_store *t, size_t i, const plm_schema_wishes *wishes,
                         const char *where)
{
    plm_column *c = &s->column[i];
    const plm_raw_column *r = &t->column[i];
    if (c->given) {
        PLM_TRY(obey(c, t, i));
        PLM_TRY(check_given(s->arena, c, r, t->rows, where));
    }
    c->format = r->format;
    if (c->role == PLM_ROLE_INPUT) {
        choose_input(c, r, wishes->embed);
        PLM_TRY(plm_labels_input(s->arena, c, r, where));
    }
    if (c->role == PLM_ROLE_TARGET) {
        if (r->different <= PLM_STORE_DIFFERENT || r->numbers < t->rows - r->missing)
            PLM_TRY(plm_store_code(t, i));
        PLM_TRY(choose_target(s->arena, c, t, r, where));
    }
    PLM_TRY(plm_doubts_warn(s->arena, c, t, i, where));
    PLM_TRY(plm_variants_warn(s->arena, c, r, where));
    if (c->role == PLM_ROLE_WEIGHT) {
        c->encoding = r->numbers == t->rows ? PLM_ENCODE_AS_IT_IS : PLM_ENCODE_NONE;
        c->type = r->numbers == t->rows ? PLM_COLUMN_NUMBER : c->type;
    }
    return c->forced ? plm_column_check_plain(c, t, r, where) : PLM_OK;
}

/* ---- all together ---- */

/* Makes the columns with their names. */
static plm_status name_columns(plm_schema *s, const plm_store *t)
{
    s->column = plm_arena_array(s->arena, t->columns, sizeof *s->column);
    if (s->column == NULL)
        return PLM_E_MEMORY;
    s->header = t->header;
    s->columns = t->columns;
    for (size_t i = 0; i < t->columns; i++) {
        plm_column *c = &s->column[i];
        const char *name = t->column[i].name;
        c->name = name != NULL ? plm_arena_text(s->arena, name, SIZE_MAX)
                               : plm_arena_format(s->arena, "%zu", i);
        c->position = (int64_t)i;
        c->missing = t->column[i].missing;
        c->number.arena = s->arena;
        if (c->name == NULL)
            return PLM_E_MEMORY;
    }
    return PLM_OK;
}

/* Fails if two columns have the same name, since the model finds columns by name. */
static plm_status check_names(const plm_schema *s, const char *where)
{
    plm_index seen = {.arena = s->arena};
    for (size_t i = 0; i < s->columns; i++) {
        const char *name = s->column[i].name;
        const size_t at = plm_index_find(&seen, name);
        if (at != SIZE_MAX)
            return plm_fail(s->arena->w, PLM_E_DATA, where, "give each column a different name",
                            "columns %zu and %zu have the same name, '%.80s'", at, i, name);
        PLM_TRY(plm_index_put(&seen, name, i));
    }
    return PLM_OK;
}

/* Reports a date column in which day/month and month/day cannot be told apart. more: text about
 * further unusable columns; "" = there are none. */
static plm_status fail_dates(const plm_schema *s, const plm_column *c, const plm_raw_column *r,
                             const char *more, const char *where)
{
    char number[PLM_COLUMN_SAID];
    const char *said = plm_column_said(c, number);
    const char *hint = plm_arena_format(
        s->arena, "give the order: columns='%.80s=dmy' or columns='%.80s=mdy'", said, said);
    return plm_fail(s->arena->w, PLM_E_DATA, where, hint != NULL ? hint : "columns='NAME=dmy'",
                    "the dates of column '%.60s', such as '%.40s', may be day/month or "
                    "month/day%s",
                    c->name, plm_doubts_date(r), more);
}

/* Fails because the cells of input i cannot be used. bad: total number of such columns. */
static plm_status fail_input(const plm_schema *s, const plm_store *t, size_t i, size_t bad,
                             const char *where)
{
    const plm_column *c = &s->column[i];
    const plm_raw_column *r = &t->column[i];
    plm *w = s->arena->w;
    char more[48] = "";
    if (bad > 1)
        snprintf(more, sizeof more, " (and %zu more column%s)", bad - 1, bad == 2 ? "" : "s");
    if (c->type == PLM_COLUMN_DATE)
        return fail_dates(s, c, r, more, where);
    if (c->hint != NULL)
        return plm_fail(w, PLM_E_DATA, where, c->hint, "column '%.60s' has %s%s", c->name, c->why,
                        more);
    const char *hint =
        "correct the cells, or give the type of the column: columns='NAME=category' or 'NAME=drop'";
    if (r->disagree != NULL || r->both)
        return plm_fail(w, PLM_E_DATA, where,
                        r->both ? hint
                                : "correct the cells, or ignore their signs: columns='NAME=number'",
                        "the numbers of column '%.60s' do not agree: %s%s", c->name,
                        r->both ? c->why : r->disagree, more);
    return plm_fail(w, PLM_E_DATA, where, hint, "column '%.60s' has %s, but '%.40s' in line %lld%s",
                    c->name, r->dates > 0 ? "dates" : "numbers",
                    r->odd != NULL ? r->odd : "a number",
                    (long long)(r->odd_row >= 0 ? t->line[r->odd_row] : 0), more);
}

/* Returns the hint for a table without inputs: what may be wrong, and how to keep a column. */
static const char *no_inputs_hint(const plm_schema *s, size_t texts)
{
    char number[PLM_COLUMN_SAID];
    for (size_t i = 0; i < s->columns; i++)
        if (s->column[i].why != NULL && strcmp(s->column[i].why, PLM_NUMBERS_THE_ROWS) == 0)
            return plm_arena_format(s->arena,
                                    "keep the column that numbers the rows: columns='%.80s=number'",
                                    plm_column_said(&s->column[i], number));
    return texts > 0
               ? "sentences are not learned: make columns of numbers or of few words from them"
               : "check the delimiter, or keep a column: columns='NAME=category'";
}

/* Fails if no input remains, or if a column cannot be used. The message says how many such columns
 * there are; the report lists them. */
static plm_status check_inputs(const plm_schema *s, const plm_store *t, const char *where)
{
    size_t inputs = 0, bad = 0, first = 0, texts = 0;
    for (size_t i = s->columns; i-- > 0;) {
        const bool input = s->column[i].role == PLM_ROLE_INPUT;
        inputs += input;
        texts += s->column[i].type == PLM_COLUMN_TEXT && !s->column[i].given;
        if (input && s->column[i].encoding == PLM_ENCODE_NONE) {
            bad++;
            first = i;
        }
    }
    if (inputs == 0)
        return plm_fail(s->arena->w, PLM_E_DATA, where, no_inputs_hint(s, texts),
                        s->columns == 1 ? "the table has %zu column, so the target has no inputs"
                                        : "none of the %zu columns can be used as an input",
                        s->columns);
    if (bad > 0 && has_units(t, &t->column[first]))
        return fail_units(s->arena, &s->column[first], t, &t->column[first], where);
    return bad > 0 ? fail_input(s, t, first, bad, where) : PLM_OK;
}

/* Fails if a cell of the weight column is no number; the error names its line. Called after all
 * columns have their encoding, so that the report of the columns is complete. */
static plm_status check_weight(const plm_schema *s, const plm_store *t, const char *where)
{
    for (size_t i = 0; i < t->columns; i++) {
        const plm_column *c = &s->column[i];
        int64_t row = 0;
        if (c->role != PLM_ROLE_WEIGHT || c->encoding != PLM_ENCODE_NONE)
            continue;
        while (row + 1 < t->rows && isfinite(t->column[i].number[row]))
            row++;
        return plm_fail(s->arena->w, PLM_E_DATA, where,
                        "write a number into the weight cell of every row",
                        "not all cells of the weight column '%.80s' are numbers: the first that "
                        "is not is in line %lld",
                        c->name, (long long)t->line[row]);
    }
    return PLM_OK;
}

/* Makes the first dropped identifier whose name is that of an id the id of the rows, which is kept
 * beside predictions: who predicts customers wants to know which. An id that the user has set is
 * the only one. The rows of a series are known by their group and time. */
static void keep_id(plm_schema *s)
{
    size_t first = SIZE_MAX;
    for (size_t i = s->columns; i-- > 0;) {
        const plm_column *c = &s->column[i];
        if (c->role == PLM_ROLE_ID || s->before > 0)
            return;
        if (c->role == PLM_ROLE_DROPPED && c->type == PLM_COLUMN_IDENTIFIER && !c->given &&
            plm_column_is_called_id(c))
            first = i;
    }
    if (first != SIZE_MAX)
        s->column[first].role = PLM_ROLE_ID;
}

/* Makes the schema. Names, roles and types come first; then the settings of the user replace
 * detected values, and the encodings follow from both. Series come last, as they add columns. */
plm_status plm_schema_find(plm_arena *a, plm_store *t, const plm_schema_wishes *wishes,
                           const char *where, plm_schema **out)
{
    plm_schema *s = plm_arena_take(a, sizeof *s);
    *out = NULL;
    if (s == NULL)
        return PLM_E_MEMORY;
    s->arena = a;
    s->order = SIZE_MAX;
    PLM_TRY(name_columns(s, t));
    PLM_TRY(check_names(s, where));
    PLM_TRY(give_roles(s, t, wishes, where));
    for (size_t i = 0; i < s->columns; i++)
        PLM_TRY(plm_column_find_type(a, &s->column[i], t, i));
    PLM_TRY(plm_schema_wish(s, wishes->columns, where));
    plm_schema_take_given(s, t);
    plm_status status = PLM_OK;
    for (size_t i = 0; i < s->columns && status >= 0; i++)
        status = choose(s, t, i, wishes, where);
    status = status < 0 ? status : check_weight(s, t, where);
    if (status >= 0)
        status = plm_series_make(s, t, wishes, where);
    keep_id(s);
    *out = s;
    return status < 0 ? status : check_inputs(s, t, where);
}
