/* Characters of UTF-8: finds where each one ends, and whether it is visible. */
#ifndef PLM_BASE_LETTERS_H
#define PLM_BASE_LETTERS_H

#include "base/runtime.h"

/* Reads the character at s, where `left` bytes remain. Sets *code to its code point (code may be
 * NULL). Returns the number of its bytes; 0 = not valid UTF-8. */
size_t plm_utf8_letter(const char *s, size_t left, uint32_t *code);
/* Writes a character, at most U+10FFFF, as UTF-8. Returns the number of its bytes. */
size_t plm_utf8_put(uint32_t code, char out[4]);
/* True if all of s is valid UTF-8. */
bool plm_utf8_valid(const char *s, size_t length);
/* Returns the number of characters of s. Bytes that are not UTF-8 count as one each. */
int plm_utf8_letters(const char *s);
/* True if s is UTF-8 without invisible characters (control characters, U+0080 to U+009F,
 * bidirectional marks, line separators). Names of layers must be printable. */
bool plm_is_printable(const char *s);

#endif
