/* The parts of the format safetensors. safetensors.c writes files; safetensors_header.c checks a
 * header against every rule of the format; safetensors_read.c makes a document from a file;
 * safetensors_dtype.c has the number types, and safetensors_sum.c the checksums. */
#ifndef PLM_FORMAT_SAFETENSORS_H
#define PLM_FORMAT_SAFETENSORS_H

#include "base/json.h"
#include "data/data.h"
#include "format/format.h"

/* Limits of a header. */
enum {
    PLM_SAFETENSORS_MAX_HEADER = 100000000, /* max bytes of a header, by a rule of the format */
    /* Our own limits, which bound the memory that a header can need. A checkpoint has at most seven
     * tensors for each parameter. */
    PLM_SAFETENSORS_TENSORS = 140000,
    PLM_SAFETENSORS_LAYERS = 20000
};

/* A number type and its name in files. */
typedef struct {
    const char *name; /* "F32" */
    plm_dtype dtype;
} plm_safetensors_dtype;
/* All types, the largest first; the last row has the name NULL. */
extern const plm_safetensors_dtype plm_safetensors_dtypes[];

/* A tensor as the header describes it. Its bytes are [begin, end), counted
 * from the end of the header. */
typedef struct {
    const char *name;
    const plm_safetensors_dtype *dtype;
    int rank;        /* number of axes, at most 8 */
    int64_t dims[8]; /* [rank] */
    size_t count;    /* number of elements */
    int64_t begin, end;
} plm_safetensors_entry;

/* An entry of the metadata. */
typedef struct {
    const char *key, *value;
} plm_safetensors_pair;

/* A parsed header. Set `a` and `path` before it is parsed. */
typedef struct {
    plm_arena *a;
    const char *path;
    /* [entries] the tensors, in the order of their bytes in the file */
    plm_safetensors_entry *entry;
    size_t entries;
    plm_safetensors_pair *pair; /* [pairs] sorted by key */
    size_t pairs;
} plm_safetensors_header;

/* Parses the text of a header and checks each tensor's description. */
PLM_CHECKED plm_status plm_safetensors_parse(plm_safetensors_header *h, const char *text,
                                             size_t length);
/* Checks that the tensors fill the `left` bytes after the header without gaps and overlaps. If the
 * file is compressed, `left` is only an upper bound. */
PLM_CHECKED plm_status plm_safetensors_check(plm_safetensors_header *h, int64_t left,
                                             bool compressed);
/* Compares entries of the metadata by their keys, for qsort. */
int plm_safetensors_by_key(const void *a, const void *b);
/* Returns the value of a key of the metadata; NULL = the key is not there. */
const char *plm_safetensors_value(const plm_safetensors_header *h, const char *key);
/* Reads a document: the `read` function of the format. */
PLM_CHECKED plm_status plm_safetensors_read(plm *w, plm_reader *in, plm_document *out);

/* ---- safetensors_sum.c ---- */

/* Bytes of a checksum as text, NUL included. */
enum { PLM_SAFETENSORS_DIGITS = 9 };

/* Continues a CRC-32 over n more bytes. sum: the result for the bytes before; 0 = there are
 * none. */
uint32_t plm_safetensors_sum(uint32_t sum, const void *data, size_t n);
/* Writes a checksum as hexadecimal digits. */
void plm_safetensors_digits(uint32_t sum, char out[PLM_SAFETENSORS_DIGITS]);
/* Computes the checksum of a header. Removes from root what the checksum does not cover: itself and
 * the positions of the tensors. False = no memory. */
bool plm_safetensors_header_sum(json_t *root, char out[PLM_SAFETENSORS_DIGITS]);
/* Compares the checksum of the header with the one in the metadata, if it has one. Removes from
 * root what the checksum does not cover. Errors: E_FORMAT if they differ or one of the two kinds of
 * checksums is missing. */
PLM_CHECKED plm_status plm_safetensors_check_header(const plm_safetensors_header *h, json_t *root);
/* Reads the checksums of the tensors into *out, which the caller frees by json_decref; NULL = the
 * file has none. Errors: E_FORMAT if the number of checksums is not that of the tensors. */
PLM_CHECKED plm_status plm_safetensors_read_sums(const plm_safetensors_header *h, json_t **out);
/* Compares the checksum `sum` of a tensor with the one in `sums`; NULL = the file has none. Errors:
 * E_FORMAT if they differ. */
PLM_CHECKED plm_status plm_safetensors_check_sum(const plm_safetensors_header *h,
                                                 const json_t *sums, const char *name,
                                                 uint32_t sum);
/* Converts n numbers between the byte order of the file, little-endian, and that of the machine. */
void plm_safetensors_swap(plm_dtype e, void *data, size_t n);
/* True if the machine has another byte order than the file. */
bool plm_safetensors_must_swap(void);

#endif
