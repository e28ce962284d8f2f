/* Words that differ only in upper and lower case or in blanks: "Yes", "yes" and "yes ".
 *
 * In a column of yes and no they are the same word: nobody means two things by them. Elsewhere they
 * may be two things, such as symbols of units or of genes, so they stay different words, and a
 * warning names two of them. */
#include "table/variants.h"

#include <stdio.h>
#include <string.h>

#include "table/vocabulary.h"

/* Leaves out blanks at both ends, and makes several blanks one. Only ASCII letters become lower
 * case, so the result does not depend on the locale. */
bool plm_word_fold(const char *word, char out[PLM_FOLDED])
{
    size_t n = 0;
    for (word += strspn(word, " \t"); *word != '\0' && n + 1 < PLM_FOLDED; word++) {
        const bool blank = *word == ' ' || *word == '\t';
        const char next = word[1];
        if (blank && (next == '\0' || next == ' ' || next == '\t'))
            continue;
        out[n++] = (char)(blank ? ' ' : *word >= 'A' && *word <= 'Z' ? *word - 'A' + 'a' : *word);
    }
    out[n] = '\0';
    return *word == '\0';
}

/* True for a word that answers yes or no. The word is in lower case. */
static bool is_answer(const char *word)
{
    static const char *const words[] = {"yes", "no",        "y",  "n",    "true", "false",
                                        "t",   "f",         "ja", "nein", "oui",  "non",
                                        "si",  "s\xC3\xAD", "on", "off"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

/* Returns the place of an unknown word in a column of two words of yes and no: that of the word
 * that it is in another case. SIZE_MAX = the column has other words, or it is none of the two. */
static size_t place_of_answer(const plm_column *c, const char *word)
{
    char own[PLM_FOLDED], known[2][PLM_FOLDED];
    if (c->words != 2 || c->encoding == PLM_ENCODE_LABELS || !plm_word_fold(word, own))
        return SIZE_MAX;
    for (size_t i = 0; i < 2; i++)
        if (!plm_word_fold(c->word[i], known[i]) || !is_answer(known[i]))
            return SIZE_MAX;
    const bool first = strcmp(own, known[0]) == 0, second = strcmp(own, known[1]) == 0;
    return first == second ? SIZE_MAX : second;
}

/* Looks up a word in lower case if the column ignores case. A word that is too long for that is
 * looked up unchanged. Case is also ignored for a word that a column of yes and no does not have:
 * the training rows had one notation, and other rows may have another. */
size_t plm_column_place(const plm_column *c, const char *word)
{
    char folded[PLM_FOLDED];
    const bool fold = c->folded && plm_word_fold(word, folded);
    const size_t place = plm_index_find(&c->number, fold ? folded : word);
    return place != SIZE_MAX ? place : place_of_answer(c, word);
}

bool plm_words_are_answers(const plm_raw_column *r)
{
    enum { MOST = 24 };
    char first[PLM_FOLDED] = "", second[PLM_FOLDED] = "", folded[PLM_FOLDED];
    if (!r->coded || r->words < 3 || r->words > MOST)
        return false;
    for (size_t i = 0; i < r->words; i++) {
        if (!plm_word_fold(r->word[i], folded) || !is_answer(folded))
            return false;
        if (*first == '\0' || strcmp(folded, first) == 0)
            memcpy(first, folded, sizeof first);
        else if (*second == '\0' || strcmp(folded, second) == 0)
            memcpy(second, folded, sizeof second);
        else
            return false;
    }
    return *second != '\0';
}

/* Warns that words of a column of yes and no count as the same word. */
static void warn_same(const plm_arena *a, const plm_column *c, const plm_raw_column *r,
                      const char *where)
{
    char number[PLM_COLUMN_SAID];
    plm_text words = {.w = a->w};
    for (size_t i = 0; i < r->words; i++)
        plm_text_format(&words, "%s'%.20s'", i > 0 ? ", " : "", r->word[i]);
    if (!words.failed)
        plm_warn(
            a->w,
            "%.100s: the words of column '%.60s' are taken as yes or no, without regard to "
            "upper and lower case and blanks: %.200s; columns='%.60s=category' keeps them apart",
            where, c->name, plm_text_get(&words), plm_column_said(c, number));
    plm_text_free(&words);
}

/* Finds two words of a column that differ only in case or blanks. *count: number of words that
 * differ from an earlier word only so. */
static plm_status find_pair(const plm_arena *a, const plm_raw_column *r, const char *pair[2],
                            int64_t *count)
{
    plm_arena own = {.w = a->w};
    plm_index seen = {.arena = &own};
    plm_status status = PLM_OK;
    char folded[PLM_FOLDED];
    *count = 0;
    for (size_t i = 0; i < r->words && status >= 0; i++) {
        if (!plm_word_fold(r->word[i], folded))
            continue;
        const size_t at = plm_index_find(&seen, folded);
        if (at != SIZE_MAX) {
            pair[0] = *count == 0 ? r->word[at] : pair[0];
            pair[1] = (*count)++ == 0 ? r->word[i] : pair[1];
            continue;
        }
        const char *copy = plm_arena_text(&own, folded, SIZE_MAX);
        status = copy != NULL ? plm_index_put(&seen, copy, i) : PLM_E_MEMORY;
    }
    plm_arena_free(&own);
    return status;
}

/* True if there are at least five words and nine of ten are two capital letters. */
static bool has_codes(const plm_raw_column *r)
{
    static const char capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    size_t codes = 0;
    for (size_t i = 0; i < r->words; i++)
        codes += strlen(r->word[i]) == 2 && strspn(r->word[i], capitals) == 2;
    return codes >= 5 && 10 * codes >= 9 * r->words;
}

/* Warns if NA, which counts as a missing cell, stands among codes of two letters, where it is
 * Namibia or North America. */
static void warn_na(const plm_arena *a, const plm_column *c, const plm_raw_column *r,
                    const char *where)
{
    char number[PLM_COLUMN_SAID];
    if (r->na > 0 && !c->literal && has_codes(r))
        plm_warn(a->w,
                 "%.100s: 'NA' in %lld cell%s of column '%.60s' counts as missing, but the other "
                 "words are codes of two letters; columns='%.60s=words' makes it a word",
                 where, (long long)r->na, r->na == 1 ? "" : "s", c->name,
                 plm_column_said(c, number));
}

plm_status plm_variants_warn(const plm_arena *a, const plm_column *c, const plm_raw_column *r,
                             const char *where)
{
    const char *pair[2] = {NULL, NULL};
    int64_t count = 0;
    if (!plm_column_has_words(c) || c->encoding == PLM_ENCODE_LABELS || !r->coded)
        return PLM_OK;
    warn_na(a, c, r, where);
    if (c->folded) {
        warn_same(a, c, r, where);
        return PLM_OK;
    }
    PLM_TRY(find_pair(a, r, pair, &count));
    if (count > 0)
        plm_warn(a->w,
                 "%.100s: %lld word%s of column '%.60s' differ%s from another one only in case or "
                 "blanks, such as '%.40s' from '%.40s'; they count as different words",
                 where, (long long)count, count == 1 ? "" : "s", c->name, count == 1 ? "s" : "",
                 pair[1], pair[0]);
    return PLM_OK;
}
