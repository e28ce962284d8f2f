/* An arena: many small objects of one owner, freed in one call. Grows by blocks; objects never
 * move. */
#ifndef PLM_BASE_ARENA_H
#define PLM_BASE_ARENA_H

#include "base/runtime.h"

typedef struct plm_arena_block plm_arena_block;

/* Zero-initialise, then set w. */
typedef struct {
    plm *w;
    plm_arena_block *last;
} plm_arena;

/* Zeroed bytes aligned to 64, or NULL (error recorded). */
void *plm_arena_take(plm_arena *a, size_t bytes);
/* count * size, checked. */
void *plm_arena_array(plm_arena *a, size_t count, size_t size);
/* A copy of text (length SIZE_MAX = up to its end), or NULL. */
char *plm_arena_text(plm_arena *a, const char *text, size_t length);
/* printf into the arena, or NULL. */
char *plm_arena_format(plm_arena *a, const char *format, ...) PLM_PRINTF(2, 3);
/* Bytes of all its blocks. */
size_t plm_arena_bytes(const plm_arena *a);
/* Frees every block; the arena may be used again. */
void plm_arena_free(plm_arena *a);

/* An array that grows by doubling inside an arena: returns the (possibly new) array with room
 * for one more, or NULL. The old array stays in the arena until it is freed. */
void *plm_arena_grow(plm_arena *a, void *items, size_t count, size_t *room, size_t size);

#endif
