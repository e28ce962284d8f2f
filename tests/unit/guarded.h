/* Blocks of memory for the allocators of tests. Behind each lie bytes that nobody may write, so
 * that a loop which goes one element too far fails without a sanitizer, too. */
#ifndef PLM_TESTS_UNIT_GUARDED_H
#define PLM_TESTS_UNIT_GUARDED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A block lies between its size and the guard. */
enum { GUARD = 64, GUARD_BYTE = 0xA5 };

/* Returns a block of `bytes` bytes, a multiple of GUARD. NULL = no memory. */
static inline void *guarded_take(size_t bytes, size_t align)
{
    assert_true(align <= GUARD && bytes % GUARD == 0);
    char *head = aligned_alloc(GUARD, bytes + 2 * GUARD);
    if (head == NULL)
        return NULL;
    memcpy(head, &bytes, sizeof bytes);
    memset(head + GUARD + bytes, GUARD_BYTE, GUARD);
    return head + GUARD;
}

/* Checks the guard and frees the block; returns its size. */
static inline size_t guarded_give(void *block)
{
    if (block == NULL)
        return 0;
    char *head = (char *)block - GUARD;
    size_t bytes = 0;
    memcpy(&bytes, head, sizeof bytes);
    const unsigned char *guard = (const unsigned char *)block + bytes;
    for (size_t i = 0; i < GUARD; i++)
        if (guard[i] != GUARD_BYTE)
            fail_msg("byte %zu behind a block of %zu bytes was written", i, bytes);
    free(head);
    return bytes;
}

#endif
