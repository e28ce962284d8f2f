/* Measures whether products are faster if they stream a large matrix (plm_gemm.stream_b). Numbers
 * that are not in the second cache arrive much later than the arithmetic needs them. Some
 * processors prefetch them early enough by themselves. Others are faster if the product prefetches
 * them, and if its pieces are so short that they stay in the first cache. */
#include "base/tuning.h"
#include "op/product.h"

/* The product that is measured: 32 vectors times a matrix of 1024 rows. The matrix is twice as
 * large as the second cache, so that each run reads it from beyond that cache. */
enum {
    LINES = 32,
    DEPTH = 1024,
    STRIDE = DEPTH + PLM_LANES, /* numbers from one vector of a to the next: 65 cache lines */
    LINES_LEAST = 48,           /* least number of vectors in a block of a streaming product */
    PART = 4                    /* a block of vectors takes 1 / PART of the second cache */
};

/* What is measured. */
typedef struct {
    const plm_kernels *kernel;
    /* three matrices: a[LINES][STRIDE], then B in panels, then c[LINES][panels * 16] */
    plm_real *block;
    size_t panels;
} sample;

/* Returns the size of the three matrices of a sample, in numbers. */
static size_t size_of(size_t panels)
{
    return LINES * STRIDE + (DEPTH + LINES) * panels * PLM_LANES;
}

/* Computes the product once. */
static void run_product(void *argument, bool streams)
{
    const sample *s = argument;
    plm_real *b = s->block + LINES * STRIDE;
    const plm_gemm g = {.a = s->block,
                        .a_row = STRIDE,
                        .a_step = 1,
                        .b = b,
                        .b_panel = DEPTH * PLM_LANES,
                        .b_step = PLM_LANES,
                        .c = b + DEPTH * s->panels * PLM_LANES,
                        .c_row = s->panels * PLM_LANES,
                        .c_panel = PLM_LANES,
                        .rows = LINES,
                        .panels = s->panels,
                        .depth = DEPTH,
                        .stream_b = streams};
    s->kernel->gemm(&g);
}

/* Measures both ways with a matrix that is larger than the second cache, and keeps the result. */
static plm_status measure(plm *w, const plm_kernels *kernel)
{
    const size_t panels = 2 * w->second_cache / (DEPTH * PLM_LANES) + 1, count = size_of(panels);
    plm_real *block = plm_allocate_array(w, count, sizeof *block);
    if (block == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < count; i++)
        block[i] = (plm_real)(i % 7) / 8;
    w->tuning.streaming =
        plm_second_way_pays(run_product, &(sample){kernel, block, panels}) ? 1 : -1;
    plm_release(w, block);
    return PLM_OK;
}

/* Only matrices larger than the second cache are streamed: with smaller ones products were 0 to
 * 3 % slower on an Intel Xeon, even where other layers had displaced the matrix from the cache.
 * A block has as many vectors as fit into a quarter of the cache; the matrix is read once for
 * each block. */
plm_status plm_streaming_pays(plm *w, const plm_kernels *kernel, size_t depth, size_t columns,
                              size_t *lines)
{
    *lines = 0;
    if (plm_panel_size(depth, columns) < w->second_cache)
        return PLM_OK;
    if (w->tuning.streaming == 0)
        PLM_TRY(measure(w, kernel));
    const size_t fit = w->second_cache / PART / depth;
    if (w->tuning.streaming > 0)
        *lines = fit > LINES_LEAST ? fit : LINES_LEAST;
    return PLM_OK;
}
