/* Parses JSON strictly by the library jansson, and reports errors in the form of this library.
 * jansson's memory comes from malloc, not from the runtime's allocator. */
#ifndef PLM_BASE_JSON_H
#define PLM_BASE_JSON_H

#include <jansson.h>

#include "base/runtime.h"

/* Parses a text.
 * where: the path of the file, for errors. part: what the text is, such as "header".
 * out: the caller frees it by json_decref.
 * Errors: E_FORMAT "part, byte N: reason", also for a duplicate key; E_MEMORY. */
PLM_CHECKED plm_status plm_json_parse(plm *w, const char *where, const char *part, const char *text,
                                      size_t length, json_t **out);
/* Frees a text of json_dumps by the allocator that the program set for jansson. NULL is fine. */
void plm_json_free(char *text);

#endif
