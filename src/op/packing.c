/* Measures whether a weight gradient is faster if x is first packed. dW = x' dz reads x by columns.
 * Without packing, each step of the sum reads x in another page of memory. How well the processor
 * hides the time of these reads behind its arithmetic differs from one processor to another. So
 * both ways are measured, once for each runtime.
 *
 * If x is so large that it comes from memory, nothing hides the reads: packing is then the faster
 * way, since more panels share a read of x (PLM_CHUNK_PANELS in product.h). Measured on an AMD EPYC
 * (Zen, second cache 512 KiB, avx2), gradients and update of layers of N inputs and N units, with
 * packing against without: 2.4 times as fast for 1024 vectors of 2048 numbers (8 MiB), 1.2 times
 * for 512 (4 MiB), and 0.95 to 1.06 times for x of at most 4 MiB otherwise. */
#include "base/tuning.h"
#include "op/product.h"

/* The product that is measured is a piece of the weight gradient of a layer of 784 inputs, for a
 * batch of 256. The vectors of x and dz begin an odd number of cache lines apart, as in a net. */
enum {
    LINES = 256,
    ROWS = PLM_CHUNK_ROWS,
    PANELS = PLM_CHUNK_WIDE, /* one chunk with packing, several without */
    LEFT = 784,              /* numbers from one vector of x to the next: 49 cache lines */
    RIGHT = (PANELS + 1) * PLM_LANES,
    NUMBERS_LEFT = LINES * LEFT,
    NUMBERS_RIGHT = LINES * RIGHT,
    NUMBERS_CHUNK = PLM_CHUNK_ROWS * PLM_CHUNK_WIDE * PLM_LANES
};

/* The product whose time is measured, with and without packing. block holds x[LINES][LEFT], then
 * dz[LINES][RIGHT], then the gradient of a chunk. */
typedef struct {
    const plm_kernels *kernel;
    plm_real *block;
} piece;

/* Computes all chunks of the piece once. */
static void run_chunks(void *argument, bool packed)
{
    plm_real *const block = ((const piece *)argument)->block;
    const size_t wide = packed ? PLM_CHUNK_WIDE : PLM_CHUNK_PANELS;
    for (size_t panel = 0; panel < PANELS; panel += wide)
        for (size_t row = 0; row < ROWS; row += PLM_CHUNK_ROWS) {
            const plm_gemm g = {.a = block + row,
                                .a_row = 1,
                                .a_step = LEFT,
                                .b = block + NUMBERS_LEFT + panel * PLM_LANES,
                                .b_panel = PLM_LANES,
                                .b_step = RIGHT,
                                .c = block + NUMBERS_LEFT + NUMBERS_RIGHT,
                                .c_row = PLM_LANES,
                                .c_panel = PLM_CHUNK_ROWS * PLM_LANES,
                                .pack_a = packed,
                                .rows = PLM_CHUNK_ROWS,
                                .panels = wide,
                                .depth = LINES};
            ((const piece *)argument)->kernel->gemm(&g);
        }
}

/* Chooses whether to pack x. Products that the kernel cannot pack, whose depth is too small, or
 * whose x is far larger than the second cache, need no measurement. */
plm_status plm_packing_pays(plm *w, const plm_kernels *kernel, size_t lines, size_t width,
                            bool *out)
{
    enum { FAR = 8 }; /* x comes from memory if it has at least as many second caches */
    const bool packs = kernel->packs_from > 0 && lines >= kernel->packs_from;
    *out = packs && lines * width >= FAR * w->second_cache;
    if (!packs || *out)
        return PLM_OK;
    if (w->tuning.packing == 0) {
        plm_real *block =
            plm_allocate_array(w, NUMBERS_LEFT + NUMBERS_RIGHT + NUMBERS_CHUNK, sizeof *block);
        if (block == NULL)
            return PLM_E_MEMORY;
        w->tuning.packing = plm_second_way_pays(run_chunks, &(piece){kernel, block}) ? 1 : -1;
        plm_release(w, block);
    }
    *out = w->tuning.packing > 0;
    return PLM_OK;
}
