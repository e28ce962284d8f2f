/* The product of lines and a matrix W[rows, columns] in panels (kernel.h), as dense layers and
 * whatever else multiplies by trained weights need it:
 *
 *     forward   y[lines, columns] = act(x[lines, rows] W + b)       plm_product
 *     inputs    dx[lines, rows] = dz[lines, columns] W'             plm_product, with W' as panels
 *     weights   dW[rows, columns] = x' dz, db = column sums of dz   plm_weight_pass
 *
 * W' is a transposed copy in panels of its own, kept by the op and brought up to date chunk by
 * chunk, right after the update of that chunk, while it is in cache.
 *
 * Every element is one chain of fused multiply-adds over the whole depth, so no result depends
 * on how lines, panels and chunks are cut. */
#ifndef PLM_OP_PRODUCT_H
#define PLM_OP_PRODUCT_H

#include "op/op.h"

/* ---- lines times panels ---- */

/* c[lines, columns] = activation(start + a[lines, depth] B[depth, columns]). */
typedef struct {
    const plm_real *a; /* [lines][a_stride], the first `depth` numbers of each */
    size_t a_stride;
    const plm_real *b; /* [ceil(columns / 16)][depth][16] */
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

/* The lines that `rows` rows of the batch have in the output of a step. */
static inline size_t plm_step_lines(const plm_step *s, int64_t rows)
{
    return (size_t)(rows * s->out.shape.lines);
}

/* The shape of a product: x with its last axis `columns` long. */
plm_shape plm_product_shape(const plm_shape *x, int64_t columns);
/* Computes lines first <= i < last. */
void plm_product_lines(const plm_product *p, const plm_kernels *kernel, size_t first, size_t last);

/* The other way to cut the same work: a unit is a block of lines of one panel of c. Cut by
 * lines, every thread reads all of W, which one of them updates afterwards, so each cache line
 * of W migrates between cores. Cut by units, each thread reads the panels that it will update
 * itself, and lines of c migrate instead, after a barrier. */
int64_t plm_product_units(size_t columns);
/* Computes units first <= u < last of all `lines` lines. */
void plm_product_by_units(const plm_product *p, const plm_kernels *kernel, size_t lines,
                          int64_t first, int64_t last);
/* True where units cost less than lines: W is larger than c by more than the barriers cost. */
bool plm_product_units_pay(size_t depth, size_t columns, size_t lines, size_t barriers);

/* ---- the weight pass ---- */

/* Panels of a chunk, where x is read by columns: with 96 rows the update finds runs long enough to
 * be fetched ahead; and where x is turned for each chunk. Rows of W of a chunk: a multiple of 16,
 * for the transposed copy. */
enum { PLM_CHUNK_PANELS = 2, PLM_CHUNK_WIDE = 8, PLM_CHUNK_ROWS = 96 };

/* Rows [row, row + rows) and panels [panel, panel + panels) of W. */
typedef struct {
    size_t row, rows, panel, panels;
} plm_chunk;

/* How W is cut. A unit is one panel of one cut of rows; units are in the order of running, and
 * neighbours that `joins` links make one chunk: its gradient stays in cache until the optimizer
 * has used it. Threads share out units, so that chunks never leave one without work. */
typedef struct {
    size_t row, rows, panel;
    bool joins; /* belongs to the chunk of the unit before */
} plm_unit;

typedef struct {
    size_t rows, columns;
    bool pack_x; /* x is turned for each chunk, which is then wide */
    size_t units;
    plm_unit *unit;
} plm_tiling;

/* Is it faster here to turn x before the weight gradient of so many lines? Measured when first
 * asked for, in about a millisecond, and kept in the runtime. No bit depends on it. */
PLM_CHECKED plm_status plm_packing_pays(plm *w, const plm_kernels *kernel, size_t lines, bool *out);

/* Cuts W[rows, columns] for `lines` lines a batch; the array lies in the arena. */
PLM_CHECKED plm_status plm_tiling_make(plm_arena *a, const plm_kernels *kernel, size_t rows,
                                       size_t columns, size_t lines, plm_tiling *out);
/* The chunk that begins with unit `first` and ends before unit `last`. */
plm_chunk plm_tiling_chunk(const plm_tiling *t, int64_t first, int64_t last);
/* Numbers of scratch memory that a thread needs for a gradient of a chunk. */
size_t plm_tiling_scratch(const plm_tiling *t);

/* Lines of numbers, [lines][stride]. */
typedef struct {
    const plm_real *x;
    size_t stride;
} plm_lines;

/* dW = left' right; db = column sums of right. Frozen ones of the two are left out. */
typedef struct {
    const plm_tiling *tiling;
    const plm_operand *kernel; /* W */
    const plm_operand *bias;   /* trained by the column sums of `right`; NULL = none */
    plm_lines left;            /* the first `rows` numbers of each */
    plm_lines right;           /* the first `columns` numbers of each */
    size_t lines;
    plm_real *copy; /* W' in panels, to be kept up to date; NULL = none */
    bool clear;     /* what pads the lines of `right` is not 0, and must not reach dW */
} plm_weight_pass;

/* Gradients of units first <= u < last: handed to the optimizer where updates are fused, else
 * stored in the long vector. */
void plm_weight_pass_run(const plm_weight_pass *w, const plm_running *run, int64_t first,
                         int64_t last, int thread);
/* Gradient of the bias in the panels of a chunk, the column sums of dz, fused or stored. */
void plm_bias_pass(const plm_operand *bias, const plm_running *run, plm_lines dz, size_t lines,
                   const plm_chunk *c, int thread);
/* Writes the places of units first <= u < last into the transposed copy
 * [ceil(rows / 16)][columns][16] of w[ceil(columns / 16)][rows][16]. */
void plm_transpose_units(const plm_tiling *t, const plm_kernels *kernel, const plm_real *w,
                         plm_real *copy, int64_t first, int64_t last);

#endif
