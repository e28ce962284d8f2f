/* Measures whether a step of Adam is faster if half of its square roots are computed by
 * multiply-adds. A division and a square root of a register of 16 numbers keep the divider busy for
 * some 22 cycles on Intel's Xeons, and all other instructions of the step take some 13. So the
 * divider is the limit there; on other processors it may not be. */
#include "train/roots.h"

#include <tgmath.h>

#include "base/tuning.h"
#include "kernel/kernel.h"

enum {
    /* number of parameters: with gradients and both means 8 KiB, which fit in the first-level
     * cache */
    COUNT = 512,
    /* Numbers from one of the four vectors to the next. In a model they are not a multiple of 4 KiB
     * apart either: there loads wait for stores to another vector (model/parameters.c). */
    APART = COUNT + 3 * PLM_LANES,
    REPEATS = 8 /* steps of a run */
};

/* What is measured: a step of Adam for COUNT parameters. */
typedef struct {
    const plm_kernels *kernel;
    /* [4][APART] parameters, gradients, mean gradients, mean squares of gradients */
    plm_real *block;
} sample;

/* Makes the steps of a run. */
static void run_steps(void *argument, bool by_fma)
{
    const sample *s = argument;
    plm_real *x = s->block, *g = x + APART, *m = g + APART, *v = m + APART;
    const plm_adam_factors k = {(plm_real)1e-3, (plm_real)1e-7, (plm_real)0.1, (plm_real)1e-3};
    for (int i = 0; i < REPEATS; i++)
        (by_fma ? s->kernel->adam_by_fma : s->kernel->adam_by_divider)(x, g, m, v, COUNT, &k);
}

/* True if root_by_fma gives the exact square root on this machine. It starts from an approximation
 * that differs between processors, but whose error is below 2^-14 on all of them. From any such
 * start, all numbers but the critical ones of this table, and their multiples by powers of 4, lead
 * to the exact root (lanes_avx512.h). */
static bool roots_are_exact(const plm_kernels *kernel)
{
    static const plm_real critical[PLM_LANES] = {(plm_real)0x1.000002p0, (plm_real)0x1.24b0b2p0,
                                                 (plm_real)0x1.f82294p0, (plm_real)0x1.542efep1,
                                                 (plm_real)0x1.aa3b7ep1, (plm_real)0x1.b5c076p1,
                                                 (plm_real)0x1.dd26e4p1, (plm_real)0x1.fffff6p1,
                                                 (plm_real)0x1.fffffap1, (plm_real)0x1.fffffep1};
    plm_real root[PLM_LANES];
    kernel->root_by_fma(root, critical, PLM_LANES);
    for (int i = 0; i < PLM_LANES; i++)
        if (root[i] != sqrt(critical[i]))
            return false;
    return true;
}

/* Measures with numbers as in a training, neither 0 nor tiny, and sets the faster choice. */
void plm_roots_choose(plm *w)
{
    _Alignas(64) plm_real block[4 * APART];
    const plm_kernels *kernel = w->kernel;
    if (kernel->adam_by_fma == NULL)
        return;
    if (!roots_are_exact(kernel))
        w->tuning.roots = -1;
    if (w->tuning.roots != 0)
        return;
    for (int i = 0; i < 4 * APART; i++)
        block[i] = (plm_real)(1 + i % 7) / 8;
    w->tuning.roots = plm_second_way_pays(run_steps, &(sample){kernel, block}) ? 1 : -1;
}
