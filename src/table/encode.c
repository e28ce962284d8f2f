/* Converts cells to the input values of a model, by a fitted schema. A column becomes one or
 * several values: a number is standardized; a category becomes a one-hot row, or 1 or -1; a date
 * becomes its time and its positions in the year, the week and the day, as points on a circle, on
 * which 31 December and 1 January are neighbours. If a column had gaps in training, it has an
 * additional value: 1 = the cell is missing. */
#include <math.h>
#include <string.h>

#include "table/labels.h"

/* The id of the first category of an INDEX column. Smaller ids stand for unknown categories and
 * missing cells. */
enum { FIRST_ID = 2 };

/* Returns how many values a date becomes. */
static size_t date_width(const plm_column *c)
{
    const int parts = c->parts;
    return 1 + 2 * (size_t)((parts & 1) + (parts >> 1 & 1) + (parts >> 2 & 1));
}

/* True if an additional value says whether the cell is missing. An INDEX column needs none, as it
 * has an id for missing cells. */
static bool has_mark(const plm_column *c)
{
    return c->indicator && c->encoding != PLM_ENCODE_NONE && c->encoding != PLM_ENCODE_INDEX;
}

/* Returns the number of values into which a cell of the column is encoded. */
size_t plm_column_width(const plm_column *c)
{
    static const size_t fixed[PLM_COLUMN_ENCODINGS] = {
        [PLM_ENCODE_STANDARDIZE] = 1, [PLM_ENCODE_SIGNS] = 1,    [PLM_ENCODE_DATE] = 1,
        [PLM_ENCODE_CLASSES] = 1,     [PLM_ENCODE_AS_IT_IS] = 1, [PLM_ENCODE_INDEX] = 1,
    };
    size_t width = fixed[c->encoding];
    if (c->encoding == PLM_ENCODE_ONE_HOT || c->encoding == PLM_ENCODE_LABELS)
        width = c->words;
    if (c->encoding == PLM_ENCODE_DATE)
        width = date_width(c);
    return width + has_mark(c);
}

/* Returns the total number of values of all columns that have this role. */
size_t plm_schema_width(const plm_schema *s, plm_column_role role)
{
    size_t width = 0;
    for (size_t i = 0; i < s->columns; i++)
        width += s->column[i].role == role ? plm_column_width(&s->column[i]) : 0;
    return width;
}

/* Returns the number of ids of an INDEX column. The ids before FIRST_ID stand for unknown words and
 * for missing cells. */
size_t plm_column_ids(const plm_column *c)
{
    return c->encoding == PLM_ENCODE_INDEX ? FIRST_ID + c->words : 0;
}

/* Returns the input to which a column belongs. Ids are a separate input, since an embedding layer
 * reads them, and another layer reads the numbers. A table that has only ids has only one input. */
int plm_schema_part(const plm_schema *s, size_t column)
{
    bool others = false;
    for (size_t i = 0; i < s->columns; i++)
        others = others ||
                 (s->column[i].role == PLM_ROLE_INPUT && s->column[i].encoding != PLM_ENCODE_INDEX);
    return s->column[column].encoding == PLM_ENCODE_INDEX && others ? 1 : 0;
}

/* Returns target number k, counted from 0; NULL = there are not that many targets. */
const plm_column *plm_schema_target(const plm_schema *s, int k)
{
    for (size_t i = 0; i < s->columns; i++)
        if (s->column[i].role == PLM_ROLE_TARGET && k-- == 0)
            return &s->column[i];
    return NULL;
}

/* ---- cells ---- */

/* Writes the values of a date: the time, then sine and cosine of its parts. */
static void encode_date(const plm_column *c, double seconds, float *out)
{
    const plm_date_parts p = plm_table_date_parts(seconds);
    const double share[] = {p.year, p.week, p.day};
    *out++ = plm_scaled(c, seconds);
    for (int i = 0; i < 3; i++) {
        double sine = 0, cosine = 0;
        if (!(c->parts >> i & 1))
            continue;
        plm_table_turn(share[i], &sine, &cosine);
        *out++ = (float)sine;
        *out++ = (float)cosine;
    }
}

/* Writes the values of a cell with a word. code: index of the word in the vocabulary; SIZE_MAX =
 * the word is unknown or missing. */
static void encode_word(const plm_column *c, size_t code, float *out)
{
    if (c->encoding == PLM_ENCODE_ONE_HOT && code < c->words)
        out[code] = 1;
    else if (c->encoding == PLM_ENCODE_SIGNS && code < c->words)
        *out = code == 0 ? 1 : -1;
    else if (c->encoding == PLM_ENCODE_CLASSES)
        *out = (float)code;
}

/* Writes the values of a number. A missing cell gets the fill value of the fit, or the last known
 * number of its series; the indicator tells the net that the cell is missing. */
void plm_column_encode_number(const plm_column *c, double x, double fill, float *out)
{
    const size_t width = plm_column_width(c);
    const bool missing = isnan(x);
    memset(out, 0, width * sizeof *out);
    if (c->indicator)
        out[width - 1] = missing ? 1 : 0;
    x = !missing ? x : isnan(fill) ? c->fill : fill;
    if (c->encoding == PLM_ENCODE_DATE)
        encode_date(c, x, out);
    else
        *out = c->encoding == PLM_ENCODE_AS_IT_IS ? (float)x : plm_scaled(c, x);
}

/* Returns the number that replaces a missing cell; NaN = the median replaces it. */
double plm_cell_carried(const plm_column *c, const plm_raw_column *r, int64_t row)
{
    return c->carried && r->carried != NULL ? r->carried[row] : (double)NAN;
}

/* Writes the values of row i. of_code: from the code of a word in the table to its index in the
 * vocabulary of the schema; NULL = the cells are numbers. */
static void encode_cell(const plm_column *c, const plm_raw_column *r, const size_t *of_code,
                        int64_t i, float *out)
{
    if (of_code == NULL) {
        plm_column_encode_number(c, r->number[i], plm_cell_carried(c, r, i), out);
        return;
    }
    const size_t code = r->code[i] < 0 ? SIZE_MAX : of_code[r->code[i]];
    if (c->encoding == PLM_ENCODE_INDEX) {
        const bool gap = r->code[i] < 0 && c->indicator;
        *out = gap ? 1 : code < c->words ? (float)(FIRST_ID + code) : 0;
        return;
    }
    const size_t width = plm_column_width(c);
    memset(out, 0, width * sizeof *out);
    if (c->indicator)
        out[width - 1] = isnan(r->number[i]) ? 1.0F : 0.0F;
    encode_word(c, code, out);
}

/* Writes the labels of all rows. Unknown labels were reported as an error before (match.c). */
static void encode_labels(const plm_column *c, const plm_store *t, size_t place, float *out,
                          size_t step)
{
    const plm_raw_column *r = &t->column[place];
    for (int64_t i = 0; i < t->rows; i++)
        (void)plm_labels_set(c, r->code[i] >= 0 ? r->word[r->code[i]] : "", out + (size_t)i * step);
}

bool plm_column_knows(const plm_column *c, const char *word)
{
    float room[PLM_LABELS];
    return c->encoding == PLM_ENCODE_LABELS ? plm_labels_set(c, word, room)
                                            : plm_column_place(c, word) < c->words;
}

/* Sets of_code[code in the table] to the index of the word in the vocabulary of the schema. */
plm_status plm_column_encode(const plm_column *c, const plm_store *t, size_t place, float *out,
                             size_t step)
{
    const plm_raw_column *r = &t->column[place];
    size_t *of_code = NULL;
    if (c->encoding == PLM_ENCODE_NONE)
        return PLM_OK;
    if (c->encoding == PLM_ENCODE_LABELS) {
        encode_labels(c, t, place, out, step);
        return PLM_OK;
    }
    if (plm_column_has_words(c)) {
        of_code = plm_allocate_array(t->arena.w, r->words + 1, sizeof *of_code);
        if (of_code == NULL)
            return PLM_E_MEMORY;
        for (size_t i = 0; i < r->words; i++)
            of_code[i] = plm_column_place(c, r->word[i]);
    }
    for (int64_t i = 0; i < t->rows; i++)
        encode_cell(c, r, of_code, i, out + (size_t)i * step);
    plm_release(t->arena.w, of_code);
    return PLM_OK;
}

/* ---- names ---- */

/* Returns the suffix of a column's name that describes value i of a date, such as "sine of
 * year". */
static const char *date_part(const plm_column *c, size_t i)
{
    static const char *const name[] = {" (sine of year)", " (cosine of year)",
                                       " (sine of week)", " (cosine of week)",
                                       " (sine of day)",  " (cosine of day)"};
    for (size_t part = 0, at = 1; part < 3; part++) {
        if (!(c->parts >> part & 1))
            continue;
        if (i == at || i == at + 1)
            return name[2 * part + (i - at)];
        at += 2;
    }
    return "";
}

/* Returns a name for value i of a column, such as "city=Paris" or "day (sine of year)". NULL = no
 * memory. */
const char *plm_column_title(plm_arena *a, const plm_column *c, size_t i)
{
    if (has_mark(c) && i + 1 == plm_column_width(c))
        return plm_arena_format(a, "%s missing", c->name);
    if (c->encoding == PLM_ENCODE_ONE_HOT || c->encoding == PLM_ENCODE_LABELS)
        return plm_arena_format(a, "%s=%s", c->name, c->word[i]);
    if (c->encoding == PLM_ENCODE_SIGNS && c->words > 0)
        return plm_arena_format(a, "%s=%s", c->name, c->word[0]);
    return plm_arena_format(a, "%s%s", c->name, i > 0 ? date_part(c, i) : "");
}
