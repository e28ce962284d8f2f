/* Vocabularies and types of columns, and errors about columns. Internal to this folder. */
#ifndef PLM_TABLE_VOCABULARY_H
#define PLM_TABLE_VOCABULARY_H

#include "table/schema.h"

/* Makes all words of a raw column the vocabulary of a column, sorted: numbers by size, words by
 * their bytes. */
PLM_CHECKED plm_status plm_vocabulary_all(plm_arena *a, plm_column *c, const plm_raw_column *r);
/* Makes the words of some rows the vocabulary of a column, sorted: the `most` most frequent words
 * of those that are in at least `least` rows. Among equally frequent words, those that come first
 * in sorted order are taken. c->rare = number of words that are left out. */
PLM_CHECKED plm_status plm_vocabulary_of(plm_arena *a, plm_column *c, const plm_raw_column *r,
                                         const int64_t *row, int64_t rows, size_t most,
                                         int64_t least);
/* Makes these words the vocabulary of a column. The words must be sorted; the list is not
 * copied. */
PLM_CHECKED plm_status plm_vocabulary_set(plm_column *c, const char **word, size_t words);
/* Finds the type of a column from the cells of column i of the table. (types.c) */
PLM_CHECKED plm_status plm_column_find_type(plm_arena *a, plm_column *c, plm_store *t, size_t i);
/* True if the name of the column is that of an id: "id", "user_id", "user id", "userId".
 * (types.c) */
bool plm_column_is_called_id(const plm_column *c);
/* A column in which at most this many words are no numbers is a column of numbers with errors in
 * it. */
enum { PLM_FEW_ODD = 5 };

/* Counts of the words of a column, by kind. good: they fit the format of the column; odd: they do
 * not; dates, numbers: those in any notation; measures: numbers with a unit after them or a sign
 * before them, such as "12 cm" and "<5", with `units` different units; durations: such as 75:30:00.
 * date, number, measure, duration: an example of each. */
typedef struct {
    int64_t good, odd, dates, numbers, measures, units, durations;
    const char *date, *other_date; /* they have no notation in common */
    const char *number, *measure, *duration;
} plm_word_looks;

/* Counts the kinds of the words of a column. (looks.c) */
void plm_words_look(const plm_raw_column *r, plm_word_looks *out);
/* True if the words are dates in several notations, dates among numbers, numbers with a unit, or
 * durations, which cannot be used as inputs: sets c->why and c->hint. (looks.c) */
bool plm_words_are_refused(plm_arena *a, plm_column *c, const plm_word_looks *l);
/* Warns if the numbers of a column can be read in two ways, and if digits of them are lost so that
 * it matters. i: index of the column in the table. Errors: E_MEMORY. (doubts.c) */
PLM_CHECKED plm_status plm_doubts_warn(const plm_arena *a, const plm_column *c, const plm_store *t,
                                       size_t i, const char *where);
/* Returns the first date of the column that may be day/month or month/day, for messages; if there
 * is none, its first word; "" if it has no words. (doubts.c) */
const char *plm_doubts_date(const plm_raw_column *r);
/* Fails with E_DATA if a plain number, whose text is not kept, contradicts the format of its
 * column: 2.5 where decimals have a comma, or any number among dates. (match.c) */
PLM_CHECKED plm_status plm_column_check_plain(const plm_column *c, const plm_store *t,
                                              const plm_raw_column *r, const char *where);
/* Fails with E_SPEC because there is no column of this name. The hint has a similar name, or lists
 * all names. */
PLM_CHECKED plm_status plm_schema_fail_column(const plm_schema *s, const char *where,
                                              const char *name);

#endif
