/* The border to jansson. */
#include "base/json.h"

plm_status plm_json_parse(plm *w, const char *where, const char *part, const char *text, size_t length,
                          json_t **out)
{
    json_error_t error;
    *out = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (*out != NULL)
        return PLM_OK;
    if (json_error_code(&error) == json_error_out_of_memory)
        return plm_fail_memory(w, where);
    return plm_fail(w, PLM_E_FORMAT, where,
                    "the file is damaged or was made by a faulty writer: get it again", "%s, byte %d: %s",
                    part, error.position, error.text);
}

bool plm_utf8_valid(const char *s, size_t length)
{
    json_t *text = json_stringn(s, length); /* NULL for what is not UTF-8 */
    json_t *unchecked = text == NULL ? json_stringn_nocheck(s, length) : NULL;
    const bool valid = text != NULL || unchecked == NULL; /* without memory nothing can be told */
    json_decref(text);
    json_decref(unchecked);
    return valid;
}

void plm_json_free(char *text)
{
    json_malloc_t take = NULL;
    json_free_t give = NULL;
    json_get_alloc_funcs(&take, &give);
    if (text != NULL && give != NULL)
        give(text);
}
