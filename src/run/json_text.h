/* Writes JSON lines: one JSON object per line, appended to a text. No document tree is built, so
 * memory does not grow with the number of rows. */
#ifndef PLM_RUN_JSON_TEXT_H
#define PLM_RUN_JSON_TEXT_H

#include "base/text.h"

/* A JSON object that is being written. It is one line. */
typedef struct {
    plm_text *t; /* the line is added to this text */
    bool more;   /* true = the object has a member already, so a comma comes before the next */
    int digits;  /* number of significant digits; 0 = 9 digits, enough to distinguish any two floats
                  * */
} plm_json_text;

/* Begins an object. */
plm_json_text plm_json_text_begin(plm_text *t);
/* Adds a member with a number. NaN and infinities become null. */
void plm_json_text_number(plm_json_text *j, const char *key, double value);
/* Adds a member with a list of numbers, value[count]. NaN and infinities become null. */
void plm_json_text_reals(plm_json_text *j, const char *key, int count, const double *value);
/* Adds a member with a text. */
void plm_json_text_member(plm_json_text *j, const char *key, const char *text);
/* Adds a member that is an object of numbers: value[i] has the key name[i]. */
void plm_json_text_named(plm_json_text *j, const char *key, int count, const char *const *name,
                         const double *value);
/* Ends the object and the line. */
void plm_json_text_end(plm_json_text *j);
/* Adds a text as a JSON string, in quotes. Control characters become \uXXXX. Bytes that are not
 * UTF-8 become the replacement character U+FFFD. */
void plm_json_text_string(plm_text *t, const char *text);

#endif
