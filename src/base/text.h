/* Text: a growing buffer. Always in the C locale's notation. */
#ifndef PLM_BASE_TEXT_H
#define PLM_BASE_TEXT_H

#include <stdarg.h>

#include "base/runtime.h"

/* A text that grows. Zero-initialise, then set w. failed = an append found no memory; data stays
 * valid. */
typedef struct {
    plm *w;
    char *data;
    size_t length, room;
    bool failed;
} plm_text;

void plm_text_append(plm_text *t, const char *s, size_t length);
void plm_text_add(plm_text *t, const char *s);
/* s as plm_printable shows it. */
void plm_text_add_printable(plm_text *t, const char *s);
/* s as plm_csv_cell writes it. */
void plm_text_add_cell(plm_text *t, const char *s, const char *separator);
/* n blanks; none for n <= 0. */
void plm_text_add_blanks(plm_text *t, int n);
void plm_text_format(plm_text *t, const char *format, ...) PLM_PRINTF(2, 3);
void plm_text_format_list(plm_text *t, const char *format, va_list list);
/* The text, "" when empty; borrowed. */
const char *plm_text_get(const plm_text *t);
void plm_text_free(plm_text *t);

#endif
