/* Muon: the momentum of a matrix is replaced by the nearest matrix whose columns (or rows) are
 * orthonormal, so that a step moves all directions alike. Definition: Keras 3.15. For a parameter
 * with two axes:
 *     m = momentum m + g, d = g + momentum m with nesterov, else m
 *     X = d / (|d| + 1e-7), ns_steps times: A = X X', X = a X + (b A + c A A) X
 *     x -= lr rms_rate sqrt(max(rows, columns)) X
 * The iteration is that of Newton and Schulz. Every other parameter, and those that are excluded,
 * takes a step of Adam with lr adam_lr_ratio.
 *
 * The code computes with Y [n, m], which is X or its transpose, whichever has n >= m: A = Y' Y is
 * then the smaller of both square matrices, and all three products use their operands without
 * packing.
 *
 * Source: Jordan and others, Muon: an optimizer for hidden layers in neural networks, 2024. The
 * gradient of a kernel usually has a few large singular values and many small ones. The iteration
 * moves all of them towards 1, without computing them. */
#include <math.h>
#include <string.h>

#include "base/names.h"
#include "kernel/per_isa.h"
#include "nn/optimizer/adam.h"

typedef struct {
    const plm_spec *learning_rate;                               /* a number or a schedule */
    double adam_beta_1, adam_beta_2, adam_weight_decay, epsilon; /* for what Adam trains */
    const char *exclude_layers; /* patterns of the layers that Adam trains */
    bool exclude_embeddings;    /* Adam trains those, too */
    double muon_a, muon_b, muon_c, adam_lr_ratio, momentum; /* a, b, c of the iteration first */
    int64_t ns_steps;                                       /* iterations of Newton and Schulz */
    bool nesterov;                                          /* true = look ahead by the momentum */
    double rms_rate; /* root mean square of a step divided by the learning rate */
} muon;

static const plm_field fields[] = {
    PLM_FIELD_OF(muon, learning_rate, PLM_SPEC, "0.001", "schedule",
                 "size of a step: a number or a schedule"),
    PLM_FIELD(muon, adam_beta_1, PLM_REAL, "0.9", 0, 0.9999999,
              "of adam: decay of the mean of gradients"),
    PLM_FIELD(muon, adam_beta_2, PLM_REAL, "0.999", 0, 0.9999999,
              "of adam: decay of the mean of squared gradients"),
    PLM_FIELD(muon, adam_weight_decay, PLM_REAL, "0.004", 0, 1,
              "weight_decay of the parameters that adam updates"),
    PLM_FIELD(muon, epsilon, PLM_REAL, "1e-7", 1e-30, 1,
              "of adam: small number added to keep the division finite"),
    PLM_FIELD(muon, exclude_layers, PLM_TEXT, "", 0, 0,
              "layers or parameters that adam updates, as patterns: 'output|*embed*'"),
    PLM_FIELD(muon, exclude_embeddings, PLM_BOOL, "true", 0, 0,
              "true = adam updates parameters with embedding in their name"),
    PLM_FIELD(muon, muon_a, PLM_REAL, "3.4445", -100, 100, "coefficient a of the iteration"),
    PLM_FIELD(muon, muon_b, PLM_REAL, "-4.775", -100, 100, "coefficient b of the iteration"),
    PLM_FIELD(muon, muon_c, PLM_REAL, "2.0315", -100, 100, "coefficient c of the iteration"),
    PLM_FIELD(muon, adam_lr_ratio, PLM_REAL, "1", 0, 1e6,
              "learning rate of adam divided by this learning rate"),
    PLM_FIELD(muon, momentum, PLM_REAL, "0.95", 0, 0.9999999, "decay of the momentum"),
    PLM_FIELD(muon, ns_steps, PLM_INT, "5", 1, 100, "number of iterations"),
    PLM_FIELD(muon, nesterov, PLM_BOOL, "true", 0, 0, "true = step along g + momentum m"),
    PLM_FIELD(muon, rms_rate, PLM_REAL, "0.2", 1e-9, 1e6,
              "root mean square of a step divided by the learning rate"),
    {0}};

static const char *const slots[] = {"momentum", NULL};

/* True if adam updates the parameter. These are vectors, such as biases, whose momentum cannot be
 * made orthogonal. They are also embeddings, and the layers that the user names. A pattern may name
 * a layer or one of its parameters. */
static bool is_adams(const muon *c, const plm_weight *weight)
{
    return weight->rank != 2 ||
           (c->exclude_embeddings && plm_pattern_matches("*embedding*", weight->name)) ||
           plm_pattern_matches(c->exclude_layers, weight->layer) ||
           plm_pattern_matches(c->exclude_layers, weight->name);
}

/* Returns the weight decay of a parameter that adam updates, else -1. */
static double decay(const void *config, const plm_weight *weight)
{
    const muon *c = config;
    return is_adams(c, weight) ? c->adam_weight_decay : -1;
}

/* Returns the size of the memory of a parameter besides its momentum, in numbers: v of adam. Adam's
 * m is the slot `momentum`, which every parameter has. */
static size_t memory(const void *config, const plm_weight *weight)
{
    return is_adams(config, weight) ? weight->size : 0;
}

/* The size of a parameter as the matrix Y [n, m] with n >= m. Rows of Y are `stride` numbers
 * apart. */
typedef struct {
    size_t n, m, stride; /* n >= m; stride: m rounded up to 16 */
    bool turned;         /* true = Y is the transpose of the parameter */
} matrix;

/* Returns the size of the matrix Y of a parameter. */
static matrix matrix_of(const plm_weight *weight)
{
    const size_t rows = (size_t)weight->dims[0], columns = (size_t)weight->dims[1];
    const bool turned = rows < columns;
    const size_t m = turned ? rows : columns;
    return (matrix){.n = turned ? columns : rows,
                    .m = m,
                    .stride = (m + PLM_LANES - 1) / PLM_LANES * PLM_LANES,
                    .turned = turned};
}

/* Returns the size of the working memory, in numbers: two matrices of the parameter's size and
 * three square matrices; none if adam updates the parameter. */
static size_t work(const void *config, const plm_weight *weight)
{
    if (is_adams(config, weight))
        return 0;
    const matrix y = matrix_of(weight);
    return (2 * y.n + 3 * y.m) * y.stride;
}

/* Computes adam's rate with its bias correction in scalar[0], for the parameters that adam updates.
 * The matrices use the learning rate itself. */
static void begin(const void *config, plm_span *span, double state[4])
{
    const muon *c = config;
    const plm_adam_config adam = {.beta_1 = c->adam_beta_1, .beta_2 = c->adam_beta_2};
    plm_adam_begin(&adam, span, state);
    span->scalar[0] *= c->adam_lr_ratio;
}

/* ---- elementwise loops ---- */

/* Computes m = part m + g. Then replaces g by the direction of the step: g + part m with nesterov,
 * else m. */
static PLM_BODY void momentum_body(plm_real *restrict g, plm_real *restrict m, size_t count,
                                   plm_real part, bool nesterov)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++) {
        const plm_real sum = plm_flushed(part * m[i] + plm_flushed(g[i]));
        m[i] = sum;
        g[i] = plm_flushed(nesterov ? g[i] + part * sum : sum);
    }
}
PLM_PER_ISA(momentum,
            (const char *isa, plm_real *restrict g, plm_real *restrict m, size_t count,
             plm_real part, bool nesterov),
            (g, m, count, part, nesterov))

/* y = a x + b y. */
static PLM_BODY void mix_body(plm_real *restrict y, const plm_real *restrict x, size_t count,
                              plm_real a, plm_real b)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++)
        y[i] = plm_flushed(a * x[i] + b * y[i]);
}
PLM_PER_ISA(mix,
            (const char *isa, plm_real *restrict y, const plm_real *restrict x, size_t count,
             plm_real a, plm_real b),
            (y, x, count, a, b))

/* ---- matrices ---- */

/* Returns where the number in a row and column of a parameter lies in the parameter's vectors. */
static size_t place(const plm_weight *weight, size_t row, size_t column)
{
    return weight->layout == PLM_LAYOUT_PANELS ? column / PLM_LANES * weight->rows * PLM_LANES +
                                                     row * PLM_LANES + column % PLM_LANES
                                               : row * (size_t)weight->dims[1] + column;
}

/* Copies a parameter's numbers, times a factor, from `vector`, which has the parameter's own
 * layout, to the matrix Y in to [n][stride], whose padding becomes 0. If y->turned, Y is the
 * transpose. */
static void gather(const plm_weight *weight, const matrix *y, const plm_real *vector, plm_real *to,
                   plm_real factor)
{
    memset(to, 0, y->n * y->stride * sizeof *to);
    for (size_t i = 0; i < y->n; i++)
        for (size_t j = 0; j < y->m; j++)
            to[i * y->stride + j] =
                plm_flushed(factor * vector[y->turned ? place(weight, j, i) : place(weight, i, j)]);
}

/* Subtracts a matrix Y (from), times a factor, from the parameter in `vector`. */
static void subtract(const plm_weight *weight, const matrix *y, const plm_real *from,
                     plm_real *vector, plm_real factor)
{
    for (size_t i = 0; i < y->n; i++)
        for (size_t j = 0; j < y->m; j++)
            vector[y->turned ? place(weight, j, i) : place(weight, i, j)] -=
                factor * from[i * y->stride + j];
}

/* The matrices of an iteration: y and the next y, [n, m]; A = y' y, A A and b A + c A A, [m, m].
 * All have the same stride. */
typedef struct {
    plm_real *y, *next, *a, *square, *sum; /* all in the working memory of the parameter */
} matrices;

/* Makes one iteration: next = muon_a Y + Y (b A + c A A), with A = Y' Y. Then y and next are
 * swapped. 16 neighbouring columns of Y, with rows `stride` numbers apart, serve as a panel of B in
 * a product, so nothing is packed. */
static void iterate(const muon *c, const plm_span *s, const plm_kernels *kernel, const matrix *y,
                    matrices *k)
{
    const size_t stride = y->stride, panels = stride / PLM_LANES;
    plm_gemm product = {.a = k->y,
                        .a_row = 1,
                        .a_step = stride,
                        .b = k->y,
                        .b_panel = PLM_LANES,
                        .b_step = stride,
                        .c = k->a,
                        .c_row = stride,
                        .c_panel = PLM_LANES,
                        .rows = y->m,
                        .panels = panels,
                        .depth = y->n};
    kernel->gemm(&product);
    product.a = product.b = k->a;
    product.a_row = stride;
    product.a_step = 1;
    product.c = k->square;
    product.depth = y->m;
    kernel->gemm(&product);
    memcpy(k->sum, k->square, y->m * stride * sizeof *k->sum);
    mix(s->isa, k->sum, k->a, y->m * stride, (plm_real)c->muon_b, (plm_real)c->muon_c);
    product.a = k->y;
    product.b = k->sum;
    product.c = k->next;
    product.rows = y->n;
    kernel->gemm(&product);
    mix(s->isa, k->next, k->y, y->n * stride, (plm_real)c->muon_a, 1);
    plm_real *old = k->y;
    k->y = k->next;
    k->next = old;
}

/* Updates a matrix. It is first divided by the norm of all its elements, which bounds the largest
 * singular value: so all singular values start between 0 and 1, where the iteration converges. The
 * elements of an orthonormal X are about 1 / sqrt(n) large, where n is the length of the longer
 * axis. So the step is multiplied by sqrt(n), and all matrices get steps of the same root mean
 * square. */
static void update_matrix(const muon *c, const plm_span *s, const plm_whole *whole)
{
    const matrix y = matrix_of(whole->weight);
    plm_real *const work_of = whole->work;
    const size_t size = y.n * y.stride, square = y.m * y.stride;
    matrices k = {.y = work_of,
                  .next = work_of + size,
                  .a = work_of + 2 * size,
                  .square = work_of + 2 * size + square,
                  .sum = work_of + 2 * size + 2 * square};
    momentum(s->isa, s->g, s->slot[0], s->count, (plm_real)c->momentum, c->nesterov);
    const double norm = sqrt(whole->kernel->sum_squares(s->g, s->count)) + 1e-7;
    gather(whole->weight, &y, s->g, k.y, (plm_real)(1 / norm));
    for (int64_t i = 0; i < c->ns_steps; i++)
        iterate(c, s, whole->kernel, &y, &k);
    subtract(whole->weight, &y, k.y, s->p, (plm_real)(s->rate * c->rms_rate * sqrt((double)y.n)));
}

/* Updates a parameter, as a matrix or by Adam. For Adam the span is copied, and the copy gets the
 * memory of this parameter as its second slot, v. */
static void update_whole(const void *config, const plm_span *s, const plm_whole *whole)
{
    const muon *c = config;
    if (!is_adams(c, whole->weight)) {
        update_matrix(c, s, whole);
        return;
    }
    const plm_adam_config adam = {
        .beta_1 = c->adam_beta_1, .beta_2 = c->adam_beta_2, .epsilon = c->epsilon};
    plm_span span = *s;
    span.slot[1] = whole->memory;
    plm_adam_update(&adam, &span);
}

const plm_optimizer_kind plm_optimizer_muon = {
    .kind = {.name = "muon",
             .help =
                 "makes the momentum of matrices orthogonal, and uses adam for other parameters",
             .formula = "m = momentum m + g, X = (g + momentum m) / norm, ns_steps times X = a X + "
                        "(b A + c A A) X with A = X X', x -= lr rms_rate sqrt(max(rows, columns)) "
                        "X",
             .notes = "Steps have the size of adam's, so adam's rate and decay are a good start. "
                      "The paper leaves the output layer to adam: exclude_layers='output'. A step "
                      "computes ten more products of each matrix, so batches should be large. "
                      "weight_decay is 0.004 by default.",
             .source = "Jordan et al., Muon: an optimizer for hidden layers in neural networks, "
                       "2024; scale of the steps: Liu et al., Muon is scalable for LLM training, "
                       "2025",
             .config_size = sizeof(muon),
             .positions = "learning_rate|adam_beta_1|adam_beta_2|adam_weight_decay|"
                          "epsilon|weight_decay",
             .fields = fields,
             .examples = PLM_LIST("muon(0.01)", "muon(0.02, nesterov=false, ns_steps=3)",
                                  "muon(0.01, exclude_layers='*out*')")},
    .rate_offset = offsetof(muon, learning_rate),
    .weight_decay = 0.004,
    .slots = slots,
    .begin = begin,
    .memory = memory,
    .work = work,
    .decay = decay,
    .update_whole = update_whole,
};
