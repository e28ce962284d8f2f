/* The vocabulary of a column: its words in a fixed order, with a number for each. The order of the
 * words determines their numbers, so it must not depend on the order of the rows: numbers come
 * first, sorted by size, then words, sorted by their bytes. If there are too many words, the rarest
 * are dropped before, so that a column of names does not become thousands of values. */
#include "table/vocabulary.h"

#include <stdlib.h>
#include <string.h>

#include "table/variants.h"

/* A word, the number of rows that have it, and its value if it is a number. */
typedef struct {
    const char *word;
    int64_t count; /* in the training rows */
    double number; /* if is_number */
    bool is_number;
} entry;

/* Compares two entries for the final order. Numbers come first, by size; then words, by their
 * bytes. */
static int by_word(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->is_number != y->is_number)
        return x->is_number ? -1 : 1;
    if (x->is_number && x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return strcmp(x->word, y->word);
}

/* Compares two entries for finding the most frequent words. Frequent words come first. */
static int by_count(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return by_word(a, b);
}

/* Sets the words of the column, and an index from each word to its number. Errors: E_MEMORY. */
plm_status plm_vocabulary_set(plm_column *c, const char **word, size_t words)
{
    plm_index_clear(&c->number);
    c->word = word;
    c->words = words;
    for (size_t i = 0; i < words; i++) {
        char folded[PLM_FOLDED];
        const char *key = word[i];
        if (c->folded && plm_word_fold(word[i], folded))
            key = plm_arena_text(c->number.arena, folded, SIZE_MAX);
        PLM_TRY(key != NULL ? plm_index_put(&c->number, key, i) : PLM_E_MEMORY);
    }
    return PLM_OK;
}

/* Joins entries that are the same word in another case; the most frequent one gives its name.
 * Returns how many entries are left. */
static size_t join_variants(entry *list, size_t count)
{
    char one[PLM_FOLDED], other[PLM_FOLDED];
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        (void)plm_word_fold(list[i].word, one);
        while (at < n && plm_word_fold(list[at].word, other) && strcmp(one, other) != 0)
            at++;
        if (at == n) {
            list[n++] = list[i];
            continue;
        }
        const int64_t sum = list[at].count + list[i].count;
        list[at] = by_count(&list[at], &list[i]) <= 0 ? list[at] : list[i];
        list[at].count = sum;
    }
    return n;
}

/* Drops entries that do not occur, keeps the `most` most frequent ones, sorts them, and sets them
 * as the words of the column. */
static plm_status give(plm_arena *a, plm_column *c, entry *list, size_t count, size_t most,
                       int64_t least)
{
    size_t n = 0, found = 0;
    count = c->folded ? join_variants(list, count) : count;
    for (size_t i = 0; i < count; i++) {
        found += list[i].count > 0;
        if (list[i].count >= least)
            list[n++] = list[i];
    }
    qsort(list, n, sizeof *list, by_count);
    n = n < most ? n : most;
    c->rare = (int64_t)(found - n);
    qsort(list, n, sizeof *list, by_word);
    const char **word = plm_arena_array(a, n + 1, sizeof *word);
    if (word == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < n; i++) {
        word[i] = plm_arena_text(a, list[i].word, SIZE_MAX);
        if (word[i] == NULL)
            return PLM_E_MEMORY;
    }
    return plm_vocabulary_set(c, word, n);
}

/* Makes a list of the words of a raw column. count: sets the number of rows of each word to this.
 * NULL = no memory. */
static entry *list_words(plm_arena *a, const plm_raw_column *r, int64_t count)
{
    entry *list = plm_allocate_array(a->w, r->words + 1, sizeof *list);
    for (size_t i = 0; list != NULL && i < r->words; i++) {
        list[i] = (entry){.word = r->word[i], .count = count};
        list[i].is_number = plm_table_number(r->word[i], &list[i].number);
    }
    return list;
}

/* Makes all words of a raw column the vocabulary of the column. */
plm_status plm_vocabulary_all(plm_arena *a, plm_column *c, const plm_raw_column *r)
{
    entry *list = list_words(a, r, 1);
    const plm_status status = list != NULL ? give(a, c, list, r->words, SIZE_MAX, 1) : PLM_E_MEMORY;
    plm_release(a->w, list);
    return status;
}

/* Makes the words of some rows, row [rows], the vocabulary of the column: at most `most` words, the
 * most frequent ones. */
plm_status plm_vocabulary_of(plm_arena *a, plm_column *c, const plm_raw_column *r,
                             const int64_t *row, int64_t rows, size_t most, int64_t least)
{
    entry *list = list_words(a, r, 0);
    if (list == NULL)
        return PLM_E_MEMORY;
    for (int64_t i = 0; i < rows; i++)
        if (r->code[row[i]] >= 0)
            list[r->code[row[i]]].count++;
    const plm_status status = give(a, c, list, r->words, most, least);
    plm_release(a->w, list);
    return status;
}
