/* An index: from a name to a number, in constant time whatever the number of names. */
#ifndef PLM_BASE_INDEX_H
#define PLM_BASE_INDEX_H

#include "base/arena.h"

typedef struct plm_index_entry plm_index_entry;

/* Zero-initialise, then set arena. */
typedef struct {
    plm_arena *arena;
    plm_index_entry *entry; /* [capacity], a power of two, at most half of them used */
    size_t capacity, count;
} plm_index;

/* The number kept under a name; SIZE_MAX = the name is not there. */
size_t plm_index_find(const plm_index *x, const char *name);
/* Keeps a number under a name, in place of the one before. The name is borrowed. */
PLM_CHECKED plm_status plm_index_put(plm_index *x, const char *name, size_t number);
/* Another number for a name that is there. */
void plm_index_set(plm_index *x, const char *name, size_t number);
/* Takes a name out; one that is not there is fine. */
void plm_index_remove(plm_index *x, const char *name);
/* Takes all names out. */
void plm_index_clear(plm_index *x);

#endif
