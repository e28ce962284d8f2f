/* An arena is a chain of blocks, the newest last; an object that is large for a block gets one
 * of its own, put behind the newest so that the room left there is still used. */
#include "base/arena.h"

#include <stdalign.h>
#include <string.h>

#include "base/text.h"

enum { LINE = 64, FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20 };

/* The head of a block fills one line, so that its first object is aligned like the block. */
struct plm_arena_block {
    alignas(LINE) plm_arena_block *previous;
    size_t used, size; /* bytes, head included */
};

static plm_arena_block *new_block(plm_arena *a, size_t bytes)
{
    plm_arena_block *block = plm_allocate(a->w, bytes);
    if (block) {
        block->used = sizeof(plm_arena_block);
        block->size = bytes;
    }
    return block;
}

/* A block with room for `bytes`, which are at least half a usual block: the newest one stays in
 * use. */
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
    if (a->last) {
        block->previous = a->last->previous;
        a->last->previous = block;
    } else {
        a->last = block;
    }
    return (char *)block + sizeof(plm_arena_block);
}

static void *take(plm_arena *a, size_t bytes, size_t align)
{
    if (a->last) {
        const size_t start = (a->last->used + align - 1) / align * align;
        if (start <= a->last->size && bytes <= a->last->size - start) {
            a->last->used = start + bytes;
            return (char *)a->last + start;
        }
    }
    size_t usual = a->last ? a->last->size * 2 : FIRST_BLOCK;
    if (usual > LARGEST_BLOCK)
        usual = LARGEST_BLOCK;
    if (usual < FIRST_BLOCK)
        usual = FIRST_BLOCK;
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

void *plm_arena_take(plm_arena *a, size_t bytes)
{
    return take(a, bytes ? bytes : 1, LINE);
}

void *plm_arena_array(plm_arena *a, size_t count, size_t size)
{
    size_t bytes = 0;
    if (!plm_checked_multiply(count, size, &bytes)) {
        (void)plm_fail_memory(a->w, "");
        return NULL;
    }
    return plm_arena_take(a, bytes);
}

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

size_t plm_arena_bytes(const plm_arena *a)
{
    size_t sum = 0;
    for (const plm_arena_block *block = a->last; block; block = block->previous)
        sum += block->size;
    return sum;
}

void plm_arena_free(plm_arena *a)
{
    while (a->last) {
        plm_arena_block *previous = a->last->previous;
        plm_release(a->w, a->last);
        a->last = previous;
    }
}

void *plm_arena_grow(plm_arena *a, void *items, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return items;
    size_t more = *room ? 0 : 8;
    if (*room && !plm_checked_multiply(*room, 2, &more)) {
        (void)plm_fail_memory(a->w, "");
        return NULL;
    }
    void *larger = plm_arena_array(a, more, size);
    if (!larger)
        return NULL;
    if (count > 0)
        memcpy(larger, items, count * size);
    *room = more;
    return larger;
}
