/* Kernels: functions on plain pointers and sizes. They know no tensors, return no errors and
 * allocate nothing. There is one table of functions per instruction set. The table "plain", in
 * plain C, is built everywhere; every other table must give the same bits.
 *
 * Three rules make the bits equal:
 *
 *     products      an element is ONE sum of fused multiply-adds over the depth: r = 0, 1, ...
 *                   The sum begins with the argument `start`, zero or the value in C.
 *     elementwise   exp and its like are polynomials of this project; no lane needs another.
 *     sums          a sum along a row runs in 16 lanes (lane = index mod 16), which are then halved
 *                   in a fixed order: 8, 4, 2, 1.
 *
 * Panels: a matrix [rows, columns] is packed as ceil(columns / 16) panels of [rows][16]; columns
 * that do not exist are zero. Rows of activations are padded to a multiple of 16 numbers. This
 * padding may hold anything, and must never influence a number that is not padding. */
#ifndef PLM_KERNEL_KERNEL_H
#define PLM_KERNEL_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/runtime.h" /* plm_real only */

/* Number of lanes in which sums run, and width of a panel. It is the same on all machines, so
 * that results are the same to the last bit. */
enum { PLM_LANES = 16 };

/* The arguments of a matrix product C = start + A B, for A [rows, depth], B [depth, panels * 16]
 * and C [rows, panels * 16]. Element (i, r) of A and, in panel p, elements (r, p, lane) of B and
 * (i, p, lane) of C are:
 *
 *     A(i, r)       = a[i * a_row + r * a_step]
 *     B(r, p, lane) = b[p * b_panel + r * b_step + lane]
 *     C(i, p, lane) = c[p * c_panel + i * c_row + lane]
 *
 * These strides let one function compute all three products of a dense layer:
 *
 *     x W     W in panels
 *     dY W'   W' in panels
 *     x' dY   A read by columns; B = rows of dY: b_panel = 16, b_step = stride;
 *             C in panels: c_panel = 16 * rows, c_row = 16
 *
 * b, c and start are aligned to 64 bytes at the beginning of each panel. C overlaps neither A nor
 * B. */
typedef struct {
    const plm_real *a;
    size_t a_row, a_step;
    const plm_real *b;
    size_t b_panel, b_step;
    plm_real *c;
    size_t c_row, c_panel;
    /* [panels * 16] the values (the bias) with which the sums of every row of C start; NULL =
     * zeros */
    const plm_real *start;
    bool accumulate; /* true = the sums start with the values in C, and `start` is ignored */
    size_t rows, panels, depth;
    /* true = an A that is read by columns (a_row = 1) is first packed, block by block, so that the
     * cache lines to read follow one another. This changes only the speed, not the bits. */
    bool pack_a;
    /* true = the panels of B are read from beyond the second cache. The product then cuts B into
     * short pieces, and while it computes with one piece, it prefetches the next one. This changes
     * only the speed. It is not for an A that is read by columns. */
    bool stream_b;
    /* true = only the first 8 columns of the last panel are wanted; the other 8 columns of C become
     * 0 */
    bool half;
    /* Memory that the caller will read after the product: prefetch[prefetches] are runs of
     * prefetch_size numbers each. They are prefetched during the product. */
    const plm_real *const *prefetch;
    size_t prefetches, prefetch_size;
} plm_gemm;

/* The elementwise activations, y = f(x). Backward computes the slope from y for an activation
 * marked Y, from x for one marked X (plm_activation_reads_x). p: the parameters that the function
 * takes. */
/* clang-format off */
#define PLM_ACTIVATIONS(ROW)                                                                       \
    ROW(linear, Y)       /* x */                                                                   \
    ROW(relu, Y)         /* max(x, 0) */                                                           \
    ROW(relu_general, X) /* p = slope below the threshold, max_value (inf = none), threshold */    \
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
    ROW(hard_tanh, Y)    /* clip(x, -1, 1) */                                                      \
    ROW(relu_squared, Y) /* max(x, 0)^2; slope 2 sqrt(y) */                                        \
    ROW(swish, X)        /* p = beta: x * sigmoid(beta x) */                                       \
    ROW(squareplus, X)   /* p = b >= 0: (x + sqrt(x^2 + b)) / 2 */                                 \
    ROW(sparse_plus, X)  /* 0 up to -1, (x + 1)^2 / 4, x from 1 on */                              \
    ROW(sparse_sigmoid, Y) /* clip((x + 1) / 2, 0, 1) */                                           \
    ROW(threshold, X)    /* p = threshold, value: x above the threshold, else the value */         \
    ROW(hard_shrink, X)  /* p = threshold: x for |x| > threshold, else 0 */                        \
    ROW(soft_shrink, X)  /* p = threshold: x moved towards 0 by the threshold, at most to 0 */     \
    ROW(tanh_shrink, X)  /* x - tanh(x) */                                                         \
    ROW(sin, X)                                                                                    \
    ROW(cos, X)
/* clang-format on */

#define PLM_ACTIVATION_ID_(name, reads) PLM_ACTIVATION_##name,
/* The ids of the elementwise activations, in the order of the list. */
typedef enum { PLM_ACTIVATIONS(PLM_ACTIVATION_ID_) PLM_ACTIVATION_COUNT } plm_activation_id;
#undef PLM_ACTIVATION_ID_

/* True if the activation's backward reads x, false if it reads y. */
bool plm_activation_reads_x(plm_activation_id id);

/* Computes y[i] = f(x[i]) for i < n (any n, no alignment needed); y may be x. */
typedef void plm_activation_forward(plm_real *y, const plm_real *x, size_t n, const plm_real p[4]);
/* Computes dx[i] = dy[i] * f'(v[i]), or 0 if the product is tiny (tiny.h). v is x or y, whichever
 * the activation's backward reads; dx may be dy. */
typedef void plm_activation_backward(plm_real *dx, const plm_real *dy, const plm_real *v, size_t n,
                                     const plm_real p[4]);
/* Computes y[i] = f(x[i]) for i < n, with a function such as log. Any n; y may be x. */
typedef void plm_map(plm_real *y, const plm_real *x, size_t n);

/* A draw is 64 random numbers; see plm_kernels.draw. */
enum { PLM_DRAW = 64 };
/* The part of a stream of random numbers to draw: `draws` draws from block `first` on. */
typedef struct {
    uint32_t key[2], stream[2];
    uint64_t first; /* number of the first block: a multiple of 16 */
    size_t draws;
} plm_draw;

/* The factors of a step of Adam. alpha: the learning rate with bias correction. new_1, new_2: the
 * weights of the new gradient and of its square in the two decaying means. */
typedef struct {
    plm_real alpha, epsilon, new_1, new_2;
} plm_adam_factors;
/* A step of Adam (nn/optimizer/adam.c) for n parameters x with the gradients g, a multiple of 16.
 * m, v: the decaying means of the gradients and of their squares. */
typedef void plm_adam_step(plm_real *x, const plm_real *g, plm_real *m, plm_real *v, size_t n,
                           const plm_adam_factors *k);

/* A step of gradient descent with momentum (nn/optimizer/sgd.c) for n parameters x with the
 * gradients g, a multiple of 16. m: the momentum, which becomes factor m - rate g. */
typedef void plm_momentum_step(plm_real *x, const plm_real *g, plm_real *m, size_t n, plm_real rate,
                               plm_real factor);

/* The table of functions of one instruction set. */
typedef struct plm_kernels {
    /* Name of the instruction set: "plain", "neon", "avx2" or "avx512". */
    const char *isa;
    /* C = start + A B; see plm_gemm. */
    void (*gemm)(const plm_gemm *g);
    /* From this depth on, gemm can pack an A that is read by columns (plm_gemm.pack_a). It packs A
     * in every call, so one call for many panels is then better than several for few panels. 0 =
     * gemm cannot pack A. */
    size_t packs_from;

    struct {
        plm_activation_forward *forward;
        plm_activation_backward *backward;
    } activation[PLM_ACTIVATION_COUNT];

    /* y = x, or 0 where |x| is below PLM_TINY; see tiny.h. */
    plm_map *flush;
    /* Elementwise functions that are used not only as activations. */
    plm_map *log, *tanh, *softplus;
    /* Binary cross-entropy of n logits x with targets y = p[0] t + p[1]. Returns the sum of max(x,
     * 0) - x y + log(1 + e^-|x|). If g is not NULL, g becomes p[2] (sigmoid(x) - y). The loss and
     * its gradient need the same exponential, so one function computes both. */
    plm_real (*binary_logits)(plm_real *g, const plm_real *x, const plm_real *t, size_t n,
                              const plm_real p[3]);

    /* y[rows][y_stride] = softmax(x[rows][x_stride]) along the first `width` numbers of each row; y
     * may be x. The padding of y becomes 0. log_sum[rows], or NULL, gets log(sum(exp(x))) of each
     * row. */
    void (*softmax)(plm_real *y, const plm_real *x, size_t rows, size_t width, size_t y_stride,
                    size_t x_stride, plm_real *log_sum);
    /* dx = y * (dy - sum(dy * y)) along rows; the padding of dx becomes 0. All arrays have the same
     * stride. */
    void (*softmax_backward)(plm_real *dx, const plm_real *dy, const plm_real *y, size_t rows,
                             size_t width, size_t stride);
    /* y = x - log(sum(exp(x))) along rows; the padding of y becomes 0. */
    void (*log_softmax)(plm_real *y, const plm_real *x, size_t rows, size_t width, size_t y_stride,
                        size_t x_stride);
    /* dx = dy - exp(y) * sum(dy) along rows; the padding of dx becomes 0. */
    void (*log_softmax_backward)(plm_real *dx, const plm_real *dy, const plm_real *y, size_t rows,
                                 size_t width, size_t stride);

    /* add: y = a + b. scale_shift: y = scale * x + shift. Any n; y may be a, b or x. */
    void (*add)(plm_real *y, const plm_real *a, const plm_real *b, size_t n);
    void (*scale_shift)(plm_real *y, const plm_real *x, plm_real scale, plm_real shift, size_t n);
    /* y[i, j] = fma(x[i, j], scale[j], shift[j]) for i < rows, j < width; shift NULL = 0. width and
     * strides are multiples of 16. */
    void (*scale_columns)(plm_real *y, const plm_real *x, const plm_real *scale,
                          const plm_real *shift, size_t rows, size_t width, size_t y_stride,
                          size_t x_stride);

    /* out[j] = sum over rows i of x[i, j], for j < width, a multiple of 16. Each column is added up
     * in the order of the rows. */
    void (*column_sum)(plm_real *out, const plm_real *x, size_t rows, size_t width, size_t stride);
    /* out[j] = sum over rows of (x[i, j] - mean[j])^2, by fused multiply-add. */
    void (*column_deviation)(plm_real *out, const plm_real *x, const plm_real *mean, size_t rows,
                             size_t width, size_t stride);
    /* The sums of x[n], of magnitudes, and of squares. They run in 16 lanes of double, which
     * are then halved in the fixed order. */
    double (*sum)(const plm_real *x, size_t n);
    double (*sum_absolute)(const plm_real *x, size_t n);
    double (*sum_squares)(const plm_real *x, size_t n);
    /* For probes that measure an update of parameters; n is a multiple of 16. update_before copies
     * p[n] to old[n] and sets squares to the sums of the squares of p and of the gradient g[n].
     * update_after returns the sum of the squares of p - old. The sums run in 16 lanes of plm_real,
     * so in float32 a square that is too large becomes infinite, and one that is too small becomes
     * 0. */
    void (*update_before)(plm_real *old, const plm_real *p, const plm_real *g, size_t n,
                          double squares[2]);
    double (*update_after)(const plm_real *p, const plm_real *old, size_t n);
    /* momentum: x += m with the new m. nesterov: x += factor m - rate g with the new m. Gradients
     * and momentum below PLM_TINY are 0. */
    plm_momentum_step *momentum, *nesterov;
    /* Two functions for a step of Adam with the same results. adam_by_fma computes half of the
     * square roots by multiply-adds, so that the processor's divider does not have all the work.
     * Which function is faster depends on the processor (train/roots.h). root_by_fma computes such
     * a square root, correctly rounded for 0, infinity, NaN and numbers from PLM_TINY on. All three
     * are NULL for an instruction set that does not have them. */
    plm_adam_step *adam_by_divider, *adam_by_fma;
    plm_map *root_by_fma;

    /* Draws 64 random numbers per draw, by Philox4x32 with 7 rounds (random_body.h). The function
     * makes a block of 4 words from a counter of 4 words. Words 0 and 1 of the counter are the
     * number of the block, words 2 and 3 the stream. A draw is 16 blocks: word k of its block i is
     * out[64 draw + 16 k + i]. */
    void (*draw)(uint32_t *out, const plm_draw *d);

    /* to[j][i] = from[i][j] for a 16 x 16 block; strides in numbers; both aligned to 64 bytes. */
    void (*transpose16)(plm_real *to, size_t to_stride, const plm_real *from, size_t from_stride);
} plm_kernels;

/* Returns the table called `isa`; for isa == NULL the best table that this machine can run. Returns
 * NULL if this build does not have the table, or this machine cannot run it. */
const plm_kernels *plm_kernels_find(const char *isa);
/* Returns the name of table number `index`, counting the tables that this build has and this
 * machine can run. Table 0 is the best one. NULL = there are no more. */
const char *plm_kernels_name(int index);

/* ---- panels ---- */

/* Returns the size of a packed matrix in numbers: ceil(columns / 16) * rows * 16. */
size_t plm_panel_size(size_t rows, size_t columns);
/* Packs a row-major matrix[rows][stride] into panels padded with zeros. `columns` numbers of each
 * row are used. */
void plm_panel_pack(plm_real *panels, const plm_real *matrix, size_t rows, size_t columns,
                    size_t stride);
/* Copies panels back to a row-major matrix[rows][stride]; writes only `columns` numbers per row. */
void plm_panel_unpack(plm_real *matrix, const plm_real *panels, size_t rows, size_t columns,
                      size_t stride);
/* Returns plm_gemm.half for a product whose last panel is panel `end` - 1 of a matrix with
 * `columns` columns: true if that panel has at most 8 columns of the matrix, as the last panel of
 * 100 columns has. */
bool plm_panel_half(size_t columns, size_t end);

#endif
