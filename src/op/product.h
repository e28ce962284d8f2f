/* The product of a batch of lines and a weight matrix W[rows, columns] in panels (kernel.h). Dense
 * layers use it, as will other ops that multiply by trained weights. `lines` is the number of
 * vectors that are multiplied: the batch rows times the lines of each (plm_shape).
 *
 *     forward   y[lines, columns] = act(x[lines, rows] W + b)       plm_product
 *     inputs    dx[lines, rows] = dz[lines, columns] W'             plm_product, with W' as panels
 *     weights   dW[rows, columns] = x' dz, db = column sums of dz   plm_weight_pass
 * W' is a transposed copy of W, in panels of its own, that the op keeps. It is refreshed chunk by
 * chunk, right after the update of each chunk, while that is in cache.
 *
 * Every element is one chain of fused multiply-adds over the whole depth, so no result depends on
 * how lines, panels and chunks are cut. */
#ifndef PLM_OP_PRODUCT_H
#define PLM_OP_PRODUCT_H

#include "op/op.h"

/* ---- lines times panels ---- */

/* c[lines, columns] = activation(start + a[lines, depth] B[depth, columns]). */
typedef struct {
    const plm_real *a; /* [lines][a_stride], the first `depth` numbers of each */
    size_t a_stride;
    const plm_real *b; /* B in panels: [ceil(columns / 16)][depth][16] */
    plm_real *c;       /* [lines][c_stride] */
    size_t c_stride;
    size_t depth, columns;
    const plm_real *start;            /* [columns], the bias; NULL = 0 */
    const plm_activation *activation; /* applied to c while it is in cache; NULL = none */
    plm_prefetch_range next;          /* memory that the next op reads: a prefetch hint */
} plm_product;

/* The number of panels of 16 that `columns` columns fill. */
static inline size_t plm_panels(size_t columns)
{
    return (columns + PLM_LANES - 1) / PLM_LANES;
}

/* The number of lines that `rows` rows of the batch have in the output of a step. */
static inline size_t plm_step_lines(const plm_step *s, int64_t rows)
{
    return (size_t)(rows * s->out.shape.lines);
}

/* The shape of a product: as x, but with a last axis of length `columns`. */
plm_shape plm_product_shape(const plm_shape *x, int64_t columns);
/* Computes lines first <= i < last of c. */
void plm_product_lines(const plm_product *p, const plm_kernels *kernel, size_t first, size_t last);

/* Another way to share out the same work: by units, each a block of lines of one panel of c. If the
 * work is cut by lines, every thread reads all of W, which the threads then update in parts, so
 * each cache line of W migrates between cores. If it is cut by units, each thread reads only the
 * panels that it will update itself; the lines of c migrate instead, and a barrier is needed.
 * Returns the number of units. */
int64_t plm_product_units(size_t columns);
/* Computes units first <= u < last of all `lines` lines. */
void plm_product_by_units(const plm_product *p, const plm_kernels *kernel, size_t lines,
                          int64_t first, int64_t last);
/* True if cutting by units is estimated to be cheaper than by lines: fewer cache lines migrate,
 * even counting the time of `barriers` barriers. */
bool plm_product_units_pay(size_t depth, size_t columns, size_t lines, size_t barriers);

/* ---- the weight pass ---- */

/* The size of a chunk of W, whose gradient is computed in one piece and updated at once. Panels: 2
 * if x is read by columns; 8 if x is first packed for each chunk, which wants to be worth it. Rows:
 * 96, so that the update meets runs long enough to be prefetched; a multiple of 16, for the
 * transposed copy. */
enum { PLM_CHUNK_PANELS = 2, PLM_CHUNK_WIDE = 8, PLM_CHUNK_ROWS = 96 };

/* Rows [row, row + rows) and panels [panel, panel + panels) of W. */
typedef struct {
    size_t row, rows, panel, panels;
} plm_chunk;

/* How W is cut for the weight pass. The rows are cut into pieces of about 96. A unit is one panel
 * of one such piece. Units are listed in the order of running; a unit with `joins` belongs to the
 * same chunk as the unit before it. A chunk's gradient stays in cache until the optimizer has used
 * it. Threads share out units, not chunks, so that even a small W gives work to all of them; a
 * chunk that falls to two threads is cut in two. */
typedef struct {
    size_t row, rows, panel;
    bool joins; /* it belongs to the chunk of the unit before */
} plm_unit;

typedef struct {
    size_t rows, columns;
    bool pack_x; /* x is packed into rows for each chunk, and chunks are wide */
    size_t units;
    plm_unit *unit;
} plm_tiling;

/* *out: true if packing x into rows before the weight gradient of `lines` lines is faster on this
 * machine. It is measured at the first call, in about a millisecond, and kept in the runtime. No
 * bit depends on it. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_packing_pays(plm *w, const plm_kernels *kernel, size_t lines, bool *out);

/* Cuts W[rows, columns] for batches of `lines` lines; the array of units lies in the arena. */
PLM_CHECKED plm_status plm_tiling_make(plm_arena *a, const plm_kernels *kernel, size_t rows,
                                       size_t columns, size_t lines, plm_tiling *out);
/* The chunk that begins with unit `first` and ends before unit `last`. */
plm_chunk plm_tiling_chunk(const plm_tiling *t, int64_t first, int64_t last);
/* The numbers of scratch memory that a thread needs for the gradient of a chunk. */
size_t plm_tiling_scratch(const plm_tiling *t);

/* An operand of the weight pass: [lines][stride]. */
typedef struct {
    const plm_real *x;
    size_t stride;
} plm_lines;

/* dW = left' right; db = column sums of right. If W or b is frozen, its gradient is left out. */
typedef struct {
    const plm_tiling *tiling;
    const plm_operand *kernel; /* W */
    const plm_operand *bias;   /* trained by the column sums of `right`; NULL = none */
    plm_lines left;            /* the first `rows` numbers of each line are used */
    plm_lines right;           /* the first `columns` numbers of each line are used */
    size_t lines;
    plm_real *copy; /* W' in panels, refreshed after each update; NULL = none */
    bool clear;     /* the padding of `right` is not 0 and must be kept out of dW */
} plm_weight_pass;

/* Computes the gradients of units first <= u < last, and hands them to the optimizer if updates are
 * fused, else stores them in the long vector. */
void plm_weight_pass_run(const plm_weight_pass *w, const plm_running *run, int64_t first,
                         int64_t last, int thread);
/* The gradient of the bias for the panels of a chunk: the column sums of dz[lines][stride], handed
 * to the optimizer or stored. */
void plm_bias_pass(const plm_operand *bias, const plm_running *run, plm_lines dz, size_t lines,
                   const plm_chunk *c, int thread);
/* Copies units first <= u < last of w[ceil(columns / 16)][rows][16] into the transposed copy
 * [ceil(rows / 16)][columns][16]. */
void plm_transpose_units(const plm_tiling *t, const plm_kernels *kernel, const plm_real *w,
                         plm_real *copy, int64_t first, int64_t last);

#endif
