/* Searches text for the characters that matter to a reader of separated values, 64 bytes at a time.
 * isa is the name of the kernel table whose vectors are used; NULL = plain C. The results are the
 * same in all tables. */
#ifndef PLM_KERNEL_SCAN_H
#define PLM_KERNEL_SCAN_H

#include <stddef.h>
#include <stdint.h>

/* Finds the bytes that end a cell of separated text or need a closer look: the two delimiters
 * (which may be equal), LF, CR, a quote and 0. Bit k of mask[i] is set if byte 64 i + k is one of
 * them. Reads 64 * blocks bytes, and writes mask[blocks]. */
void plm_scan_cells(const char *isa, const char *text, size_t blocks, const char delimiter[2],
                    uint64_t *mask);

/* Counts the line ends in text[0 .. n): LF, and CR without an LF after it. text[n] must be
 * readable, too. */
size_t plm_scan_line_ends(const char *isa, const char *text, size_t n);

/* Returns the index of the lowest bit that is set. bits must not be 0. */
static inline unsigned plm_lowest_bit(uint64_t bits)
{
#if defined(__GNUC__)
    return (unsigned)__builtin_ctzll(bits);
#else
    unsigned n = 0;
    for (; (bits & 1) == 0; bits >>= 1)
        n++;
    return n;
#endif
}

#endif
