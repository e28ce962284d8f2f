/* An index: finds the number that is stored under a name, in constant time. */
#ifndef PLM_BASE_INDEX_H
#define PLM_BASE_INDEX_H

#include "base/arena.h"

typedef struct plm_index_entry plm_index_entry;

/* Zero-initialise it, then set arena. */
typedef struct {
    plm_arena *arena; /* has the table */
    /* [capacity] entries; capacity is 0 or a power of two; at most half of the entries are used */
    plm_index_entry *entry;
    size_t capacity, count; /* count: number of names */
} plm_index;

/* Returns the number stored under a name; SIZE_MAX = the name is not there. */
size_t plm_index_find(const plm_index *x, const char *name);
/* Stores a number under a name, replacing an older one. The name is not copied: it must stay valid
 * while the index has it. */
PLM_CHECKED plm_status plm_index_put(plm_index *x, const char *name, size_t number);
/* Replaces the number of a name, which must be there. */
void plm_index_set(plm_index *x, const char *name, size_t number);
/* Removes a name; an unknown name is ignored. */
void plm_index_remove(plm_index *x, const char *name);
/* Removes all names. */
void plm_index_clear(plm_index *x);

#endif
