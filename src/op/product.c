/* Computes the product of vectors and panels, for forward and for the gradient of the inputs; see
 * product.h. It cuts c into pieces and calls the matrix product of the kernel table for each
 * piece. */
#include "op/product.h"

enum {
    /* number of vectors in a block; its activation follows while the block is in the cache */
    LINE_BLOCK = 48,
    FEW_STREAMED = 24, /* a product of fewer vectors than this ends before its prefetches arrive */
    NEAR = 1 << 17,    /* a block of vectors with at most this many numbers stays in the cache */
    /* number of units that each panel of c is cut into; a unit is a block of its vectors */
    BLOCKS = 4,
    /* cache lines that migrate between cores in the time of one barrier */
    BARRIER = 64
};

/* Returns the shape of the product of x and a matrix with `columns` columns: the shape of x with
 * `columns` as the length of its last axis. If a row of x has several vectors, so has a row of the
 * product. */
plm_shape plm_product_shape(const plm_shape *x, int64_t columns)
{
    int64_t dims[PLM_RANK] = {0};
    const int rank = x->rank > 0 ? x->rank : 1;
    for (int i = 0; i < x->rank; i++)
        dims[i] = x->dims[i];
    dims[rank - 1] = columns;
    return x->lines > 1 ? plm_shape_lines(rank, dims) : plm_shape_of(rank, dims);
}

/* True if there is no activation to apply. */
static bool is_plain(const plm_product *p)
{
    return p->activation == NULL || p->activation->id == PLM_ACTIVATION_linear;
}

/* Applies the activation to a piece of c. If the piece has whole vectors, one call does this for
 * all of them, padding included. */
static void activate(const plm_product *p, const plm_kernels *kernel, const plm_piece *of)
{
    plm_activation_forward *run = kernel->activation[p->activation->id].forward;
    plm_real *c = p->c + of->line * p->c_stride + of->panel * PLM_LANES;
    if (of->panels == plm_panels(p->columns))
        run(c, c, of->lines * p->c_stride, p->activation->p);
    else
        for (size_t i = 0; i < of->lines; i++, c += p->c_stride)
            run(c, c, of->panels * PLM_LANES, p->activation->p);
}

/* Returns the max number of vectors of a block. Without an activation there is nothing to do after
 * a block, and the kernel cuts it by itself. It reads the vectors once for each strip of panels, so
 * they must stay in the second cache, beside the matrix; a matrix that does not stay there is
 * better read once for all vectors. */
static size_t block_lines(const plm_product *p, const plm_piece *of)
{
    const size_t near = NEAR / p->a_stride + 1;
    if (!is_plain(p))
        return LINE_BLOCK;
    return of->lines > near && plm_panel_size(p->depth, p->columns) <= 2 * NEAR ? near : of->lines;
}

/* Computes a piece of c in blocks of vectors. The activation of a block follows at once, while the
 * block is in cache. The last block also prefetches what the next op reads. */
static void run_piece(const plm_product *p, const plm_kernels *kernel, const plm_piece *of)
{
    const bool plain = is_plain(p), streams = p->stream_lines > 0 && of->lines >= FEW_STREAMED;
    const size_t most = streams ? p->stream_lines : block_lines(p, of);
    const size_t blocks = (of->lines + most - 1) / most;
    plm_gemm g = {.a_row = p->a_stride,
                  .a_step = 1,
                  .b = p->b + of->panel * p->depth * PLM_LANES,
                  .b_panel = p->depth * PLM_LANES,
                  .b_step = PLM_LANES,
                  .c_row = p->c_stride,
                  .c_panel = PLM_LANES,
                  .start = p->start != NULL ? p->start + of->panel * PLM_LANES : NULL,
                  .panels = of->panels,
                  .depth = p->depth,
                  .stream_b = streams,
                  .half = plm_panel_half(p->columns, of->panel + of->panels),
                  .prefetch = &p->next.x,
                  .prefetch_size = p->next.count};
    for (size_t i = 0; i < blocks; i++) {
        plm_piece a = *of;
        a.line = of->line + of->lines * i / blocks;
        a.lines = of->line + of->lines * (i + 1) / blocks - a.line;
        g.rows = a.lines;
        g.prefetches = i + 1 == blocks && p->next.count > 0;
        g.a = p->a + a.line * p->a_stride;
        g.c = p->c + a.line * p->c_stride + a.panel * PLM_LANES;
        kernel->gemm(&g);
        if (!plain)
            activate(p, kernel, &a);
    }
}

/* Computes vectors first <= i < last of the product, with all their panels. */
void plm_product_lines(const plm_product *p, const plm_kernels *kernel, size_t first, size_t last)
{
    run_piece(p, kernel,
              &(plm_piece){.line = first, .lines = last - first, .panels = plm_panels(p->columns)});
}

/* Returns the number of units that c is cut into, if threads share units and not vectors. */
int64_t plm_product_units(size_t columns)
{
    return (int64_t)(plm_panels(columns) * BLOCKS);
}

/* Computes the units first <= u < last of a product with `lines` vectors. A unit is one block of
 * vectors in one panel, so that the work can be shared evenly even if there are few panels. The
 * units of the first panel are counted first, then those of the second panel, and so on.
 * Neighbouring panels whose units are all among first .. last - 1 are computed in one piece. */
void plm_product_by_units(const plm_product *p, const plm_kernels *kernel, size_t lines,
                          int64_t first, int64_t last)
{
    for (size_t unit = (size_t)first, end = (size_t)last; unit < end;) {
        const size_t block = unit % BLOCKS, whole = (end - unit) / BLOCKS;
        const size_t blocks = block == 0 && whole > 0       ? BLOCKS
                              : end - unit < BLOCKS - block ? end - unit
                                                            : BLOCKS - block;
        plm_piece a = {.panel = unit / BLOCKS, .panels = 1, .line = lines * block / BLOCKS};
        a.lines = lines * (block + blocks) / BLOCKS - a.line;
        if (blocks == BLOCKS)
            a.panels = whole;
        if (a.lines > 0)
            run_piece(p, kernel, &a);
        unit += blocks * a.panels;
    }
}

/* True if cutting by units is estimated to be cheaper than by vectors: fewer cache lines migrate,
 * even counting the time of `barriers` barriers. A row of a panel is one cache line (16 float32).
 * If the work is cut by vectors, the depth * panels cache lines of W migrate; if by units, the
 * vectors * panels cache lines of c. Units are cheaper for few rows and large kernels, vectors for
 * large batches. */
bool plm_product_units_pay(size_t depth, size_t columns, size_t lines, size_t barriers)
{
    const size_t panels = plm_panels(columns);
    return depth * panels > lines * panels + barriers * BARRIER;
}
