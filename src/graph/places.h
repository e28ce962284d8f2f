/* Packs buffers with limited lifetimes into one block of memory. Internal to graph/. */
#ifndef PLM_GRAPH_PLACES_H
#define PLM_GRAPH_PLACES_H

#include "base/arena.h"

/* A buffer to be placed. Times are whole numbers that the caller defines. */
typedef struct {
    size_t size, at;  /* size of the buffer and its offset in the block, in numbers */
    int64_t from, to; /* the first and the last time at which the buffer is in use */
    size_t *where;    /* receives a copy of `at` */
} plm_buffer;

/* Places every buffer. Buffers whose lives do not overlap may share memory, unless `apart` is set.
 * *total: the size of the block, in numbers. Sorts the list. Errors: E_MEMORY, also if the sum of
 * the sizes does not fit in size_t. */
PLM_CHECKED plm_status plm_places_find(plm_arena *a, plm_buffer *list, size_t count, bool apart,
                                       size_t *total);

#endif
