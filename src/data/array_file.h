/* Arrays in files (IDX, npy): a header with element type and shape, then the elements. The first
 * axis is the rows. A set of such files, one for each part, is a source. The elements are used in
 * the mapped file, or copied into memory, or streamed if the files are large. */
#ifndef PLM_DATA_ARRAY_FILE_H
#define PLM_DATA_ARRAY_FILE_H

#include "data/data.h"

/* An open file and what its header says. */
typedef struct {
    plm_reader *reader;
    const char *path;
    /* set by the header: */
    plm_dtype element;
    bool swapped;   /* numbers have the other byte order */
    bool by_column; /* true = the first axis varies fastest (Fortran order) */
    int rank;       /* number of axes, including the axis of the rows */
    int64_t dims[PLM_ROW_RANK + 1];
    int64_t offset;  /* bytes before the numbers */
    const char *map; /* address of the mapped file while its elements are used there; otherwise NULL
                      * */
    int64_t mapped;  /* number of bytes that are mapped */
} plm_array_file;

/* Reads a header: fills the members of f from `element` to `offset`. Before the call the reader is
 * at the first byte of the file, afterwards at the first element. */
typedef plm_status plm_array_header(plm_source *s, plm_array_file *f);

/* How a set of files is opened. */
typedef struct {
    const char *inputs[PLM_SIDE], *targets[PLM_SIDE], *weight; /* paths; NULL or "" = no more */
    const char *stream;                                        /* "auto", "true" or "false" */
    plm_array_header *header;
} plm_array_set;

/* Opens the files as the source's parts, and loads their elements unless they are streamed. */
PLM_CHECKED plm_status plm_array_set_open(plm_source *s, const plm_array_set *set);
/* Moves to a row: the function `seek` of a source of array files. */
PLM_CHECKED plm_status plm_array_set_seek(plm_source *s, int64_t row);
/* Reads the next `most` rows of each file of a streamed set. */
PLM_CHECKED plm_status plm_array_set_read(plm_source *s, int64_t most, void *const out[PLM_PARTS],
                                          int64_t *got);
/* Closes and unmaps the files. */
void plm_array_set_close(plm_source *s);

/* The header of IDX: 00 00 type rank, sizes as big-endian u32. */
plm_array_header plm_idx_header;
/* True on machines that store the low byte of a number first. */
bool plm_low_byte_first(void);

#endif
