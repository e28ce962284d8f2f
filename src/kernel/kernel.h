/* Kernels: plain pointers and sizes, no tensors, no errors, no allocation. One table per
 * instruction set; "plain" is the twin in plain C that is always built and that every other
 * table must equal bit for bit.
 *
 * Same bits: an element of a product is ONE chain of fused multiply-adds over the depth, in
 * rising order, begun from `start`, zero, or (accumulate) what C holds. Elementwise functions
 * are our own polynomials, each lane by itself. A horizontal sum runs in 16 lanes (lane = index
 * mod 16) and folds them by one fixed tree 8, 4, 2, 1.
 *
 * Panels: a matrix [rows, columns] is packed as ceil(columns / 16) panels of [rows][16]; missing
 * columns are zero. Rows of activations are padded to 16 numbers; what stands in the padding
 * never reaches a true element. */
#ifndef PLM_KERNEL_KERNEL_H
#define PLM_KERNEL_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/runtime.h" /* plm_real only */

enum { PLM_LANES = 16 };

/* C[rows, panels * 16] = start + A[rows, depth] B[depth, panels * 16].
 * A(i, r) = a[i * a_row + r * a_step]; B(r, p, lane) = b[p * b_panel + r * b_step + lane]; C(i,
 * p, lane) = c[p * c_panel + i * c_row + lane]. So one function serves x W (W packed), dY W' (W'
 * packed) and x' dY (A read by columns, B = rows of dY: b_panel = 16, b_step = stride; C packed:
 * c_panel = 16 * rows, c_row = 16). b, c and start are aligned to 64 bytes wherever a panel
 * begins. C overlaps neither A nor B. */
typedef struct {
    const plm_real *a;
    size_t a_row, a_step;
    const plm_real *b;
    size_t b_panel, b_step;
    plm_real *c;
    size_t c_row, c_panel;
    /* [panels * 16] or NULL = zero: every row's chain begins here (the bias) */
    const plm_real *start;
    bool accumulate; /* the chain goes on from C; start is then not read */
    size_t rows, panels, depth;
    /* A that is read by columns is to be turned into rows first, block by block. A matter of speed:
     * the bits are the same. */
    bool pack_a;
    bool half; /* of the last panel only the first 8 columns are wanted; the others become 0 */
    /* What the caller will read then: `prefetches` runs of prefetch_size numbers each, called into
     * cache meanwhile. */
    const plm_real *const *prefetch;
    size_t prefetches, prefetch_size;
} plm_gemm;

/* Elementwise activations that have vector code. y = f(x); backward reads v = y where the slope
 * can be told from y, else v = x (see plm_activation_reads_x). p: the function's parameters, as
 * in the comment of each. */
/* clang-format off */
#define PLM_ACTIVATIONS(ROW)                                                                       \
    ROW(linear, Y)       /* x */                                                                   \
    ROW(relu, Y)         /* max(x, 0) */                                                           \
    ROW(relu_general, X) /* p = slope below, max_value (inf = none), threshold: 0 at it */         \
    ROW(leaky_relu, Y)   /* p = negative_slope >= 0 */                                             \
    ROW(elu, Y)          /* p = alpha: alpha * (e^x - 1) below 0 */                                \
    ROW(selu, Y)         /* 1.0507009873554805 * elu(x, 1.6732632423543772) */                     \
    ROW(celu, Y)         /* p = alpha: alpha * (e^(x/alpha) - 1) below 0 */                        \
    ROW(gelu, X)         /* x * Phi(x) with erf */                                                 \
    ROW(gelu_tanh, X)    /* 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) */                     \
    ROW(silu, X)         /* x * sigmoid(x) */                                                      \
    ROW(mish, X)         /* x * tanh(softplus(x)) */                                               \
    ROW(sigmoid, Y)                                                                                \
    ROW(tanh, Y)                                                                                   \
    ROW(softplus, Y)     /* log(1 + e^x), stable; slope 1 - e^-y */                                \
    ROW(softsign, Y)     /* x / (1 + |x|) */                                                       \
    ROW(exponential, Y)                                                                            \
    ROW(hard_sigmoid, Y) /* clip(x / 6 + 0.5, 0, 1) */                                             \
    ROW(hard_silu, X)    /* x * hard_sigmoid(x) */                                                 \
    ROW(relu6, Y)                                                                                  \
    ROW(log_sigmoid, Y)  /* -softplus(-x); slope 1 - e^y */                                        \
    ROW(hard_tanh, Y)    /* clip(x, -1, 1) */
/* clang-format on */

#define PLM_ACTIVATION_ID_(name, reads) PLM_ACTIVATION_##name,
typedef enum { PLM_ACTIVATIONS(PLM_ACTIVATION_ID_) PLM_ACTIVATION_COUNT } plm_activation_id;
#undef PLM_ACTIVATION_ID_

/* Does backward read x (true) or y (false)? */
bool plm_activation_reads_x(plm_activation_id id);

/* y[i] = f(x[i]) for i < n (any n, no alignment needed); y may be x. */
typedef void plm_activation_forward(plm_real *y, const plm_real *x, size_t n, const plm_real p[4]);
/* dx[i] = dy[i] * f'(v[i]), 0 where that is tiny; dx may be dy. */
typedef void plm_activation_backward(plm_real *dx, const plm_real *dy, const plm_real *v, size_t n,
                                     const plm_real p[4]);
/* y[i] = f(x[i]): exp, log, ... */
typedef void plm_map(plm_real *y, const plm_real *x, size_t n);

typedef struct plm_kernels {
    const char *isa;
    /* C = start + A B; see plm_gemm. */
    void (*gemm)(const plm_gemm *g);
    /* From this depth on gemm can turn an A that is read by columns (plm_gemm.pack_a), once a call:
     * wide products are then better than several narrow ones. 0 = never. */
    size_t packs_from;

    struct {
        plm_activation_forward *forward;
        plm_activation_backward *backward;
    } activation[PLM_ACTIVATION_COUNT];

    /* y = x, or 0 where |x| is tiny: see tiny.h. */
    plm_map *flush;
    /* Elementwise functions by themselves. */
    plm_map *log, *tanh, *softplus;
    /* Binary cross-entropy of n logits x with the targets y = p[0] t + p[1]: the sum of max(x, 0) -
     * x y + log(1 + e^-|x|). g (or NULL) becomes p[2] (sigmoid(x) - y); one exponential serves
     * both. */
    plm_real (*binary_logits)(plm_real *g, const plm_real *x, const plm_real *t, size_t n,
                              const plm_real p[3]);

    /* y = softmax(x) along rows of `width`; log_sum (or NULL) gets log(sum(exp(x))) of each row.
     * y may be x. Only the first `width` of a row are written; padding of y is set to 0 up to
     * y_stride. */
    void (*softmax)(plm_real *y, const plm_real *x, size_t rows, size_t width, size_t y_stride,
                    size_t x_stride, plm_real *log_sum);
    /* dx = y * (dy - sum(dy * y)) along rows; padding of dx up to stride is 0. One stride for
     * all. */
    void (*softmax_backward)(plm_real *dx, const plm_real *dy, const plm_real *y, size_t rows,
                             size_t width, size_t stride);
    /* y = x - log(sum(exp(x))) along rows; padding of y is 0. */
    void (*log_softmax)(plm_real *y, const plm_real *x, size_t rows, size_t width, size_t y_stride,
                        size_t x_stride);
    /* dx = dy - exp(y) * sum(dy) along rows; padding of dx is 0. */
    void (*log_softmax_backward)(plm_real *dx, const plm_real *dy, const plm_real *y, size_t rows,
                                 size_t width, size_t stride);

    /* y = a + b, y = s * x + t; n any. */
    void (*add)(plm_real *y, const plm_real *a, const plm_real *b, size_t n);
    void (*scale_shift)(plm_real *y, const plm_real *x, plm_real scale, plm_real shift, size_t n);
    /* y[i, j] = fma(x[i, j], scale[j], shift[j]) for j < width (width a multiple of 16, strides
     * too). shift NULL = 0. */
    void (*scale_columns)(plm_real *y, const plm_real *x, const plm_real *scale,
                          const plm_real *shift, size_t rows, size_t width, size_t y_stride,
                          size_t x_stride);

    /* out[j] = sum over rows of x[i, j], j < width (a multiple of 16): one chain of adds per
     * column, rows rising. */
    void (*column_sum)(plm_real *out, const plm_real *x, size_t rows, size_t width, size_t stride);
    /* out[j] = sum over rows of (x[i, j] - mean[j])^2. */
    void (*column_deviation)(plm_real *out, const plm_real *x, const plm_real *mean, size_t rows,
                             size_t width, size_t stride);
    /* Sum of x and of x^2 in 16 double lanes, folded by the fixed tree. */
    double (*sum)(const plm_real *x, size_t n);
    double (*sum_squares)(const plm_real *x, size_t n);

    /* to[j][i] = from[i][j] for a 16 x 16 block; strides in numbers; both aligned to 64 bytes. */
    void (*transpose16)(plm_real *to, size_t to_stride, const plm_real *from, size_t from_stride);
} plm_kernels;

/* The table for a name, NULL name = the best this machine runs; NULL result = not in this build
 * or machine. */
const plm_kernels *plm_kernels_find(const char *isa);
/* Names that this build has and this machine runs, best first, then NULL. */
const char *plm_kernels_name(int index);

/* ---- panels ---- */

/* Numbers in a packed matrix: ceil(columns / 16) * rows * 16. */
size_t plm_panel_size(size_t rows, size_t columns);
/* Packs row-major [rows, columns] (row stride `stride`) into panels with zero padding, and back. */
void plm_panel_pack(plm_real *panels, const plm_real *matrix, size_t rows, size_t columns,
                    size_t stride);
void plm_panel_unpack(plm_real *matrix, const plm_real *panels, size_t rows, size_t columns,
                      size_t stride);
/* Has the last panel before `end` at most half of its columns, as the last of 100? For
 * plm_gemm.half. */
bool plm_panel_half(size_t columns, size_t end);

#endif
