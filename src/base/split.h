/* Splits a text before it is parsed, and reads a text that consists of a single number. */
#ifndef PLM_BASE_SPLIT_H
#define PLM_BASE_SPLIT_H

#include "base/runtime.h"

/* Returns the position after the character at s or, if a quoted text begins at s, after that text.
 * s is not the end of the text. *depth counts the brackets that are open. */
const char *plm_scan_step(const char *s, int *depth);
/* Finds the next part of *text, up to a separator outside of brackets and quotes. *part and *length
 * get the part without blanks at its ends. *text moves after the separator, and becomes NULL after
 * the last part. Returns false if *text is NULL. An empty text has one empty part. */
bool plm_split_next(const char **text, char separator, const char **part, size_t *length);
/* Removes blanks at both ends of a text: moves *text, and returns the length that remains. */
size_t plm_trim(const char **text, size_t length);
/* True if the text[length] is one list, [...], or one tuple, (...): unlike [1] + [2], its first
 * bracket closes at its end. */
bool plm_is_enclosed(const char *text, size_t length);
/* True if the text is a whole number and nothing else; *out is then its value. */
bool plm_read_whole(const char *text, int64_t *out);
/* True if the text is a number (in the C locale) and nothing else; *out is then its value. */
bool plm_read_real(const char *text, double *out);
/* True if `text` ends in `ending`. */
bool plm_ends_with(const char *text, const char *ending);

#endif
