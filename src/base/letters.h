/* Letters of UTF-8: where one ends, and whether it may be shown on a terminal. */
#ifndef PLM_BASE_LETTERS_H
#define PLM_BASE_LETTERS_H

#include "base/runtime.h"

/* Bytes of the letter at s, of which `left` bytes are there, and its number in *code (may be
 * NULL); 0 = the bytes are not UTF-8. */
size_t plm_utf8_letter(const char *s, size_t left, uint32_t *code);
/* Is s UTF-8? */
bool plm_utf8_valid(const char *s, size_t length);
/* How many letters s has; bytes that are no UTF-8 count as one each. */
int plm_utf8_letters(const char *s);
/* Is s UTF-8 without control characters, C1, bidirectional marks and line separators included?
 * Names must be. */
bool plm_is_printable(const char *s);

#endif
