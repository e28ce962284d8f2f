/* The table in plain C. It is the reference that every other instruction set must equal bit for
 * bit, and the only table of the test build in double. Its matrix product is written as the
 * definition says, in three loops. It has none of the tiles that the other tables use, so that it
 * cannot share their mistakes. */
#define PLM_INLINE static inline __attribute__((unused))
#include "kernel/tables.h"

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

#include "kernel/lanes_plain.h"

/* Multiplies matrices, as plm_gemm describes, in the simplest way that keeps the order of
 * additions. Each element is C(i, p, lane) = fma(A(i, r), B(r, p, lane), ...) for r in ascending
 * order, which starts from C, from `start` or from 0 (plm_gemm). If plm_gemm.half is set, the
 * second half of the last panel becomes 0. */
static void gemm(const plm_gemm *g)
{
    for (size_t p = 0; p < g->panels; p++)
        for (size_t i = 0; i < g->rows; i++) {
            plm_real *c = g->c + p * g->c_panel + i * g->c_row;
            lanes chain = lanes_fill(0);
            if (g->accumulate)
                chain = lanes_load(c);
            else if (g->start)
                chain = lanes_load(g->start + p * PLM_LANES);
            for (size_t r = 0; r < g->depth; r++) {
                const plm_real a = g->a[i * g->a_row + r * g->a_step];
                const plm_real *b = g->b + p * g->b_panel + r * g->b_step;
                for (int lane = 0; lane < PLM_LANES; lane++)
                    chain.lane[lane] = number_fused(a, b[lane], chain.lane[lane]);
            }
            if (g->half && p + 1 == g->panels)
                for (int lane = PLM_LANES / 2; lane < PLM_LANES; lane++)
                    chain.lane[lane] = 0;
            lanes_store(c, chain);
        }
    lanes_leave();
}

#define PLM_PACKS_FROM 0
#define PLM_ISA_TABLE plm_kernels_plain
#define PLM_ISA_TEXT "plain"
#include "kernel/bodies.h"
