/* Multiplies a batch of vectors by a weight matrix W[rows, columns] in panels (kernel.h). The ops
 * dense and dense_transpose use it. A vector runs along the last axis (plm_shape). `lines`
 * is the number of vectors that are multiplied: the rows of the batch times the vectors of a row.
 *
 *     forward   y[lines, columns] = act(x[lines, rows] W + b)       plm_product
 *     inputs    dx[lines, rows] = dz[lines, columns] W'             plm_product, with W' as panels
 *     weights   dW[rows, columns] = x' dz, db = column sums of dz   plm_weight_pass
 *
 * dz is the gradient of x W + b, before the activation. W' is a copy of the transpose of W, in
 * panels of its own, which the op keeps. Each chunk of W' is written again right after the update
 * of that chunk of W, while the chunk is in cache. For few vectors W' is made for each product
 * instead, and for up to 128 vectors if a single thread runs the batch.
 *
 * Every element is one sum of fused multiply-adds over the whole depth, in a fixed order, so no
 * result depends on how vectors, panels and chunks are cut. */
#ifndef PLM_OP_PRODUCT_H
#define PLM_OP_PRODUCT_H

#include "op/op.h"

/* ---- vectors times panels ---- */

/* The product c[lines, columns] = activation(start + a[lines, depth] B[depth, columns]). */
typedef struct {
    /* [lines][a_stride], of which the first `depth` numbers of each vector are used */
    const plm_real *a;
    size_t a_stride;
    const plm_real *b; /* B in panels: [ceil(columns / 16)][depth][16] */
    plm_real *c;       /* [lines][c_stride] */
    size_t c_stride;
    size_t depth, columns;
    const plm_real *start; /* [columns], the bias; NULL = 0 */
    /* computed on each piece of c while the piece is in cache; NULL = none */
    const plm_activation *activation;
    /* max vectors of a block if B is streamed (plm_gemm.stream_b); 0 = B is not streamed */
    size_t stream_lines;
    plm_prefetch_range next; /* memory that the next op reads: a prefetch hint */
} plm_product;

/* A piece of c: vectors [line, line + lines) and panels [panel, panel + panels). */
typedef struct {
    size_t line, lines, panel, panels;
} plm_piece;

/* Returns the number of panels of 16 columns that `columns` columns need. */
static inline size_t plm_panels(size_t columns)
{
    return (columns + PLM_LANES - 1) / PLM_LANES;
}

/* Returns the number of vectors of `rows` rows in the output of a step. */
static inline size_t plm_step_lines(const plm_step *s, int64_t rows)
{
    return (size_t)(rows * s->out.shape.lines);
}

/* Sets *lines to plm_product.stream_lines for products with a matrix of `depth` rows and `columns`
 * columns in a training: 0 if the matrix fits into the second cache, or if streaming is not faster
 * on this machine. The first call for a larger matrix measures that, in some milliseconds; the
 * runtime keeps the result. The results of the net have the same bits either way. Errors:
 * E_MEMORY. */
PLM_CHECKED plm_status plm_streaming_pays(plm *w, const plm_kernels *kernel, size_t depth,
                                          size_t columns, size_t *lines);
/* Returns the shape of a product: that of x with a last axis of length `columns`. */
plm_shape plm_product_shape(const plm_shape *x, int64_t columns);
/* Computes vectors first <= i < last of c. */
void plm_product_lines(const plm_product *p, const plm_kernels *kernel, size_t first, size_t last);

/* The next functions divide a product among threads in another way: by units. A unit is a block of
 * vectors of one panel of c.
 *
 * If the work is cut by vectors, every thread reads all of W. The threads then update W in parts,
 * so each cache line of W migrates between cores. If the work is cut by units, each thread reads
 * only the panels that it will update itself. Then the vectors of c migrate instead, and a barrier
 * is needed. */
/* Returns the number of units of a product with `columns` columns. */
int64_t plm_product_units(size_t columns);
/* Computes units first <= u < last of a product with `lines` vectors. */
void plm_product_by_units(const plm_product *p, const plm_kernels *kernel, size_t lines,
                          int64_t first, int64_t last);
/* True if cutting by units is estimated to be cheaper than by vectors: fewer cache lines migrate,
 * even counting the time of `barriers` barriers. */
bool plm_product_units_pay(size_t depth, size_t columns, size_t lines, size_t barriers);

/* ---- W' made for one product ---- */

/* W' is not kept if a product has at most PLM_FEW_LINES vectors; it is made from W for each
 * product. A product of so few vectors reads W' only once, so a copy would be written and read for
 * one use. If one thread runs the batch, W' is made for up to PLM_FEW_LINES_ALONE vectors. That
 * takes as long as updating a copy, and less memory passes through the caches. Several threads keep
 * the copy: each would have to make all of W', or read W from the cache of another core. */
enum { PLM_FEW_LINES = 4, PLM_FEW_LINES_ALONE = 128 };

/* Computes a piece of c = a W', making W' part by part. Here p->b is W[columns, depth] in panels
 * and not W'; p->start and p->activation are not used. scratch: memory of the thread. */
void plm_product_transposed(const plm_product *p, const plm_kernels *kernel, const plm_piece *of,
                            plm_real *scratch);
/* Returns how many numbers of scratch memory a thread needs for plm_product_transposed. */
size_t plm_product_transposed_scratch(void);

/* ---- the weight pass ---- */

/* The size of a chunk of W. The gradient of a chunk is computed in one piece, and the chunk is then
 * updated at once.
 *
 * Panels of a chunk: at most 2 if x is read by columns. At most 8 to 20 if x is packed for each
 * chunk, so that more panels share the cost of packing and of reading x: 16 for each MiB of the
 * second cache, which also holds what the update of the chunk reads and writes.
 *
 * Rows of a chunk: at most 96, so that the update works on runs that are long enough to be
 * prefetched; plm_options.tuning can choose others. At most 512 rows for at most 16 vectors, whose
 * gradient is computed so quickly that the calls for each chunk would take a part of the time. Both
 * are multiples of 16, as the transposed copy needs. */
enum { PLM_CHUNK_PANELS = 2, PLM_CHUNK_WIDE = 8, PLM_CHUNK_WIDEST = 20 };
enum { PLM_CHUNK_ROWS = 96, PLM_CHUNK_TALL = 512, PLM_CHUNK_LINES = 16 };

/* A chunk: rows [row, row + rows) and panels [panel, panel + panels) of W. */
typedef struct {
    size_t row, rows, panel, panels;
} plm_chunk;

/* The division of W for the weight pass. The rows are cut into pieces of at most 96 or 512. A unit
 * is one panel of one such piece. The units are listed in the order in which they run. A unit with
 * `joins` belongs to the same chunk as the unit before it. The gradient of a chunk stays in cache
 * until the optimizer has used it.
 *
 * Threads share units, not chunks, so that even a small W gives work to all threads. If the units
 * of a chunk go to two threads, the chunk is cut in two. */
typedef struct {
    size_t row, rows, panel;
    bool joins; /* true = this unit belongs to the same chunk as the unit before it */
} plm_unit;

/* How a matrix W [rows, columns] is divided into units. */
typedef struct {
    size_t rows, columns; /* size of W */
    size_t chunk_rows;    /* max rows of a piece: 96, 512 or a choice of the machine */
    bool pack_x;          /* true = x is packed for each chunk */
    size_t group;         /* max panels of a chunk */
    /* stream_lines (see plm_product) of the products with W, and of those with its transpose */
    size_t stream_lines, stream_lines_back;
    size_t units;
    plm_unit *unit; /* [units], in the order of running */
} plm_tiling;

/* Sets *out to true if it is faster on this machine to pack x[lines][width] before the weight
 * gradient is computed. The first call with an x that is not far larger than the second cache
 * measures this, in about a millisecond; the runtime keeps the result. The results of the net have
 * the same bits either way. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_packing_pays(plm *w, const plm_kernels *kernel, size_t lines,
                                        size_t width, bool *out);

/* Returns the largest number of panels in a chunk. cache: capacity of the second cache in
 * numbers. */
size_t plm_chunk_panels(bool pack_x, size_t cache);
/* Cuts W[rows, columns] for batches of `lines` vectors. The arena owns the array of units. */
PLM_CHECKED plm_status plm_tiling_make(plm_arena *a, const plm_kernels *kernel, size_t rows,
                                       size_t columns, size_t lines, plm_tiling *out);
/* Returns the chunk that begins with unit `first` and ends before unit `last`. */
plm_chunk plm_tiling_chunk(const plm_tiling *t, int64_t first, int64_t last);
/* Returns how many numbers of scratch memory a thread needs for the gradient of a chunk. */
size_t plm_tiling_scratch(const plm_tiling *t);

/* An operand of the weight pass: [lines][stride]. */
typedef struct {
    const plm_real *x;
    size_t stride;
} plm_lines;

/* The arguments of the weight pass: dW = left' right, db = column sums of `right`. If W or b is
 * frozen, its gradient is not computed. */
typedef struct {
    const plm_tiling *tiling;
    const plm_operand *kernel; /* W */
    /* the bias, whose gradient is the column sums of `right`; NULL = none */
    const plm_operand *bias;
    plm_lines left;  /* the first `rows` numbers of each vector are used */
    plm_lines right; /* the first `columns` numbers of each vector are used */
    size_t lines;
    plm_real *copy; /* W' in panels, refreshed after each update; NULL = none */
    bool clear;     /* true = the padding of `right` may not be 0 and must be kept out of dW */
} plm_weight_pass;

/* Computes the gradients of W and b for units first <= u < last. If updates are fused, passes them
 * to the optimizer; else stores them in the gradient vector. */
void plm_weight_pass_run(const plm_weight_pass *w, const plm_running *run, int64_t first,
                         int64_t last, int thread);
/* Computes the gradient of the bias for the columns of a chunk: the column sums of
 * dz[lines][stride]. Passes it to the optimizer, or stores it. */
void plm_bias_pass(const plm_operand *bias, const plm_running *run, plm_lines dz, size_t lines,
                   const plm_chunk *c, int thread);
/* Copies a chunk of w to its place in the transposed copy. */
void plm_transpose_chunk(const plm_tiling *t, const plm_kernels *kernel, const plm_real *w,
                         plm_real *copy, const plm_chunk *c);
/* Copies units first <= u < last of w[ceil(columns / 16)][rows][16] into the transposed copy
 * [ceil(rows / 16)][columns][16]. */
void plm_transpose_units(const plm_tiling *t, const plm_kernels *kernel, const plm_real *w,
                         plm_real *copy, int64_t first, int64_t last);

#endif
