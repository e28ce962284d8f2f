/* JSON lines as text. */
#ifndef PLM_RUN_JSON_TEXT_H
#define PLM_RUN_JSON_TEXT_H

#include "base/text.h"

/* One JSON object on one line. */
typedef struct {
    plm_text *t;
    bool more; /* a comma is due */
} plm_json_text;

plm_json_text plm_json_text_begin(plm_text *t);
/* NaN and infinities become null. */
void plm_json_text_number(plm_json_text *j, const char *key, double value);
void plm_json_text_numbers(plm_json_text *j, const char *key, int count, const float *value);
void plm_json_text_end(plm_json_text *j);
/* Text as a string of JSON, in quotes: what must not reach a terminal is \uXXXX, what is no UTF-8
 * the replacement character. */
void plm_json_text_string(plm_text *t, const char *text);

#endif
