/* JSON by jansson: how it is parsed here (strictly, with our errors) and how names are checked.
 * What jansson takes comes from malloc, not from the runtime's allocator. */
#ifndef PLM_BASE_JSON_H
#define PLM_BASE_JSON_H

#include <jansson.h>

#include "base/runtime.h"

/* Parses a whole text. Errors: E_FORMAT with where = path and "part, byte N: reason" (a key
 * given twice is one), E_MEMORY. *out is to be given back by json_decref. */
PLM_CHECKED plm_status plm_json_parse(plm *w, const char *where, const char *part, const char *text,
                                      size_t length, json_t **out);
/* Gives back a text of json_dumps, as whoever set jansson's allocator wants it. NULL is fine. */
void plm_json_free(char *text);

#endif
