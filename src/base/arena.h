/* An arena: many small objects that have one owner and are freed in one call. It grows by blocks,
 * so objects never move. */
#ifndef PLM_BASE_ARENA_H
#define PLM_BASE_ARENA_H

#include "base/runtime.h"

typedef struct plm_arena_block plm_arena_block;

/* An arena. Zero-initialise it, then set w. */
typedef struct {
    plm *w;                /* gives the memory */
    plm_arena_block *last; /* the newest block; NULL = none yet */
} plm_arena;

/* Returns zeroed memory, aligned to 64 bytes, that lives as long as the arena. NULL = no memory,
 * with the error recorded. */
void *plm_arena_take(plm_arena *a, size_t bytes);
/* Returns zeroed memory for an array of `count` objects of `size` bytes each, aligned to 64 bytes,
 * that lives as long as the arena. NULL = no memory, or the product overflows. */
void *plm_arena_array(plm_arena *a, size_t count, size_t size);
/* Returns a copy of the first `length` bytes of text, with a NUL. SIZE_MAX = the whole text. NULL =
 * no memory. */
char *plm_arena_text(plm_arena *a, const char *text, size_t length);
/* Formats a text into the arena, as printf does. NULL = no memory. */
char *plm_arena_format(plm_arena *a, const char *format, ...) PLM_PRINTF(2, 3);
/* Returns the number of bytes of all blocks, including their free memory. */
size_t plm_arena_bytes(const plm_arena *a);
/* Frees all objects. The arena is then empty and may be used again. */
void plm_arena_free(plm_arena *a);

/* Makes sure that an array in the arena can hold one more item, doubling it when it is full.
 * items, count: the array and the number of its items. *capacity: how many it can hold; updated.
 * size: bytes of an item.
 * Returns the array, at a new place if it grew, or NULL. An old array is only freed with the
 * arena. */
void *plm_arena_grow(plm_arena *a, void *items, size_t count, size_t *capacity, size_t size);

#endif
