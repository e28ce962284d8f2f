/* Warns of numbers that do not say clearly what they are: in 1.234 the point may separate
 * thousands, and a whole number of more than 16 digits is rounded when it becomes a double. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/notation.h"
#include "table/vocabulary.h"

enum { WORD = 48 }; /* max bytes of a cell's text in a warning */

/* ---- points and commas ---- */

/* Writes a number of the column that can be read in two ways, with the text that the file has. */
static void show_doubtful(const plm_store *t, const plm_raw_column *r, char out[WORD])
{
    *out = '\0';
    for (size_t i = 0; i < r->words && *out == '\0'; i++) {
        const plm_cell_reading c = plm_cell_read(r->word[i]);
        if (c.value[PLM_FORMAT_POINT] != c.value[PLM_FORMAT_COMMA])
            snprintf(out, WORD, "%s", r->word[i]);
    }
    for (int64_t i = 0; i < t->rows && *out == '\0'; i++)
        if (isfinite(r->number[i]) && floor(r->number[i]) != r->number[i])
            plm_print(out, WORD, "%.3f", r->number[i]); /* it has three decimals */
    if (*out == '\0')
        snprintf(out, WORD, "1.000"); /* all such numbers are round */
}

/* Warns if the numbers of a column can be read in two ways: the point or comma is a decimal mark,
 * or separates thousands. If all numbers of an input have such a mark, no warning is needed: the
 * choice then only changes the unit. */
static void warn_marks(const plm_arena *a, const plm_column *c, const plm_store *t, size_t i,
                       const char *where)
{
    const plm_raw_column *r = &t->column[i];
    char word[WORD], number[PLM_COLUMN_SAID];
    const bool input = c->role == PLM_ROLE_INPUT && r->unmarked;
    if (!r->ambiguous || c->encoding != PLM_ENCODE_STANDARDIZE ||
        !(input || c->role == PLM_ROLE_TARGET))
        return;
    show_doubtful(t, r, word);
    plm_warn(
        a->w,
        "%.100s: '%.40s' in the %s '%.60s' is read as %.10g; columns='%.60s=%s' reads it in the "
        "other way",
        where, word, input ? "column" : "target", c->name, plm_cell_read(word).value[r->format],
        plm_column_said(c, number),
        r->format == PLM_FORMAT_POINT ? "decimal_comma" : "decimal_point");
}

/* ---- day/month or month/day ---- */

const char *plm_doubts_date(const plm_raw_column *r)
{
    const unsigned both = 1U << PLM_FORMAT_DMY | 1U << PLM_FORMAT_MDY;
    for (size_t i = 0; i < r->words; i++) {
        const plm_cell_reading c = plm_cell_read(r->word[i]);
        if ((c.fits & both) == both && c.value[PLM_FORMAT_DMY] != c.value[PLM_FORMAT_MDY])
            return r->word[i];
    }
    return r->words > 0 ? r->word[0] : "";
}

/* ---- digits that are lost ---- */

/* A word of the column and its number. */
typedef struct {
    double number;
    const char *word;
} reading;

/* Compares two words by their numbers, for qsort. */
static int by_number(const void *a, const void *b)
{
    const double x = ((const reading *)a)->number, y = ((const reading *)b)->number;
    return (x > y) - (x < y);
}

/* Finds two words of the column that become the same number, since it lacks digits of one of them.
 * pair[0] = NULL: there are none. */
static plm_status find_pair(const plm_store *t, const plm_raw_column *r, const char *pair[2])
{
    reading *list = plm_allocate_array(t->arena.w, r->words + 1, sizeof *list);
    size_t n = 0;
    pair[0] = NULL;
    if (list == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < r->words; i++) {
        const plm_cell_reading c = plm_cell_read(r->word[i]);
        if (c.fits >> r->format & 1)
            list[n++] = (reading){c.value[r->format], r->word[i]};
    }
    qsort(list, n, sizeof *list, by_number);
    for (size_t i = 1; i < n && pair[0] == NULL; i++)
        if (list[i].number == list[i - 1].number &&
            (!plm_table_keeps_digits(list[i].word, list[i].number) ||
             !plm_table_keeps_digits(list[i - 1].word, list[i].number))) {
            pair[0] = list[i - 1].word;
            pair[1] = list[i].word;
        }
    plm_release(t->arena.w, list);
    return PLM_OK;
}

/* Warns if whole numbers lose digits: always in a target, and in an input if two different numbers
 * become the same. */
static plm_status warn_digits(const plm_arena *a, const plm_column *c, const plm_store *t,
                              const plm_raw_column *r, const char *where)
{
    const char *pair[2];
    char number[PLM_COLUMN_SAID];
    if (r->rounded == 0 ||
        (c->encoding != PLM_ENCODE_STANDARDIZE && c->encoding != PLM_ENCODE_AS_IT_IS))
        return PLM_OK;
    if (c->role == PLM_ROLE_TARGET) {
        plm_warn(a->w,
                 "%.100s: %lld of the numbers in the target '%.60s' have more digits than a number "
                 "holds: %.40s is read as %.0f; subtract a constant from all of them in the file",
                 where, (long long)r->rounded, c->name, r->long_word,
                 plm_cell_read(r->long_word).value[r->format]);
        return PLM_OK;
    }
    PLM_TRY(find_pair(t, r, pair));
    if (pair[0] != NULL)
        plm_warn(
            a->w,
            "%.100s: in the column '%.60s', %.40s and %.40s become the same number, since they "
            "have more digits than a number holds; columns='%.60s=category' or '%.60s=id' "
            "keeps all digits, or subtract a constant from all of them in the file",
            where, c->name, pair[0], pair[1], plm_column_said(c, number),
            plm_column_said(c, number));
    return PLM_OK;
}

/* Warns of both kinds. */
plm_status plm_doubts_warn(const plm_arena *a, const plm_column *c, const plm_store *t, size_t i,
                           const char *where)
{
    warn_marks(a, c, t, i, where);
    return warn_digits(a, c, t, &t->column[i], where);
}
