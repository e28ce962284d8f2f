/* Reads JSON (RFC 8259) piece by piece, as the caller asks for it: no tree, so a hostile text costs no more memory than
 * its strings are long, and running out of memory is told apart from a fault in the text. Strict: UTF-8 is checked,
 * nothing may be left out, doubled or added. Writing is two functions. */
#ifndef PLM_BASE_JSON_H
#define PLM_BASE_JSON_H

#include "base/arena.h"
#include "base/text.h"

/* A place in a text. Errors are E_FORMAT: where = the file, what = "header, byte 12: expected ...". */
typedef struct {
    plm_arena *a;      /* takes the strings */
    const char *where; /* path */
    const char *part;  /* "header" */
    const char *text;
    size_t length, at;
    bool first; /* the next element is the first of its bracket */
} plm_json;

plm_json plm_json_open(plm_arena *a, const char *where, const char *part, const char *text, size_t length);
/* Takes the opening bracket '{' or '['. */
plm_status plm_json_enter(plm_json *j, char bracket);
/* Is there another element? Takes the comma before it, or the closing bracket '}' or ']'. */
plm_status plm_json_more(plm_json *j, char close, bool *more);
/* A name and its colon. */
plm_status plm_json_key(plm_json *j, const char **out);
/* A string, as UTF-8 ended by NUL; a NUL inside is refused. */
plm_status plm_json_string(plm_json *j, const char **out);
/* A whole number of 0 or more, without sign, point and exponent. */
plm_status plm_json_whole(plm_json *j, int64_t *out);
/* Nothing but blanks is left. */
plm_status plm_json_end(plm_json *j);
/* An error at the place reached. */
plm_status plm_json_fail(const plm_json *j, const char *what);

/* Appends s in quotes, escaped. s must be UTF-8. */
void plm_json_quote(plm_text *t, const char *s);
/* Is s UTF-8 (without surrogates and overlong forms)? */
bool plm_utf8_valid(const char *s, size_t length);

#endif
