/* The inside of the safetensors codec: safetensors.c writes, safetensors_header.c checks a
 * header against every rule of the format, safetensors_read.c makes a document of it,
 * safetensors_dtype.c knows the number types. */
#ifndef PLM_FORMAT_SAFETENSORS_H
#define PLM_FORMAT_SAFETENSORS_H

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
plm_status plm_safetensors_parse(plm_safetensors_header *h, const char *text, size_t length);
plm_status plm_safetensors_check(plm_safetensors_header *h, int64_t left, bool compressed);
/* A value of the metadata; NULL = not there. */
const char *plm_safetensors_said(const plm_safetensors_header *h, const char *key);
/* The codec's read. */
plm_status plm_safetensors_read(plm *w, plm_reader *in, plm_document *out);
/* Turns n numbers between the file's order, little-endian, and the machine's. */
void plm_safetensors_turn(plm_element e, void *data, size_t n);
/* Is the machine's order another one? */
bool plm_safetensors_turns(void);

#endif
