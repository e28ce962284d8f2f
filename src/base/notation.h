/* Converts numbers to text and back, with a decimal point whatever the program's locale is. */
#ifndef PLM_BASE_NOTATION_H
#define PLM_BASE_NOTATION_H

#include <stdarg.h>
#include <stddef.h>

#include "plummet.h"

/* Prints as vsnprintf does, but with a decimal point, whatever the locale of the program is. */
int plm_text_print(char *out, size_t capacity, const char *format, va_list list);
/* Prints as snprintf does, but with a decimal point, whatever the locale of the program is. */
int plm_print(char *out, size_t capacity, const char *format, ...) PLM_PRINTF(3, 4);

/* Reads a number as strtod does, but with a decimal point, whatever the locale of the program is.
 * Accepts inf and nan. *end = the position after the number, or s if there is none; end may be
 * NULL. */
double plm_text_number(const char *s, const char **end);
/* Writes the shortest text that gives the same double when it is read: "0.1", "1e-07". capacity >=
 * 32. */
void plm_text_from_number(double value, char *out, size_t capacity);

#endif
