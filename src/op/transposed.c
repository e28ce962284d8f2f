/* W', the transpose of a weight matrix in panels: as a copy that the weight pass keeps up to date,
 * or made for each product of few vectors. See product.h. Both are made of blocks of 16 x 16
 * numbers, which are transposed in registers. */
#include <string.h>

#include "op/product.h"

/* Transposes a block of 16 x 16 at the edge of W, of which only the first `high` rows and `wide`
 * columns exist. A small block is copied number by number. Rows that do not exist become 0 in the
 * result, and columns that do not exist are not written. For a larger block the kernel of 16 x 16
 * is used, which would read and write beyond the edges of W. So the rows are first copied into a
 * block of zeros, and the columns of the result that exist are copied from a second block. For a
 * small block these copies would take longer than the numbers themselves. */
static void transpose_edge(const plm_kernels *kernel, plm_real *to, const plm_real *from,
                           size_t high, size_t wide)
{
    enum { FEW = 32 };
    _Alignas(64) plm_real block[PLM_LANES * PLM_LANES], turned[PLM_LANES * PLM_LANES];
    if (high * wide <= FEW) {
        if (high < PLM_LANES)
            memset(to, 0, wide * PLM_LANES * sizeof *to);
        for (size_t i = 0; i < high; i++)
            for (size_t j = 0; j < wide; j++)
                to[j * PLM_LANES + i] = from[i * PLM_LANES + j];
        return;
    }
    if (high < PLM_LANES) {
        memcpy(block, from, high * PLM_LANES * sizeof *block);
        memset(block + high * PLM_LANES, 0, (PLM_LANES - high) * PLM_LANES * sizeof *block);
        from = block;
    }
    kernel->transpose16(wide < PLM_LANES ? turned : to, PLM_LANES, from, PLM_LANES);
    if (wide < PLM_LANES)
        memcpy(to, turned, wide * PLM_LANES * sizeof *to);
}

/* Transposes one block of w[ceil(columns / 16)][rows][16] to to[16][16]: the rows from `row` on of
 * panel `panel`. The block is 16 x 16, or smaller at the edges of W. */
static void transpose_block(const plm_kernels *kernel, plm_real *to, const plm_real *w, size_t rows,
                            size_t columns, size_t row, size_t panel)
{
    const plm_real *from = w + (panel * rows + row) * PLM_LANES;
    const size_t high = rows - row, wide = columns - panel * PLM_LANES;
    if (high >= PLM_LANES && wide >= PLM_LANES)
        kernel->transpose16(to, PLM_LANES, from, PLM_LANES);
    else
        transpose_edge(kernel, to, from, high < PLM_LANES ? high : PLM_LANES,
                       wide < PLM_LANES ? wide : PLM_LANES);
}

/* ---- the copy ---- */

/* Transposes a chunk of W into the copy [ceil(rows / 16)][columns][16]. */
void plm_transpose_chunk(const plm_tiling *t, const plm_kernels *kernel, const plm_real *w,
                         plm_real *copy, const plm_chunk *c)
{
    for (size_t panel = c->panel; panel < c->panel + c->panels; panel++)
        for (size_t row = c->row; row < c->row + c->rows; row += PLM_LANES)
            transpose_block(kernel,
                            copy + (row / PLM_LANES * t->columns + panel * PLM_LANES) * PLM_LANES,
                            w, t->rows, t->columns, row, panel);
}

/* ---- W' for one product ---- */

/* The part of W' that is made at a time: GROUP panels of PIECE columns of W. It takes 16 KiB of
 * float32, which stay in the first cache until the product has read them. */
enum { GROUP = 4, PIECE = 64 };

/* Returns how many numbers of scratch memory a thread needs for a part of W'. */
size_t plm_product_transposed_scratch(void)
{
    return GROUP * PIECE * PLM_LANES;
}

/* Makes a part of W' in to[panels][PIECE][16]: from panel number `panel` of W' on, and from column
 * `at` of W on. Rows beyond the end of W become zeros, so the product may read whole panels. */
static void make_part(const plm_product *p, const plm_kernels *kernel, plm_real *to, size_t panel,
                      size_t panels, size_t at, size_t depth)
{
    for (size_t j = 0; j < panels; j++)
        for (size_t k = 0; k < depth; k += PLM_LANES)
            transpose_block(kernel, to + (j * PIECE + k) * PLM_LANES, p->b, p->columns, p->depth,
                            (panel + j) * PLM_LANES, (at + k) / PLM_LANES);
}

/* Computes a piece of c = a W', with a part of W' at a time. The product with the first part of the
 * depth overwrites c; the products with further parts add to c (accumulate), so each element is
 * summed in the same order as in one product. GROUP panels of c are finished before the next ones
 * begin, since their part of W' is in the scratch memory. Each of these products prefetches its
 * share of what the next op reads. */
void plm_product_transposed(const plm_product *p, const plm_kernels *kernel, const plm_piece *of,
                            plm_real *scratch)
{
    const size_t end = of->panel + of->panels;
    const size_t parts = (of->panels + GROUP - 1) / GROUP * ((p->depth + PIECE - 1) / PIECE);
    const size_t share = p->next.count / parts / PLM_LANES * PLM_LANES;
    const plm_real *next = p->next.x;
    for (size_t panel = of->panel; panel < end; panel += GROUP) {
        plm_gemm g = {.a_row = p->a_stride,
                      .a_step = 1,
                      .b = scratch,
                      .b_panel = PIECE * PLM_LANES,
                      .b_step = PLM_LANES,
                      .c = p->c + of->line * p->c_stride + panel * PLM_LANES,
                      .c_row = p->c_stride,
                      .c_panel = PLM_LANES,
                      .rows = of->lines,
                      .prefetch = &next,
                      .prefetches = share > 0,
                      .prefetch_size = share,
                      .panels = end - panel < GROUP ? end - panel : GROUP};
        g.half = plm_panel_half(p->columns, panel + g.panels);
        for (size_t at = 0; at < p->depth; at += PIECE) {
            g.a = p->a + of->line * p->a_stride + at;
            g.depth = p->depth - at < PIECE ? p->depth - at : PIECE;
            g.accumulate = at > 0;
            make_part(p, kernel, scratch, panel, g.panels, at, g.depth);
            kernel->gemm(&g);
            if (share > 0) /* next is NULL if nothing is to be read ahead */
                next += share;
        }
    }
}
