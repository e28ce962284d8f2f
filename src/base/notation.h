/* Numbers as text, with a decimal point whatever the program's locale is. */
#ifndef PLM_BASE_NOTATION_H
#define PLM_BASE_NOTATION_H

#include <stdarg.h>
#include <stddef.h>

/* vsnprintf, but with a decimal point whatever the program's locale is. */
int plm_text_print(char *out, size_t room, const char *format, va_list list);

/* strtod in the C locale, whatever the program's locale is; *end as strtod. Accepts inf and nan. */
double plm_text_number(const char *s, const char **end);
/* The shortest text that reads back as the same double ("0.1", "1e-07"), in the C locale. room
 * >= 32. */
void plm_text_from_number(double value, char *out, size_t room);

#endif
