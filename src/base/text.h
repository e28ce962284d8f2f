/* Text: a growing buffer, comparison of names, the nearest known name. Always in the C locale's notation. */
#ifndef PLM_BASE_TEXT_H
#define PLM_BASE_TEXT_H

#include <stdarg.h>

#include "base/runtime.h"

/* A text that grows. Zero-initialise, then set w. failed = an append found no memory; data stays valid. */
typedef struct {
    plm *w;
    char *data;
    size_t length, room;
    bool failed;
} plm_text;

void plm_text_append(plm_text *t, const char *s, size_t length);
void plm_text_add(plm_text *t, const char *s);
void plm_text_format(plm_text *t, const char *format, ...) PLM_PRINTF(2, 3);
void plm_text_format_list(plm_text *t, const char *format, va_list list);
/* The text, "" when empty; borrowed. */
const char *plm_text_get(const plm_text *t);
void plm_text_free(plm_text *t);

/* vsnprintf, but with a decimal point whatever the program's locale is. */
int plm_text_print(char *out, size_t room, const char *format, va_list list);

/* Equal but for case and underscores: "he_normal" = "HeNormal". */
bool plm_name_equal(const char *a, const char *b);
/* Edits between two names (insert, delete, replace, swap neighbours), names over 63 letters = far. */
int plm_name_distance(const char *a, const char *b);
/* The nearest of count names when it is near enough to be meant, else NULL. */
const char *plm_name_nearest(const char *name, const char *const *names, size_t count);

/* Does name match one of the patterns, divided by '|'? '*' stands for any text, '?' for a letter. */
bool plm_pattern_matches(const char *patterns, const char *name);

/* strtod in the C locale, whatever the program's locale is; *end as strtod. Accepts inf and nan. */
double plm_text_number(const char *s, const char **end);
/* The shortest text that reads back as the same double ("0.1", "1e-07"), in the C locale. room >= 32. */
void plm_text_from_number(double value, char *out, size_t room);

#endif
