/* Names: equal, nearest, matched by a pattern, found in a list of words. */
#ifndef PLM_BASE_NAMES_H
#define PLM_BASE_NAMES_H

#include "base/text.h"

/* Equal but for case and underscores: "he_normal" = "HeNormal". */
bool plm_name_equal(const char *a, const char *b);
/* Edits between two names (insert, delete, replace, swap neighbours), names over 63 letters =
 * far. */
int plm_name_distance(const char *a, const char *b);
/* The nearest of count names when it is near enough to be meant, else NULL. */
const char *plm_name_nearest(const char *name, const char *const *names, size_t count);

/* Where a name of Keras begins behind the modules of Python: "keras.layers.Dense" gives "Dense",
 * and so do "tf.keras.layers.Dense" and "layers.Dense". Any other name is returned as it is. */
const char *plm_name_without_module(const char *name);

/* Does name match one of the patterns, divided by '|'? '*' stands for any text, '?' for a
 * letter. */
bool plm_pattern_matches(const char *patterns, const char *name);
/* Adds "did you mean relu?", or "did you mean a, b or c?" of those that hold the name, or
 * "known: a, b, c" as far as there is room for them. */
void plm_name_advise(plm_text *t, const char *name, const char *const *names, size_t count);

/* The next word of a list "a|b|c", its length in *length; NULL at the end. *list moves on. */
const char *plm_word_next(const char **list, size_t *length);
/* The word of list (NULL = empty) that equals name, its length in *length; NULL = none. */
const char *plm_word_find(const char *list, const char *name, size_t *length);

#endif
