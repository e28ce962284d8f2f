/* The kernel table for AVX-512 with the extensions F, BW, DQ and VL. The 16 lanes take one of the
 * 32 registers. */
#include "kernel/tables.h"

#if PLM_HAS_X86
#include <immintrin.h>
#include <math.h>

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(                                                                      \
    __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl")
#endif

#include "kernel/lanes_avx512.h"
#include "kernel/transpose_x86.h"

/* The sizes of the tiles (gemm_tile_body.h). Tiles have up to 24 registers for sums: rows x panels
 * is at most 6 x 4, 8 x 3, 12 x 2. A tile of one panel has at most 16 rows: the loads of A limit
 * its speed. */
#define PLM_TILE_HIGHEST 16
#define PLM_TILE_NARROW 0
/* clang-format off */
#define PLM_TILE_TABLE(TILE)                                                                       \
    TILE(1, 4) TILE(2, 4) TILE(3, 4) TILE(4, 4) TILE(5, 4) TILE(6, 4) TILE(1, 3) TILE(2, 3)        \
    TILE(3, 3) TILE(4, 3) TILE(5, 3) TILE(6, 3) TILE(7, 3) TILE(8, 3) TILE(1, 2) TILE(2, 2)        \
    TILE(3, 2) TILE(4, 2) TILE(5, 2) TILE(6, 2) TILE(7, 2) TILE(8, 2) TILE(9, 2) TILE(10, 2)       \
    TILE(11, 2) TILE(12, 2) TILE(1, 1) TILE(2, 1) TILE(3, 1) TILE(4, 1) TILE(5, 1) TILE(6, 1)      \
    TILE(7, 1) TILE(8, 1) TILE(9, 1) TILE(10, 1) TILE(11, 1) TILE(12, 1) TILE(13, 1) TILE(14, 1)   \
    TILE(15, 1) TILE(16, 1) TILE(1, H4) TILE(2, H4) TILE(3, H4) TILE(4, H4) TILE(5, H4)            \
    TILE(6, H4) TILE(1, H3) TILE(2, H3) TILE(3, H3) TILE(4, H3) TILE(5, H3) TILE(6, H3)            \
    TILE(7, H3) TILE(8, H3) TILE(1, H2) TILE(2, H2) TILE(3, H2) TILE(4, H2) TILE(5, H2)            \
    TILE(6, H2) TILE(7, H2) TILE(8, H2) TILE(9, H2) TILE(10, H2) TILE(11, H2) TILE(12, H2)         \
    TILE(1, H1) TILE(2, H1) TILE(3, H1) TILE(4, H1) TILE(5, H1) TILE(6, H1) TILE(7, H1)            \
    TILE(8, H1) TILE(9, H1) TILE(10, H1) TILE(11, H1) TILE(12, H1) TILE(13, H1) TILE(14, H1)       \
    TILE(15, H1) TILE(16, H1)
/* clang-format on */

/* Returns the max rows of a tile that is `halves` half panels wide. */
PLM_INLINE size_t tile_max_rows(size_t halves)
{
    static const unsigned char max[] = {0, 16, 16, 12, 12, 8, 8, 6, 6};
    return max[halves];
}

/* Returns the number of panels of the widest tile to use: 4 for any number of rows. */
PLM_INLINE size_t tile_max_panels(size_t rows)
{
    (void)rows;
    return 4;
}

/* Computes *sum = x b + *sum. */
PLM_INLINE void tile_fuse(lanes *sum, lanes x, lanes b)
{
    *sum = lanes_fused(x, b, *sum);
}

/* Does the same as tile_fuse for half a panel. On a Zen 4 it takes half the time of a whole
 * register. */
PLM_INLINE void tile_fuse_half(half_lanes *sum, lanes x, half_lanes b)
{
    *sum = _mm256_fmadd_ps(_mm512_castps512_ps256(x), b, *sum);
}

#include "kernel/gemm_body.h"

#define PLM_ISA_TABLE plm_kernels_avx512
#define PLM_ISA_TEXT "avx512"
#include "kernel/bodies.h"

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
