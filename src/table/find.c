/* Decides what each column of a table is, by its cells, and what is done with it.
 * It looks at the whole table, but keeps no value of it: types are facts about the file, as its
 * header is. Values are fitted later, to the training rows alone (fit.c). The classes of a target
 * are an exception: they are all words of the column, since they say what the task is. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "table/schema.h"
#include "table/vocabulary.h"

/* FEW_WORDS: columns with fewer different cells are categories, even if most are numbers.
 * MIXED_SHARE: one word among this many cells, or fewer words, makes a column MIXED. MOST_CLASSES:
 * whole numbers with more different values are a number to predict, not classes. ROWS_OF_CLASS:
 * rows that each such class must have on average. UNIQUE_ROWS: from this many rows on, words that
 * are all different are identifiers or text. */
enum { FEW_WORDS = 20, MIXED_SHARE = 10, MOST_CLASSES = 10, ROWS_OF_CLASS = 10, UNIQUE_ROWS = 20 };

/* ---- types ---- */

/* True for names that say that a column numbers its rows: "id", "user_id", "ID", "index". */
static bool names_rows(const char *name)
{
    const size_t length = strlen(name);
    return strcasecmp(name, "id") == 0 || strcasecmp(name, "index") == 0 || *name == '\0' ||
           (length > 3 && strcasecmp(name + length - 3, "_id") == 0);
}

/* Sets the type and says why. */
static void set(plm_column *c, plm_column_type type, const char *why)
{
    c->type = type;
    c->why = why;
}

/* True if the cells count the rows: each is 1 above the one before, from 0 or 1 on. */
static bool counts_rows(const plm_raw_column *r, int64_t n)
{
    return n >= UNIQUE_ROWS && r->missing == 0 && r->steps == n - 1 && (r->low == 0 || r->low == 1);
}

/* True if the name says that the column numbers its rows, and all cells are different whole
 * numbers. */
static bool is_numbering(const plm_column *c, const plm_raw_column *r, int64_t n)
{
    return n >= UNIQUE_ROWS && names_rows(c->name) && r->whole == n && r->code != NULL &&
           (int64_t)r->words == n;
}

/* The type of a column whose cells are all numbers; n = how many. */
static void find_number(plm_column *c, const plm_raw_column *r, int64_t n)
{
    if (counts_rows(r, n))
        set(c, PLM_COLUMN_IDENTIFIER, "counts the rows");
    else if (is_numbering(c, r, n))
        set(c, PLM_COLUMN_IDENTIFIER, "its name, and all are different");
    else
        set(c, PLM_COLUMN_NUMBER, r->whole == n ? "whole numbers" : "numbers");
}

/* The type of a column with words; n = number of cells that are not missing. */
static void find_words(plm_arena *a, plm_column *c, const plm_raw_column *r, int64_t n)
{
    const int64_t words = (int64_t)r->words, odd = r->others + r->dates;
    const bool many = r->code == NULL || (n >= UNIQUE_ROWS && words > n / 2);
    if (r->numbers > 0 && odd * MIXED_SHARE <= n && words > FEW_WORDS)
        set(c, PLM_COLUMN_MIXED,
            plm_arena_format(a, "%lld of %lld are no numbers, such as '%.24s'", (long long)odd,
                             (long long)n, r->odd != NULL ? r->odd : "a date"));
    else if (many && r->blanks > r->others)
        set(c, PLM_COLUMN_TEXT, "sentences");
    else if (many)
        set(c, PLM_COLUMN_IDENTIFIER, "nearly every row has its own word");
    else
        set(c, PLM_COLUMN_CATEGORY, plm_arena_format(a, "%lld different words", (long long)words));
}

/* Finds the type of a column by its cells. */
static plm_status find_type(plm_arena *a, plm_column *c, const plm_raw_column *r, int64_t rows)
{
    const int64_t n = rows - r->missing;
    if (n == 0)
        set(c, PLM_COLUMN_EMPTY, "no cell has a value");
    else if (r->code != NULL && r->words == 1 && r->missing == 0)
        set(c, PLM_COLUMN_CONSTANT, plm_arena_format(a, "always '%.24s'", r->word[0]));
    else if (r->code != NULL && r->words == 2 && n >= 4)
        set(c, PLM_COLUMN_YES_NO,
            plm_arena_format(a, "'%.16s' or '%.16s'", r->word[0], r->word[1]));
    else if (r->numbers == n)
        find_number(c, r, n);
    else if (r->dates == n)
        set(c, PLM_COLUMN_DATE, "dates");
    else
        find_words(a, c, r, n);
    return c->why != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* ---- roles and encodings ---- */

/* Chooses what becomes of an input column by its type. */
static void choose_input(plm_column *c)
{
    static const plm_column_encoding of[PLM_COLUMN_TYPES] = {
        [PLM_COLUMN_NUMBER] = PLM_ENCODE_STANDARDIZE,
        [PLM_COLUMN_CATEGORY] = PLM_ENCODE_ONE_HOT,
        [PLM_COLUMN_YES_NO] = PLM_ENCODE_SIGNS,
        [PLM_COLUMN_DATE] = PLM_ENCODE_DATE,
        [PLM_COLUMN_MIXED] = PLM_ENCODE_NONE};
    c->encoding = of[c->type];
    if (c->encoding == PLM_ENCODE_NONE && c->type != PLM_COLUMN_MIXED)
        c->role = PLM_ROLE_DROPPED;
}

/* True if a target of whole numbers is one of classes. */
static bool has_classes(const plm_column *c, const plm_raw_column *r, int64_t rows)
{
    if (c->given)
        return c->type != PLM_COLUMN_NUMBER;
    return c->type != PLM_COLUMN_IDENTIFIER && r->code != NULL && r->words > 1 &&
           (r->words <= 2 || r->numbers == 0 ||
            (r->whole == r->numbers && (int64_t)r->words <= MOST_CLASSES &&
             rows >= ROWS_OF_CLASS * (int64_t)r->words));
}

/* Chooses classes or a standardized number for a target. */
static plm_status choose_target(plm_arena *a, plm_column *c, const plm_raw_column *r, int64_t rows,
                                const char *where)
{
    const int64_t n = rows - r->missing;
    if (r->words == 1 && r->code != NULL)
        return plm_fail(a->w, PLM_E_DATA, where, "name another target",
                        "the target '%.80s' is always '%.40s'", c->name, r->word[0]);
    if (has_classes(c, r, rows)) {
        c->why = plm_arena_format(a, "%zu %s", r->words,
                                  r->numbers == n ? "different whole numbers" : "different words");
        c->type = PLM_COLUMN_CATEGORY;
        c->encoding = PLM_ENCODE_CLASSES;
        return c->why != NULL ? plm_vocabulary_all(a, c, r) : PLM_E_MEMORY;
    }
    if (r->numbers != n || n == 0)
        return plm_fail(a->w, PLM_E_DATA, where, "name a column of numbers, or of a few words",
                        "the target '%.80s' cannot be learned: %s", c->name, c->why);
    c->type = PLM_COLUMN_NUMBER;
    c->encoding = PLM_ENCODE_STANDARDIZE;
    return PLM_OK;
}

/* Gives the targets and the weight their roles, before types are looked at. */
static plm_status give_roles(plm_schema *s, const plm_schema_wishes *wishes, const char *where)
{
    for (size_t i = 0; i <= wishes->targets; i++) {
        const char *name = i < wishes->targets ? wishes->target[i] : wishes->weight;
        if (name == NULL)
            continue;
        const size_t at = plm_schema_column(s, name);
        if (at == SIZE_MAX)
            return plm_schema_fail_column(s, where, name);
        if (s->column[at].role != PLM_ROLE_INPUT)
            return plm_fail(s->arena->w, PLM_E_SPEC, where, "name each column once",
                            "column '%.80s' is named twice", name);
        s->column[at].role = i < wishes->targets ? PLM_ROLE_TARGET : PLM_ROLE_WEIGHT;
    }
    return PLM_OK;
}

/* Checks that the cells allow the type that the user gave. Numbers are checked cell by cell
 * later. */
static plm_status check_given(plm_arena *a, const plm_column *c, const plm_raw_column *r,
                              int64_t rows, const char *where)
{
    if (c->type == PLM_COLUMN_DATE && r->dates != rows - r->missing)
        return plm_fail(a->w, PLM_E_DATA, where, "write dates as 2024-12-31, or drop the column",
                        "column '%.80s' cannot be a date: '%.40s'", c->name,
                        r->odd != NULL ? r->odd : "it has numbers");
    if (c->type == PLM_COLUMN_CATEGORY && r->code == NULL)
        return plm_fail(a->w, PLM_E_DATA, where, "drop the column",
                        "column '%.80s' cannot be a category: it has more than %d different words",
                        c->name, (int)PLM_STORE_WORDS);
    return PLM_OK;
}

/* Decides the encoding of a column by its role and type. */
static plm_status choose(plm_schema *s, plm_column *c, const plm_raw_column *r, int64_t rows,
                         const char *where)
{
    if (c->given)
        PLM_TRY(check_given(s->arena, c, r, rows, where));
    if (c->role == PLM_ROLE_INPUT)
        choose_input(c);
    if (c->role == PLM_ROLE_TARGET)
        return choose_target(s->arena, c, r, rows, where);
    if (c->role == PLM_ROLE_WEIGHT) {
        c->encoding = PLM_ENCODE_AS_IT_IS;
        c->type = PLM_COLUMN_NUMBER;
        if (r->numbers != rows)
            return plm_fail(s->arena->w, PLM_E_DATA, where, "give every row a number",
                            "the weights '%.80s' are not all numbers", c->name);
    }
    return PLM_OK;
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

/* Fails if two columns have the same name, since names could not tell them apart. */
static plm_status check_names(const plm_schema *s, const char *where)
{
    plm_index seen = {.arena = s->arena};
    for (size_t i = 0; i < s->columns; i++) {
        const char *name = s->column[i].name;
        const size_t at = plm_index_find(&seen, name);
        if (at != SIZE_MAX)
            return plm_fail(s->arena->w, PLM_E_DATA, where, "give each column a name of its own",
                            "columns %zu and %zu have the same name, '%.80s'", at, i, name);
        PLM_TRY(plm_index_put(&seen, name, i));
    }
    return PLM_OK;
}

/* Fails if no input is left, or if a column cannot be used. All such columns are counted; the
 * report has them all. */
static plm_status check_inputs(const plm_schema *s, const plm_store *t, const char *where)
{
    size_t inputs = 0, mixed = 0, first = 0;
    for (size_t i = s->columns; i-- > 0;) {
        const bool bad =
            s->column[i].role == PLM_ROLE_INPUT && s->column[i].type == PLM_COLUMN_MIXED;
        inputs += s->column[i].role == PLM_ROLE_INPUT;
        mixed += bad;
        first = bad ? i : first;
    }
    if (inputs == 0)
        return plm_fail(s->arena->w, PLM_E_DATA, where,
                        "check the delimiter, or keep a column: columns='NAME=category'",
                        "no column is left to learn from, of %zu", s->columns);
    if (mixed == 0)
        return PLM_OK;
    const plm_raw_column *r = &t->column[first];
    return plm_fail(
        s->arena->w, PLM_E_DATA, where,
        "mend the cells, or say what the column is: columns='NAME=category' or 'NAME=drop'",
        "%zu column%s of numbers hold%s words; '%.60s' has '%.40s' in line %lld", mixed,
        mixed == 1 ? "" : "s", mixed == 1 ? "s" : "", s->column[first].name,
        r->odd != NULL ? r->odd : "a date", (long long)(r->odd_row >= 0 ? t->line[r->odd_row] : 0));
}

plm_status plm_schema_find(plm_arena *a, const plm_store *t, const plm_schema_wishes *wishes,
                           const char *where, plm_schema **out)
{
    plm_schema *s = plm_arena_take(a, sizeof *s);
    *out = NULL;
    if (s == NULL)
        return PLM_E_MEMORY;
    s->arena = a;
    PLM_TRY(name_columns(s, t));
    PLM_TRY(check_names(s, where));
    PLM_TRY(give_roles(s, wishes, where));
    for (size_t i = 0; i < s->columns; i++)
        PLM_TRY(find_type(a, &s->column[i], &t->column[i], t->rows));
    PLM_TRY(plm_schema_wish(s, wishes->columns, where));
    plm_status status = PLM_OK;
    for (size_t i = 0; i < s->columns && status >= 0; i++)
        status = choose(s, &s->column[i], &t->column[i], t->rows, where);
    *out = s;
    return status < 0 ? status : check_inputs(s, t, where);
}
