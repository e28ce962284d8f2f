/* Buffers that live for a while, and where each lies in one block. Internal to graph/. */
#ifndef PLM_GRAPH_PLACES_H
#define PLM_GRAPH_PLACES_H

#include "base/arena.h"

typedef struct {
    size_t size, at;  /* numbers; where it lies in the block */
    int64_t from, to; /* the first and the last time at which it is in use */
    size_t *where;    /* gets a copy of at */
} plm_buffer;

/* Gives every buffer a place; those whose lives do not meet may share one, unless all are to lie
 * `apart`. *total: numbers of the block. The list is sorted. E_MEMORY also where the sum of the
 * sizes is more than an address can hold. */
PLM_CHECKED plm_status plm_places_find(plm_arena *a, plm_buffer *list, size_t count, bool apart,
                                       size_t *total);

#endif
