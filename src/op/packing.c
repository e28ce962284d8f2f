/* Measures whether a weight gradient is faster if x is first packed into rows. dW = x' dz reads x
 * by columns. Without packing, each step of the depth reads x in another page of memory. How well
 * the arithmetic hides the time of these reads depends on the processor. So both ways are measured,
 * once for each runtime. */
#include "base/system.h"
#include "base/threads.h"
#include "op/product.h"

/* The product that is measured is a piece of the weight gradient of a layer of 784 inputs, for a
 * batch of 256. The vectors of x and dz are an odd number of cache lines apart, as the vectors of
 * values in a net are. */
enum {
    LINES = 256,
    ROWS = PLM_CHUNK_ROWS,
    PANELS = PLM_CHUNK_WIDE, /* one chunk with packing, several without */
    LEFT = 784,              /* numbers from one vector of x to the next: 49 cache lines */
    RIGHT = (PANELS + 1) * PLM_LANES,
    NUMBERS_LEFT = LINES * LEFT,
    NUMBERS_RIGHT = LINES * RIGHT,
    NUMBERS_CHUNK = PLM_CHUNK_ROWS * PLM_CHUNK_WIDE * PLM_LANES,
    TIMES = 5 /* runs of each way, whose median counts */
};

/* Computes all chunks of the piece once. block holds x[LINES][LEFT], then dz[LINES][RIGHT], then
 * the gradient of a chunk. */
static void run_chunks(const plm_kernels *kernel, plm_real *block, bool packed)
{
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
            kernel->gemm(&g);
        }
}

/* Returns the time of one run of all chunks, in nanoseconds. */
static int64_t time_of(const plm_kernels *kernel, plm_real *block, bool packed)
{
    const int64_t begun = plm_nanoseconds();
    run_chunks(kernel, block, packed);
    return plm_nanoseconds() - begun;
}

/* Returns the median of a list. Sorts the list. */
static int64_t median(int64_t list[TIMES])
{
    for (int i = 1; i < TIMES; i++)
        for (int k = i; k > 0 && list[k - 1] > list[k]; k--) {
            const int64_t held = list[k];
            list[k] = list[k - 1];
            list[k - 1] = held;
        }
    return list[TIMES / 2];
}

/* True if the product is faster with packing. Runs each way once to warm the caches, then both ways
 * in turn, and compares the medians. The two ways alternate, so that a change of the clock rate or
 * another process slows both of them. Both ways give the same bits, so a wrong choice costs time
 * and nothing else. */
static bool is_faster_packed(const plm_kernels *kernel, plm_real *block)
{
    int64_t plain[TIMES], packed[TIMES];
    for (int i = -1; i < TIMES; i++) {
        plain[i < 0 ? 0 : i] = time_of(kernel, block, false);
        packed[i < 0 ? 0 : i] = time_of(kernel, block, true);
    }
    return median(packed) < median(plain);
}

/* Chooses whether to pack x. Products that the kernel cannot pack, or whose depth is too small,
 * need no measurement. */
plm_status plm_packing_pays(plm *w, const plm_kernels *kernel, size_t lines, bool *out)
{
    *out = false;
    if (kernel->packs_from == 0 || lines < kernel->packs_from)
        return PLM_OK;
    if (w->tuning.packing == 0) {
        plm_real *block =
            plm_allocate_array(w, NUMBERS_LEFT + NUMBERS_RIGHT + NUMBERS_CHUNK, sizeof *block);
        if (block == NULL)
            return PLM_E_MEMORY;
        w->tuning.packing = is_faster_packed(kernel, block) ? 1 : -1;
        plm_release(w, block);
    }
    *out = w->tuning.packing > 0;
    return PLM_OK;
}
