/* Looks at text 64 bytes at a time, by the vectors of an instruction set. isa is a kernel table's
 * name, or NULL for plain C; the results are the same. */
#ifndef PLM_KERNEL_SCAN_H
#define PLM_KERNEL_SCAN_H

#include <stddef.h>
#include <stdint.h>

/* Marks what ends a cell of separated text or needs a look: bit k of mask[i] is set where byte
 * 64 i + k is one of the two delimiters (which may be the same), LF, CR, a quote or 0. Reads
 * 64 * blocks bytes. */
void plm_scan_cells(const char *isa, const char *text, size_t blocks, const char delimiter[2],
                    uint64_t *mask);

/* Line ends that end in text[0 .. n): LF, and CR without a LF behind it. Reads text[n], too. */
size_t plm_scan_line_ends(const char *isa, const char *text, size_t n);

/* The number of the lowest bit that is set; bits > 0. */
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
