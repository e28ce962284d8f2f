/* The header of a safetensors file: { "__metadata__": {text: text}, name: {"dtype", "shape",
 * "data_offsets"}, ... }. Tensors must fill the bytes after the header without gap or overlap, and
 * each must be exactly as long as its shape and type say.
 *
 * The header says how large everything is, and comes from a file that nobody has checked. So no
 * memory is allocated for an unchecked size: the number of tensors is bounded by the JSON that was
 * read, shapes are multiplied with a check for overflow, and a tensor's bytes must lie within the
 * file. The rule that tensors fill the file without gap or overlap rejects files that hide data,
 * and files where two names share bytes. */
#include "format/safetensors.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"

static const char *const hint_damaged =
    "the file is damaged or was written by a faulty program: get it again";

/* Fails on an error in the description of a tensor. */
static plm_status bad_tensor(const plm_safetensors_header *h, const char *name, const char *what)
{
    return plm_fail(h->a->w, PLM_E_FORMAT, h->path, hint_damaged, "tensor '%s' %s", name, what);
}

/* ---- one tensor ---- */

/* Reads the type of a tensor. Types that exist but are not supported give E_UNSUPPORTED. */
static plm_status read_dtype(const plm_safetensors_header *h, const json_t *j,
                             plm_safetensors_entry *e)
{
    static const char *const foreign[] = {"F4",          "F6_E2M3",     "F6_E3M2",
                                          "F8_E4M3",     "F8_E5M2",     "F8_E8M0",
                                          "F8_E4M3FNUZ", "F8_E5M2FNUZ", "C64"};
    const char *name = json_string_value(j);
    if (name == NULL)
        return bad_tensor(h, e->name, "has a dtype that is not a text");
    for (e->dtype = plm_safetensors_dtypes; e->dtype->name != NULL; e->dtype++)
        if (strcmp(e->dtype->name, name) == 0)
            return PLM_OK;
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
        if (strcmp(foreign[i], name) == 0)
            return plm_fail(h->a->w, PLM_E_UNSUPPORTED, h->path, "convert the tensor to F32",
                            "tensor '%s' has the type %s, which is not supported", e->name, name);
    return plm_fail(h->a->w, PLM_E_FORMAT, h->path, hint_damaged,
                    "tensor '%s' has the unknown type '%s'", e->name, name);
}

/* True for a whole number of 0 or more. */
static bool is_size(const json_t *j)
{
    return json_is_integer(j) && json_integer_value(j) >= 0;
}

/* Reads the shape of a tensor: a list of at most 8 lengths. */
static plm_status read_shape(const plm_safetensors_header *h, const json_t *j,
                             plm_safetensors_entry *e)
{
    if (!json_is_array(j))
        return bad_tensor(h, e->name, "has a shape that is not a list");
    if (json_array_size(j) > 8)
        return plm_fail(h->a->w, PLM_E_UNSUPPORTED, h->path, "reshape the tensor to at most 8 axes",
                        "tensor '%s' has more than 8 axes", e->name);
    for (size_t i = 0; i < json_array_size(j); i++) {
        const json_t *length = json_array_get(j, i);
        if (!is_size(length))
            return bad_tensor(h, e->name, "has a shape that is not a list of whole numbers");
        e->dims[e->rank++] = json_integer_value(length);
    }
    return PLM_OK;
}

/* Reads the position of a tensor: [begin, end]. */
static plm_status read_offsets(const plm_safetensors_header *h, const json_t *j,
                               plm_safetensors_entry *e)
{
    const json_t *begin = json_array_get(j, 0), *end = json_array_get(j, 1);
    if (json_array_size(j) != 2 || !is_size(begin) || !is_size(end))
        return bad_tensor(h, e->name, "has data_offsets other than two whole numbers");
    e->begin = json_integer_value(begin);
    e->end = json_integer_value(end);
    return PLM_OK;
}

/* Checks that the shape and type of a tensor need as many bytes as its position gives. The sizes
 * come from the file, so their product may overflow. Whether the bytes lie within the file is
 * checked for all tensors together. */
static plm_status check_entry(const plm_safetensors_header *h, plm_safetensors_entry *e)
{
    int64_t count = 0;
    size_t bytes = 0;
    if (!plm_checked_product(e->rank, e->dims, &count) ||
        !plm_checked_multiply((size_t)count, plm_element_size(e->dtype->dtype), &bytes))
        return bad_tensor(h, e->name, "has a shape that is larger than memory can be");
    if (e->end < e->begin)
        return bad_tensor(h, e->name, "has bytes that end before they begin");
    if (bytes != (size_t)(e->end - e->begin))
        return plm_fail(h->a->w, PLM_E_FORMAT, h->path, hint_damaged,
                        "tensor '%s' has %lld bytes, but its shape and type %s need %zu", e->name,
                        (long long)(e->end - e->begin), e->dtype->name, bytes);
    e->count = (size_t)count;
    return PLM_OK;
}

/* Reads the description of one tensor, which has exactly the keys dtype, shape and data_offsets,
 * and appends it to h->entry. A key that is not known is an error: a later version of the format
 * may mean something by it that must not be ignored. */
static plm_status read_entry(plm_safetensors_header *h, const char *name, json_t *j)
{
    plm_safetensors_entry e = {.name = plm_arena_text(h->a, name, SIZE_MAX)};
    const char *key = NULL;
    json_t *value = NULL;
    if (e.name == NULL)
        return PLM_E_MEMORY;
    json_object_foreach(j, key, value)
    {
        if (strcmp(key, "dtype") != 0 && strcmp(key, "shape") != 0 &&
            strcmp(key, "data_offsets") != 0)
            return plm_fail(h->a->w, PLM_E_FORMAT, h->path, hint_damaged,
                            "tensor '%s' has the unknown key '%s'", name, key);
    }
    if (json_object_size(j) != 3)
        return bad_tensor(h, name, "lacks dtype, shape or data_offsets");
    PLM_TRY(read_dtype(h, json_object_get(j, "dtype"), &e));
    PLM_TRY(read_shape(h, json_object_get(j, "shape"), &e));
    PLM_TRY(read_offsets(h, json_object_get(j, "data_offsets"), &e));
    PLM_TRY(check_entry(h, &e));
    h->entry[h->entries++] = e;
    return PLM_OK;
}

/* ---- the whole header ---- */

/* Reads the metadata, whose values must be texts, and sorts it by keys. Sorted keys can be
 * searched, and two files with the same metadata give the same order. */
static plm_status read_metadata(plm_safetensors_header *h, json_t *j)
{
    const char *key = NULL;
    json_t *value = NULL;
    h->pair = plm_arena_array(h->a, json_object_size(j) + 1, sizeof *h->pair);
    if (h->pair == NULL)
        return PLM_E_MEMORY;
    if (!json_is_object(j) || json_object_size(j) > PLM_SAFETENSORS_TENSORS)
        return plm_fail(h->a->w, PLM_E_FORMAT, h->path, hint_damaged,
                        json_is_object(j) ? "__metadata__ has more than 140000 entries"
                                          : "header: __metadata__ is not a JSON object");
    json_object_foreach(j, key, value)
    {
        if (!json_is_string(value))
            return plm_fail(h->a->w, PLM_E_FORMAT, h->path, hint_damaged,
                            "header: __metadata__ '%s' is not text", key);
        plm_safetensors_pair *pair = &h->pair[h->pairs];
        pair->key = plm_arena_text(h->a, key, SIZE_MAX);
        pair->value = plm_arena_text(h->a, json_string_value(value), SIZE_MAX);
        if (pair->key == NULL || pair->value == NULL)
            return PLM_E_MEMORY;
        h->pairs++;
    }
    if (h->pairs > 0)
        qsort(h->pair, h->pairs, sizeof *h->pair, plm_safetensors_by_key);
    return PLM_OK;
}

/* Compares tensors by their position in the file, for qsort; empty tensors at the same position by
 * name. */
static int by_place(const void *a, const void *b)
{
    const plm_safetensors_entry *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Reads all entries of the header: the metadata, and the descriptions of the tensors. */
static plm_status read_root(plm_safetensors_header *h, json_t *root)
{
    const char *name = NULL;
    json_t *value = NULL;
    if (json_object_size(root) > PLM_SAFETENSORS_TENSORS)
        return plm_fail(h->a->w, PLM_E_UNSUPPORTED, h->path, "split the file",
                        "the file has more than %d tensors", (int)PLM_SAFETENSORS_TENSORS);
    h->entry = plm_arena_array(h->a, json_object_size(root) + 1, sizeof *h->entry);
    if (h->entry == NULL)
        return PLM_E_MEMORY;
    json_object_foreach(root, name, value)
    {
        if (strcmp(name, "__metadata__") == 0)
            PLM_TRY(read_metadata(h, value));
        else if (json_is_object(value))
            PLM_TRY(read_entry(h, name, value));
        else
            return bad_tensor(h, name, "is not a JSON object");
    }
    return PLM_OK;
}

/* Parses the header as JSON, reads its entries and compares its checksum. If the text does not
 * begin with '{', the error says that the file is not a safetensors file. */
plm_status plm_safetensors_parse(plm_safetensors_header *h, const char *text, size_t length)
{
    json_t *root = NULL;
    if (length == 0 || text[0] != '{')
        return plm_fail(h->a->w, PLM_E_FORMAT, h->path, hint_damaged,
                        "this is not a safetensors file, whose header begins with '{'");
    PLM_TRY(plm_json_parse(h->a->w, h->path, "header", text, length, &root));
    plm_status status = read_root(h, root);
    if (status >= 0)
        status = plm_safetensors_check_header(h, root);
    json_decref(root);
    return status;
}

/* Sorts the tensors by their position, then checks that each tensor begins where the previous one
 * ends, and that the last one ends with the file. */
plm_status plm_safetensors_check(plm_safetensors_header *h, int64_t left, bool compressed)
{
    int64_t at = 0;
    if (h->entries > 0)
        qsort(h->entry, h->entries, sizeof *h->entry, by_place);
    /* in the order of their bytes, each tensor must begin where the previous one ended */
    for (size_t i = 0; i < h->entries; i++) {
        const plm_safetensors_entry *e = &h->entry[i];
        if (e->begin < at)
            return bad_tensor(h, e->name, "overlaps another tensor");
        if (e->begin > at)
            return bad_tensor(h, e->name, "begins after a gap in the bytes");
        at = e->end;
        if (at > left)
            return plm_fail(h->a->w, PLM_E_FORMAT, h->path, "the file is cut short: get it again",
                            "tensor '%s' ends %lld bytes past the end of the file", e->name,
                            (long long)(at - left));
    }
    if (at < left && !compressed)
        return plm_fail(h->a->w, PLM_E_FORMAT, h->path, hint_damaged,
                        "%lld bytes at the end belong to no tensor", (long long)(left - at));
    return PLM_OK;
}
