/* Words that differ only in upper and lower case or in blanks. Only for this folder. */
#ifndef PLM_TABLE_VARIANTS_H
#define PLM_TABLE_VARIANTS_H

#include "table/schema.h"

/* Bytes of a folded word, with its 0 byte. */
enum { PLM_FOLDED = 128 };

/* Writes a word in lower case, without blanks at its ends. False: it is too long. */
bool plm_word_fold(const char *word, char out[PLM_FOLDED]);
/* True if a column has more than two words, but all are two words of yes and no, such as "Yes" and
 * "no", in different case. */
bool plm_words_are_answers(const plm_raw_column *r);
/* Warns if words of a column differ only in case or blanks, and says whether they count as the same
 * word. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_variants_warn(const plm_arena *a, const plm_column *c,
                                         const plm_raw_column *r, const char *where);

#endif
