/* Asks the processor to load memory that will be read soon into its caches. */
#ifndef PLM_KERNEL_PREFETCH_H
#define PLM_KERNEL_PREFETCH_H

#include <stddef.h>

/* bytes of a cache line */
enum { PLM_LINE = 64 };

/* Prefetches every cache line of a block of `bytes` bytes. Any address is allowed, since a prefetch
 * cannot fault. With compilers other than gcc and clang it does nothing. */
static inline void plm_prefetch(const void *block, size_t bytes)
{
#if defined(__GNUC__)
    const char *at = block;
    for (size_t i = 0; i < bytes; i += PLM_LINE)
        __builtin_prefetch(at + i);
    if (bytes > 0)
        __builtin_prefetch(at + bytes - 1);
#else
    (void)block;
    (void)bytes;
#endif
}

#endif
