/* Parts of a text that is not parsed yet, and numbers that are the whole of a text. */
#ifndef PLM_BASE_SPLIT_H
#define PLM_BASE_SPLIT_H

#include "base/runtime.h"

/* The place behind the sign at s, which is not the end of a text, or behind a whole quoted text.
 * *depth counts the brackets that are open. */
const char *plm_scan_step(const char *s, int *depth);
/* The next part of *text between separators that stand outside of brackets and quotes, without
 * blanks at its ends: *part, *length bytes of it. *text moves on, to NULL behind the last part.
 * False when *text is NULL. An empty text has one empty part. */
bool plm_split_next(const char **text, char separator, const char **part, size_t *length);
/* The text without blanks at its ends: moves *text, and returns how many bytes stay of length. */
size_t plm_trim(const char **text, size_t length);
/* Whether a text is a whole number and nothing else; then its value. */
bool plm_read_whole(const char *text, int64_t *out);
/* Whether a text is a number (in the C locale) and nothing else; then its value. */
bool plm_read_real(const char *text, double *out);
/* Whether text ends in ending. */
bool plm_ends_with(const char *text, const char *ending);

#endif
