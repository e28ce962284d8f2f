/* The kernel table for NEON of 64-bit ARM, which every such processor has. The 16 lanes take four
 * of the 32 registers. */
#include "kernel/tables.h"

#if PLM_HAS_NEON
#include <arm_neon.h>
#include <math.h>
#include <string.h>

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

#include "kernel/lanes_neon.h"

/* The sizes of the tiles (gemm_tile_body.h). The largest tile has 5 rows of one panel: it needs 20
 * registers for sums, 4 for B and 5 for A, since the compiler loads all rows of A at once. With 6
 * rows some sums would not stay in registers. */
#define PLM_TILE_HIGHEST 8
#define PLM_TILE_NARROW 1
/* clang-format off */
#define PLM_TILE_TABLE(TILE)                                                                       \
    TILE(1, 1) TILE(2, 1) TILE(3, 1) TILE(4, 1) TILE(5, 1) TILE(1, 2) TILE(2, 2) TILE(1, 3)        \
    TILE(1, H1) TILE(2, H1) TILE(3, H1) TILE(4, H1) TILE(5, H1) TILE(6, H1) TILE(7, H1)            \
    TILE(8, H1) TILE(1, H2) TILE(2, H2) TILE(1, H3)
/* clang-format on */

/* Returns the max rows of a tile that is `halves` half panels wide. */
PLM_INLINE size_t tile_max_rows(size_t halves)
{
    static const unsigned char max[] = {0, 8, 5, 2, 2, 1, 1};
    return max[halves];
}

/* Returns the number of panels of the widest tile to use for `rows` rows. Few rows get wider tiles:
 * with fewer sums the multiply-add unit would have to wait for its own results. */
PLM_INLINE size_t tile_max_panels(size_t rows)
{
    return rows == 1 ? 3 : rows == 2 ? 2 : 1;
}

/* Computes *sum = x b + *sum. */
PLM_INLINE void tile_fuse(lanes *sum, lanes x, lanes b)
{
    *sum = lanes_fused(x, b, *sum);
}

/* Does the same as tile_fuse for half a panel. */
PLM_INLINE void tile_fuse_half(half_lanes *sum, lanes x, half_lanes b)
{
    for (int i = 0; i < 2; i++)
        sum->part[i] = vfmaq_f32(sum->part[i], x.part[0], b.part[i]);
}

#include "kernel/gemm_body.h"

#define PLM_ISA_TABLE plm_kernels_neon
#define PLM_ISA_TEXT "neon"
#include "kernel/bodies.h"
#endif
