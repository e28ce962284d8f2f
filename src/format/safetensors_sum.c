/* Checksums in a safetensors file, to detect damage: CRC-32 (as in zlib and gzip) of the bytes of
 * each tensor, and of the header. Both are in the metadata as 8 hexadecimal digits:
 *   plummet.checksums   {"dense/kernel": "0123abcd", ...}
 *   plummet.checksum    of the header: its JSON without blanks and data_offsets, with sorted keys,
 *                       and without this entry. So another order of the tensors is not damage.
 * A file has both or, if an older plummet or another program wrote it, neither. */
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "format/safetensors.h"

/* Keys of the metadata. `each` has the checksums of the tensors; `header` has the checksum of the
 * header. */
static const char each[] = "plummet.checksums", header[] = "plummet.checksum";

/* Continues a checksum over n more bytes, so that a tensor can be summed piece by piece. sum: the
 * checksum of the bytes before; 0 at first. */
uint32_t plm_safetensors_sum(uint32_t sum, const void *data, size_t n)
{
    return (uint32_t)crc32_z(sum, data, n);
}

/* Writes a checksum in hexadecimal. Always eight digits, with leading zeros. */
void plm_safetensors_digits(uint32_t sum, char out[PLM_SAFETENSORS_DIGITS])
{
    snprintf(out, PLM_SAFETENSORS_DIGITS, "%08lx", (unsigned long)sum);
}

/* Computes the checksum of a header without the entries that the checksum does not cover: of its
 * JSON text with sorted keys. */
bool plm_safetensors_header_sum(json_t *root, char out[PLM_SAFETENSORS_DIGITS])
{
    const char *name = NULL;
    json_t *entry = NULL;
    json_object_del(json_object_get(root, "__metadata__"), header);
    json_object_foreach(root, name, entry)
    {
        if (strcmp(name, "__metadata__") != 0)
            json_object_del(entry, "data_offsets");
    }
    char *text = json_dumps(root, JSON_COMPACT | JSON_SORT_KEYS);
    if (text != NULL)
        plm_safetensors_digits(plm_safetensors_sum(0, text, strlen(text)), out);
    plm_json_free(text);
    return text != NULL;
}

/* ---- reading ---- */

static const char *const hint_damaged = "get the file again or use another copy; if another "
                                        "program changed the file on purpose, remove "
                                        "plummet.checksum and plummet.checksums from the metadata";

/* Fails because a checksum differs. what: the fault, such as "the header is damaged". found: the
 * checksum of what was read. expected: the one in the metadata. */
static plm_status fail_damaged(const plm_safetensors_header *h, const char *what, const char *found,
                               const char *expected)
{
    return plm_fail(h->a->w, PLM_E_FORMAT, h->path, hint_damaged,
                    "%s: the checksum is %s, but the file was written with %s", what, found,
                    expected);
}

/* Accepts a file without any checksum. A file with only one of the two kinds is damaged. */
plm_status plm_safetensors_check_header(const plm_safetensors_header *h, json_t *root)
{
    const char *expected = plm_safetensors_value(h, header);
    char found[PLM_SAFETENSORS_DIGITS] = "none";
    if (expected == NULL && plm_safetensors_value(h, each) == NULL)
        return PLM_OK;
    if (expected == NULL || plm_safetensors_value(h, each) == NULL)
        return plm_fail(h->a->w, PLM_E_FORMAT, h->path, hint_damaged,
                        "the header is damaged: only one of plummet.checksum and "
                        "plummet.checksums is there");
    if (!plm_safetensors_header_sum(root, found))
        return plm_fail_memory(h->a->w, h->path);
    return strcmp(found, expected) == 0 ? PLM_OK
                                        : fail_damaged(h, "the header is damaged", found, expected);
}

/* Parses the checksums and compares their number with that of the tensors. A tensor without a
 * checksum is found later, by plm_safetensors_check_sum. */
plm_status plm_safetensors_read_sums(const plm_safetensors_header *h, json_t **out)
{
    const char *text = plm_safetensors_value(h, each);
    *out = NULL;
    if (text == NULL)
        return PLM_OK;
    PLM_TRY(plm_json_parse(h->a->w, h->path, each, text, strlen(text), out));
    if (json_object_size(*out) == h->entries)
        return PLM_OK;
    json_decref(*out);
    *out = NULL;
    return plm_fail(h->a->w, PLM_E_FORMAT, h->path, "get the file again",
                    "plummet.checksums: expected one checksum for each tensor");
}

/* Compares the checksum of a tensor with the one in the metadata; also fails if `sums` has none for
 * the tensor. */
plm_status plm_safetensors_check_sum(const plm_safetensors_header *h, const json_t *sums,
                                     const char *name, uint32_t sum)
{
    const char *expected = json_string_value(json_object_get(sums, name));
    char found[PLM_SAFETENSORS_DIGITS], part[256];
    if (sums == NULL)
        return PLM_OK;
    plm_safetensors_digits(sum, found);
    if (expected != NULL && strcmp(found, expected) == 0)
        return PLM_OK;
    snprintf(part, sizeof part, "tensor '%.200s' is damaged", name);
    return fail_damaged(h, part, found, expected != NULL ? expected : "none");
}
