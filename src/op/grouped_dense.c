/* grouped_dense applies a separate small dense layer to each group: y[.., g, :] = gain x[.., g, :]
 * kernel[g] + bias[g], with kernel [groups, in, units], bias [groups, units]. With columns=true
 * each column of x [.., groups] is a group of one number, so that x need not be stored by groups.
 *
 *     dx[i] = gain (sum over u of dy[u] kernel[g][i][u])
 *     dkernel[g][i][u] = gain (sum of x[i] dy[u]),   dbias[g][u] = sum of dy[u]
 *
 * The sums are over the rows of the batch, in ascending order, in one thread for each chunk of
 * parameters. An element of y is summed over i, then multiplied by gain, then bias is added. */
#include <string.h>

#include "graph/op.h"
#include "kernel/per_isa.h"

/* Size of a chunk of a parameter in numbers, a multiple of 16. */
enum { CHUNK = 1024 };

typedef struct {
    bool columns; /* each column of x is a group of one input */
    double gain;  /* factor of the product, such as 2 pi */
} grouped_dense;

static const plm_field fields[] = {
    PLM_FIELD(grouped_dense, columns, PLM_BOOL, "false", 0, 0, "true = each column is a group"),
    PLM_FIELD(grouped_dense, gain, PLM_REAL, "1", 0, 0, "factor that multiplies x kernel"),
    {0}};

/* The number of groups, the inputs and units of each group, and the strides between vectors of x
 * and of y, in numbers. A vector of x holds the inputs of one group, or of all groups if `columns`
 * is set. */
typedef struct {
    size_t groups, in, units, x_stride, y_stride; /* all in numbers */
    bool columns;                                 /* as in the config */
    plm_real gain;                                /* as in the config, rounded once */
} sizes;

/* Returns the sizes of a step. */
static sizes sizes_of(const plm_step *s)
{
    const grouped_dense *c = s->config;
    const plm_weight *kernel = s->in[1].weight;
    return (sizes){.groups = (size_t)kernel->dims[0],
                   .in = (size_t)(kernel->rank == 3 ? kernel->dims[1] : 1),
                   .units = (size_t)kernel->dims[kernel->rank - 1],
                   .x_stride = (size_t)s->in[0].shape.stride,
                   .y_stride = (size_t)s->out.shape.stride,
                   .columns = c->columns,
                   .gain = (plm_real)c->gain};
}

/* Sets the shape of the output to [.., groups, units]; in memory each vector holds the units of one
 * group. kernel: [groups, in, units], or [groups, units] if each group has one input. */
static plm_status shape(plm_shaping *o)
{
    const grouped_dense *c = o->config;
    const plm_shape *x = o->in[0];
    const plm_weight *k = o->inputs == 3 ? o->weight[1] : NULL;
    int64_t dims[PLM_RANK];
    const int rank = c->columns ? x->rank + 1 : x->rank;
    if (k == NULL || o->weight[2] == NULL || rank < 2 || rank > PLM_RANK ||
        x->width != x->dims[x->rank - 1] || k->dims[0] != x->dims[rank - 2])
        return plm_fail(o->graph->w, PLM_E_SHAPE, NULL, NULL,
                        "grouped_dense takes vectors, a kernel and a bias for each group");
    memcpy(dims, x->dims, sizeof dims);
    dims[rank - 1] = k->dims[k->rank - 1];
    o->out = plm_shape_lines(rank, dims);
    return PLM_OK;
}

/* Returns the place in x where the inputs of vector q of y begin. Vectors are counted through all
 * rows. */
static inline size_t x_at(const sizes *z, size_t q)
{
    return z->columns ? q / z->groups * z->x_stride + q % z->groups : q * z->x_stride;
}

/* Returns the number of vectors of y in `rows` rows. */
static size_t vectors(const plm_step *s, int64_t rows)
{
    return (size_t)(rows * s->out.shape.lines);
}

/* Computes vectors first <= q < last of y = gain x kernel + bias. */
static PLM_BODY void product_body(plm_real *restrict y, const plm_real *restrict x,
                                  const plm_real *restrict kernel, const plm_real *restrict bias,
                                  const sizes *z, size_t first, size_t last)
{
    const size_t units = z->units, in = z->in;
    for (size_t q = first; q < last; q++) {
        const plm_real *row = x + x_at(z, q), *k = kernel + q % z->groups * in * units,
                       *b = bias + q % z->groups * units;
        plm_real *to = y + q * z->y_stride;
        for (size_t u = 0; u < units; u++) {
            plm_real sum = 0;
            for (size_t i = 0; i < in; i++)
                sum += row[i] * k[i * units + u];
            to[u] = z->gain * sum + b[u];
        }
    }
}
PLM_PER_ISA(product,
            (const char *isa, plm_real *restrict y, const plm_real *restrict x,
             const plm_real *restrict kernel, const plm_real *restrict bias, const sizes *z,
             size_t first, size_t last),
            (y, x, kernel, bias, z, first, last))

/* Computes y for rows first <= n < last. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const sizes z = sizes_of(s);
    (void)thread;
    product(s->run->kernel->isa, s->out.x, s->in[0].x, s->in[1].x, s->in[2].x, &z,
            vectors(s, first), vectors(s, last));
}

/* Computes dx for rows first <= n < last, if it is wanted. */
static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const sizes z = sizes_of(s);
    (void)thread;
    for (size_t q = vectors(s, first); q < vectors(s, last) && s->in[0].g != NULL; q++) {
        const plm_real *dy = s->out.g + q * z.y_stride,
                       *kernel = s->in[1].x + q % z.groups * z.in * z.units;
        plm_real *dx = s->in[0].g + x_at(&z, q);
        for (size_t i = 0; i < z.in; i++) {
            plm_real sum = 0;
            for (size_t u = 0; u < z.units; u++)
                sum += dy[u] * kernel[i * z.units + u];
            dx[i] = z.gain * sum;
        }
    }
    plm_step_flush(s, 0, first, last);
}

/* ---- gradients of the parameters ---- */

/* Returns the number of chunks that a parameter is cut into. */
static int64_t chunks_of(const plm_operand *o)
{
    return (int64_t)((o->weight->size + CHUNK - 1) / CHUNK);
}

/* Returns the number of units of the weight pass. They are the chunks of the kernel, then those of
 * the bias. */
static int64_t units(const plm_step *s)
{
    return chunks_of(&s->in[1]) + chunks_of(&s->in[2]);
}

/* Returns how many numbers of scratch memory a thread needs: those of a chunk. */
static size_t scratch(const plm_step *s)
{
    (void)s;
    return CHUNK;
}

/* A piece of a parameter: `count` numbers from `at` on. A vector is `units` neighbouring numbers of
 * the parameter: in the kernel the weights of one input of a group, in the bias the biases of a
 * group. `each`: vectors of a group, which is its number of inputs for the kernel and 1 for the
 * bias. */
typedef struct {
    size_t at, count, each; /* see above */
    bool bias;              /* true = a piece of the bias, false = of the kernel */
} piece;

/* Adds the gradient of the piece to sum[p->count], over `lines` vectors of all groups. These
 * vectors are the outer loop, so that x and dy are read once and in order; the piece of the
 * gradient is small enough to stay in the first cache meanwhile. A piece may begin and end within a
 * vector of `units` numbers, so from and to are the part of the vector in the piece. */
static PLM_BODY void sum_body(plm_real *restrict sum, const plm_real *restrict x,
                              const plm_real *restrict dy, const sizes *z, const piece *p,
                              size_t lines)
{
    const size_t units = z->units, end = p->at + p->count, last = z->groups * p->each;
    for (size_t n = 0; n < lines; n++)
        for (size_t v = p->at / units; v < last && v * units < end; v++) {
            const size_t q = n * z->groups + v / p->each, begin = v * units;
            const size_t from = begin > p->at ? begin : p->at;
            const size_t to = begin + units < end ? begin + units : end;
            const plm_real factor = p->bias ? 1 : x[x_at(z, q) + v % p->each];
            for (size_t k = from; k < to; k++)
                sum[k - p->at] += factor * dy[q * z->y_stride + k - begin];
        }
}
PLM_PER_ISA(sum,
            (const char *isa, plm_real *restrict sum, const plm_real *restrict x,
             const plm_real *restrict dy, const sizes *z, const piece *p, size_t lines),
            (sum, x, dy, z, p, lines))

/* Computes the gradient of one chunk of the kernel (operand 1) or the bias (operand 2). Passes it
 * to the optimizer, or stores it in the gradient vector. */
static void train_chunk(const plm_step *s, int operand, size_t at, int thread)
{
    const sizes z = sizes_of(s);
    const plm_weight *w = s->in[operand].weight;
    const size_t count = w->size - at < CHUNK ? w->size - at : CHUNK;
    const piece p = {
        .at = at, .count = count, .each = operand == 1 ? z.in : 1, .bias = operand == 2};
    plm_real *gradient = s->run->scratch + (size_t)thread * s->run->scratch_size;
    memset(gradient, 0, count * sizeof *gradient);
    sum(s->run->kernel->isa, gradient, s->in[0].x, s->out.g, &z, &p,
        vectors(s, s->run->rows) / z.groups);
    for (size_t i = 0; i < count; i++)
        gradient[i] = plm_flushed(p.bias ? gradient[i] : z.gain * gradient[i]);
    if (s->run->apply != NULL)
        s->run->apply(s->run->apply_self, w, w->offset + at, gradient, count, thread);
    else
        memcpy(s->run->g + w->offset + at, gradient, count * sizeof *gradient);
}

/* Computes the gradients of units first <= k < last. */
static void weights(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const int64_t kernel = chunks_of(&s->in[1]);
    for (int64_t k = first; k < last; k++) {
        const int operand = k < kernel ? 1 : 2;
        if (plm_weight_wanted(&s->in[operand]))
            train_chunk(s, operand, (size_t)(k < kernel ? k : k - kernel) * CHUNK, thread);
    }
}

/* Multiply-adds of a row. */
static double work(const plm_step *s)
{
    const sizes z = sizes_of(s);
    return (double)s->out.shape.lines * (double)(z.in * z.units);
}

const plm_op_kind plm_op_grouped_dense = {
    .kind = {.name = "grouped_dense",
             .help = "applies a separate small dense layer to each group",
             .formula = "y[g] = gain x[g] kernel[g] + bias[g]",
             .config_size = sizeof(grouped_dense),
             .fields = fields},
    .shape = shape,
    .reads = PLM_READS_IN(0) | PLM_READS_IN(1),
    .cpu = {.forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = backward, .split = PLM_SPLIT_ROWS}},
            .weights = {{.run = weights, .split = PLM_SPLIT_UNITS, .units = units}},
            .scratch = scratch,
            .work = work},
};
