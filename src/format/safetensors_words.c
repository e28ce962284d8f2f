/* Finds values of the metadata by their keys. */
#include <stdlib.h>
#include <string.h>

#include "format/safetensors.h"

/* For qsort and bsearch. */
int plm_safetensors_by_key(const void *a, const void *b)
{
    return strcmp(((const plm_safetensors_pair *)a)->key, ((const plm_safetensors_pair *)b)->key);
}

/* Finds the key by bisection. */
const char *plm_safetensors_value(const plm_safetensors_header *h, const char *key)
{
    const plm_safetensors_pair wanted = {.key = key};
    const plm_safetensors_pair *found = NULL;
    if (h->pairs > 0)
        found = bsearch(&wanted, h->pair, h->pairs, sizeof *h->pair, plm_safetensors_by_key);
    return found != NULL ? found->value : NULL;
}
