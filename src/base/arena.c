/* An arena is a chain of blocks, the newest last. Objects are cut from the newest block. A large
 * object gets its own block, inserted after the newest one, so that the free memory of the newest
 * one can still be used. An object is never moved or freed by itself; the arena is freed as a
 * whole. So objects in an arena may point to one another, and none of them owns another. A list
 * that grows is copied, and its old memory stays unused until the end. */
#include "base/arena.h"

#include <stdalign.h>
#include <string.h>

#include "base/text.h"

/* In bytes: a cache line, the first block, and the largest block that several objects share. */
enum { LINE = 64, FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20 };

/* The head of a block fills one cache line, so that its first object is aligned like the block. */
struct plm_arena_block {
    alignas(LINE) plm_arena_block *previous; /* the block that was filled before; NULL = first */
    size_t used, size;                       /* bytes, head included */
};

/* Allocates an empty block of `bytes` bytes, its head included. */
static plm_arena_block *new_block(plm_arena *a, size_t bytes)
{
    plm_arena_block *block = plm_allocate(a->w, bytes);
    if (block) {
        block->used = sizeof(plm_arena_block);
        block->size = bytes;
    }
    return block;
}

/* Returns an object in a block of its own, for objects that are larger than half a usual block. The
 * newest block stays in use. */
static void *take_alone(plm_arena *a, size_t bytes)
{
    size_t whole = 0;
    if (!plm_checked_add(bytes, sizeof(plm_arena_block), &whole)) {
        (void)plm_fail_memory(a->w, "");
        return NULL;
    }
    plm_arena_block *block = new_block(a, whole);
    if (!block)
        return NULL;
    block->used = whole;
    /* the new block is inserted after the newest one, which still has free memory */
    if (a->last) {
        block->previous = a->last->previous;
        a->last->previous = block;
    } else {
        a->last = block;
    }
    return (char *)block + sizeof(plm_arena_block);
}

/* Returns an object of `bytes` bytes, aligned to `align` within the newest block, or in a new
 * block that is twice as large as the newest one, from FIRST_BLOCK to LARGEST_BLOCK bytes. A large
 * object gets a block of its own. */
static void *take(plm_arena *a, size_t bytes, size_t align)
{
    if (a->w && a->w->lone_objects)
        return take_alone(a, bytes);
    /* first try the newest block */
    if (a->last) {
        const size_t start = (a->last->used + align - 1) / align * align;
        if (start <= a->last->size && bytes <= a->last->size - start) {
            a->last->used = start + bytes;
            return (char *)a->last + start;
        }
    }
    /* otherwise make a new block, twice as large as the last one */
    size_t usual = a->last ? a->last->size * 2 : FIRST_BLOCK;
    if (usual > LARGEST_BLOCK)
        usual = LARGEST_BLOCK;
    if (usual < FIRST_BLOCK)
        usual = FIRST_BLOCK;
    /* a large object would waste the rest of a usual block */
    if (bytes > usual / 2)
        return take_alone(a, bytes);
    plm_arena_block *block = new_block(a, usual);
    if (!block)
        return NULL;
    block->previous = a->last;
    a->last = block;
    block->used += bytes;
    return (char *)block + sizeof(plm_arena_block);
}

/* Returns zeroed memory, aligned to 64 bytes, that lives as long as the arena. An object of 0 bytes
 * gets memory too, so that NULL always means an error. */
void *plm_arena_take(plm_arena *a, size_t bytes)
{
    return take(a, bytes ? bytes : 1, LINE);
}

/* Allocates the whole array as one object. */
void *plm_arena_array(plm_arena *a, size_t count, size_t size)
{
    size_t bytes = 0;
    if (!plm_checked_multiply(count, size, &bytes)) {
        (void)plm_fail_memory(a->w, "");
        return NULL;
    }
    return plm_arena_take(a, bytes);
}

/* Returns a copy of the first `length` bytes of text, with a NUL. SIZE_MAX = the whole text. Texts
 * need no alignment, so they are packed without gaps. */
char *plm_arena_text(plm_arena *a, const char *text, size_t length)
{
    const size_t n = length == SIZE_MAX ? strlen(text) : length;
    char *copy = take(a, n + 1, 1);
    if (copy) {
        memcpy(copy, text, n);
        copy[n] = '\0';
    }
    return copy;
}

/* Formats a text into the arena. It is printed into memory outside of the arena first, since its
 * length is known only afterwards. */
char *plm_arena_format(plm_arena *a, const char *format, ...)
{
    plm_text t = {.w = a->w};
    va_list list;
    va_start(list, format);
    plm_text_format_list(&t, format, list);
    va_end(list);
    char *copy = t.failed ? NULL : plm_arena_text(a, plm_text_get(&t), t.length);
    plm_text_free(&t);
    return copy;
}

/* Returns the total size of all blocks, including the parts that no object uses yet. */
size_t plm_arena_bytes(const plm_arena *a)
{
    size_t sum = 0;
    for (const plm_arena_block *block = a->last; block; block = block->previous)
        sum += block->size;
    return sum;
}

/* Frees the blocks from the newest to the oldest. */
void plm_arena_free(plm_arena *a)
{
    while (a->last) {
        plm_arena_block *previous = a->last->previous;
        plm_release(a->w, a->last);
        a->last = previous;
    }
}

/* Copies a full array to a new one with twice the capacity (8 at first), since memory in an arena
 * cannot be extended. */
void *plm_arena_grow(plm_arena *a, void *items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return items;
    size_t more = *capacity ? 0 : 8;
    if (*capacity && !plm_checked_multiply(*capacity, 2, &more)) {
        (void)plm_fail_memory(a->w, "");
        return NULL;
    }
    void *larger = plm_arena_array(a, more, size);
    if (!larger)
        return NULL;
    if (count > 0)
        memcpy(larger, items, count * size);
    *capacity = more;
    return larger;
}
