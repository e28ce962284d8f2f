/* The header of a safetensors file: { "__metadata__": {text: text}, name: {"dtype", "shape", "data_offsets"}, ... }.
 * Tensors must fill the bytes behind it without gap or overlap, each exactly as long as its shape and type say. */
#include "format/safetensors.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"

static const char *const mend_file = "the file is damaged or was made by a faulty writer: get it again";

enum { HAS_DTYPE = 1, HAS_SHAPE = 2, HAS_OFFSETS = 4, HAS_ALL = 7 };

static plm_status bad_tensor(const plm_safetensors_header *h, const char *name, const char *what)
{
    return plm_fail(h->a->w, PLM_E_FORMAT, h->path, mend_file, "tensor '%s' %s", name, what);
}

/* ---- one tensor ---- */

static plm_status read_dtype(const plm_safetensors_header *h, plm_json *j, plm_safetensors_entry *e)
{
    static const char *const foreign[] = {"F4",      "F6_E2M3", "F6_E3M2",     "F8_E4M3",    "F8_E5M2",
                                          "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ", "C64"};
    const char *name = NULL;
    PLM_TRY(plm_json_string(j, &name));
    for (e->dtype = plm_safetensors_dtypes; e->dtype->name != NULL; e->dtype++)
        if (strcmp(e->dtype->name, name) == 0)
            return PLM_OK;
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
        if (strcmp(foreign[i], name) == 0)
            return plm_fail(h->a->w, PLM_E_UNSUPPORTED, h->path, "convert the tensor to F32",
                            "tensor '%s' has the type %s, which is not read here", e->name, name);
    return plm_fail(h->a->w, PLM_E_FORMAT, h->path, mend_file, "tensor '%s' has the unknown type '%s'", e->name, name);
}

static plm_status read_shape(const plm_safetensors_header *h, plm_json *j, plm_safetensors_entry *e)
{
    bool more = true;
    int64_t length = 0;
    PLM_TRY(plm_json_enter(j, '['));
    for (;;) {
        PLM_TRY(plm_json_more(j, ']', &more));
        if (!more)
            return PLM_OK;
        PLM_TRY(plm_json_whole(j, &length));
        if (e->rank == 8)
            return plm_fail(h->a->w, PLM_E_UNSUPPORTED, h->path, "reshape the tensor to at most 8 axes",
                            "tensor '%s' has more than 8 axes", e->name);
        e->dims[e->rank++] = length;
    }
}

static plm_status read_offsets(plm_json *j, plm_safetensors_entry *e)
{
    int64_t *const place[] = {&e->begin, &e->end};
    bool more = true;
    PLM_TRY(plm_json_enter(j, '['));
    for (int i = 0; i < 2; i++) {
        PLM_TRY(plm_json_more(j, ']', &more));
        if (!more)
            return plm_json_fail(j, "data_offsets wants two numbers");
        PLM_TRY(plm_json_whole(j, place[i]));
    }
    PLM_TRY(plm_json_more(j, ']', &more));
    return more ? plm_json_fail(j, "data_offsets wants two numbers") : PLM_OK;
}

static plm_status read_field(const plm_safetensors_header *h, plm_json *j, plm_safetensors_entry *e, int *has)
{
    static const char *const names[] = {"dtype", "shape", "data_offsets"};
    const char *key = NULL;
    int i = 0;
    PLM_TRY(plm_json_key(j, &key));
    while (i < 3 && strcmp(key, names[i]) != 0)
        i++;
    if (i == 3)
        return plm_fail(h->a->w, PLM_E_FORMAT, h->path, mend_file, "tensor '%s' has the unknown key '%s'", e->name, key);
    if (*has & 1 << i)
        return plm_fail(h->a->w, PLM_E_FORMAT, h->path, mend_file, "tensor '%s' has the key '%s' twice", e->name, key);
    *has |= 1 << i;
    switch (1 << i) {
    case HAS_DTYPE: return read_dtype(h, j, e);
    case HAS_SHAPE: return read_shape(h, j, e);
    default: return read_offsets(j, e);
    }
}

/* Shape, type and offsets must agree. */
static plm_status check_entry(const plm_safetensors_header *h, plm_safetensors_entry *e)
{
    int64_t count = 0;
    size_t bytes = 0;
    if (!plm_checked_product(e->rank, e->dims, &count) ||
        !plm_checked_multiply((size_t)count, plm_element_size(e->dtype->element), &bytes))
        return bad_tensor(h, e->name, "has a shape that no memory could hold");
    if (e->end < e->begin)
        return bad_tensor(h, e->name, "ends before it begins");
    if (bytes != (size_t)(e->end - e->begin))
        return plm_fail(h->a->w, PLM_E_FORMAT, h->path, mend_file,
                        "tensor '%s' has %lld bytes where its shape and type %s want %zu", e->name,
                        (long long)(e->end - e->begin), e->dtype->name, bytes);
    e->count = (size_t)count;
    return PLM_OK;
}

static plm_status read_entry(plm_safetensors_header *h, plm_json *j, const char *name)
{
    plm_safetensors_entry e = {.name = name};
    bool more = true;
    int has = 0;
    if (h->entries == PLM_SAFETENSORS_TENSORS)
        return plm_fail(h->a->w, PLM_E_UNSUPPORTED, h->path, "split the file", "more than %d tensors",
                        (int)PLM_SAFETENSORS_TENSORS);
    PLM_TRY(plm_json_enter(j, '{'));
    for (;;) {
        PLM_TRY(plm_json_more(j, '}', &more));
        if (!more)
            break;
        PLM_TRY(read_field(h, j, &e, &has));
    }
    if (has != HAS_ALL)
        return bad_tensor(h, name, "lacks dtype, shape or data_offsets");
    PLM_TRY(check_entry(h, &e));
    h->entry = plm_arena_grow(h->a, h->entry, h->entries, &h->entry_room, sizeof *h->entry);
    if (h->entry == NULL)
        return PLM_E_MEMORY;
    h->entry[h->entries++] = e;
    return PLM_OK;
}

/* ---- the whole header ---- */

static plm_status read_metadata(plm_safetensors_header *h, plm_json *j)
{
    bool more = true;
    if (h->has_metadata)
        return plm_json_fail(j, "__metadata__ is given twice");
    h->has_metadata = true;
    PLM_TRY(plm_json_enter(j, '{'));
    for (;;) {
        plm_safetensors_pair pair = {0};
        PLM_TRY(plm_json_more(j, '}', &more));
        if (!more)
            return PLM_OK;
        if (h->pairs == PLM_SAFETENSORS_TENSORS)
            return plm_json_fail(j, "more than 100000 entries of metadata");
        PLM_TRY(plm_json_key(j, &pair.key));
        const plm_status status = plm_json_string(j, &pair.value);
        if (status == PLM_E_FORMAT)
            plm_fail(h->a->w, status, h->path, mend_file, "header, byte %zu: __metadata__ '%s' is not text", j->at,
                     pair.key);
        PLM_TRY(status);
        h->pair = plm_arena_grow(h->a, h->pair, h->pairs, &h->pair_room, sizeof *h->pair);
        if (h->pair == NULL)
            return PLM_E_MEMORY;
        h->pair[h->pairs++] = pair;
    }
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const plm_safetensors_pair *)a)->key, ((const plm_safetensors_pair *)b)->key);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const plm_safetensors_entry *)a)->name, ((const plm_safetensors_entry *)b)->name);
}

static int by_place(const void *a, const void *b)
{
    const plm_safetensors_entry *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Sorts, so that equals are neighbours. */
static plm_status refuse_duplicates(plm_safetensors_header *h)
{
    if (h->pairs > 0)
        qsort(h->pair, h->pairs, sizeof *h->pair, by_key);
    for (size_t i = 1; i < h->pairs; i++)
        if (by_key(&h->pair[i - 1], &h->pair[i]) == 0)
            return plm_fail(h->a->w, PLM_E_FORMAT, h->path, mend_file, "__metadata__ has the key '%s' twice",
                            h->pair[i].key);
    if (h->entries > 0)
        qsort(h->entry, h->entries, sizeof *h->entry, by_name);
    for (size_t i = 1; i < h->entries; i++)
        if (by_name(&h->entry[i - 1], &h->entry[i]) == 0)
            return bad_tensor(h, h->entry[i].name, "is there twice");
    return PLM_OK;
}

plm_status plm_safetensors_parse(plm_safetensors_header *h, const char *text, size_t length)
{
    plm_json j = plm_json_open(h->a, h->path, "header", text, length);
    const char *name = NULL;
    bool more = true;
    if (length == 0 || text[0] != '{')
        return plm_json_fail(&j, "a header begins with '{': this is no safetensors file");
    PLM_TRY(plm_json_enter(&j, '{'));
    for (;;) {
        PLM_TRY(plm_json_more(&j, '}', &more));
        if (!more)
            break;
        PLM_TRY(plm_json_key(&j, &name));
        if (strcmp(name, "__metadata__") == 0)
            PLM_TRY(read_metadata(h, &j));
        else
            PLM_TRY(read_entry(h, &j, name));
    }
    PLM_TRY(plm_json_end(&j));
    return refuse_duplicates(h);
}

plm_status plm_safetensors_check(plm_safetensors_header *h, int64_t left, bool compressed)
{
    int64_t at = 0;
    if (h->entries > 0)
        qsort(h->entry, h->entries, sizeof *h->entry, by_place);
    for (size_t i = 0; i < h->entries; i++) {
        const plm_safetensors_entry *e = &h->entry[i];
        if (e->begin < at)
            return bad_tensor(h, e->name, "overlaps another");
        if (e->begin > at)
            return bad_tensor(h, e->name, "leaves a hole before it");
        at = e->end;
        if (at > left)
            return plm_fail(h->a->w, PLM_E_FORMAT, h->path, "the file is cut short: get it again",
                            "tensor '%s' ends %lld bytes past the end of the file", e->name, (long long)(at - left));
    }
    if (at < left && !compressed)
        return plm_fail(h->a->w, PLM_E_FORMAT, h->path, mend_file, "%lld bytes at the end belong to no tensor",
                        (long long)(left - at));
    return PLM_OK;
}

const char *plm_safetensors_said(const plm_safetensors_header *h, const char *key)
{
    const plm_safetensors_pair wanted = {.key = key};
    const plm_safetensors_pair *found = NULL;
    if (h->pairs > 0)
        found = bsearch(&wanted, h->pair, h->pairs, sizeof *h->pair, by_key);
    return found != NULL ? found->value : NULL;
}
