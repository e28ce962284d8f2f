/* Finds the type of a column of a table by its cells, and the reason for it. The questions are
 * asked in this order: a column without values is empty, one value is constant, two are yes or no,
 * and only then it matters whether the cells are numbers, dates or words. The reason is stored with
 * the type, since a user who sees a wrong type wants to know why, and how to set another one
 * (columns=). */
#include <string.h>
#include <strings.h>

#include "table/variants.h"
#include "table/vocabulary.h"

/* FEW_WORDS: columns with fewer different cells are categories, even if most cells are numbers.
 * MIXED_SHARE: a column of numbers is MIXED if at most one of MIXED_SHARE cells is a word.
 * UNIQUE_ROWS: from this number of rows on, words that are all different are identifiers or text.
 * */
enum { FEW_WORDS = PLM_STORE_DIFFERENT, MIXED_SHARE = 10, UNIQUE_ROWS = 20 };

/* True for "id", "user_id", "user id", "userId", "userID", but not for "paid". */
bool plm_column_is_called_id(const plm_column *c)
{
    const size_t length = strlen(c->name);
    const char *end = length > 2 ? c->name + length - 2 : c->name;
    if (strcasecmp(end, "id") != 0)
        return false;
    return length == 2 || strchr("_- .", end[-1]) != NULL ||
           (*end == 'I' && end[-1] >= 'a' && end[-1] <= 'z');
}

/* True for names of columns that number the rows: "id", "user_id", "ID", "index". */
static bool names_rows(const plm_column *c)
{
    return plm_column_is_called_id(c) || strcasecmp(c->name, "index") == 0 ||
           strncasecmp(c->name, "unnamed_", 8) == 0;
}

/* Sets the type and says why. */
static void set(plm_column *c, plm_column_type type, const char *why)
{
    c->type = type;
    c->why = why;
}

/* True if the cells number the rows from 0 or 1 on: each cell is larger by 1 than the previous one.
 * */
static bool counts_rows(const plm_raw_column *r, int64_t n)
{
    return n >= UNIQUE_ROWS && r->missing == 0 && r->steps == n - 1 && (r->low == 0 || r->low == 1);
}

/* Returns how numbers are written, as a text to be put after "numbers" or "whole numbers": "" or ",
 * in $". */
static const char *style_of(plm_arena *a, const plm_raw_column *r)
{
    return plm_arena_format(
        a, "%s%s%s%s%s%s", r->ambiguous ? ", with thousands marks or decimals: read as " : "",
        r->format == PLM_FORMAT_COMMA ? (r->ambiguous ? "decimal comma" : ", decimal comma")
        : r->ambiguous                ? "decimal point"
                                      : "",
        r->percent ? ", percent" : "", r->currency ? ", in " : "", plm_currency_sign(r->currency),
        r->rounded > 0 ? ", rounded to 16 digits" : "");
}

/* Returns the number of digits of a word that is a code with leading zeros, such as 01234; 0 = it
 * is not. Two digits are a number, such as an hour. */
static size_t zero_code(const char *word)
{
    const size_t digits = strspn(word, "0123456789");
    return *word == '0' && digits > 2 && word[digits] == '\0' ? digits : 0;
}

/* True if the numbers of a column are codes, such as postal codes: some have leading zeros, and all
 * have the same number of digits; or all have leading zeros. */
static bool has_codes(const plm_raw_column *r, int64_t n)
{
    size_t width = 0, codes = 0;
    double power = 1;
    for (size_t i = 0; i < r->words; i++) {
        const size_t digits = zero_code(r->word[i]);
        width = digits > width ? digits : width;
        codes += digits > 0;
    }
    for (size_t i = 1; i < width; i++)
        power *= 10;
    return codes > 0 && r->whole == n && r->low >= 0 &&
           ((r->high >= power && r->high < 10 * power) || (r->texts == n && codes == r->words));
}

/* True if the whole numbers of an input are words: codes, or ids with more digits than a number
 * holds, of which two could become the same number. */
static bool is_code(const plm_column *c, const plm_raw_column *r, int64_t n)
{
    return c->role == PLM_ROLE_INPUT && !counts_rows(r, n) &&
           (has_codes(r, n) || (r->rounded > 0 && r->whole == n && names_rows(c)));
}

/* Sets the type of a column of codes. */
static plm_status find_codes(plm_column *c, plm_store *t, size_t i, int64_t n)
{
    const plm_raw_column *r = &t->column[i];
    const bool ids = r->rounded > 0 && names_rows(c);
    PLM_TRY(plm_store_code(t, i));
    if (!r->coded || (n >= UNIQUE_ROWS && (int64_t)r->words > n / 2))
        set(c, PLM_COLUMN_IDENTIFIER,
            ids ? "long ids, nearly each row has its own"
                : "codes with leading zeros, nearly each row has its own");
    else
        set(c, PLM_COLUMN_CATEGORY, ids ? "long ids, as words" : "codes with leading zeros");
    return PLM_OK;
}

/* Finds the type of a column that has only numbers; n = number of cells that are not missing. */
static plm_status find_number(plm_arena *a, plm_column *c, plm_store *t, size_t i, int64_t n)
{
    const plm_raw_column *r = &t->column[i];
    bool unique = false;
    if (is_code(c, r, n))
        return find_codes(c, t, i, n);
    if (n >= UNIQUE_ROWS && names_rows(c) && r->whole == n)
        PLM_TRY(plm_store_is_unique(t, i, &unique));
    if (r->disagree != NULL)
        set(c, PLM_COLUMN_MIXED, r->disagree);
    else if (counts_rows(r, n))
        set(c, PLM_COLUMN_IDENTIFIER, PLM_NUMBERS_THE_ROWS);
    else if (unique)
        set(c, PLM_COLUMN_IDENTIFIER, "its name is that of an id, and no value is repeated");
    else {
        const char *style = style_of(a, r);
        if (style == NULL)
            return PLM_E_MEMORY;
        set(c, PLM_COLUMN_NUMBER,
            plm_arena_format(a, "%s%s", r->whole == n ? "whole numbers" : "numbers", style));
    }
    return PLM_OK;
}

/* Says how dates are written. */
static const char *dates_of(const plm_raw_column *r)
{
    static const char *const words[PLM_FORMATS] = {[PLM_FORMAT_YMD] = "dates",
                                                   [PLM_FORMAT_DMY] = "dates, day/month",
                                                   [PLM_FORMAT_MDY] = "dates, month/day",
                                                   [PLM_FORMAT_TIME] = "times of the day"};
    return r->ambiguous ? "dates: day/month or month/day?" : words[r->format];
}

/* True if most cells are numbers or dates, or if nearly all words are. */
static bool is_mixed(const plm_raw_column *r, const plm_word_looks *l, int64_t n)
{
    const int64_t good = n - r->others;
    if (good == 0 || r->different <= FEW_WORDS)
        return false;
    return r->others * MIXED_SHARE <= n || (l->good > FEW_WORDS && l->odd <= PLM_FEW_ODD);
}

/* Says how many words a category has. NULL = no memory. */
static const char *words_of(plm_arena *a, int64_t words)
{
    return words == 1 ? "one word, or empty"
                      : plm_arena_format(a, "%lld different words", (long long)words);
}

/* Finds the type of a column with words; n = number of cells that are not missing. */
static void find_words(plm_arena *a, plm_column *c, const plm_raw_column *r, int64_t n)
{
    const int64_t words = (int64_t)r->words;
    const bool many = !r->coded || (n >= UNIQUE_ROWS && words > n / 2);
    plm_word_looks l;
    plm_words_look(r, &l);
    c->folded = plm_words_are_answers(r);
    if (c->folded)
        set(c, PLM_COLUMN_YES_NO, "yes or no, in upper and lower case");
    else if (r->both)
        set(c, PLM_COLUMN_MIXED, "some numbers have a decimal point, others a decimal comma");
    else if (plm_words_are_refused(a, c, &l))
        c->type = PLM_COLUMN_MIXED;
    else if (is_mixed(r, &l, n))
        set(c, PLM_COLUMN_MIXED,
            plm_arena_format(a, "%lld of %lld are not %s, such as '%.24s'", (long long)r->others,
                             (long long)n, r->dates > 0 ? "dates" : "numbers",
                             r->odd != NULL ? r->odd : "1.5"));
    else if (many && r->sentences)
        set(c, PLM_COLUMN_TEXT, "sentences");
    else if (many)
        set(c, PLM_COLUMN_IDENTIFIER, "nearly every row has its own word");
    else
        set(c, PLM_COLUMN_CATEGORY, words_of(a, words));
}

/* Finds the type of a column. Columns of words, and columns with two values, need codes for this;
 * for other columns of numbers, making codes would take time for nothing. */
plm_status plm_column_find_type(plm_arena *a, plm_column *c, plm_store *t, size_t i)
{
    const plm_raw_column *r = &t->column[i];
    const int64_t n = t->rows - r->missing;
    const bool values = r->numbers == n || r->dates == n;
    if (!values || r->different <= 2)
        PLM_TRY(plm_store_code(t, i));
    if (n == 0)
        set(c, PLM_COLUMN_EMPTY, "no cell has a value");
    else if (r->different == 1 && r->missing == 0)
        set(c, PLM_COLUMN_CONSTANT, plm_arena_format(a, "always '%.24s'", r->word[0]));
    else if (r->different == 2 && n >= 4)
        set(c, PLM_COLUMN_YES_NO,
            plm_arena_format(a, "'%.16s' or '%.16s'", r->word[0], r->word[1]));
    else if (r->numbers == n)
        PLM_TRY(find_number(a, c, t, i, n));
    else if (r->dates == n)
        set(c, PLM_COLUMN_DATE, dates_of(r));
    else
        find_words(a, c, r, n);
    c->format = r->format;
    return c->why != NULL ? PLM_OK : PLM_E_MEMORY;
}
