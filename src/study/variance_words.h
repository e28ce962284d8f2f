/* Describes the results of a measurement of variances in words and short numbers. */
#ifndef PLM_STUDY_VARIANCE_WORDS_H
#define PLM_STUDY_VARIANCE_WORDS_H

#include "base/arena.h"
#include "study/variance.h"

/* Returns the verdict as a word that follows a name, as in "relu keeps". */
const char *plm_variance_word(plm_variance_verdict v);
/* Writes a ratio in few characters, such as "0.68", "12", "3e-12", "1e170" or "inf". out:
 * [capacity] bytes; 12 are enough. */
void plm_variance_ratio_text(char *out, size_t capacity, double ratio);
/* Returns the widths of a plan as text, "300, 100", in the arena. NULL = no memory. */
const char *plm_variance_widths(const plm_variance_plan *plan, plm_arena *a);

#endif
