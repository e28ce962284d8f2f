/* The kernel table for AVX2 with FMA. The 16 lanes take two of the 16 registers. */
#include "kernel/tables.h"

#if PLM_HAS_X86
#include <immintrin.h>
#include <math.h>

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif

#include "kernel/lanes_avx2.h"
#include "kernel/transpose_x86.h"

/* The sizes of the tiles (see gemm_tile_body.h). The largest tile has 6 rows of one panel: it needs
 * 12 registers for sums, 2 for B and 1 for A. Tiles of half a panel have up to 8 rows. Tiles of one
 * or two rows are wider: with fewer sums the multiply-add unit would have to wait for its own
 * results. */
#define PLM_TILE_HIGHEST 8
#define PLM_TILE_NARROW 1
/* clang-format off */
#define PLM_TILE_TABLE(TILE)                                                                       \
    TILE(1, 1) TILE(2, 1) TILE(3, 1) TILE(4, 1) TILE(5, 1) TILE(6, 1) TILE(1, 2) TILE(2, 2)        \
    TILE(1, 3) TILE(1, 4) TILE(1, H1) TILE(2, H1) TILE(3, H1) TILE(4, H1) TILE(5, H1) TILE(6, H1)  \
    TILE(7, H1) TILE(8, H1) TILE(1, H2) TILE(2, H2) TILE(1, H3) TILE(1, H4)
/* clang-format on */

/* Returns the max rows of a tile that is `halves` half panels wide. */
PLM_INLINE size_t tile_max_rows(size_t halves)
{
    static const unsigned char max[] = {0, 8, 6, 2, 2, 1, 1, 1, 1};
    return max[halves];
}

/* Returns the number of panels of the widest tile to use for `rows` rows. */
PLM_INLINE size_t tile_max_panels(size_t rows)
{
    return rows == 1 ? 4 : rows == 2 ? 2 : 1;
}

/* Computes *sum = x b + *sum. It is inline assembly, so that a sum stays in its register: gcc 12
 * otherwise moves the 12 sums between registers and writes some to memory. */
PLM_INLINE void tile_fuse(lanes *sum, lanes x, lanes b)
{
    __asm__("vfmadd231ps %2, %1, %0" : "+x"(sum->low) : "x"(x.low), "x"(b.low));
    __asm__("vfmadd231ps %2, %1, %0" : "+x"(sum->high) : "x"(x.high), "x"(b.high));
}

/* Does the same as tile_fuse for half a panel. */
PLM_INLINE void tile_fuse_half(half_lanes *sum, lanes x, half_lanes b)
{
    __asm__("vfmadd231ps %2, %1, %0" : "+x"(*sum) : "x"(x.low), "x"(b));
}

#include "kernel/gemm_body.h"

#define PLM_ISA_TABLE plm_kernels_avx2
#define PLM_ISA_TEXT "avx2"
#include "kernel/bodies.h"

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
