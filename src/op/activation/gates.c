/* Gated linear units: the last axis is split into two halves of equal length, a and b, and the
 * output is a g(b) with a function g: sigmoid, silu, gelu or relu. The output is half as long. One
 * pass computes both the function and the product, block by block in cache.
 *
 * The sources are Dauphin, Fan, Auli and Grangier, Language modeling with gated convolutional
 * networks, ICML 2017 (glu) and Shazeer, GLU variants improve transformer, 2020 (swiglu, geglu,
 * reglu).
 * Only x is kept for backward: g(b) is computed again block by block, which costs less than to
 * store it. */
#include "kernel/per_isa.h"
#include "op/op.h"

enum { BLOCK = 256 }; /* number of elements of a half that are computed at a time */

/* Computes y = a b, for y, a, b [count]. y may be b. */
static PLM_BODY void product_body(plm_real *y, const plm_real *a, const plm_real *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        y[i] = plm_flushed(a[i] * b[i]);
}
PLM_PER_ISA(product,
            (const char *isa, plm_real *y, const plm_real *a, const plm_real *b, size_t count),
            (y, a, b, count))

/* Sets x[from .. to) to 0. The padding of a line must be zeros, since the op that reads the line
 * may read the padding, too. */
static void clear(plm_real *x, size_t from, size_t to)
{
    for (size_t j = from; j < to; j++)
        x[j] = 0;
}

/* Computes y = a g(b) for all vectors. y [lines][width / 2], x [lines][width] with a before b. It
 * computes y = g(b), then y = a y, while the vector is in the cache. */
static void forward_by(const plm_activation_lines *l, plm_activation_id g, plm_real *y,
                       const plm_real *x)
{
    const size_t half = l->width / 2;
    for (size_t i = 0; i < l->lines; i++, x += l->x_stride, y += l->y_stride) {
        l->kernel->activation[g].forward(y, x + half, half, NULL);
        product(l->kernel->isa, y, x, y, half);
        clear(y, half, l->y_stride);
    }
}

/* Computes da = dy g(b) and db = dy a g'(b), for n <= BLOCK numbers. dx[0], dx[1]: da and db. x[0],
 * x[1]: a and b. The backward function of g multiplies what it is given by the slope of g, so dy a
 * is given. It computes the slope from b or from g(b); PLM_ACTIVATIONS in kernel.h says which. */
static void block_backward(const plm_kernels *kernel, plm_activation_id g, plm_real *const dx[2],
                           const plm_real *dy, const plm_real *const x[2], size_t n)
{
    plm_real value[BLOCK], product_of[BLOCK];
    kernel->activation[g].forward(value, x[1], n, NULL);
    product(kernel->isa, product_of, dy, x[0], n);
    kernel->activation[g].backward(dx[1], product_of, plm_activation_reads_x(g) ? x[1] : value, n,
                                   NULL);
    product(kernel->isa, dx[0], dy, value, n);
}

/* Computes the gradients of both halves, for all vectors. dx, x [lines][width], dy [lines][width /
 * 2]. Both halves of dx are written in the same loop, since both need dy and x of a block. */
static void backward_by(const plm_activation_lines *l, plm_activation_id g, plm_real *dx,
                        const plm_real *dy, const plm_real *x)
{
    const size_t half = l->width / 2;
    for (size_t i = 0; i < l->lines; i++) {
        for (size_t j = 0; j < half; j += BLOCK) {
            const size_t n = half - j < BLOCK ? half - j : BLOCK;
            plm_real *const to[2] = {dx + j, dx + half + j};
            const plm_real *const from[2] = {x + j, x + half + j};
            block_backward(l->kernel, g, to, dy + j, from, n);
        }
        clear(dx, l->width, l->x_stride);
        dx += l->x_stride;
        x += l->x_stride;
        dy += l->y_stride;
    }
}

/* Defines the two functions of a gate. */
#define GATE(name, g)                                                                              \
    static void name(const plm_activation_lines *l, plm_real *y, const plm_real *x)                \
    {                                                                                              \
        forward_by(l, PLM_ACTIVATION_##g, y, x);                                                   \
    }                                                                                              \
    static void name##_backward(const plm_activation_lines *l, plm_real *dx, const plm_real *dy,   \
                                const plm_real *x)                                                 \
    {                                                                                              \
        backward_by(l, PLM_ACTIVATION_##g, dx, dy, x);                                             \
    }
GATE(glu, sigmoid)
GATE(swiglu, silu)
GATE(geglu, gelu)
GATE(reglu, relu)

const plm_activation_kind plm_activation_glu = {
    .kind = {.name = "glu",
             .help = "half of the last axis times the sigmoid of the other half",
             .formula = "y = a / (1 + e^-b); a, b = the first and second half of x",
             .notes = "The previous layer needs twice the units: dense(200, activation=glu) has "
                      "100 outputs. Compared with relu: the gate is learned, and the gradient has "
                      "a linear path. Cost: twice the weights for each output, and an exponential. "
                      "Initializer: glorot_uniform.",
             .source =
                 "Dauphin, Fan, Auli and Grangier, Language modeling with gated convolutional "
                 "networks, ICML 2017",
             .config_size = sizeof(plm_axis_config),
             .fields = plm_axis_fields},
    .forward = glu,
    .backward = glu_backward,
    .reads_x = true,
    .halves = true};

const plm_activation_kind plm_activation_swiglu = {
    .kind =
        {.name = "swiglu",
         .help = "half of the last axis times the silu of the other half",
         .formula = "y = a b / (1 + e^-b); a, b = the first and second half of x",
         .notes =
             "It is the usual activation of the wide layers of today's transformers. The previous "
             "layer needs twice the units: dense(200, activation=swiglu) has 100 outputs; to keep "
             "the number of weights, take 2/3 of the width. Compared with relu: it is smooth, no "
             "unit dies, and a single layer can multiply inputs. Cost: twice the weights for each "
             "output, and an exponential. As large numbers are multiplied, put a normalization "
             "before the layer. Not in Keras. Initializer: glorot_uniform.",
         .source = "Shazeer, GLU variants improve transformer, 2020",
         .config_size = sizeof(plm_axis_config),
         .fields = plm_axis_fields},
    .forward = swiglu,
    .backward = swiglu_backward,
    .reads_x = true,
    .halves = true};

const plm_activation_kind plm_activation_geglu = {
    .kind = {.name = "geglu",
             .help = "half of the last axis times the gelu of the other half",
             .formula = "y = a b Phi(b); a, b = the first and second half of x",
             .notes = "It is like swiglu, with gelu in place of silu, and equally good. The "
                      "previous layer needs twice the units. Compared with relu: it is smooth, and "
                      "no unit dies. Cost: twice the weights for each output, and the error "
                      "function. Not in Keras. Initializer: glorot_uniform.",
             .source = "Shazeer, GLU variants improve transformer, 2020",
             .config_size = sizeof(plm_axis_config),
             .fields = plm_axis_fields},
    .forward = geglu,
    .backward = geglu_backward,
    .reads_x = true,
    .halves = true};

const plm_activation_kind plm_activation_reglu = {
    .kind = {.name = "reglu",
             .help = "half of the last axis times the relu of the other half",
             .formula = "y = a max(b, 0); a, b = the first and second half of x",
             .notes = "It is the cheapest of the gates. The previous layer needs twice the "
                      "units: dense(200, activation=reglu) has 100 outputs. Compared with relu: "
                      "what passes the gate is learned, but a gate below 0 for every row is "
                      "dead, as a unit of relu is. Cost: twice the weights for each output; no "
                      "exponential. Not in Keras. Initializer: glorot_uniform.",
             .source = "Shazeer, GLU variants improve transformer, 2020",
             .config_size = sizeof(plm_axis_config),
             .fields = plm_axis_fields},
    .forward = reglu,
    .backward = reglu_backward,
    .reads_x = true,
    .halves = true};
