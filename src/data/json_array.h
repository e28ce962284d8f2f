/* An array of JSON objects that fills a whole file: [{"age": 3}, {"age": 4}]. */
#ifndef PLM_DATA_JSON_ARRAY_H
#define PLM_DATA_JSON_ARRAY_H

#include "base/json.h"
#include "data/records.h"

/* The text of the file, and the place up to which it was read. Zero-initialise it. */
typedef struct {
    plm_text text;
    size_t at;    /* bytes that were read */
    int64_t line; /* of that place, from 1 */
} plm_json_array;

/* Reads the whole text of the file, from its beginning. */
PLM_CHECKED plm_status plm_json_array_open(plm_json_array *a, plm *w, plm_records *r);
/* Begins again with the first object. */
void plm_json_array_rewind(plm_json_array *a);
/* Parses the next object; *out = NULL at the end of the array. The caller frees it. *line: the line
 * on which it begins. name: of the file, for errors. Errors: E_FORMAT. */
PLM_CHECKED plm_status plm_json_array_next(plm_json_array *a, const char *name, json_t **out,
                                           int64_t *line);
/* Frees the text. */
void plm_json_array_close(plm_json_array *a);

#endif
