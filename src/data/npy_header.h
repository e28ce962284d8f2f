/* The header of an array in the format of numpy.save (NEP 1), versions 1 to 3: a Python dict as
 * text. */
#ifndef PLM_DATA_NPY_HEADER_H
#define PLM_DATA_NPY_HEADER_H

#include "data/data.h"

/* PREFIX: number of bytes before the length of the header. MOST: max bytes of a header. WORD: max
 * bytes of a type or of a field's name. */
enum { PLM_NPY_PREFIX = 8, PLM_NPY_MOST = 1 << 16, PLM_NPY_WORD = 96 };

/* A field of a row. type is written as by numpy: "<f4" is a little-endian float of 4 bytes. */
typedef struct {
    char name[PLM_NPY_WORD]; /* "" = the array has no fields */
    char type[PLM_NPY_WORD];
} plm_npy_field;

/* What a header says. */
typedef struct {
    plm_npy_field *field; /* [fields], in the arena */
    size_t fields;
    bool record;    /* true = the fields have names (a structured array) */
    bool by_column; /* true = the first axis varies fastest (Fortran order) */
    int rank;       /* number of axes, including that of the rows */
    int64_t dims[PLM_ROW_RANK + 1];
} plm_npy_header;

/* Checks the first bytes of a file. *bytes = number of bytes of the header length that follows.
 * Errors: E_FORMAT, E_UNSUPPORTED. path: for messages. */
PLM_CHECKED plm_status plm_npy_check(plm *w, const char *path,
                                     const unsigned char prefix[PLM_NPY_PREFIX], size_t *bytes);
/* Sets *length to the length of the header, read from `bytes` bytes. Errors: E_FORMAT above
 * PLM_NPY_MOST. */
PLM_CHECKED plm_status plm_npy_length(plm *w, const char *path, const unsigned char *size,
                                      size_t bytes, size_t *length);
/* Reads the text of a header, which is terminated by a NUL. Errors: E_FORMAT, E_SHAPE,
 * E_UNSUPPORTED for fields within fields. */
PLM_CHECKED plm_status plm_npy_read(plm_arena *a, const char *path, const char *text,
                                    plm_npy_header *out);
/* Fails because an element type is not supported. hint: what to do. */
PLM_CHECKED plm_status plm_npy_fail_type(plm *w, const char *path, const char *type);

#endif
