/* Finds the columns of a schema in another table, and checks that the cells of the table can be
 * encoded. A model finds its columns by name, so another table may have them in another order, and
 * may have more columns. In a table without column names, columns are found by position. A word
 * that does not occur in the training rows is encoded as unknown in an input, and is an error in a
 * target. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/notation.h"
#include "table/vocabulary.h"

/* Finds a column by its name. */
static size_t find_name(const plm_store *t, const char *name)
{
    size_t i = 0;
    while (i < t->columns && strcmp(t->column[i].name, name) != 0)
        i++;
    return i < t->columns ? i : SIZE_MAX;
}

/* Which columns of the training a table without column names has: all; all but the targets; only
 * those that the model reads. */
typedef enum { ALL, NO_TARGETS, INPUTS } kept_columns;

/* True if column i of the schema is among the columns that the table has (kept_columns). */
static bool is_kept(const plm_schema *s, size_t i, kept_columns kept)
{
    const plm_column *c = &s->column[i];
    return c->lag == 0 && (kept == ALL || c->lagged || c->role == PLM_ROLE_INPUT ||
                           (kept == NO_TARGETS && c->role != PLM_ROLE_TARGET));
}

/* Returns the index of column i of the schema in a table without column names, by its position. The
 * table may have all columns of the training, all but the targets, or only those that the model
 * reads. */
static size_t find_position(const plm_schema *s, const plm_store *t, size_t i)
{
    for (kept_columns kept = ALL; kept <= INPUTS; kept++) {
        size_t before = 0, columns = 0;
        for (size_t k = 0; k < s->columns; k++) {
            columns += is_kept(s, k, kept);
            before += k < i && is_kept(s, k, kept);
        }
        if (t->columns == columns)
            return is_kept(s, i, kept) ? before : SIZE_MAX;
    }
    return SIZE_MAX;
}

/* Fails if a later column of the table has the name of the column at `at`: nobody can tell which
 * of the two the model needs. */
static plm_status check_single(const plm_schema *s, const plm_store *t, size_t at,
                               const char *where)
{
    for (size_t i = at + 1; i < t->columns && s->header && t->header; i++)
        if (strcmp(t->column[i].name, t->column[at].name) == 0)
            return plm_fail(t->arena.w, PLM_E_DATA, where, "rename or remove one of the two",
                            "columns %zu and %zu (counted from 0) are both called '%.80s', which "
                            "the model needs",
                            at, i, t->column[at].name);
    return PLM_OK;
}

/* Finds the index of column i of the schema in a table; SIZE_MAX = the table lacks it. Columns with
 * values of earlier rows are added only later, by plm_series_follow. */
static size_t find_place(const plm_schema *s, const plm_store *t, size_t i)
{
    if (s->column[i].lag > 0)
        return SIZE_MAX;
    return s->header && t->header ? find_name(t, s->column[i].name) : find_position(s, t, i);
}

/* Fails because the table lacks `lost` columns that the model needs. names: up to eight of them. */
static plm_status fail_lost(const plm_schema *s, const plm_store *t, plm_text *names, size_t lost,
                            const size_t *place, bool targets, const char *where)
{
    plm *w = t->arena.w;
    plm_text hint = {.w = w};
    if (s->header && !t->header)
        return plm_fail(w, PLM_E_DATA, where, "write the names of the columns into the first line",
                        "the table has no names of columns, and its %zu columns are not those of "
                        "the training, nor those that the model reads",
                        t->columns);
    if (t->header)
        plm_schema_advise(&hint, s, t, place, targets);
    const plm_status status =
        plm_fail(w, PLM_E_DATA, where,
                 t->header ? plm_text_get(&hint)
                           : "the table must have the columns of the training, in their order",
                 "the table has no column%s %s", lost > 1 ? "s" : "", plm_text_get(names));
    plm_text_free(&hint);
    return status;
}

/* Finds the index of each column of the schema in a table, place [s->columns]; SIZE_MAX = the table
 * lacks the column. Fails if a required column is missing; the message names up to eight such
 * columns. targets: the targets and weights are required, too. */
plm_status plm_schema_match(const plm_schema *s, const plm_store *t, bool targets,
                            const char *where, size_t *place)
{
    size_t lost = 0;
    plm_status status = PLM_OK;
    plm_text names = {.w = t->arena.w};
    for (size_t i = 0; i < s->columns; i++) {
        place[i] = find_place(s, t, i);
        if (!plm_column_is_needed(&s->column[i], targets))
            continue;
        if (place[i] != SIZE_MAX && status >= 0)
            status = check_single(s, t, place[i], where);
        if (place[i] == SIZE_MAX && lost++ < 8)
            plm_text_format(&names, "%s'%.60s'", lost > 1 ? ", " : "", s->column[i].name);
    }
    if (lost > 8)
        plm_text_format(&names, " and %zu more", lost - 8);
    if (names.failed)
        status = PLM_E_MEMORY;
    else if (lost > 0 && status >= 0)
        status = fail_lost(s, t, &names, lost, place, targets, where);
    plm_text_free(&names);
    return status;
}

/* ---- formats ---- */

/* True if the cells are used as numbers or dates, by the row itself or by later ones (as lags). */
static bool has_numbers(const plm_column *c)
{
    return c->encoding == PLM_ENCODE_STANDARDIZE || c->encoding == PLM_ENCODE_AS_IT_IS ||
           c->encoding == PLM_ENCODE_DATE || (c->lagged && c->role != PLM_ROLE_GROUP);
}

/* True if the numbers of a column of the schema have a decimal comma. Then its columns of whole
 * numbers may get decimals with a comma, too. */
static bool has_comma(const plm_schema *s)
{
    bool comma = false;
    for (size_t i = 0; i < s->columns; i++)
        comma = comma || (has_numbers(&s->column[i]) && s->column[i].format == PLM_FORMAT_COMMA);
    return comma;
}

/* Sets the preferred format of each column to that of the model. A column of words has no format:
 * its words are looked up unchanged. */
void plm_schema_prefer(const plm_schema *s, plm_store *t, const size_t *place)
{
    const bool comma = has_comma(s);
    for (size_t i = 0; i < s->columns; i++) {
        const plm_column *c = &s->column[i];
        if (place[i] == SIZE_MAX)
            continue;
        t->column[place[i]].prefer = c->format;
        t->column[place[i]].force = c->forced;
        t->column[place[i]].strict = has_numbers(c) && !(comma && c->format == PLM_FORMAT_POINT);
    }
}

/* True if the cell of a row is a plain number, whose text is not kept, and contradicts the format.
 * Among dates every number does; otherwise decimals have a comma, and a number with decimals
 * does. */
static bool contradicts(const plm_raw_column *r, int64_t row, bool date)
{
    const bool plain = r->code == NULL || r->code[row] == PLM_CODE_PLAIN;
    return plain && isfinite(r->number[row]) && (date || floor(r->number[row]) != r->number[row]);
}

/* Returns the first row with a plain number that contradicts the format: a number with a point if
 * decimals have a comma, or any number among dates, above all one that is no date such as 20240131.
 * -1 = there is none, or the table must first be read again, with the texts of numbers such as
 * 1.234. */
static int64_t find_plain(const plm_column *c, const plm_store *t, const plm_raw_column *r)
{
    const bool date = c->encoding == PLM_ENCODE_DATE;
    const bool comma = r->format == PLM_FORMAT_COMMA && r->points > 0 && r->groups == 0;
    int64_t first = -1;
    for (int64_t i = 0; i < t->rows && (date || comma) && !r->compact; i++) {
        if (!contradicts(r, i, date))
            continue;
        if (!date || !plm_number_is_date(r->number[i]))
            return i;
        first = first < 0 ? i : first;
    }
    return first;
}

/* Reports a cell that does not have the format of the column. word: the cell's text in quotes, or
 * its number. */
static plm_status fail_format(const plm_column *c, const plm_store *t, int64_t row,
                              const char *word, const char *quote, const char *where)
{
    static const char *const with[PLM_FORMATS + 1] = {[PLM_FORMAT_POINT] = " with a decimal point",
                                                      [PLM_FORMAT_COMMA] = " with a decimal comma",
                                                      [PLM_FORMAT_DMY] = " written as day/month",
                                                      [PLM_FORMAT_MDY] = " written as month/day",
                                                      [PLM_FORMAT_TIME] = " that is a time of day"};
    const bool date = c->encoding == PLM_ENCODE_DATE;
    const unsigned fits = plm_cell_read(word).fits,
                   numbers = 1u << PLM_FORMAT_POINT | 1u << PLM_FORMAT_COMMA;
    const bool other = (fits & (date ? ~numbers : numbers)) != 0 && with[c->format] != NULL;
    return plm_fail(t->arena.w, PLM_E_DATA, where,
                    c->forced ? "correct the cell, or set another format: columns='NAME=number'"
                    : other   ? "write the cells in the same format as in the training, or give "
                                "theirs: table('FILE', columns='NAME=FORMAT') with decimal_point, "
                                "decimal_comma, dmy, mdy or ymd"
                    : date    ? "write dates as 2024-12-31"
                              : "write a number into the cell",
                    "line %lld, column '%.60s': %s%.40s%s is not a %s%s", (long long)t->line[row],
                    c->name, quote, word, quote, date ? "date" : "number",
                    other ? with[c->format] : "");
}

/* Checks that the plain numbers of a column agree with its format: 2.5 does not if decimals have a
 * comma. The error shows the value of the cell, since its text is not kept. */
plm_status plm_column_check_plain(const plm_column *c, const plm_store *t, const plm_raw_column *r,
                                  const char *where)
{
    char number[32];
    const int64_t row = find_plain(c, t, r);
    if (row < 0)
        return PLM_OK;
    plm_text_from_number(r->number[row], number, sizeof number);
    return fail_format(c, t, row, number, "", where);
}

/* Checks a column. */
static plm_status check_format(const plm_column *c, const plm_store *t, const plm_raw_column *r,
                               const char *where)
{
    if (r->ambiguous && c->type == PLM_COLUMN_DATE)
        return plm_fail(t->arena.w, PLM_E_DATA, where,
                        "give their order: table('FILE', columns='NAME=dmy'), or mdy; or write "
                        "dates as 2024-12-31",
                        "the dates of column '%.60s', such as '%.40s', may be day/month or "
                        "month/day",
                        c->name, plm_doubts_date(r));
    if (r->odd_row >= 0)
        return r->odd != NULL ? fail_format(c, t, r->odd_row, r->odd, "'", where)
                              : fail_format(c, t, r->odd_row, "a word", "", where);
    return plm_column_check_plain(c, t, r, where);
}

/* Checks the formats. Called before the rows of a series are sorted and shifted, so line and column
 * in the error are those of the file. */
plm_status plm_schema_check_formats(const plm_schema *s, const plm_store *t, bool targets,
                                    const size_t *place, const char *where)
{
    for (size_t i = 0; i < s->columns; i++) {
        const plm_column *c = &s->column[i];
        if (place[i] != SIZE_MAX && plm_column_is_needed(c, targets) && has_numbers(c))
            PLM_TRY(check_format(c, t, &t->column[place[i]], where));
    }
    return PLM_OK;
}

/* ---- cells ---- */

/* Returns the hint for a cell that cannot be encoded. */
static const char *hint_of(const plm_column *c, bool missing)
{
    if (missing)
        return "fill the cell, or remove the row";
    if (c->encoding == PLM_ENCODE_CLASSES)
        return "write one of the classes that the model was trained on";
    if (c->encoding == PLM_ENCODE_LABELS)
        return "write labels that the model was trained on";
    return c->type == PLM_COLUMN_DATE ? "write dates as 2024-12-31"
                                      : "write a number into the cell";
}

/* True if a number or date, or its encoded value, exceeds the 32-bit numbers of the net. The
 * deviation is 0 before the fit, and in a constant column. */
static bool is_large(const plm_column *c, double x)
{
    return fabs(x) > FLT_MAX ||
           (c->deviation > 0 && fabs(x - c->center) / c->deviation > (double)FLT_MAX);
}

/* Reports a number that is too large. In a series, the cell may come from an earlier row, which may
 * have been removed or moved since. */
static plm_status fail_large(const plm_column *c, const plm_store *t, double x, int64_t row,
                             const char *where)
{
    const int64_t from = t->before == NULL && row >= c->lag ? row - c->lag : row;
    return plm_fail(t->arena.w, PLM_E_DATA, where, "correct the cell, or remove the row",
                    "line %lld, column '%.60s': the number %g is too large",
                    (long long)t->line[from], c->name, x);
}

/* Reports a cell that cannot be encoded. */
static plm_status fail_cell(const plm_column *c, const plm_store *t, size_t place, int64_t row,
                            const char *where)
{
    const plm_raw_column *r = &t->column[place];
    const bool missing = isnan(r->number[row]);
    const double x = missing ? plm_cell_carried(c, r, row) : r->number[row];
    if (isfinite(x) && !plm_column_has_words(c))
        return fail_large(c, t, x, row, where);
    const char *word = r->code != NULL && r->code[row] >= 0 ? r->word[r->code[row]]
                       : r->odd_row == row                  ? r->odd
                                                            : "a word";
    if (missing)
        return plm_fail_code(t->arena.w, "D201",
                             plm_fail(t->arena.w, PLM_E_DATA, where, hint_of(c, true),
                                      "line %lld, column '%.60s': the cell is empty",
                                      (long long)t->line[row], c->name));
    return plm_fail(t->arena.w, PLM_E_DATA, where, hint_of(c, false),
                    "line %lld, column '%.60s': '%.40s' is %s", (long long)t->line[row], c->name,
                    word,
                    c->encoding == PLM_ENCODE_CLASSES  ? "not one of the model's classes"
                    : c->encoding == PLM_ENCODE_LABELS ? "not made of the model's labels"
                    : c->type == PLM_COLUMN_DATE       ? "not a date"
                                                       : "not a number");
}

/* True if a missing cell of a column of numbers can be encoded, since a number replaces it. */
static bool is_good_gap(const plm_column *c, const plm_raw_column *r, int64_t row)
{
    return c->role == PLM_ROLE_INPUT && !is_large(c, plm_cell_carried(c, r, row));
}

/* True if the model has all labels of the cell, or if it is an input: others do not count there. */
static bool has_labels(const plm_column *c, const plm_raw_column *r, int64_t row)
{
    return c->role == PLM_ROLE_INPUT || r->code == NULL || r->code[row] < 0 ||
           plm_column_knows(c, r->word[r->code[row]]);
}

/* True if the cell can be encoded. In an input, the cell may be missing or an unknown word. */
static bool is_good(const plm_column *c, const plm_raw_column *r, int64_t row)
{
    const double x = r->number[row];
    if (c->encoding == PLM_ENCODE_LABELS)
        return has_labels(c, r, row);
    if (c->encoding == PLM_ENCODE_CLASSES)
        return r->coded && r->code[row] >= 0 &&
               plm_column_place(c, r->word[r->code[row]]) != SIZE_MAX;
    if (c->encoding == PLM_ENCODE_SIGNS || c->encoding == PLM_ENCODE_ONE_HOT ||
        c->encoding == PLM_ENCODE_INDEX)
        return true;
    return isnan(x) ? is_good_gap(c, r, row) : isfinite(x) && !is_large(c, x);
}

/* True if all cells of a column are known to be encodable as numbers without checking each: none is
 * a word or too large, and none is missing in a target. False for a column of earlier rows, which
 * has no counts. */
static bool is_known_good(const plm_column *c, const plm_raw_column *r)
{
    return !plm_column_has_words(c) && r->lag == 0 && r->others == 0 && !is_large(c, r->low) &&
           !is_large(c, r->high) && (c->role == PLM_ROLE_INPUT || r->missing == 0);
}

/* Fails for the first negative weight of the rows. A negative weight would make the net learn the
 * opposite of the row. */
static plm_status check_weights(const plm_column *c, const plm_store *t, const plm_raw_column *r,
                                const char *where)
{
    for (int64_t row = 0; row < t->rows && r->low < 0; row++)
        if (r->number[row] < 0)
            return plm_fail(t->arena.w, PLM_E_DATA, where, "use weights of 0 or more",
                            "line %lld, column '%.60s': the weight %g is negative",
                            (long long)t->line[row], c->name, r->number[row]);
    return PLM_OK;
}

/* Checks that every cell that is used can be encoded; the error names the first one that cannot. */
plm_status plm_schema_check(const plm_schema *s, const plm_store *t, const size_t *place,
                            const char *where)
{
    for (size_t i = 0; i < s->columns; i++) {
        const plm_column *c = &s->column[i];
        if (place[i] == SIZE_MAX || c->encoding == PLM_ENCODE_NONE)
            continue;
        if (plm_column_has_words(c) && !t->column[place[i]].coded)
            return plm_fail(t->arena.w, PLM_E_DATA, where, "divide the rows into several files",
                            "column '%.60s' has more than %d different words", c->name,
                            (int)PLM_STORE_WORDS);
        for (int64_t row = 0; row < t->rows && !is_known_good(c, &t->column[place[i]]); row++)
            if (!is_good(c, &t->column[place[i]], row))
                return fail_cell(c, t, place[i], row, where);
        if (c->role == PLM_ROLE_WEIGHT)
            PLM_TRY(check_weights(c, t, &t->column[place[i]], where));
    }
    return PLM_OK;
}
