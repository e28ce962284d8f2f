/* Text: a growing buffer of characters, formatted in the C locale. */
#ifndef PLM_BASE_TEXT_H
#define PLM_BASE_TEXT_H

#include <stdarg.h>

#include "base/runtime.h"

/* A text. Zero-initialise it, then set w. `failed` is set when there is no memory to append; data
 * stays valid. So callers append without checks and test `failed` once at the end. */
typedef struct {
    plm *w;
    char *data;
    /* number of bytes used, without the NUL, and number of bytes allocated */
    size_t length, capacity;
    bool failed;
} plm_text;

/* Appends `length` bytes of s. */
void plm_text_append(plm_text *t, const char *s, size_t length);
/* Appends s. */
void plm_text_add(plm_text *t, const char *s);
/* Appends s, made safe by plm_printable. */
void plm_text_add_printable(plm_text *t, const char *s);
/* Appends the lines of s, each after `indent` blanks and made safe by plm_printable. Newlines are
 * kept; a last line without one gets none. */
void plm_text_add_lines(plm_text *t, const char *s, int indent);
/* Appends s as a cell of a CSV file (plm_csv_cell). */
void plm_text_add_cell(plm_text *t, const char *s, const char *separator);
/* Appends n blanks; none if n <= 0. */
void plm_text_add_blanks(plm_text *t, int n);
/* Appends a formatted text, as by printf. */
void plm_text_format(plm_text *t, const char *format, ...) PLM_PRINTF(2, 3);
/* Appends a formatted text, as by vprintf. */
void plm_text_format_list(plm_text *t, const char *format, va_list list);
/* Appends a number as "%.9g" does, byte for byte, but several times faster. (nine_digits.c) */
void plm_text_add_nine(plm_text *t, double value);
/* max number of bytes that plm_nine_digits writes */
enum { PLM_NINE_DIGITS = 40 };
/* Writes the number that plm_text_add_nine appends, without a NUL, and returns its length.
 * (nine_digits.c) */
size_t plm_nine_digits(char out[PLM_NINE_DIGITS], double value);
/* Appends a text, broken at blanks into lines of `width` columns, and a newline. begin: the column
 * where the first line begins. indent: the indent of all other lines. Newlines in the text are
 * kept. (wrap.c) */
void plm_text_wrap(plm_text *t, int begin, int indent, int width, const char *text);
/* Returns the text, "" if empty. Borrowed until the text changes. */
const char *plm_text_get(const plm_text *t);
/* Frees the buffer. The text is then empty and may be used again. */
void plm_text_free(plm_text *t);
/* Frees `part`, a text that was made to be added to t. If memory ran out for `part`, t is marked as
 * failed, too. */
void plm_text_done(plm_text *t, plm_text *part);

#endif
