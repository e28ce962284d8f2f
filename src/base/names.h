/* Compares names: tests equality and patterns, measures distances, and searches lists of words. */
#ifndef PLM_BASE_NAMES_H
#define PLM_BASE_NAMES_H

#include "base/text.h"

/* True if the names are equal apart from case and underscores: "he_normal" = "HeNormal". */
bool plm_name_equal(const char *a, const char *b);
/* Returns the number of edits between two names: insert, delete, replace, swap neighbours. Names
 * of more than 63 characters are far from everything. */
int plm_name_distance(const char *a, const char *b);
/* Returns the nearest of `count` names: one that is at most 1 to 3 edits away (more for longer
 * names), or one with the same beginning; NULL = there is none. */
const char *plm_name_nearest(const char *name, const char *const *names, size_t count);

/* Skips the Python modules before a Keras name: "keras.layers.Dense", "tf.keras.layers.Dense" and
 * "layers.Dense" give "Dense". Any other name is returned unchanged. */
const char *plm_name_without_module(const char *name);

/* True if name matches one of the patterns, which are separated by '|'. '*' stands for any text,
 * '?' for one character. */
bool plm_pattern_matches(const char *patterns, const char *name);
/* Adds a hint for an unknown name: "did you mean relu?", or "did you mean a, b or c?" with the
 * names that contain it, or "known: a, b, c" with as many names as fit into a hint. */
void plm_name_advise(plm_text *t, const char *name, const char *const *names, size_t count);

/* Returns the next word of a list "a|b|c" and sets *length; NULL at the end. *list advances. */
const char *plm_word_next(const char **list, size_t *length);
/* Returns the word of `list` that equals `name`, and sets *length; NULL = there is none. list:
 * "a|b|c"; NULL = empty. */
const char *plm_word_find(const char *list, const char *name, size_t *length);

#endif
