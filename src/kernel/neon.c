/* NEON of 64-bit ARM: 16 lanes in four registers, 32 registers. Every such processor has it. */
#include "kernel/tables.h"

#if PLM_HAS_NEON
#include <arm_neon.h>
#include <math.h>
#include <string.h>

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

#include "kernel/lanes_neon.h"

/* The largest tile has 5 rows of one panel: 20 accumulators, 4 registers of B and 5 of A, which the
 * compiler loads together. With 6 rows it spills. */
#define PLM_TILE_HIGHEST 8
#define PLM_TILE_NARROW 1
/* clang-format off */
#define PLM_TILE_TABLE(TILE)                                                                       \
    TILE(1, 1) TILE(2, 1) TILE(3, 1) TILE(4, 1) TILE(5, 1) TILE(1, 2) TILE(2, 2) TILE(1, 3)        \
    TILE(1, H1) TILE(2, H1) TILE(3, H1) TILE(4, H1) TILE(5, H1) TILE(6, H1) TILE(7, H1)            \
    TILE(8, H1) TILE(1, H2) TILE(2, H2) TILE(1, H3)
/* clang-format on */

PLM_INLINE size_t tile_max_rows(size_t halves)
{
    static const unsigned char max[] = {0, 8, 5, 2, 2, 1, 1};
    return max[halves];
}

/* Few rows take wider tiles, since they would otherwise wait for their chains. */
PLM_INLINE size_t tile_max_panels(size_t rows)
{
    return rows == 1 ? 3 : rows == 2 ? 2 : 1;
}

PLM_INLINE void tile_fuse(lanes *sum, lanes x, lanes b)
{
    *sum = lanes_fused(x, b, *sum);
}

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
