/* The inside of the safetensors codec: safetensors.c writes, safetensors_header.c checks a
 * header against every rule of the format, safetensors_read.c makes a document of it,
 * safetensors_dtype.c knows the number types. */
#ifndef PLM_FORMAT_SAFETENSORS_H
#define PLM_FORMAT_SAFETENSORS_H

#include "base/json.h"
#include "data/data.h"
#include "format/format.h"

enum {
    PLM_SAFETENSORS_LONGEST = 100000000, /* bytes of a header, a rule of the format */
    /* ours: they bound the memory a header can cost. A checkpoint has seven tensors for each
     * parameter at most. */
    PLM_SAFETENSORS_TENSORS = 140000,
    PLM_SAFETENSORS_LAYERS = 20000
};

/* A number type by its name in files. What has no public dtype is read as float32. */
typedef struct {
    const char *name;
    plm_element element;
    plm_dtype dtype;
    bool converted;
} plm_safetensors_dtype;
/* Ended by name NULL. */
extern const plm_safetensors_dtype plm_safetensors_dtypes[];

/* A tensor as the header tells it; [begin, end) counts from the end of the header. */
typedef struct {
    const char *name;
    const plm_safetensors_dtype *dtype;
    int rank;
    int64_t dims[8];
    size_t count; /* numbers */
    int64_t begin, end;
} plm_safetensors_entry;

typedef struct {
    const char *key, *value;
} plm_safetensors_pair;

typedef struct {
    plm_arena *a;
    const char *path;
    plm_safetensors_entry *entry; /* in the order of the file's bytes */
    size_t entries;
    plm_safetensors_pair *pair; /* by key */
    size_t pairs;
} plm_safetensors_header;

/* Reads and checks a header; `left` bytes follow it in the file, at most when `compressed`. Set
 * a and path. */
PLM_CHECKED plm_status plm_safetensors_parse(plm_safetensors_header *h, const char *text,
                                             size_t length);
PLM_CHECKED plm_status plm_safetensors_check(plm_safetensors_header *h, int64_t left,
                                             bool compressed);
/* Puts pairs in the order of their keys, for qsort. */
int plm_safetensors_by_key(const void *a, const void *b);
/* A value of the metadata; NULL = not there. */
const char *plm_safetensors_said(const plm_safetensors_header *h, const char *key);
/* The codec's read. */
PLM_CHECKED plm_status plm_safetensors_read(plm *w, plm_reader *in, plm_document *out);
/* ---- safetensors_sum.c ---- */

enum { PLM_SAFETENSORS_DIGITS = 9 };

/* The CRC-32 of more bytes; begin with sum 0. */
uint32_t plm_safetensors_sum(uint32_t sum, const void *data, size_t n);
void plm_safetensors_digits(uint32_t sum, char out[PLM_SAFETENSORS_DIGITS]);
/* The checksum of a header; takes from root what it does not cover. false = no memory. */
bool plm_safetensors_header_sum(json_t *root, char out[PLM_SAFETENSORS_DIGITS]);
/* E_FORMAT when the header's checksum is another one. Takes from root what it does not cover. */
PLM_CHECKED plm_status plm_safetensors_check_header(const plm_safetensors_header *h, json_t *root);
/* The checksums of the tensors, to be given back by json_decref; NULL = the file has none. */
PLM_CHECKED plm_status plm_safetensors_read_sums(const plm_safetensors_header *h, json_t **out);
/* E_FORMAT when the tensor's checksum is another one. sums NULL = it has none. */
PLM_CHECKED plm_status plm_safetensors_check_sum(const plm_safetensors_header *h,
                                                 const json_t *sums, const char *name,
                                                 uint32_t sum);
/* Turns n numbers between the file's order, little-endian, and the machine's. */
void plm_safetensors_turn(plm_element e, void *data, size_t n);
/* Is the machine's order another one? */
bool plm_safetensors_turns(void);

#endif
